//! `follow` and `pin`: whether a component takes newer versions of its branch.

use serde_json::json;

use crate::change::Decision;
use crate::domain::Refusal;
use crate::domain::environment::{Follows, Selection};
use crate::domain::order::{OnCard, Wanted};
use crate::domain::record::Record;
use crate::skills::study::{Call, Changes, GatherError, Study};

/// The component takes what is newest on its branch, now and from now on.
pub(in crate::skills) async fn follow(study: &Study, call: &Call) -> Result<Decision, GatherError> {
    choose(study, call, Follows::Branch).await
}

/// The component stays as it is.
pub(in crate::skills) async fn pin(study: &Study, call: &Call) -> Result<Decision, GatherError> {
    choose(study, call, Follows::Pinned).await
}

async fn choose(study: &Study, call: &Call, follows: Follows) -> Result<Decision, GatherError> {
    let (iteration, permit, record) = match study.to_change(call).await? {
        Ok(found) => found,
        Err(refused) => return Ok(Decision::Refused(refused)),
    };
    let refuse = |refusal| {
        let target = study.environment_target(Some(&iteration));
        Ok(Decision::Refused(call.refused(refusal, &target)))
    };
    let selection = match selection(study, call, &record, follows).await {
        Ok(selection) => selection,
        Err(refusal) => return refuse(refusal),
    };
    let artifact = selection.artifact.clone();
    let changes = Changes::from([(artifact.component.clone(), selection.clone())]);
    let wanted = Wanted::Differences { changes, defaults: &[] };
    // The card of the last run tells it: there is nothing to look at but that.
    match study.order((&record, permit), (&call.said, &call.said.line), (wanted, OnCard::Last)) {
        Ok((change, revision, is_waiting)) => {
            let facts = json!({
                "name": iteration.key,
                "component": artifact.component,
                "branch": artifact.branch,
                "version": selection.told(),
                "revision": revision,
                "is_waiting": is_waiting,
            });
            let text = if follows == Follows::Branch { "followed" } else { "pinned" };
            Ok(Decision::Changed(change.answering(call.reply(study.say(call, text, &facts)?))))
        }
        Err(refusal) => refuse(refusal),
    }
}

async fn selection(study: &Study, call: &Call, record: &Record, follows: Follows) -> Result<Selection, Refusal> {
    let component = study.component(call.invocation.text("component").unwrap_or_default())?;
    let name = record.environment.name.to_string();
    let base = record.base.as_ref().ok_or(Refusal::NoEnvironment { environment: name })?;
    let Some(current) = base.selections.get(&component.name) else {
        return Err(Refusal::NothingToDeploy { component: component.name.to_string() });
    };
    match follows {
        Follows::Pinned => Ok(Selection { follows, ..current.clone() }),
        Follows::Branch => study.of_branch(component, current.artifact.branch.as_str()).await,
    }
}
