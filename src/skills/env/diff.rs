//! `env diff`: what differs between two revisions, component by component.

use serde_json::{Value, json};

use crate::change::{Change, Decision};
use crate::domain::difference::differences;
use crate::skills::study::{Call, GatherError, Study};

/// Compares two revisions; the second is the wished one when it is left out.
pub(in crate::skills) async fn diff(study: &Study, call: &Call) -> Result<Decision, GatherError> {
    let (iteration, permit, present) = match study.to_read(call).await? {
        Ok(found) => found,
        Err(refused) => return Ok(Decision::Refused(refused)),
    };
    let name = &present.environment.name;
    let number = |argument| call.invocation.integer(argument).unwrap_or(present.wished.number);
    let from = super::revision(study, name, number("from")).await?;
    let to = super::revision(study, name, number("to")).await?;
    let (from, to) = match (from, to) {
        (Ok(from), Ok(to)) => (from, to),
        (Err(refusal), _) | (_, Err(refusal)) => {
            return Ok(Decision::Refused(study.unreadable(call, &iteration, refusal)));
        }
    };
    let components: Vec<Value> = differences(&from.selections, &to.selections).iter().map(super::told).collect();
    let facts = json!({ "name": name, "from": from.number, "to": to.number, "components": components });
    let words = study.say(call, "diff", &facts)?;
    Ok(Decision::Changed(Change::new(permit).answering(call.reply(words))))
}
