//! `env show`: the record as it is, or one revision of it.

use serde_json::{Value, json};

use crate::change::{Change, Decision};
use crate::domain::difference::differences;
use crate::domain::environment::{Follows, Revision, Selection};
use crate::skills::study::{Call, GatherError, Present, Study};
use crate::store::deployments;

/// Shows what should run and what was seen, or what a revision chose.
pub(in crate::skills) async fn show(study: &Study, call: &Call) -> Result<Decision, GatherError> {
    let (iteration, permit, present) = match study.to_read(call).await? {
        Ok(found) => found,
        Err(refused) => return Ok(Decision::Refused(refused)),
    };
    let words = match call.invocation.integer("revision") {
        None => study.say(call, "show", &record(study, &present))?,
        Some(number) => match super::revision(study, &present.environment.name, number).await? {
            Ok(revision) => study.say(call, "revision", &one(study, &present, &revision).await?)?,
            Err(refusal) => return Ok(Decision::Refused(study.unreadable(call, &iteration, refusal))),
        },
    };
    Ok(Decision::Changed(Change::new(permit).answering(call.reply(words))))
}

/// The whole record, as it is.
fn record(study: &Study, present: &Present) -> Value {
    let mut offered = present.wished.selections.clone();
    offered.extend(present.environment.draft.changes.clone());
    let chosen = differences(&present.wished.selections, &offered);
    json!({
        "now": present.facts(study),
        "wished": super::origin(&present.wished),
        "draft": chosen.iter().filter(|difference| difference.is_change()).map(super::told).collect::<Vec<_>>(),
    })
}

/// One revision: what it chose, and what came of it.
async fn one(study: &Study, present: &Present, revision: &Revision) -> Result<Value, GatherError> {
    let name = &present.environment.name;
    let mut reader = study.store.reader().await?;
    let number = revision.number;
    let outcomes = deployments::outcomes(&mut reader, name, (number, number)).await?;
    let component = |selection: &Selection| {
        json!({
            "name": selection.artifact.component,
            "version": selection.told(),
            "branch": selection.artifact.branch,
            "is_pinned": selection.follows == Follows::Pinned,
            "subject": selection.artifact.subject,
        })
    };
    Ok(json!({
        "name": name,
        "origin": super::origin(revision),
        "is_wished": present.environment.wish.present() == Some(number),
        "outcome": super::outcome(outcomes.into_iter().map(|(_, state)| state)),
        "components": revision.selections.values().map(component).collect::<Vec<_>>(),
    }))
}
