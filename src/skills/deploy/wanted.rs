//! What the arguments of `deploy` ask for: `web`, `web@feature/pay`, `web@v1.0.0:pin`.

use std::collections::BTreeMap;

use super::gather::Grounds;
use crate::command::nearest;
use crate::domain::Refusal;
use crate::domain::artifact::{Artifact, BranchName};
use crate::domain::component::{Component, ComponentName};
use crate::domain::environment::{Follows, Selection};
use crate::ports::SourceError;
use crate::skills::study::{Call, Study};

/// The differences that are asked for.
pub(super) type Changes = BTreeMap<ComponentName, Selection>;

/// What the call asks for; nothing when it names nothing and so asks for the card.
///
/// # Errors
/// The first name that means nothing, with the nearest that would.
pub(super) async fn changes(study: &Study, call: &Call, grounds: &Grounds) -> Result<Option<Changes>, Refusal> {
    let mut changes = Changes::new();
    let mut is_asked = false;
    if let Some(branch) = call.invocation.text("all-branches") {
        is_asked = true;
        changes.extend(of_all(study, branch).await?);
    }
    for wanted in call.invocation.texts("component") {
        is_asked = true;
        let selection = one(study, wanted, grounds).await?;
        changes.insert(selection.artifact.component.clone(), selection);
    }
    Ok(is_asked.then_some(changes))
}

/// The newest of `branch` for a component that a person chose it for.
pub(super) async fn of_branch(study: &Study, component: &str, branch: &str) -> Result<Selection, Refusal> {
    let component = find(study, component)?;
    let newest = study.source.newest(&component.name, &BranchName::new(branch)).await;
    let artifact = newest.map_err(|cause| no_version(component, cause))?;
    Ok(Selection { artifact, follows: Follows::Branch })
}

/// Every component that has the branch.
async fn of_all(study: &Study, branch: &str) -> Result<Changes, Refusal> {
    let mut changes = Changes::new();
    let mut last = None;
    for component in &study.project.components {
        match study.source.newest(&component.name, &BranchName::new(branch)).await {
            Ok(artifact) => {
                changes.insert(component.name.clone(), Selection { artifact, follows: Follows::Branch });
            }
            Err(cause @ SourceError::NoBranch { .. }) => last = Some(no_version(component, cause)),
            Err(cause) => return Err(no_version(component, cause)),
        }
    }
    match last {
        Some(refusal) if changes.is_empty() => Err(refusal),
        _ => Ok(changes),
    }
}

async fn one(study: &Study, wanted: &str, grounds: &Grounds) -> Result<Selection, Refusal> {
    let (wanted, is_pinned) = match wanted.strip_suffix(":pin") {
        Some(wanted) => (wanted, true),
        None => (wanted, false),
    };
    let (name, version) = match wanted.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (wanted, None),
    };
    let component = find(study, name)?;
    let current = grounds.base.as_ref().and_then(|base| base.selections.get(&component.name));
    let (artifact, is_branch) = if let Some(version) = version {
        by_name(study, component, version).await?
    } else {
        let branch = current.map_or(&component.default_branch, |current| &current.artifact.branch);
        let newest = study.source.newest(&component.name, branch).await;
        (newest.map_err(|cause| no_version(component, cause))?, true)
    };
    let follows = if is_branch && !is_pinned { Follows::Branch } else { Follows::Pinned };
    Ok(Selection { artifact, follows })
}

/// A branch's newest, or the version of that name.
async fn by_name(study: &Study, component: &Component, version: &str) -> Result<(Artifact, bool), Refusal> {
    let missing = match study.source.newest(&component.name, &BranchName::new(version)).await {
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

fn find<'s>(study: &'s Study, name: &str) -> Result<&'s Component, Refusal> {
    study.project.component(&name.to_lowercase()).ok_or_else(|| {
        let known: Vec<String> = study.project.components.iter().map(|known| known.name.to_string()).collect();
        let near = nearest(name, known.iter().map(String::as_str)).into_iter().map(str::to_owned).collect();
        Refusal::UnknownComponent { name: name.chars().take(40).collect(), near, known }
    })
}

fn no_version(component: &Component, cause: SourceError) -> Refusal {
    let why = cause.to_string().replace('`', "'");
    let near = match cause {
        SourceError::NoBranch { near, .. } => near,
        SourceError::Unconfigured(_) | SourceError::NoArtifact(_) | SourceError::Unreadable { .. } => Vec::new(),
    };
    Refusal::NoVersion { component: component.name.to_string(), why, near }
}
