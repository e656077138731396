//! What is told of a deployment that failed: a line in its room that calls whoever can act, and in its card's thread the
//! log of each step that failed, its last lines to read and all of it to keep.

use serde_json::{Value, json};

use super::ground::line;
use super::{Ground, ReactionError};
use crate::card::build::lines;
use crate::card::model::{File, Log};
use crate::change::{Change, Content, Note, Reply};
use crate::domain::RoomId;
use crate::domain::component::ComponentName;
use crate::domain::deployment::{Deployment, StepState};
use crate::ports;

/// As much of a log is sent as a file.
const WHOLE: usize = 256 * 1024;

/// What is told.
#[derive(Default)]
pub(super) struct Told {
    line: Option<Reply>,
    notes: Vec<Note>,
}

impl Told {
    /// The change that tells it.
    pub(super) fn by(self, change: Change) -> Change {
        let change = self.line.into_iter().fold(change, Change::answering);
        self.notes.into_iter().fold(change, Change::noting)
    }
}

/// A step that failed.
struct Failed<'f> {
    component: &'f ComponentName,
    stage: &'f str,
    why: &'f str,
    log: &'f [String],
}

/// What is told of a deployment that failed; nothing while its room is not open. `goes_to`: the revision that takes it
/// back, and the one it goes back to.
pub(super) async fn told(
    ground: &Ground,
    (deployment, room): (&Deployment, Option<&RoomId>),
    goes_to: Option<(i64, i64)>,
) -> Result<Told, ReactionError> {
    let failed: Vec<Failed<'_>> = deployment.steps.iter().filter_map(failed).collect();
    let (Some(room), Some(first)) = (room, failed.first()) else { return Ok(Told::default()) };
    let who = match &deployment.asker {
        Some(asker) => Some(asker.clone()),
        None => ground.iteration(&deployment.environment).await?.map(|iteration| iteration.owner),
    };
    let mut facts = facts(deployment, first);
    facts["who"] = json!(who);
    facts["goes_to"] = goes_to.map_or(json!(false), |(_, older)| json!(older));
    let mut notes = Vec::new();
    for step in failed.iter().filter(|step| !step.log.is_empty()) {
        let note = |content| Note { card: deployment.card.clone(), room: room.clone(), content };
        let words = ground.words("deploy", "log", &self::facts(deployment, step))?;
        let shown = lines::plain(step.log);
        let whole = whole(ground, (deployment, step), &shown).await;
        notes.push(note(Content::Log(Box::new(Log { words, lines: shown }))));
        notes.extend(whole.map(|file| note(Content::File(Box::new(file)))));
    }
    Ok(Told { line: Some(line(room.clone(), ground.words("deploy", "failed", &facts)?)), notes })
}

fn failed(step: &crate::domain::deployment::Step) -> Option<Failed<'_>> {
    match &step.state {
        StepState::Failed { stage, why, log } => Some(Failed { component: &step.component, stage, why, log }),
        _ => None,
    }
}

fn facts(deployment: &Deployment, step: &Failed<'_>) -> Value {
    json!({
        "name": deployment.environment,
        "revision": deployment.revision,
        "component": step.component,
        "stage": step.stage,
        "why": step.why,
    })
}

/// All that is kept of a step's log; nothing where that is no more than is shown already, or cannot be read now.
async fn whole(ground: &Ground, (deployment, step): (&Deployment, &Failed<'_>), shown: &[String]) -> Option<File> {
    let (name, revision, component) = (&deployment.environment, deployment.revision, step.component);
    let read = ports::log_of_failure(ground.driver.as_ref(), ground.clock.as_ref(), (name, component)).await;
    let lines = match read {
        Ok(lines) => lines::whole(&lines),
        Err(cause) => {
            tracing::warn!(error = %cause, environment = %name, %component, "the whole log of what failed cannot be read");
            return None;
        }
    };
    if lines.is_empty() || lines == shown {
        return None;
    }
    let title = format!("The log of {component} in {name}, revision {revision}, as far as it is kept");
    let file = File { name: format!("{component}-{name}-{revision}.log"), title, text: lines.join("\n") + "\n" };
    let text = file.end(WHOLE).1.to_owned();
    Some(File { text, ..file })
}
