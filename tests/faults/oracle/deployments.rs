//! What should run runs, once, and every deployment has ended as it had to.

use std::collections::BTreeMap;

use chamberlain::card::model::{Content, State};
use serde_json::Value;

use super::Scene;
use crate::chat::{Chat, Message};
use crate::database::Ledger;
use crate::story::Story;

pub(super) async fn every_one_has_ended_as_it_had_to(scene: &Scene<'_>) {
    let ledger = &scene.ledger;
    let deployments = deployments(ledger).await;
    let asked = deployments.iter().filter(|deployment| deployment.cause == "asked").count();
    let commands: Vec<(i64,)> =
        ledger.rows("SELECT count(*) FROM audit WHERE command IN ('deploy', 'rollback') AND outcome = 'changed'").await;
    assert_eq!(i64::try_from(asked).unwrap(), commands[0].0, "each that was asked for, once");
    let drifts = deployments.iter().filter(|deployment| deployment.cause == "drift").count();
    assert_eq!(drifts, 0, "nobody changed anything past the bot");
    let shown: Vec<(String, String)> = ledger.rows("SELECT subject, id FROM cards WHERE subject LIKE 'run:%'").await;
    let cards = cards_of(scene.chat);
    for deployment in &deployments {
        let told = format!("deployment {} of {}", deployment.number, deployment.environment);
        // What never starts well cannot come up; what is never started, or called off, is nobody's failure.
        let is_broken = deployment.selections.contains("broken");
        let expected = match deployment.state.as_str() {
            "cancelled" => {
                assert!(deployment.cancelled_by.is_some(), "{told} was cancelled by nobody");
                State::Idle
            }
            "superseded" => State::Idle,
            "failed" if is_broken => State::Failed,
            "succeeded" if !is_broken => State::Ok,
            other => panic!("{told} is {other}: {} of {}", deployment.steps, deployment.selections),
        };
        let subject = format!("run:{}:{}", deployment.environment, deployment.id);
        for (_, card) in shown.iter().filter(|(shown, _)| *shown == subject) {
            assert_eq!(cards.get(card), Some(&expected), "what the card of {told} shows");
        }
    }
    for (environment, numbers) in numbers(ledger).await {
        assert!(numbers.iter().enumerate().all(|(at, number)| at + 1 == *number), "{environment}: {numbers:?}");
    }
}

/// The revision numbers of each environment.
async fn numbers(ledger: &Ledger) -> BTreeMap<String, Vec<usize>> {
    let rows: Vec<(String, i64)> = ledger.rows("SELECT environment, number FROM revisions ORDER BY number").await;
    let mut numbers: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (environment, number) in rows {
        numbers.entry(environment).or_default().push(usize::try_from(number).unwrap());
    }
    numbers
}

/// A deployment as the ledger has it.
#[derive(sqlx::FromRow)]
struct Deployment {
    id: String,
    number: i64,
    environment: String,
    generation: i64,
    state: String,
    cause: String,
    cancelled_by: Option<String>,
    started_at: Option<i64>,
    steps: String,
    revision: i64,
    selections: String,
    why: String,
}

async fn deployments(ledger: &Ledger) -> Vec<Deployment> {
    ledger
        .rows(
            "SELECT d.id, d.number, d.environment, d.generation, d.state, d.cause, d.cancelled_by, d.started_at, d.steps, \
             d.revision, r.selections, r.why FROM deployments d \
             JOIN revisions r ON r.environment = d.environment AND r.number = d.revision ORDER BY d.seq",
        )
        .await
}

/// How each card's object is, as the chat shows it.
fn cards_of(chat: &Chat) -> BTreeMap<String, State> {
    let chat = chat.state();
    let messages = chat.rooms.values().flat_map(|room| &room.messages);
    let card = |message: &Message| match &message.content {
        Content::Card(card) => Some((card.id.to_string(), card.state)),
        Content::Text(_) | Content::Log(_) | Content::File(_) => None,
    };
    messages.filter_map(card).collect()
}

pub(super) async fn what_should_run_runs_once(scene: &Scene<'_>) {
    let ledger = &scene.ledger;
    let wished: Vec<(String, String, i64, i64, String)> =
        ledger.rows("SELECT name, wish, wished, generation, seen FROM environments WHERE wished IS NOT NULL").await;
    let deployments = deployments(ledger).await;
    let mut expected: BTreeMap<String, String> = BTreeMap::new();
    for (environment, wish, revision, generation, seen) in &wished {
        let began: Vec<&Deployment> = deployments
            .iter()
            .filter(|deployment| deployment.environment == *environment && deployment.started_at.is_some())
            .collect();
        assert_eq!(began.last().unwrap().revision, *revision, "what began last is the wish of {environment}");
        if wish == "absent" {
            continue;
        }
        let runs = runs(&began, *generation);
        for (component, version) in runs {
            assert!(seen.contains(&version), "{environment}/{component} runs {version}; written down is {seen}");
            expected.insert(format!("{environment}/{component}"), version);
        }
        moves_with_its_branch(began.last().unwrap(), scene.story);
    }
    for program in ["test_component", "test_supervisor"] {
        let found = scene.running.iter().filter(|process| process.program == program);
        let found: Vec<(String, String)> = found.map(|process| (process.of.clone(), process.version.clone())).collect();
        assert_eq!(found.len(), expected.len(), "twice, orphaned or missing: {found:?}, not {expected:?}");
        assert_eq!(BTreeMap::from_iter(found), expected, "{program}");
    }
}

/// What runs, as the record tells it: each deployment of this life of the environment changed what its steps brought
/// about, and what could not start left the last good one running.
fn runs(began: &[&Deployment], generation: i64) -> BTreeMap<String, String> {
    let mut runs = BTreeMap::new();
    for deployment in began.iter().filter(|deployment| deployment.generation == generation) {
        let selections: BTreeMap<String, Value> = serde_json::from_str(&deployment.selections).unwrap();
        let steps: Vec<Value> = serde_json::from_str(&deployment.steps).unwrap();
        for step in steps.iter().filter(|step| step["state"] == "done" || step["state"] == "unchanged") {
            let component = step["component"].as_str().unwrap().to_owned();
            let version = selections[&component]["artifact"]["digest"].as_str().unwrap().to_owned();
            runs.insert(component, version);
        }
    }
    runs
}

/// Whatever follows the branch that moves has its newest commit by now, unless that is refused with what it came with.
fn moves_with_its_branch(last: &Deployment, story: &Story) {
    let selections: BTreeMap<String, Value> = serde_json::from_str(&last.selections).unwrap();
    let beta = &selections["beta"];
    let follows = beta["follows"] == "branch" && beta["artifact"]["branch"] == "moving";
    if follows && last.state == "succeeded" && last.cause != "taken_back" && !last.is_rollback() {
        assert_eq!(beta["artifact"]["label"], story.moved_to, "it follows its branch");
    }
}

impl Deployment {
    /// Whether it went back to an older content, whose newer versions are refused.
    fn is_rollback(&self) -> bool {
        self.why.starts_with("rollback")
    }
}
