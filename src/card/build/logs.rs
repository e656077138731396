//! The card of a log: a component's last lines, once or as they come.

use serde_json::json;

use super::lines;
use crate::card::model::{Card, Fact, State};
use crate::card::templates::{TemplateError, Templates};
use crate::domain::Timestamp;
use crate::domain::card::CardId;
use crate::domain::component::ComponentName;
use crate::domain::marked::Marked;
use crate::domain::spec::EnvironmentName;

/// What the card tells of.
#[derive(Clone, Debug)]
pub struct Facts<'f> {
    /// The card.
    pub id: &'f CardId,
    /// Where.
    pub environment: &'f EnvironmentName,
    /// Whose log.
    pub component: &'f ComponentName,
    /// Its last lines, oldest first, as they were written; or why they cannot be read.
    pub lines: Result<&'f [String], String>,
    /// Who reads it.
    pub readers: Readers,
}

/// Who reads a log, and whether it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Whoever asked, as it is now.
    Asker,
    /// The room, as it is now.
    Room,
    /// The room, as new lines come.
    Following {
        /// Until then.
        until: Timestamp,
        /// Now.
        now: Timestamp,
    },
}

/// Builds the card.
pub fn card(facts: &Facts<'_>, templates: &Templates) -> Result<Card, TemplateError> {
    let (is_followed, ended_at) = match facts.readers {
        Readers::Following { until, now } => (now < until, (now >= until).then_some(until)),
        Readers::Asker | Readers::Room => (false, None),
    };
    let title = json!({
        "name": facts.environment,
        "component": facts.component,
        "is_followed": is_followed,
        "is_over": ended_at.is_some(),
    });
    let mut told = vec![fact("Seen by", if facts.readers == Readers::Asker { "you alone" } else { "everybody here" })];
    if let Readers::Following { until, .. } = facts.readers {
        told.push(fact(if is_followed { "Until" } else { "Ended" }, &until.to_string()));
    }
    match &facts.lines {
        Ok([]) => told.push(fact("Lines", "it has written nothing")),
        Ok(_) => {}
        Err(why) => told.push(fact("Trouble", &format!("the log cannot be read now: {why}"))),
    }
    Ok(Card {
        id: facts.id.clone(),
        guard: 0,
        state: if is_followed { State::Running } else { State::Idle },
        title: templates.render("logs", "card", &title)?,
        facts: told,
        parts: Vec::new(),
        log: facts.lines.as_ref().map(|lines| lines::plain(lines)).unwrap_or_default(),
        actions: Vec::new(),
    })
}

fn fact(label: &str, value: &str) -> Fact {
    Fact { label: label.to_owned(), value: Marked::plain(value) }
}
