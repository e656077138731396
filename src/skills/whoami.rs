//! `whoami`: who the asker is to us, and with which roles.

use serde_json::{Value, json};

use super::study::{Call, GatherError, Study};
use crate::change::Decision;
use crate::domain::person::Actor;
use crate::domain::rights::Scope;
use crate::policy;

/// Names the asker and their roles.
pub(super) fn answer(study: &Study, call: &Call) -> Result<Decision, GatherError> {
    study.answer_permitted(call, "answer", || facts(study, &call.actor))
}

fn facts(study: &Study, actor: &Actor) -> Value {
    let Some(person) = actor.person().and_then(|id| study.rules.person(id)) else { return Value::Null };
    let roles = policy::roles_of(&study.rules, person).into_iter().map(|(name, projects)| {
        json!({ "name": name, "everywhere": *projects == Scope::All, "projects": projects.to_string() })
    });
    let really = match actor {
        Actor::Acting { really, .. } => json!(really),
        Actor::Person(_) | Actor::Stranger(_) | Actor::System(_) => Value::Bool(false),
    };
    json!({ "name": person.name, "id": person.id, "really": really, "roles": roles.collect::<Vec<_>>() })
}
