//! Presses on cards: each finds the skill that its button stands for.

use super::deploy;
use super::study::{GatherError, Study};
use crate::card::build::{offer, room};
use crate::change::{Decision, Refused};
use crate::domain::card::Subject;
use crate::domain::deployment::DeploymentId;
use crate::domain::touch::TouchKey;
use crate::domain::{CommandName, Refusal};
use crate::event::chat::{Pressed, Said};
use crate::store::{cards, deployments};

/// Has the press answered: the room card's buttons run their command as whoever pressed, seen by them alone.
pub async fn pressed(study: &Study, pressed: Pressed) -> Result<Decision, GatherError> {
    let said = said_by_pressing(&pressed);
    // The reader goes back before the press is decided, which takes its own: nobody may wait for one and hold another.
    let found = cards::find(&mut study.store.reader().await?, &pressed.card).await?;
    let refusal = match found {
        Some(row) => match row.subject.clone() {
            Subject::Deploy(environment) => {
                return deploy::pressed(study, (&pressed, &said), (row, &environment)).await;
            }
            Subject::Room(_) => match command_of(study, &pressed.action) {
                // The deploy card is for the room; what only answers is for whoever pressed.
                Some("deploy") => return super::answer(study, Said { line: "deploy".to_owned(), ..said }).await,
                Some(command) => {
                    return super::answer_privately(study, Said { line: command.to_owned(), ..said }).await;
                }
                None => Refusal::StaleButton,
            },
            Subject::Run { deployment, .. } if pressed.action == "details" => {
                return details(study, said, &deployment).await;
            }
            Subject::Run { deployment, .. } => {
                return deploy::run_pressed(study, (&pressed, &said), &deployment).await;
            }
            Subject::Continued(_) | Subject::Logs { .. } => Refusal::StaleButton,
        },
        // A card that nobody keeps: its button says a line, with the rights of whoever pressed.
        None => match pressed.action.strip_prefix(offer::SAY) {
            Some(line) => return super::answer_privately(study, Said { line: line.to_owned(), ..said }).await,
            None => Refusal::StaleButton,
        },
    };
    let actor = study.actor(&said);
    Ok(Decision::Refused(Box::new(Refused {
        reply: Some(said.privately(&actor, refusal.to_marked())),
        actor,
        command: Some(CommandName::new(pressed.action)),
        target: study.target(None),
        refusal,
        touched: vec![TouchKey::Card(pressed.card)],
    })))
}

/// The revision that a run brings about, told to whoever pressed.
async fn details(study: &Study, said: Said, id: &DeploymentId) -> Result<Decision, GatherError> {
    let found = deployments::find(&mut study.store.reader().await?, id).await?;
    let line = found.map_or_else(
        || "env show".to_owned(),
        |found| format!("env show {} --in {}", found.revision, found.environment),
    );
    super::answer_privately(study, Said { line, ..said }).await
}

fn said_by_pressing(pressed: &Pressed) -> Said {
    Said {
        by: pressed.by.clone(),
        room: pressed.room.clone(),
        message: pressed.message.clone(),
        thread: None,
        is_for_us: true,
        line: String::new(),
        back: pressed.back.clone(),
    }
}

/// The command that a button of the room card stands for, if its skill is there.
fn command_of(study: &Study, action: &str) -> Option<&'static str> {
    let command = room::BUTTONS.iter().map(|(command, _)| *command).find(|command| *command == action)?;
    study.skills.grammar.find(command).map(|_| command)
}
