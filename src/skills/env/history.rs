//! `env history`: the revisions, each with who, why, what it changed, and what came of it.

use serde_json::{Value, json};

use crate::change::{Change, Decision};
use crate::domain::Refusal;
use crate::domain::difference::differences;
use crate::domain::environment::{Revision, Selections};
use crate::skills::study::{Call, GatherError, Study};
use crate::store::{deployments, revisions};

/// How many are listed when nobody says.
const USUAL: i64 = 10;
/// How many at most.
const MOST: i64 = 50;

/// Lists the newest revisions.
pub(in crate::skills) async fn history(study: &Study, call: &Call) -> Result<Decision, GatherError> {
    let (iteration, permit, present) = match study.to_read(call).await? {
        Ok(found) => found,
        Err(refused) => return Ok(Decision::Refused(refused)),
    };
    let last = call.invocation.integer("last").unwrap_or(USUAL);
    if !(1..=MOST).contains(&last) {
        let refusal = Refusal::OutOfRange { option: "last", least: "1", most: "50" };
        return Ok(Decision::Refused(study.unreadable(call, &iteration, refusal)));
    }
    let name = &present.environment.name;
    let mut reader = study.store.reader().await?;
    // One more than is listed: what the oldest is compared with.
    let found = revisions::latest(&mut reader, name, last + 1).await?;
    let numbers = (found.last().map_or(0, |oldest| oldest.number), i64::MAX);
    let outcomes = deployments::outcomes(&mut reader, name, numbers).await?;
    let count = usize::try_from(last).unwrap_or(usize::MAX);
    let listed: Vec<Value> = found
        .iter()
        .enumerate()
        .take(count)
        .map(|(place, revision)| {
            let own = outcomes.iter().filter(|(number, _)| *number == revision.number).map(|(_, state)| *state);
            json!({
                "origin": super::origin(revision),
                "outcome": super::outcome(own),
                "changes": changes(found.get(place + 1), revision),
                "is_wished": present.environment.wish.present() == Some(revision.number),
            })
        })
        .collect();
    let facts = json!({ "name": name, "has_more": found.len() > count, "revisions": listed });
    let words = study.say(call, "history", &facts)?;
    Ok(Decision::Changed(Change::new(permit).answering(call.reply(words))))
}

fn changes(before: Option<&Revision>, revision: &Revision) -> Vec<Value> {
    let nothing = Selections::new();
    let before = before.map_or(&nothing, |before| &before.selections);
    differences(before, &revision.selections).iter().filter(|change| change.is_change()).map(super::told).collect()
}
