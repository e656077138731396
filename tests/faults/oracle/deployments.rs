//! What should run runs, once, and every deployment has ended as it had to.

use std::collections::{BTreeMap, BTreeSet};

use chamberlain::card::model::{Content, State};
use serde_json::Value;

use super::Scene;
use crate::chat::{Chat, Message};
use crate::database::Ledger;
use crate::story::Story;

pub(super) async fn every_one_has_ended_as_it_had_to(scene: &Scene<'_>) {
    let ledger = &scene.ledger;
    let deployments = deployments(ledger).await;
    each_that_was_asked_for_is_there_once(ledger, &deployments).await;
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

/// Moving an environment deploys what is wished once more, unless a deployment under way goes on there.
async fn each_that_was_asked_for_is_there_once(ledger: &Ledger, deployments: &[Deployment]) {
    let lines: Vec<(String, String)> = ledger
        .rows("SELECT event, command FROM audit WHERE command IN ('deploy', 'rollback', 'env move') AND outcome = 'changed'")
        .await;
    let of = |wanted: fn(&str) -> bool| {
        let lines = lines.iter().filter(move |(_, command)| wanted(command));
        lines.map(|(event, _)| format!("deployment-{event}")).collect::<BTreeSet<_>>()
    };
    let (ordered, moves) = (of(|command| command != "env move"), of(|command| command == "env move"));
    let asked = deployments.iter().filter(|deployment| deployment.cause == "asked");
    let asked: BTreeSet<String> = asked.map(|deployment| deployment.id.clone()).collect();
    let missing: Vec<_> = ordered.difference(&asked).collect();
    let made_up: Vec<_> = asked.difference(&ordered).filter(|id| !moves.contains(*id)).collect();
    assert!(missing.is_empty() && made_up.is_empty(), "asked for, not there: {missing:?}; the other way: {made_up:?}");
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
    ended_at: Option<i64>,
    steps: String,
    revision: i64,
    selections: String,
}

async fn deployments(ledger: &Ledger) -> Vec<Deployment> {
    ledger
        .rows(
            "SELECT d.id, d.number, d.environment, d.generation, d.state, d.cause, d.cancelled_by, d.started_at, d.ended_at, \
             d.steps, d.revision, r.selections FROM deployments d \
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

/// An environment as the ledger has it.
#[derive(sqlx::FromRow)]
struct Environment {
    name: String,
    wish: String,
    wished: i64,
    generation: i64,
    seen: String,
    refused: String,
    home: Option<String>,
    /// When it was moved to another machine last.
    moved_at: Option<i64>,
}

/// Of each component one process and one supervisor, on the machine where its environment lives, and none besides.
pub(super) async fn what_should_run_runs_once(scene: &Scene<'_>) {
    let ledger = &scene.ledger;
    let environments: Vec<Environment> = ledger
        .rows(
            "SELECT name, wish, wished, generation, seen, refused, home, (SELECT max(at) FROM audit \
             WHERE command = 'env move' AND outcome = 'changed' AND target = environments.name) AS moved_at \
             FROM environments WHERE wished IS NOT NULL",
        )
        .await;
    let deployments = deployments(ledger).await;
    let mut expected: BTreeMap<(String, String), String> = BTreeMap::new();
    for environment in &environments {
        let name = &environment.name;
        let is_its = |deployment: &&Deployment| deployment.environment == *name && deployment.started_at.is_some();
        let began: Vec<&Deployment> = deployments.iter().filter(is_its).collect();
        let last = began.last().unwrap();
        assert_eq!(last.revision, environment.wished, "what began last is the wish of {name}");
        if environment.wish == "absent" {
            continue;
        }
        let home = environment.home.clone().unwrap_or_else(|| panic!("{name} lives nowhere"));
        for (component, version) in runs(&began, environment) {
            let seen = &environment.seen;
            assert!(seen.contains(&version), "{name}/{component} runs {version}; written down is {seen}");
            expected.insert((home.clone(), format!("{name}/{component}")), version);
        }
        moves_with_its_branch(environment, last, scene.story);
    }
    for program in ["test_component", "test_supervisor"] {
        let found = scene.running.iter().filter(|process| process.program == program);
        let found = found.map(|process| ((process.home.clone(), process.of.clone()), process.version.clone()));
        let found: Vec<((String, String), String)> = found.collect();
        assert_eq!(found.len(), expected.len(), "twice, orphaned or missing: {found:?}, not {expected:?}");
        assert_eq!(BTreeMap::from_iter(found), expected, "{program}");
    }
}

/// What runs, as the record tells it: each deployment of this life of the environment changed what its steps brought
/// about, and what could not start left the last good one running. One that was under way when its environment was moved
/// went on in the new life.
fn runs(began: &[&Deployment], environment: &Environment) -> BTreeMap<String, String> {
    let mut runs = BTreeMap::new();
    let is_of_this_life = |deployment: &&&Deployment| {
        let is_moved_along =
            environment.moved_at.is_some_and(|moved| deployment.ended_at.is_some_and(|at| at >= moved));
        deployment.generation == environment.generation || is_moved_along
    };
    for deployment in began.iter().filter(is_of_this_life) {
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

/// Whatever follows the branch that moves is wished at its newest commit, which was hinted at, unless the record says
/// that this one is refused.
fn moves_with_its_branch(environment: &Environment, last: &Deployment, story: &Story) {
    let selections: BTreeMap<String, Value> = serde_json::from_str(&last.selections).unwrap();
    let refused: BTreeMap<String, String> = serde_json::from_str(&environment.refused).unwrap();
    let (beta, newest) = (&selections["beta"], &story.moved_to);
    let follows = beta["follows"] == "branch" && beta["artifact"]["branch"] == "moving";
    let is_refused = refused.get("beta").is_some_and(|digest| digest.trim_end_matches('0') == newest);
    let name = &environment.name;
    assert!(
        !follows || is_refused || beta["artifact"]["label"] == *newest,
        "{name} follows its branch to {newest}: {beta}"
    );
}
