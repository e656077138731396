//! One sample of each card: rendered on every surface by a test, and looked at.

mod home;

pub use home::home;

use crate::card::build::offer::{self, Offer};
use crate::card::build::{deploy, logs, room, run};
use crate::card::model::{Action, Card, Fact, Part, State};
use crate::card::templates::{TemplateError, Templates};
use crate::domain::artifact::{Artifact, BranchName, Digest};
use crate::domain::card::CardId;
use crate::domain::component::ComponentName;
use crate::domain::deployment::{Cause, Deployment, DeploymentId, DeploymentState, Step, StepState};
use crate::domain::environment::{Environment, Follows, Revision, Selection};
use crate::domain::iteration::{Iteration, IterationKey, Phase};
use crate::domain::marked::Marked;
use crate::domain::spec::{Addresses, EnvironmentName};
use crate::domain::{ChatName, EventId, PersonId, Refusal, RoomId, Timestamp};

/// All samples, each with its name.
pub fn all(templates: &Templates) -> Result<Vec<(&'static str, Card)>, TemplateError> {
    Ok(vec![
        ("room", room_card(templates)?),
        ("deploy", deploy_card(templates, None)?),
        ("deploy-production", deploy_card(templates, Some("prod"))?),
        ("continued", deploy::continued(&CardId::new("card-1"), "sprint-42", templates)?),
        ("run-failed", run_card(templates)?),
        ("logs", logs_card(templates, logs::Readers::Asker)?),
        ("logs-followed", logs_card(templates, followed(1_772_442_000_000))?),
        ("logs-over", logs_card(templates, followed(1_772_442_300_000))?),
        ("offer", offer_card()),
        ("crowded", crowded()),
    ])
}

fn selection(component: &str, branch: &str, label: &str) -> (ComponentName, Selection) {
    let artifact = Artifact {
        component: ComponentName::new(component),
        branch: BranchName::new(branch),
        digest: Digest::new(format!("{label}00000000000000000000000000000000000")),
        label: label.to_owned(),
        subject: "Pay with <one> *click*".to_owned(),
        made_at: Timestamp::from_millis(1_772_442_000_000),
    };
    (ComponentName::new(component), Selection { artifact, follows: Follows::Branch })
}

fn revision() -> Revision {
    Revision {
        environment: EnvironmentName::new("sprint-42"),
        number: 3,
        selections: [selection("api", "main", "77aa012"), selection("web", "main", "1f3a2b4")].into(),
        by: "ana".to_owned(),
        at: Timestamp::from_millis(1_772_442_000_000),
        why: "deploy".to_owned(),
        origin: None,
    }
}

fn deploy_card(templates: &Templates, asked: Option<&str>) -> Result<Card, TemplateError> {
    let base = revision();
    let mut offered = base.selections.clone();
    offered.extend([selection("web", "feature/pay#1", "9c0d1e2")]);
    let branches = |names: &[&str]| names.iter().map(|name| BranchName::new(*name)).collect();
    let facts = deploy::Facts {
        id: &CardId::new("card-2"),
        environment: &Environment::of_iteration(&IterationKey::new("sprint-42")),
        base: Some(&base),
        offered: &offered,
        versions: &[(ComponentName::new("web"), offered.values().map(|offered| offered.artifact.clone()).collect())]
            .into(),
        branches: &[(ComponentName::new("web"), branches(&["main", "feature/pay#1"]))].into(),
        components: &[ComponentName::new("api"), ComponentName::new("web")],
        addresses: &Addresses { port: 7420 },
        is_wanting: false,
        asks_for: asked,
        troubles: &["api: the repository cannot be read".to_owned()],
    };
    deploy::card(&facts, templates)
}

/// A deployment that failed.
fn deployment() -> Deployment {
    let step = |component: &str, state| Step { component: ComponentName::new(component), state };
    let failed = StepState::Failed {
        stage: "health".to_owned(),
        why: "it was not healthy within 30 s".to_owned(),
        log: vec!["starting".to_owned(), "<script>alert(1)</script> no database".to_owned()],
    };
    Deployment {
        id: DeploymentId::new("deployment-1"),
        number: 3,
        environment: EnvironmentName::new("sprint-42"),
        generation: 1,
        revision: 3,
        state: DeploymentState::Failed,
        cause: Cause::Asked,
        by: "ana".to_owned(),
        asker: Some(PersonId::new("ana")),
        cancelled_by: None,
        asked_in: RoomId::new(&ChatName::console(), "sprint-42"),
        card: CardId::new("card-3"),
        queued_at: Timestamp::from_millis(1_772_442_000_000),
        started_at: Some(Timestamp::from_millis(1_772_442_000_000)),
        ended_at: Some(Timestamp::from_millis(1_772_442_192_000)),
        steps: vec![step("api", StepState::Unchanged), step("web", failed)],
    }
}

fn run_card(templates: &Templates) -> Result<Card, TemplateError> {
    let before = Revision {
        number: 2,
        selections: [selection("api", "main", "77aa012"), selection("web", "main", "0b1c2d3")].into(),
        ..revision()
    };
    let facts = run::Facts {
        id: &CardId::new("card-3"),
        deployment: &deployment(),
        revision: &revision(),
        environment: &Environment::of_iteration(&IterationKey::new("sprint-42")),
        runs: &[(ComponentName::new("web"), "main@0b1c2d3".to_owned())].into(),
        way_back: Some(&before),
        is_newest: true,
        components: &[ComponentName::new("api"), ComponentName::new("web")],
        addresses: &Addresses { port: 7420 },
        commands: &["deploy", "cancel", "rollback", "env show"],
        now: Timestamp::from_millis(1_772_442_200_000),
    };
    run::card(&facts, templates)
}

fn followed(now: i64) -> logs::Readers {
    let until = Timestamp::from_millis(1_772_442_300_000);
    logs::Readers::Following { until, now: Timestamp::from_millis(now) }
}

fn logs_card(templates: &Templates, readers: logs::Readers) -> Result<Card, TemplateError> {
    let lines = ["\u{1b}[32mlistening\u{1b}[0m on 8080".to_owned(), "<script>alert(1)</script> **GET** `/`".to_owned()];
    let facts = logs::Facts {
        id: &CardId::new("card-4"),
        environment: &EnvironmentName::new("sprint-42"),
        component: &ComponentName::new("web"),
        lines: Ok(&lines),
        readers,
    };
    logs::card(&facts, templates)
}

fn offer_card() -> Card {
    let known: Vec<(String, String)> =
        [("sprint-42", "Sprint 42 <b>*bold*</b>"), ("next", "The sprint with a name that fills more than one line")]
            .map(|(key, name)| (key.to_owned(), name.to_owned()))
            .into();
    let line = |key: &str| format!("deploy --in {key} web@feature/\"pay\"#1");
    let offers: Vec<Offer> = known.iter().map(|(key, name)| Offer { label: name.clone(), line: line(key) }).collect();
    offer::card(&EventId::new("event-1"), Refusal::WhichIteration { known, more: 3 }.to_marked(), &offers)
}

/// More than a chat takes: some of it must be left out, and said to be.
fn crowded() -> Card {
    let options: Vec<String> = (1..=120).map(|number| format!("feature/{number}")).collect();
    let select = Action::Select {
        action: "choose:web".to_owned(),
        label: "web".to_owned(),
        chosen: options.last().cloned(),
        options,
    };
    let part = Part {
        state: State::Running,
        word: None,
        name: "web".to_owned(),
        told: Marked::new(format!("`{}`", "long-".repeat(100))),
    };
    Card {
        id: CardId::new("card-5"),
        guard: 1,
        state: State::Running,
        title: Marked::new("Deploying **sprint-42** for <@ana>, see [the room](/?room=sprint-42)"),
        facts: vec![Fact { label: "Room".to_owned(), value: Marked::new("<#slack:C0123> or <#console:sprint-42>") }],
        parts: vec![part],
        log: vec!["a line without an end ".repeat(30)],
        actions: vec![select],
    }
}

fn iteration() -> Iteration {
    Iteration {
        key: IterationKey::new("sprint-42"),
        name: "Sprint 42 <b>*bold*</b>".to_owned(),
        project: "shop".to_owned(),
        goal: Some("Pay with **one** click".to_owned()),
        owner: PersonId::new("ana"),
        phase: Phase::Active,
        starts_at: Timestamp::from_millis(1_772_442_000_000),
        ends_at: Some(Timestamp::from_millis(1_773_651_600_000)),
        asked_in: RoomId::new(&ChatName::console(), "lobby"),
    }
}

fn room_card(templates: &Templates) -> Result<Card, TemplateError> {
    let facts = room::Facts {
        id: &CardId::new("room-sprint-42"),
        iteration: &iteration(),
        members: &[PersonId::new("ana"), PersonId::new("bo")],
        not_found: &[PersonId::new("kim")],
        former: None,
        commands: &["deploy", "branch", "status", "help"],
    };
    room::card(&facts, templates)
}
