//! What may stand in a field, offered as somebody types.

use crate::command::Spec;
use crate::command::complete::What;
use crate::command::manifest::Kind;
use crate::domain::CommandName;
use crate::domain::form::{Account, Slot};
use crate::names::{Named, Names};
use crate::ports::Suggestion;
use crate::skills::study::{GatherError, Study};

/// How many versions that are no branch's newest are looked through.
const VERSIONS: usize = 30;

/// What fits, the likeliest first; nothing for whoever may not run the command.
pub async fn suggest(
    study: &Study,
    by: &Account,
    command: &CommandName,
    (slot, typed): (&Slot, &str),
) -> Result<Vec<Suggestion>, GatherError> {
    let Some(spec) = study.skills.grammar.find(command.as_str()).filter(|_| study.could_fill(by, command)) else {
        return Ok(Vec::new());
    };
    let Some(what) = wanted(spec, slot) else { return Ok(Vec::new()) };
    let mut named = Names::of_study(study).of(&what, None).await?;
    if let What::BranchOf { component } = &what {
        named.extend(versions(study, component).await);
    }
    Ok(fitting(named, typed))
}

fn wanted(spec: &Spec, slot: &Slot) -> Option<What> {
    let all = spec.command.arguments.iter().chain(&spec.command.options);
    let kind = all.into_iter().find(|argument| argument.name == slot.name())?.kind;
    match (kind, slot) {
        (Kind::Component, Slot::Version { component, .. }) => Some(What::BranchOf { component: component.clone() }),
        (Kind::Component, Slot::Argument(_) | Slot::Option(_)) => Some(What::Component),
        (Kind::Branch, _) => Some(What::Branch { repository: None }),
        (Kind::Repository, _) => Some(What::Repository),
        (Kind::Person, _) => Some(What::Person),
        (Kind::Iteration, _) => Some(What::Iteration),
        (Kind::Environment, _) => Some(What::Environment),
        (Kind::Text | Kind::Integer | Kind::Duration | Kind::Choice | Kind::Flag, _) => None,
    }
}

/// The newest versions of a component's default branch; a source that is slow or cannot be read has none.
async fn versions(study: &Study, component: &str) -> Vec<Named> {
    let Some(component) = study.project.component(component) else { return Vec::new() };
    let recent = study.source.recent(&component.name, &component.default_branch, VERSIONS);
    let recent = tokio::time::timeout(Names::PATIENCE, recent).await.ok().and_then(Result::ok).unwrap_or_default();
    let named = recent.into_iter().map(|artifact| Named {
        name: artifact.label.clone(),
        called: vec![artifact.subject.clone()],
        hint: artifact.subject,
    });
    named.collect()
}

/// What has all that was typed: first what begins with it.
fn fitting(named: Vec<Named>, typed: &str) -> Vec<Suggestion> {
    let typed = typed.trim().to_lowercase();
    let fit = |named: &Named| {
        let places = named.all().filter_map(|name| name.to_lowercase().find(&typed));
        places.min().map(|at| at > 0)
    };
    let mut fitting: Vec<(bool, Named)> = named.into_iter().filter_map(|named| Some((fit(&named)?, named))).collect();
    fitting.sort_by_key(|(is_within, _)| *is_within);
    fitting.into_iter().map(|(_, named)| Suggestion { value: named.name, hint: named.hint }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_with_what_was_typed_comes_first() {
        let named = |name: &str| Named { name: name.into(), called: vec!["Pay at once".into()], hint: "h".into() };
        let values = |typed: &str| -> Vec<String> {
            let all = vec![named("feature/pay"), named("main"), named("payments")];
            fitting(all, typed).into_iter().map(|suggestion| suggestion.value).collect()
        };
        assert_eq!(values(""), ["feature/pay", "main", "payments"]);
        assert_eq!(values("FEATURE"), ["feature/pay"]);
        assert_eq!(values("once").len(), 3, "people know what it does better than how it is called");
        assert!(values("zzz").is_empty());
    }
}
