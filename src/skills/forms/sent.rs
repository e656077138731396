//! A form that was filled in: the same decision as for the line that says the same; judged by it before, too.

use crate::change::Decision;
use crate::command::{Misread, form, usage};
use crate::domain::Refusal;
use crate::domain::component::ComponentName;
use crate::domain::form::{Filled, Slot};
use crate::domain::marked::Marked;
use crate::event::chat::{Said, Submitted};
use crate::skills::study::{GatherError, Study};

/// Has the form answered.
pub async fn submitted(study: &Study, submitted: Submitted) -> Result<Decision, GatherError> {
    let grammar = &study.skills.grammar;
    let filled = &submitted.filled;
    let said = said(study, &submitted);
    let misread = match grammar.filled(filled) {
        Ok(Some(invocation)) => return crate::skills::act(study, said, invocation).await,
        Ok(None) => Misread::Unknown { name: filled.command.to_string(), near: Vec::new() },
        Err(wrong) => {
            let told = wrong.into_iter().map(|(_, told)| told).collect::<Vec<_>>().join(" ");
            let usage = grammar.find(filled.command.as_str()).map(|spec| usage(&spec.command)).unwrap_or_default();
            Misread::Wrong { command: filled.command.clone(), told, usage }
        }
    };
    Ok(crate::skills::misunderstood(study, &said, misread))
}

/// What would be refused, each with its place. Nothing is done.
pub async fn judged(study: &Study, submitted: &Submitted) -> Result<Vec<(Option<Slot>, Marked)>, GatherError> {
    let filled = &submitted.filled;
    if let Some(slot) = unchosen(study, filled) {
        return Ok(vec![(Some(slot), Marked::plain("Choose a branch or a version for one of these at least."))]);
    }
    let invocation = match study.skills.grammar.filled(filled) {
        Ok(Some(invocation)) => invocation,
        Ok(None) => return Ok(Vec::new()),
        Err(wrong) => return Ok(wrong.into_iter().map(|(slot, told)| (Some(slot), Marked::new(told))).collect()),
    };
    let decision = crate::skills::act(study, said(study, submitted), invocation).await?;
    let Decision::Refused(refused) = decision else { return Ok(Vec::new()) };
    Ok(vec![(place_of(&refused.refusal, filled), refused.refusal.to_marked())])
}

fn said(study: &Study, submitted: &Submitted) -> Said {
    Said {
        by: submitted.by.clone(),
        room: submitted.room.clone(),
        message: submitted.message.clone(),
        thread: None,
        is_for_us: true,
        line: study.skills.grammar.line_of(&submitted.filled),
        back: None,
    }
}

/// Where a form asks for versions and none was chosen: the first place for one.
fn unchosen(study: &Study, filled: &Filled) -> Option<Slot> {
    let components: Vec<String> = study.project.component_names().iter().map(ComponentName::to_string).collect();
    let form = form(study.skills.grammar.find(filled.command.as_str())?, &components)?;
    let is_version = |slot: &Slot| matches!(slot, Slot::Version { .. });
    let is_chosen = filled.values.iter().any(|(slot, _)| is_version(slot));
    form.fields.into_iter().map(|field| field.slot).find(is_version).filter(|_| !is_chosen)
}

/// The place that a refusal speaks of, as far as it tells.
fn place_of(refusal: &Refusal, filled: &Filled) -> Option<Slot> {
    let version_of = |component: &str| {
        let is_its = |slot: &&Slot| matches!(slot, Slot::Version { component: of, .. } if of == component);
        filled.values.iter().map(|(slot, _)| slot).find(is_its).cloned()
    };
    match refusal {
        Refusal::UnknownIteration { .. } | Refusal::WhichIteration { .. } | Refusal::NotActive { .. } => {
            Some(Slot::Option("in".to_owned()))
        }
        Refusal::NoVersion { component, .. } | Refusal::NothingToDeploy { component } => version_of(component),
        Refusal::Pinned { components, .. } => components.iter().find_map(|component| version_of(component)),
        Refusal::NamelessIteration { .. } | Refusal::ReservedName { .. } | Refusal::IterationExists { .. } => {
            Some(Slot::Argument("name".to_owned()))
        }
        Refusal::TooLong { what, .. } => {
            filled.values.iter().map(|(slot, _)| slot).find(|slot| slot.name() == *what).cloned()
        }
        Refusal::OutOfRange { option, .. } => Some(Slot::Option((*option).to_owned())),
        _ => None,
    }
}
