//! Presses on cards: each finds the skill that its button stands for.

use super::study::{GatherError, Study};
use crate::card::build::room;
use crate::change::{Decision, Refused};
use crate::domain::card::Subject;
use crate::domain::touch::TouchKey;
use crate::domain::{CommandName, Refusal};
use crate::event::chat::{Pressed, Said};
use crate::store::cards;

/// Has the press answered: the room card's buttons run their command as whoever pressed, seen by them alone.
pub async fn pressed(study: &Study, pressed: Pressed) -> Result<Decision, GatherError> {
    let row = cards::find(&mut study.store.reader().await?, &pressed.card).await?;
    let command = row.as_ref().and_then(|row| match &row.subject {
        Subject::Room(_) => room::BUTTONS.iter().map(|(command, _)| *command).find(|name| *name == pressed.action),
    });
    let said = Said {
        by: pressed.by,
        room: pressed.room,
        message: pressed.message,
        thread: None,
        is_for_us: true,
        line: command.unwrap_or_default().to_owned(),
    };
    if command.is_some_and(|command| study.skills.grammar.find(command).is_some()) {
        return super::answer_privately(study, said).await;
    }
    let actor = study.actor(&said);
    let refusal = Refusal::StaleButton;
    Ok(Decision::Refused(Box::new(Refused {
        reply: Some(said.privately(actor.person(), refusal.to_marked())),
        actor,
        command: Some(CommandName::new(pressed.action)),
        target: study.target(None),
        refusal,
        touched: vec![TouchKey::Card(pressed.card)],
    })))
}
