//! The one function that grants rights.

use super::rules::Rules;
use crate::domain::person::{Actor, Person};
use crate::domain::rights::{Binding, Grant, Scope};
use crate::domain::{CommandName, PersonId, Refusal};

/// What somebody wants to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// The command, also when a button stands for it.
    pub command: CommandName,
}

/// What it would be done to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// The project, where there is one.
    pub project: Option<String>,
    /// The environment's class, where there is one.
    pub class: Option<String>,
    /// How audit lines name the thing: an iteration's key, an environment's name.
    pub name: Option<String>,
}

/// Proof that the rules allow an action. Only [`decide`] makes one, and only with one is anything changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permit {
    actor: Actor,
    action: Action,
    target: Target,
    rules: String,
}

impl Permit {
    /// In whose name.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// What is allowed.
    pub fn action(&self) -> &Action {
        &self.action
    }

    /// To what.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// The version of the rules that allowed it.
    pub fn rules(&self) -> &str {
        &self.rules
    }
}

/// The narrow role of stewards and timers.
const SYSTEM_MAY: &[&str] = &["tell", "update", "mend"];

/// Whether `actor` may do `action` to `target`.
///
/// # Errors
/// The refusal names the missing rule and who has it.
pub fn decide(rules: &Rules, actor: &Actor, action: &Action, target: &Target) -> Result<Permit, Refusal> {
    let allowed = match actor {
        Actor::Stranger(account) => return Err(Refusal::Stranger { account: account.clone() }),
        Actor::System(_) => SYSTEM_MAY.contains(&action.command.as_str()),
        Actor::Person(person) | Actor::Acting { shown: person, .. } => allows(rules, person, action, target),
    };
    if !allowed {
        return Err(not_allowed(rules, action, target));
    }
    Ok(Permit { actor: actor.clone(), action: action.clone(), target: target.clone(), rules: rules.version.clone() })
}

/// Whether `actor` may do `action` to anything at all: what `help` lists.
pub fn could(rules: &Rules, actor: &Actor, action: &Action) -> bool {
    let Some(person) = actor.person().and_then(|id| rules.person(id)) else { return false };
    let covers = |binding: &Binding| {
        let mut patterns =
            rules.role(&binding.role).into_iter().flat_map(|role| &role.allow).flat_map(|grant| &grant.commands);
        patterns.any(|pattern| pattern.covers(&action.command))
    };
    rules.bindings.iter().any(|binding| binding.binds(person) && covers(binding))
}

/// The roles of a person, each with the projects it holds in.
pub fn roles_of<'r>(rules: &'r Rules, person: &Person) -> Vec<(&'r str, &'r Scope)> {
    let bound = rules.bindings.iter().filter(|binding| binding.binds(person));
    bound.map(|binding| (binding.role.as_str(), &binding.projects)).collect()
}

fn allows(rules: &Rules, person: &PersonId, action: &Action, target: &Target) -> bool {
    let Some(person) = rules.person(person) else { return false };
    rules.bindings.iter().any(|binding| binding.binds(person) && holds(rules, binding, action, target))
}

/// Whether the role of `binding` allows the action, where the binding and one of its grants hold.
fn holds(rules: &Rules, binding: &Binding, action: &Action, target: &Target) -> bool {
    let Some(role) = rules.role(&binding.role) else { return false };
    binding.projects.reaches(target.project.as_deref()) && role.allow.iter().any(|grant| grants(grant, action, target))
}

fn grants(grant: &Grant, action: &Action, target: &Target) -> bool {
    grant.commands.iter().any(|pattern| pattern.covers(&action.command))
        && grant.projects.reaches(target.project.as_deref())
        && grant.classes.reaches(target.class.as_deref())
}

fn not_allowed(rules: &Rules, action: &Action, target: &Target) -> Refusal {
    let allowing = rules.roles.iter().filter(|role| role.allow.iter().any(|grant| grants(grant, action, target)));
    let holders = allowing.map(|role| {
        let bindings = rules
            .bindings
            .iter()
            .filter(|binding| binding.role == role.name && binding.projects.reaches(target.project.as_deref()));
        let mut people: Vec<PersonId> =
            bindings.flat_map(|binding| rules.bound(binding)).map(|person| person.id.clone()).collect();
        people.sort();
        people.dedup();
        (role.name.clone(), people)
    });
    Refusal::NotAllowed { command: action.command.clone(), scope: scope(target), holders: holders.collect() }
}

fn scope(target: &Target) -> String {
    match (&target.project, &target.class) {
        (_, Some(class)) => format!(" on environments of class `{class}`"),
        (Some(project), None) => format!(" in project `{project}`"),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::rights::{CommandPattern, Role};

    fn person(id: &str, group: &str) -> (PersonId, Person) {
        let id = PersonId::new(id);
        let groups = vec![group.into()];
        (id.clone(), Person { id, name: String::new(), groups, email: None, accounts: [].into() })
    }

    fn rules() -> Rules {
        let grant =
            |command: CommandPattern, classes: Scope| Grant { commands: vec![command], projects: Scope::All, classes };
        let binding = |role: &str, group: &str, projects: Scope| Binding {
            role: role.into(),
            people: vec![],
            groups: vec![group.into()],
            projects,
        };
        let only = |name: &str| Scope::Only(vec![name.into()]);
        let deploy = CommandPattern::Exactly(CommandName::new("deploy"));
        let iterations = CommandPattern::Below(CommandName::new("iteration"));
        let developer = vec![grant(deploy, only("test")), grant(iterations, Scope::All)];
        Rules {
            version: "1".into(),
            people: [person("ana", "leads"), person("bo", "devs")].into(),
            roles: vec![
                Role { name: "lead".into(), allow: vec![grant(CommandPattern::Every, Scope::All)] },
                Role { name: "developer".into(), allow: developer },
            ],
            bindings: vec![binding("lead", "leads", Scope::All), binding("developer", "devs", only("shop"))],
        }
    }

    /// One row a rule: who, what, project, class, allowed.
    #[test]
    fn the_table_of_rights() {
        let rows = [
            ("ana", "deploy", "shop", "production", true),
            ("bo", "deploy", "shop", "test", true),
            ("bo", "deploy", "shop", "production", false),
            ("bo", "deploy", "bank", "test", false),
            ("bo", "iteration list", "shop", "test", true),
            ("bo", "iteration", "shop", "test", false),
            ("bo", "iterations", "shop", "test", false),
            ("eve", "deploy", "shop", "test", false),
        ];
        for (who, what, project, class, allowed) in rows {
            let actor = Actor::Person(PersonId::new(who));
            let action = Action { command: CommandName::new(what) };
            let target = Target { project: Some(project.into()), class: Some(class.into()), name: None };
            let answer = decide(&rules(), &actor, &action, &target);
            assert_eq!(answer.is_ok(), allowed, "{who} {what} {project} {class}");
        }
    }

    #[test]
    fn a_refusal_names_the_rule_and_who_has_it() {
        let action = Action { command: CommandName::new("deploy") };
        let target = Target { class: Some("production".into()), ..Target::default() };
        let refusal = decide(&rules(), &Actor::Person(PersonId::new("bo")), &action, &target).unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "You may not run `deploy` on environments of class `production`: no role of yours allows it. \
             Roles that allow it: `lead` (ana)."
        );
    }
}
