//! The deploy card: what runs, what is offered, what would change, and the choices, before the click.

use std::collections::BTreeMap;

use serde_json::json;

use crate::card::model::{Action, Card, Confirmation, Fact, Part, State, Weight};
use crate::card::templates::{TemplateError, Templates};
use crate::domain::CommandName;
use crate::domain::artifact::{Artifact, BranchName};
use crate::domain::card::CardId;
use crate::domain::component::ComponentName;
use crate::domain::environment::{Environment, Follows, Revision, Selection};
use crate::domain::marked::Marked;
use crate::domain::spec::Addresses;

/// The choice of whatever is newest.
pub const NEWEST: &str = "newest";

/// What the card tells of.
#[derive(Clone, Debug)]
pub struct Facts<'f> {
    /// The card.
    pub id: &'f CardId,
    /// The environment, with its draft.
    pub environment: &'f Environment,
    /// What is wished now.
    pub base: Option<&'f Revision>,
    /// What would be wished after the click.
    pub offered: &'f BTreeMap<ComponentName, Selection>,
    /// The branches that each component may take.
    pub branches: &'f BTreeMap<ComponentName, Vec<BranchName>>,
    /// The newest versions of each component's offered branch, newest first.
    pub versions: &'f BTreeMap<ComponentName, Vec<Artifact>>,
    /// The components, in the order of the config.
    pub components: &'f [ComponentName],
    /// How addresses are made.
    pub addresses: &'f Addresses,
    /// What is wished was removed, or did not come through: the click is good for something though nothing changes.
    pub is_wanting: bool,
    /// The environment's class, where a click on *Deploy* is too few.
    pub asks_for: Option<&'f str>,
    /// What could not be found out, for people.
    pub troubles: &'f [String],
}

/// Builds the open card.
pub fn card(facts: &Facts<'_>, templates: &Templates) -> Result<Card, TemplateError> {
    let Facts { environment, base, offered, components, .. } = facts;
    let is_change = facts.is_wanting || base.is_none_or(|base| base.selections != **offered);
    let title = json!({ "name": environment.name, "is_change": is_change, "is_first": base.is_none() });
    let mut parts = Vec::new();
    for component in *components {
        parts.push(part(facts, component, templates)?);
    }
    let mut told =
        vec![Fact { label: "Address".to_owned(), value: addresses(facts.addresses, environment, components) }];
    let trouble = |why: &String| Fact { label: "Trouble".to_owned(), value: Marked::plain(why) };
    told.extend(facts.troubles.iter().map(trouble));
    told.push(Fact { label: "Mind".to_owned(), value: templates.render("deploy", "mind", &json!({}))? });
    let selects = |component| [branches(facts, component), versions(facts, component)];
    let mut actions: Vec<Action> = components.iter().flat_map(selects).flatten().collect();
    let by_form = Action::Form { command: CommandName::new("deploy"), label: "As a form…".to_owned() };
    let is_whole = components.iter().all(|component| offered.contains_key(component));
    if is_change && is_whole {
        let (action, label) = ("deploy".to_owned(), "Deploy".to_owned());
        let asks = facts.asks_for.map(|class| deploying(facts, class, templates)).transpose()?.map(Box::new);
        actions.push(Action::Button { action, label, weight: Weight::Primary, asks });
    }
    actions.push(by_form);
    Ok(Card {
        id: facts.id.clone(),
        guard: environment.draft.version,
        state: State::Idle,
        title: templates.render("deploy", "card", &title)?,
        facts: told,
        parts,
        log: Vec::new(),
        actions,
    })
}

/// What is asked before *Deploy*: where, and what runs then. What changes stands first, since a chat may cut.
fn deploying(facts: &Facts<'_>, class: &str, templates: &Templates) -> Result<Confirmation, TemplateError> {
    let name = &facts.environment.name;
    let now = |component| facts.base.and_then(|base| base.selections.get(component));
    let mut then: Vec<_> = facts.offered.iter().collect();
    then.sort_by_key(|(component, selection)| now(*component) == Some(*selection));
    let then = then.iter().map(|(component, selection)| {
        let from = now(*component).filter(|from| from != selection);
        let from = from.map_or(json!(false), |from| json!(from.told()));
        json!({ "name": component, "from": from, "version": selection.told() })
    });
    let told = json!({ "name": name, "class": class, "components": then.collect::<Vec<_>>() });
    Ok(Confirmation {
        title: format!("Deploy to {name}?"),
        text: templates.render("deploy", "ask_deploy", &told)?,
        does: "Deploy".to_owned(),
    })
}

/// A deploy card that a newer one took over from: it keeps its place and loses its buttons.
pub fn continued(id: &CardId, environment: &str, templates: &Templates) -> Result<Card, TemplateError> {
    Ok(Card {
        id: id.clone(),
        guard: 0,
        state: State::Idle,
        title: templates.render("deploy", "continued", &json!({ "name": environment }))?,
        facts: Vec::new(),
        parts: Vec::new(),
        log: Vec::new(),
        actions: Vec::new(),
    })
}

/// The components' addresses as links.
pub fn addresses(addresses: &Addresses, environment: &Environment, components: &[ComponentName]) -> Marked {
    let link = |component: &ComponentName| format!("[{component}]({})", addresses.of(&environment.name, component));
    Marked::new(components.iter().map(link).collect::<Vec<_>>().join(" "))
}

/// What runs, and what would.
fn part(facts: &Facts<'_>, component: &ComponentName, templates: &Templates) -> Result<Part, TemplateError> {
    let from = facts.base.and_then(|base| base.selections.get(component));
    let to = facts.offered.get(component);
    let is_change = from != to;
    let told = json!({
        "from": from.map_or(json!(false), |from| json!(from.told())),
        "to": to.map_or(json!(false), |to| json!(to.told())),
        "subject": to.map_or(String::new(), |to| to.artifact.subject.clone()),
        "is_change": is_change,
    });
    let (state, word) = match (from, to) {
        (_, None) => (State::Attention, "missing"),
        (None, Some(_)) => (State::Idle, "new"),
        (Some(_), Some(_)) if is_change => (State::Attention, "changes"),
        (Some(_), Some(_)) => (State::Ok, "stays"),
    };
    Ok(Part {
        state,
        word: Some(word.to_owned()),
        name: component.to_string(),
        told: templates.render("deploy", "component", &told)?,
    })
}

/// The choice of a version of the offered branch, where there is more than one. The newest goes on with the branch, any
/// other stays.
fn versions(facts: &Facts<'_>, component: &ComponentName) -> Option<Action> {
    let versions = facts.versions.get(component).filter(|versions| versions.len() > 1)?;
    let offered = facts.offered.get(component)?;
    let mut options = vec![NEWEST.to_owned()];
    options.extend(versions.iter().map(version));
    let chosen = if offered.follows == Follows::Branch { NEWEST.to_owned() } else { version(&offered.artifact) };
    if !options.contains(&chosen) {
        options.push(chosen.clone());
    }
    let (action, label) = (format!("version:{component}"), format!("{component} version"));
    Some(Action::Select { action, label, options, chosen: Some(chosen) })
}

/// A version as it stands in the choice: its label is the first word.
fn version(artifact: &Artifact) -> String {
    let subject: String = artifact.subject.chars().take(40).collect();
    if subject.is_empty() { artifact.label.clone() } else { format!("{} · {subject}", artifact.label) }
}

/// The choice of a branch.
fn branches(facts: &Facts<'_>, component: &ComponentName) -> Option<Action> {
    let branches = facts.branches.get(component).filter(|branches| !branches.is_empty())?;
    Some(Action::Select {
        action: format!("choose:{component}"),
        label: component.to_string(),
        options: branches.iter().map(ToString::to_string).collect(),
        chosen: facts.offered.get(component).map(|offered| offered.artifact.branch.to_string()),
    })
}
