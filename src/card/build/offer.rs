//! A refusal with a button for each line that would put it right: whoever presses says that line themselves.

use crate::card::model::{Action, Card, State, Weight};
use crate::domain::EventId;
use crate::domain::card::CardId;
use crate::domain::marked::Marked;

/// What an action begins with that says a line; the line follows.
pub const SAY: &str = "say:";

/// A line, and what is read on its button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What is read.
    pub label: String,
    /// What is said by pressing.
    pub line: String,
}

/// The longest line that a button says, in letters: enough for a command with a branch of 200.
pub const LONGEST: usize = 400;

/// The longest label, in letters.
const LONGEST_LABEL: usize = 40;

/// Builds the card; nothing keeps it, its message is all there is of it.
pub fn card(event: &EventId, words: Marked, offers: &[Offer]) -> Card {
    let button = |(number, offer): (usize, &Offer)| Action::Button {
        action: format!("{SAY}{}", offer.line),
        label: cut(&offer.label),
        weight: if number == 0 { Weight::Primary } else { Weight::Normal },
        asks: None,
    };
    Card {
        id: CardId::new(format!("offer-{event}")),
        guard: 0,
        state: State::Attention,
        title: words,
        facts: Vec::new(),
        parts: Vec::new(),
        log: Vec::new(),
        actions: offers.iter().enumerate().map(button).collect(),
    }
}

fn cut(label: &str) -> String {
    if label.chars().count() <= LONGEST_LABEL {
        return label.to_owned();
    }
    let kept: String = label.chars().take(LONGEST_LABEL - 1).collect();
    format!("{}…", kept.trim_end())
}
