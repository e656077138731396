//! The deploy card: what runs, what is offered, what would change, and the choices, before the click.

use std::collections::BTreeMap;

use serde_json::json;

use crate::card::model::{Action, Card, Fact, Part, State, Weight};
use crate::card::templates::{TemplateError, Templates};
use crate::domain::artifact::BranchName;
use crate::domain::card::CardId;
use crate::domain::component::ComponentName;
use crate::domain::environment::{Environment, Revision, Selection};
use crate::domain::marked::Marked;
use crate::domain::spec::Addresses;

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
    /// The components, in the order of the config.
    pub components: &'f [ComponentName],
    /// How addresses are made.
    pub addresses: &'f Addresses,
    /// What could not be found out, for people.
    pub troubles: &'f [String],
}

/// Builds the open card.
pub fn card(facts: &Facts<'_>, templates: &Templates) -> Result<Card, TemplateError> {
    let Facts { environment, base, offered, components, .. } = facts;
    let is_change = base.is_none_or(|base| base.selections != **offered);
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
    let mut actions: Vec<Action> = components.iter().filter_map(|component| select(facts, component)).collect();
    let is_whole = components.iter().all(|component| offered.contains_key(component));
    if is_change && is_whole {
        let (action, label) = ("deploy".to_owned(), "Deploy".to_owned());
        actions.push(Action::Button { action, label, weight: Weight::Primary });
    }
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
    Ok(Part {
        state: if is_change { State::Attention } else { State::Ok },
        name: component.to_string(),
        told: templates.render("deploy", "component", &told)?,
    })
}

fn select(facts: &Facts<'_>, component: &ComponentName) -> Option<Action> {
    let branches = facts.branches.get(component).filter(|branches| !branches.is_empty())?;
    Some(Action::Select {
        action: format!("choose:{component}"),
        label: component.to_string(),
        options: branches.iter().map(ToString::to_string).collect(),
        chosen: facts.offered.get(component).map(|offered| offered.artifact.branch.to_string()),
    })
}
