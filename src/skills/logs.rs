//! `logs`: the last lines that a component wrote, for whoever asks; for the room when they say so.

use std::time::Duration;

use serde_json::json;

use super::study::{Call, GatherError, Present, Study, or_false};
use crate::card::build::logs::{self, Readers};
use crate::change::{Change, Decision, Write};
use crate::domain::Refusal;
use crate::domain::card::{CardId, CardRow, Subject};
use crate::domain::component::ComponentName;
use crate::domain::room::Room;
use crate::domain::spec::SeenState;
use crate::domain::touch::TouchKey;
use crate::policy::Permit;
use crate::ports::{LogError, last_lines};
use crate::store::rooms;

/// How many lines are shown when nobody says.
const USUAL: usize = 20;
/// How many at most.
const MOST: usize = 200;
/// The longest that a log is followed.
const LONGEST: Duration = Duration::from_mins(10);

/// What is asked for.
struct Asked<'a> {
    component: &'a ComponentName,
    lines: usize,
    follow: Option<Duration>,
}

/// Shows a component's last lines, or follows them.
pub(super) async fn answer(study: &Study, call: &Call) -> Result<Decision, GatherError> {
    let (iteration, permit, present) = match study.to_read(call).await? {
        Ok(found) => found,
        Err(refused) => return Ok(Decision::Refused(refused)),
    };
    let refuse = |refusal| Ok(Decision::Refused(study.unreadable(call, &iteration, refusal)));
    let asked = match asked(study, call) {
        Ok(asked) => asked,
        Err(refusal) => return refuse(refusal),
    };
    let lines = match lines(study, &present, &asked).await {
        Ok(lines) => lines,
        Err(refusal) => return refuse(refusal),
    };
    if let Some(follow) = asked.follow {
        let room = rooms::of_iteration(&mut study.store.reader().await?, &iteration.key).await?;
        return Ok(Decision::Changed(followed(study, (call, permit), (&present, &asked), (room, follow))?));
    }
    let is_here = call.invocation.has("here");
    let facts = logs::Facts {
        id: &CardId::new(format!("logs-{}", study.event)),
        environment: &present.environment.name,
        component: asked.component,
        lines: Ok(&lines),
        readers: if is_here { Readers::Room } else { Readers::Asker },
    };
    let card = logs::card(&facts, &study.skills.templates)?;
    Ok(Decision::Changed(Change::new(permit).answering(call.reply_card(card, is_here))))
}

fn asked<'a>(study: &'a Study, call: &Call) -> Result<Asked<'a>, Refusal> {
    let component = &study.component(call.invocation.text("component").unwrap_or_default())?.name;
    let lines = match call.invocation.integer("lines") {
        None => Some(USUAL),
        Some(lines) => usize::try_from(lines).ok().filter(|lines| (1..=MOST).contains(lines)),
    };
    let lines = lines.ok_or(Refusal::OutOfRange { option: "lines", least: "1", most: "200" })?;
    let follow = call.invocation.duration("follow");
    if follow.is_some_and(|follow| follow < Duration::from_secs(1) || follow > LONGEST) {
        return Err(Refusal::OutOfRange { option: "follow", least: "1s", most: "10m" });
    }
    Ok(Asked { component, lines, follow })
}

/// The lines, as they were written. Where nothing runs and nothing was written, there is nothing to look at.
async fn lines(study: &Study, present: &Present, asked: &Asked<'_>) -> Result<Vec<String>, Refusal> {
    let environment = &present.environment;
    let place = (&environment.name, asked.component);
    let lines = match last_lines(study.driver.as_ref(), study.store.clock().as_ref(), place, asked.lines).await {
        Ok(lines) => lines,
        Err(cause) => {
            if let LogError::Driver(cause) = &cause {
                tracing::warn!(error = %cause, "a log cannot be read");
            }
            return Err(Refusal::NoLog { component: asked.component.to_string(), why: cause.to_string() });
        }
    };
    let is_nowhere = matches!(environment.seen_of(asked.component), None | Some(SeenState::Missing));
    if lines.is_empty() && is_nowhere && present.running.is_none() {
        let (component, environment) = (asked.component.to_string(), environment.name.to_string());
        return Err(Refusal::NothingRan { component, environment });
    }
    Ok(lines)
}

/// A living card in the iteration's room. Where that is another one, its asker is told.
fn followed(
    study: &Study,
    (call, permit): (&Call, Permit),
    (present, asked): (&Present, &Asked<'_>),
    (room, follow): (Option<Room>, Duration),
) -> Result<Change, GatherError> {
    let (environment, component) = (present.environment.name.clone(), asked.component.clone());
    let until = study.now.plus(follow);
    let room = room.as_ref().and_then(Room::id);
    let facts = json!({
        "name": environment,
        "component": component,
        "until": until.to_string(),
        "room": or_false(room),
    });
    let card = CardRow::new(&study.event, Subject::Logs { environment, component, until, lines: asked.lines });
    let change = Change::new(permit).touching(TouchKey::Card(card.id.clone())).writing(Write::Card(card));
    if room == Some(&call.said.room) {
        return Ok(change);
    }
    Ok(change.answering(call.reply(study.say(call, "followed", &facts)?)))
}
