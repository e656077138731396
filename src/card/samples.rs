//! One sample of each card: rendered on every surface by a test, and looked at.

use crate::card::build::room;
use crate::card::model::Card;
use crate::card::templates::{TemplateError, Templates};
use crate::domain::card::CardId;
use crate::domain::iteration::{Iteration, IterationKey, Phase};
use crate::domain::{ChatName, PersonId, RoomId, Timestamp};

/// All samples, each with its name.
pub fn all(templates: &Templates) -> Result<Vec<(&'static str, Card)>, TemplateError> {
    Ok(vec![("room", room_card(templates)?)])
}

fn room_card(templates: &Templates) -> Result<Card, TemplateError> {
    let iteration = Iteration {
        key: IterationKey::new("sprint-42"),
        name: "Sprint 42 <b>*bold*</b>".to_owned(),
        project: "shop".to_owned(),
        goal: Some("Pay with **one** click".to_owned()),
        owner: PersonId::new("ana"),
        phase: Phase::Active,
        starts_at: Timestamp::from_millis(1_772_442_000_000),
        ends_at: Some(Timestamp::from_millis(1_773_651_600_000)),
        asked_in: RoomId::new(&ChatName::console(), "lobby"),
    };
    let facts = room::Facts {
        id: &CardId::new("room-sprint-42"),
        iteration: &iteration,
        members: &[PersonId::new("ana"), PersonId::new("bo")],
        not_found: &[PersonId::new("kim")],
        commands: &["deploy", "branch", "status", "help"],
    };
    room::card(&facts, templates)
}
