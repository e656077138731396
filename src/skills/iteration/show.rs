//! `iteration list` and `iteration show`.

use serde_json::{Value, json};

use crate::change::{Change, Decision};
use crate::domain::iteration::Iteration;
use crate::domain::member::Member;
use crate::domain::room::Room;
use crate::skills::study::{Call, GatherError, Study};
use crate::store::{iterations, members, rooms};

/// Lists the iterations, newest first.
pub(in crate::skills) async fn list(study: &Study, call: &Call) -> Result<Decision, GatherError> {
    let mut reader = study.store.reader().await?;
    let mut facts = Vec::new();
    for iteration in iterations::all(&mut reader).await? {
        let room = rooms::of_iteration(&mut reader, &iteration.key).await?;
        facts.push(json!({
            "key": iteration.key,
            "name": iteration.name,
            "phase": iteration.phase.as_str(),
            "dates": dates(&iteration),
            "room": room_id(room.as_ref()),
            "pending": room.is_some_and(|room| room.id().is_none()),
        }));
    }
    study.answer_permitted(call, "list", || json!({ "iterations": facts }))
}

/// Shows one iteration.
pub(in crate::skills) async fn show(study: &Study, call: &Call) -> Result<Decision, GatherError> {
    let (iteration, permit) = match study.on_iteration(call).await? {
        Ok(found) => found,
        Err(refused) => return Ok(Decision::Refused(refused)),
    };
    let mut reader = study.store.reader().await?;
    let room = rooms::of_iteration(&mut reader, &iteration.key).await?;
    let members = members::of_iteration(&mut reader, &iteration.key).await?;
    let words = study.say(call, "show", &facts(&iteration, room.as_ref(), &members))?;
    Ok(Decision::Changed(Change::new(permit).answering(call.reply(words))))
}

fn facts(iteration: &Iteration, room: Option<&Room>, members: &[Member]) -> Value {
    let is_there = |member: &&Member| member.seen_at.is_some() && member.declined_at.is_none();
    let members: Vec<_> = members.iter().filter(is_there).map(|member| &member.person).collect();
    json!({
        "key": iteration.key,
        "name": iteration.name,
        "goal": iteration.goal.as_ref().map_or(Value::Bool(false), |goal| json!(goal)),
        "phase": iteration.phase.as_str(),
        "dates": dates(iteration),
        "owner": iteration.owner,
        "room": room_id(room),
        "members": members,
    })
}

fn room_id(room: Option<&Room>) -> Value {
    room.and_then(Room::id).map_or(Value::Bool(false), |id| json!(id))
}

fn dates(iteration: &Iteration) -> String {
    match iteration.ends_at {
        Some(end) => format!("{} to {}", iteration.starts_at.date(), end.date()),
        None => format!("since {}", iteration.starts_at.date()),
    }
}
