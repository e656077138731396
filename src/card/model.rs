//! What is said to a room, free of any platform. A card is semantic: what it tells, not how it looks.

use serde::{Deserialize, Serialize};

use crate::domain::card::CardId;
use crate::domain::marked::Marked;

/// The body of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// A few words.
    Text(Marked),
    /// A living message about one object.
    Card(Box<Card>),
}

/// A living message about one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Which card it is; presses name it.
    pub id: CardId,
    /// The version of what presses act on.
    pub guard: i64,
    /// How its object is: shown by a word and a sign, never by colour alone.
    pub state: State,
    /// What it is about; with the state the first line, and the whole of a notification.
    pub title: Marked,
    /// What there is to know, in order.
    pub facts: Vec<Fact>,
    /// The parts of its object, each with how it is.
    #[serde(default)]
    pub parts: Vec<Part>,
    /// The last lines of a log, literal.
    #[serde(default)]
    pub log: Vec<String>,
    /// What may be done.
    pub actions: Vec<Action>,
}

/// A part of a card's object: a component, a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// How it is.
    pub state: State,
    /// How it is, in a word of its own, where the state's says too little.
    #[serde(default)]
    pub word: Option<String>,
    /// Its name.
    pub name: String,
    /// What there is to say of it.
    pub told: Marked,
}

impl Part {
    /// The word that is shown with the sign of its state.
    pub fn word(&self) -> &str {
        self.word.as_deref().unwrap_or_else(|| self.state.word())
    }
}

/// How a card's object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Work is under way.
    Running,
    /// All is well.
    Ok,
    /// Somebody should look.
    Attention,
    /// It went wrong.
    Failed,
    /// Nothing goes on.
    Idle,
}

impl State {
    /// The word that is always shown with the sign.
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Ok => "ok",
            Self::Attention => "attention",
            Self::Failed => "failed",
            Self::Idle => "idle",
        }
    }

    /// A sign that text surfaces show.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Running => "◐",
            Self::Ok => "●",
            Self::Attention => "▲",
            Self::Failed => "✕",
            Self::Idle => "○",
        }
    }
}

/// A label and what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// What it is about.
    pub label: String,
    /// What it says.
    pub value: Marked,
}

/// What may be done on a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Action {
    /// A button.
    Button {
        /// What a press names.
        action: String,
        /// What is read on it.
        label: String,
        /// How much it weighs.
        weight: Weight,
        /// What is asked before a press is sent, where one click is too few.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        asks: Option<Box<Confirmation>>,
    },
    /// A choice of one.
    Select {
        /// What a press names; the choice travels as its value.
        action: String,
        /// What is chosen.
        label: String,
        /// What there is to choose.
        options: Vec<String>,
        /// What is chosen now.
        chosen: Option<String>,
    },
}

/// How much a button weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// The likely next step; one a card at most.
    Primary,
    /// One of several.
    Normal,
    /// It takes away what runs; never without a question.
    Danger,
}

/// The question before a press. It guards against a slip of the hand, and nothing else: rights and guards are judged
/// at the press.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// The act, as a question.
    pub title: String,
    /// To what, which versions, and what comes of it; the most important first, since surfaces cut.
    pub text: Marked,
    /// The word on the button that does it.
    pub does: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_that_were_stored_before_buttons_asked_are_still_read() {
        let stored = r#"{"kind":"button","action":"rollback","label":"Roll back","weight":"normal"}"#;
        let read: Action = serde_json::from_str(stored).unwrap();
        assert!(matches!(&read, Action::Button { asks: None, weight: Weight::Normal, .. }), "{read:?}");
        assert_eq!(serde_json::to_string(&read).unwrap(), stored);
    }
}
