//! The card of an iteration's room: what it is about, who is in it, what may be done. It is pinned and edited, never
//! posted again.

use serde_json::json;

use crate::card::model::{Action, Card, Fact, State, Weight};
use crate::card::templates::{TemplateError, Templates};
use crate::domain::card::CardId;
use crate::domain::iteration::{Iteration, Phase};
use crate::domain::marked::{Marked, escape};
use crate::domain::{PersonId, RoomId, Timestamp};

/// What the card tells of.
#[derive(Clone, Debug)]
pub struct Facts<'f> {
    /// The card.
    pub id: &'f CardId,
    /// The iteration.
    pub iteration: &'f Iteration,
    /// Who is in the room.
    pub members: &'f [PersonId],
    /// Who is wanted there and has no account in this chat.
    pub not_found: &'f [PersonId],
    /// The room in which it was before, if any.
    pub former: Option<&'f RoomId>,
    /// Commands that have a handler: a button comes with its skill.
    pub commands: &'f [&'f str],
}

/// The buttons of the room card, in order: the command that a press runs, and the word on it.
pub const BUTTONS: &[(&str, &str)] =
    &[("deploy", "Deploy"), ("branch", "Branch"), ("status", "Status"), ("help", "Help")];

/// Builds the card.
pub fn card(facts: &Facts<'_>, templates: &Templates) -> Result<Card, TemplateError> {
    let Facts { id, iteration, members, not_found, former, commands } = facts;
    let title = templates.render("iteration", "card", &json!({ "name": iteration.name, "key": iteration.key }))?;
    let mut told = Vec::new();
    let mut tell = |label: &str, value: Marked| told.push(Fact { label: label.to_owned(), value });
    if let Some(goal) = &iteration.goal {
        tell("Goal", Marked::plain(goal));
    }
    tell("Dates", Marked::plain(&dates(iteration.starts_at, iteration.ends_at)));
    tell("Owner", Marked::new(mention(&iteration.owner)));
    tell("Members", people(members));
    if !not_found.is_empty() {
        tell("Not found here", people(not_found));
    }
    if let Some(former) = former {
        tell("Before", Marked::new(format!("<#{}>", escape(former.as_str()))));
    }
    let buttons = BUTTONS.iter().filter(|(command, _)| commands.contains(command));
    let actions = buttons.map(|(command, label)| Action::Button {
        action: (*command).to_owned(),
        label: (*label).to_owned(),
        weight: if *command == "deploy" { Weight::Primary } else { Weight::Normal },
        asks: None,
    });
    let state = match iteration.phase {
        Phase::Active => State::Ok,
        Phase::Planned | Phase::Closed => State::Idle,
        Phase::Closing => State::Running,
    };
    Ok(Card {
        id: (*id).clone(),
        guard: 0,
        state,
        title,
        facts: told,
        parts: Vec::new(),
        log: Vec::new(),
        actions: actions.collect(),
    })
}

fn dates(from: Timestamp, to: Option<Timestamp>) -> String {
    match to {
        Some(to) => format!("{} to {}", from.date(), to.date()),
        None => format!("since {}, no end set", from.date()),
    }
}

fn people(people: &[PersonId]) -> Marked {
    if people.is_empty() {
        return Marked::plain("nobody yet");
    }
    Marked::new(people.iter().map(mention).collect::<Vec<_>>().join(", "))
}

fn mention(person: &PersonId) -> String {
    format!("<@{}>", escape(person.as_str()))
}
