//! A form as it opens: empty, with what was typed before, with what the room or the message tells.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::command::complete::What;
use crate::command::form;
use crate::domain::Refusal;
use crate::domain::component::ComponentName;
use crate::domain::environment::{Follows, Selection};
use crate::domain::form::{Asked, Field, Filled, Form, Slot};
use crate::names::Names;
use crate::policy::{self, Action, Target};
use crate::skills::study::{GatherError, Study};
use crate::store::{drafts, record, rooms};

/// How long what was typed into a form that was not sent off is filled in again.
const KEPT: Duration = Duration::from_hours(24);

/// Who types more than this into a message means more than versions.
const MOST_WORDS: usize = 200;

/// The form of a command for whoever asks for it; a refusal when they may not run it anywhere.
pub async fn open(study: &Study, asked: &Asked) -> Result<Result<Form, Refusal>, GatherError> {
    let components: Vec<String> = study.project.component_names().iter().map(ComponentName::to_string).collect();
    let spec = study.skills.grammar.find(asked.command.as_str());
    let Some(mut form) = spec.and_then(|spec| form(spec, &components)) else {
        return Ok(Err(Refusal::UnknownCommand { name: asked.command.to_string(), near: Vec::new() }));
    };
    if !study.could_fill(&asked.by, &asked.command) {
        let action = Action { command: asked.command.clone() };
        let refused = policy::decide(&study.rules, &study.behind(&asked.by), &action, &Target::default());
        return Ok(refused.map(|_| form));
    }
    let mut reader = study.store.reader().await?;
    let kept = drafts::find(&mut reader, &asked.by, &asked.command, study.now.minus(KEPT)).await?;
    let iteration = match &asked.room {
        Some(room) => rooms::iteration_of(&mut reader, room).await?,
        None => None,
    };
    let chosen = match &iteration {
        Some(key) => record::read(&mut reader, key).await?.environment.draft.changes,
        None => BTreeMap::new(),
    };
    drop(reader);
    // What somebody has begun to choose on the room's card is gone on with.
    for (component, selection) in &chosen {
        choose(&mut form, component, selection);
    }
    if let Some(kept) = kept {
        fill(&mut form, &kept);
    }
    if let Some(key) = iteration {
        put(&mut form, &Slot::Option("in".to_owned()), key.as_str());
    }
    if let Some(words) = &asked.about {
        read_off(study, &mut form, words).await?;
    }
    Ok(Ok(form))
}

fn choose(form: &mut Form, component: &ComponentName, selection: &Selection) {
    let is_its =
        |field: &&mut Field| matches!(&field.slot, Slot::Version { component: of, .. } if of == component.as_str());
    if let Some(field) = form.fields.iter_mut().find(is_its) {
        let artifact = &selection.artifact;
        let follows_branch = selection.follows == Follows::Branch;
        field.filled = Some(if follows_branch { artifact.branch.to_string() } else { artifact.label.clone() });
    }
}

fn fill(form: &mut Form, kept: &Filled) {
    for (slot, value) in &kept.values {
        put(form, slot, value);
    }
}

fn put(form: &mut Form, slot: &Slot, value: &str) {
    if let Some(field) = form.fields.iter_mut().find(|field| field.slot == *slot) {
        field.filled = Some(value.to_owned());
    }
}

/// Fills in the versions that a message names: a branch of a component, alone or behind `component@`.
async fn read_off(study: &Study, form: &mut Form, words: &str) -> Result<(), GatherError> {
    let is_around = |letter: char| "`'\"“”‘’()[]<>{}*_.,;:!?".contains(letter);
    let words: Vec<&str> = words.split_whitespace().map(|word| word.trim_matches(is_around)).take(MOST_WORDS).collect();
    let names = Names::of_study(study);
    let versions = form.fields.iter_mut().filter_map(|field| match &field.slot {
        Slot::Version { component, .. } => Some((component.clone(), field)),
        Slot::Argument(_) | Slot::Option(_) => None,
    });
    for (component, field) in versions {
        let branches = names.of(&What::BranchOf { component: component.clone() }, None).await?;
        let names_it = |word: &&&str| {
            let branch = word.strip_prefix(&format!("{component}@")).unwrap_or(word);
            branches.iter().any(|named| named.name == branch)
        };
        // Most messages have the word `main` somewhere: where another branch is named, that is meant.
        let is_default = |word: &&&str| {
            study.project.component(&component).is_some_and(|known| known.default_branch.as_str() == **word)
        };
        let mut found: Vec<&&str> = words.iter().filter(names_it).collect();
        found.sort_by_key(|word| is_default(word));
        if let Some(word) = found.first() {
            fill_version(field, &component, word);
        }
    }
    Ok(())
}

fn fill_version(field: &mut Field, component: &str, word: &str) {
    let branch = word.strip_prefix(component).and_then(|rest| rest.strip_prefix('@')).unwrap_or(word);
    field.filled = Some(branch.to_owned());
}
