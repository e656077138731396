//! One sample of each card: rendered on every surface by a test, and looked at.

use crate::card::build::{deploy, room, run};
use crate::card::model::Card;
use crate::card::templates::{TemplateError, Templates};
use crate::domain::artifact::{Artifact, BranchName, Digest};
use crate::domain::card::CardId;
use crate::domain::component::ComponentName;
use crate::domain::deployment::{Deployment, DeploymentId, DeploymentState, Step, StepState};
use crate::domain::environment::{Environment, Follows, Revision, Selection};
use crate::domain::iteration::{Iteration, IterationKey, Phase};
use crate::domain::spec::{Addresses, EnvironmentName};
use crate::domain::{ChatName, PersonId, RoomId, Timestamp};

/// All samples, each with its name.
pub fn all(templates: &Templates) -> Result<Vec<(&'static str, Card)>, TemplateError> {
    Ok(vec![
        ("room", room_card(templates)?),
        ("deploy", deploy_card(templates)?),
        ("continued", deploy::continued(&CardId::new("card-1"), "sprint-42", templates)?),
        ("run-failed", run_card(templates)?),
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
    }
}

fn deploy_card(templates: &Templates) -> Result<Card, TemplateError> {
    let base = revision();
    let mut offered = base.selections.clone();
    offered.extend([selection("web", "feature/pay#1", "9c0d1e2")]);
    let branches = |names: &[&str]| names.iter().map(|name| BranchName::new(*name)).collect();
    let facts = deploy::Facts {
        id: &CardId::new("card-2"),
        environment: &Environment::of_iteration(&IterationKey::new("sprint-42")),
        base: Some(&base),
        offered: &offered,
        branches: &[(ComponentName::new("web"), branches(&["main", "feature/pay#1"]))].into(),
        components: &[ComponentName::new("api"), ComponentName::new("web")],
        addresses: &Addresses { port: 7420 },
        troubles: &["api: the repository cannot be read".to_owned()],
    };
    deploy::card(&facts, templates)
}

fn run_card(templates: &Templates) -> Result<Card, TemplateError> {
    let step = |component: &str, state| Step { component: ComponentName::new(component), state };
    let failed = StepState::Failed {
        stage: "health".to_owned(),
        why: "it was not healthy within 30 s".to_owned(),
        log: vec!["starting".to_owned(), "<script>alert(1)</script> no database".to_owned()],
    };
    let deployment = Deployment {
        id: DeploymentId::new("deployment-1"),
        environment: EnvironmentName::new("sprint-42"),
        generation: 1,
        revision: 3,
        state: DeploymentState::Failed,
        by: "ana".to_owned(),
        asked_in: RoomId::new(&ChatName::console(), "sprint-42"),
        card: CardId::new("card-3"),
        queued_at: Timestamp::from_millis(1_772_442_000_000),
        started_at: Some(Timestamp::from_millis(1_772_442_000_000)),
        ended_at: Some(Timestamp::from_millis(1_772_442_192_000)),
        steps: vec![step("api", StepState::Unchanged), step("web", failed)],
    };
    let facts = run::Facts {
        id: &CardId::new("card-3"),
        deployment: &deployment,
        revision: &revision(),
        environment: &Environment::of_iteration(&IterationKey::new("sprint-42")),
        components: &[ComponentName::new("api"), ComponentName::new("web")],
        addresses: &Addresses { port: 7420 },
    };
    run::card(&facts, templates)
}

fn room_card(templates: &Templates) -> Result<Card, TemplateError> {
    let iteration = Iteration {
        key: IterationKey::new("sprint-42"),
        name: "Sprint 42 <b>*bold*</b>".to_owned(),
        project: "shop".to_owned(),
        goal: Some("Pay with **one** click".to_owned()),
        owner: PersonId::new("ana"),
        phase: Phase::Active,
        starts_at: Timestamp::from_millis(1_772_442_000_000),
        ends_at: Some(Timestamp::from_millis(1_773_651_600_000)),
        asked_in: RoomId::new(&ChatName::console(), "lobby"),
    };
    let facts = room::Facts {
        id: &CardId::new("room-sprint-42"),
        iteration: &iteration,
        members: &[PersonId::new("ana"), PersonId::new("bo")],
        not_found: &[PersonId::new("kim")],
        commands: &["deploy", "branch", "status", "help"],
    };
    room::card(&facts, templates)
}
