//! What the arguments of `deploy` ask for: `web`, `web@feature/pay`, `web@v1.0.0:pin`.

use crate::domain::Refusal;
use crate::domain::artifact::{Artifact, BranchName};
use crate::domain::component::Component;
use crate::domain::environment::{Follows, Revision, Selection};
use crate::ports::SourceError;
use crate::skills::study::{Call, Changes, Study, no_version};

/// What the call asks for; nothing when it names nothing and so asks for the card.
///
/// # Errors
/// The first name that means nothing, with the nearest that would.
pub(super) async fn changes(study: &Study, call: &Call, base: Option<&Revision>) -> Result<Option<Changes>, Refusal> {
    let mut changes = Changes::new();
    let mut is_asked = false;
    if let Some(branch) = call.invocation.text("all-branches") {
        is_asked = true;
        changes.extend(study.of_all_with(branch).await?);
    }
    for wanted in call.invocation.texts("component") {
        is_asked = true;
        let selection = one(study, wanted, base).await?;
        changes.insert(selection.artifact.component.clone(), selection);
    }
    Ok(is_asked.then_some(changes))
}

async fn one(study: &Study, wanted: &str, base: Option<&Revision>) -> Result<Selection, Refusal> {
    let (wanted, is_pinned) = match wanted.strip_suffix(":pin") {
        Some(wanted) => (wanted, true),
        None => (wanted, false),
    };
    let (name, version) = match wanted.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (wanted, None),
    };
    let component = study.component(name)?;
    let current = base.and_then(|base| base.selections.get(&component.name));
    let (artifact, is_branch) = if let Some(version) = version {
        by_name(study, component, version).await?
    } else {
        let branch = current.map_or(&component.default_branch, |current| &current.artifact.branch);
        let newest = study.newest(component, branch).await;
        (newest.map_err(|cause| no_version(component, cause))?, true)
    };
    let follows = if is_branch && !is_pinned { Follows::Branch } else { Follows::Pinned };
    Ok(Selection { artifact, follows })
}

/// A branch's newest, or the version of that name.
async fn by_name(study: &Study, component: &Component, version: &str) -> Result<(Artifact, bool), Refusal> {
    let missing = match study.newest(component, &BranchName::new(version)).await {
        Ok(artifact) => return Ok((artifact, true)),
        Err(missing @ SourceError::NoBranch { .. }) => missing,
        Err(other) => return Err(no_version(component, other)),
    };
    match study.source.named(&component.name, version).await {
        Ok(artifact) => Ok((artifact, false)),
        // No such version either: the nearest branches help most.
        Err(SourceError::NoArtifact(_)) => Err(no_version(component, missing)),
        Err(other) => Err(no_version(component, other)),
    }
}
