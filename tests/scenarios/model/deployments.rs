//! Environments and deployments against a model: whatever people ask for while something is under way, and whatever
//! fails, drifts or ends meanwhile, each command is accepted or refused as a simple model says, and what runs in the end
//! is what was asked for last.

use std::collections::BTreeMap;
use std::time::Duration;

use chamberlain::domain::deployment::{Deployment, DeploymentState};
use chamberlain::domain::environment::Wish;
use chamberlain::domain::iteration::IterationKey;
use chamberlain::domain::record::Record;
use chamberlain::store::record;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use crate::support::cases::cases;
use crate::support::house::House;

/// Versions of `api` and `web`: `a1` and `w3`.
type Versions = (u8, u8);

/// What a person says.
#[derive(Clone, Copy, Debug)]
enum Said {
    Deploy(Versions),
    Cancel,
    Destroy,
}

/// What happens.
#[derive(Clone, Debug)]
enum Act {
    /// A person says something, and it is brought about.
    Says(Said),
    /// Something is asked for, and before it is brought about people say more.
    SaysMeanwhile(Versions, Vec<Said>),
    /// The same, all at once: nobody can say what comes of it, but it comes to an end.
    AllSay(Versions, Vec<Said>),
    /// A version does not become healthy any more.
    Sickens(u8),
    /// A component ends by itself.
    Ends,
    /// Somebody changes a component past us.
    Drifts,
    /// The house is closed and opened again.
    Restarts,
}

fn versions() -> impl Strategy<Value = Versions> {
    (1..4_u8, 1..4_u8)
}

fn said() -> impl Strategy<Value = Said> {
    prop_oneof![5 => versions().prop_map(Said::Deploy), 2 => Just(Said::Cancel), 1 => Just(Said::Destroy)]
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => said().prop_map(Act::Says),
        5 => (versions(), vec(said(), 0..4)).prop_map(|(first, then)| Act::SaysMeanwhile(first, then)),
        3 => (versions(), vec(said(), 2..5)).prop_map(|(first, then)| Act::AllSay(first, then)),
        1 => (2..4_u8).prop_map(Act::Sickens),
        1 => Just(Act::Ends),
        1 => Just(Act::Drifts),
        1 => Just(Act::Restarts),
    ]
}

/// What should be there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Wanted {
    #[default]
    Nothing,
    Versions(Versions),
    Removed,
}

/// What a simple mind would expect.
#[derive(Default)]
struct Model {
    /// What is wished: what the last deployment that began was to bring about.
    wished: Wanted,
    /// Whether that came through.
    is_through: bool,
    running: Option<Versions>,
    is_called_off: bool,
    waiting: Option<Versions>,
    sick: Vec<u8>,
}

impl Model {
    /// What it is where nothing is left to do.
    fn of(record: &Record) -> Self {
        let is_through = record.last.as_ref().is_some_and(|last| last.state == DeploymentState::Succeeded);
        Self { wished: wished(record), is_through, ..Self::default() }
    }

    /// Whether it is accepted; takes it over.
    fn say(&mut self, said: Said) -> bool {
        match said {
            Said::Deploy(versions) => {
                let base = self.waiting.map_or(self.wished, Wanted::Versions);
                let is_tried_again = self.waiting.is_none() && self.running.is_none() && !self.is_through;
                // A run that is still going on has not come through badly either.
                if base == Wanted::Versions(versions) && !is_tried_again {
                    return false;
                }
                if self.running.is_some() {
                    self.waiting = Some(versions);
                } else {
                    self.start(versions);
                }
                true
            }
            Said::Cancel => {
                let is_something = (self.running.is_some() && !self.is_called_off) || self.waiting.is_some();
                self.is_called_off |= self.running.is_some();
                self.waiting = None;
                is_something
            }
            Said::Destroy => {
                let Wanted::Versions(_) = self.wished else { return false };
                self.is_called_off |= self.running.is_some();
                (self.wished, self.waiting) = (Wanted::Removed, None);
                true
            }
        }
    }

    fn start(&mut self, versions: Versions) {
        (self.wished, self.running, self.is_called_off) = (Wanted::Versions(versions), Some(versions), false);
        self.is_through = false;
    }

    /// Everything under way ends, and what waited follows.
    fn settle(&mut self) {
        while let Some(running) = self.running.take() {
            let is_sick = self.sick.iter().any(|sick| [running.0, running.1].contains(sick));
            self.is_through = !self.is_called_off && !is_sick;
            if let Some(next) = self.waiting.take() {
                self.start(next);
            }
        }
    }
}

async fn read(house: &House) -> Record {
    record::read(&mut house.store.reader().await.unwrap(), &IterationKey::new("sprint-42")).await.unwrap()
}

fn line(said: Said) -> String {
    match said {
        Said::Deploy((api, web)) => format!("deploy api@a{api} web@w{web}"),
        Said::Cancel => "cancel".into(),
        Said::Destroy => "env destroy sprint-42".into(),
    }
}

/// Says it, and compares what came of it.
async fn say(house: &House, model: &mut Model, said: Said) -> Result<(), TestCaseError> {
    let heard = house.says("ana", "#sprint-42", &line(said)).await;
    let expected = if model.say(said) { "changed" } else { "refused" };
    prop_assert_eq!(&heard.outcome, expected, "{:?}: {:?}", said, heard.answers);
    prop_assert_eq!(heard.answers.len(), 1, "{:?}", heard.answers);
    Ok(())
}

/// What must hold at any moment. `ended` is what was seen ended before: it stays as it ended.
async fn check(house: &House, ended: &mut BTreeMap<i64, DeploymentState>) -> Result<Record, TestCaseError> {
    let record = read(house).await;
    if let Some(queued) = &record.queued {
        prop_assert!(record.running.is_some(), "{} waits for nothing", queued.number);
    }
    let is_over = |deployment: &&Deployment| deployment.ended_at.is_some();
    if let Some(last) = record.last.as_ref().filter(is_over) {
        let before = ended.insert(last.number, last.state);
        prop_assert!(before.is_none_or(|before| before == last.state), "{} ended twice", last.number);
    }
    Ok(record)
}

/// What is wished, as the record has it.
fn wished(record: &Record) -> Wanted {
    let version = |name: &str| {
        let mut selections = record.base.iter().flat_map(|base| &base.selections);
        let (_, selection) = selections.find(|(component, _)| component.as_str() == name).unwrap();
        selection.artifact.digest.as_str()[1..].parse().unwrap()
    };
    match record.environment.wish {
        Wish::Undecided => Wanted::Nothing,
        Wish::Absent { .. } => Wanted::Removed,
        Wish::Present(_) => Wanted::Versions((version("api"), version("web"))),
    }
}

/// What must hold when nothing is left to do.
async fn check_settled(
    house: &House,
    model: &Model,
    ended: &mut BTreeMap<i64, DeploymentState>,
) -> Result<(), TestCaseError> {
    let record = check(house, ended).await?;
    prop_assert!(record.running.is_none() && record.queued.is_none(), "{:?}", record);
    prop_assert_eq!(wished(&record), model.wished);
    match model.wished {
        Wanted::Versions((api, web)) if model.is_through => {
            prop_assert_eq!(house.driver.running("sprint-42"), format!("api@a{api} web@w{web}"));
            prop_assert_eq!(record.last.unwrap().state, DeploymentState::Succeeded);
        }
        // What did not come through left what a person finds on the card.
        Wanted::Versions(_) => prop_assert!(record.last.unwrap().state.has_ended_badly()),
        Wanted::Nothing | Wanted::Removed => prop_assert_eq!(house.driver.running("sprint-42"), ""),
    }
    Ok(())
}

/// What runs already is not held in its start: a deployment that comes back to it ends at once.
async fn let_end(house: &House, model: &mut Model) {
    let Some((api, web)) = model.running else { return };
    if house.driver.running("sprint-42") == format!("api@a{api} web@w{web}") {
        house.settled().await;
        model.settle();
    }
}

fn is_up(house: &House, version: u8) -> bool {
    let up = house.driver.running("sprint-42");
    [format!("a{version}"), format!("w{version}")].iter().any(|version| up.contains(version.as_str()))
}

async fn act_out(mut house: House, acts: Vec<Act>) -> Result<(), TestCaseError> {
    let (mut model, mut ended) = (Model::default(), BTreeMap::new());
    for act in acts {
        match act {
            Act::Says(said) => say(&house, &mut model, said).await?,
            Act::SaysMeanwhile(first, then) => {
                house.driver.hold();
                say(&house, &mut model, Said::Deploy(first)).await?;
                let_end(&house, &mut model).await;
                for said in then {
                    say(&house, &mut model, said).await?;
                    check(&house, &mut ended).await?;
                    if model.is_called_off {
                        // Nothing holds up what was called off, and what is said next depends on its end.
                        house.settled().await;
                        model.settle();
                    }
                    let_end(&house, &mut model).await;
                }
                house.driver.go_on();
            }
            Act::AllSay(first, all) => {
                house.driver.hold();
                say(&house, &mut model, Said::Deploy(first)).await?;
                let saying = all.into_iter().map(|said| {
                    let house = &house;
                    async move { house.says("ana", "#sprint-42", &line(said)).await }
                });
                futures::future::join_all(saying).await;
                house.driver.go_on();
                house.settled().await;
                model = Model { sick: model.sick, ..Model::of(&read(&house).await) };
            }
            // What is up stays up: a deployment that comes back to it has nothing to start.
            Act::Sickens(version) if is_up(&house, version) => {}
            Act::Sickens(version) => {
                house.driver.state().sick.extend([format!("a{version}"), format!("w{version}")]);
                model.sick.push(version);
            }
            Act::Ends | Act::Drifts if !model.is_through || !matches!(model.wished, Wanted::Versions(_)) => {}
            Act::Ends | Act::Drifts
                if matches!(model.wished, Wanted::Versions((api, web))
                if model.sick.contains(&api) || model.sick.contains(&web)) => {}
            Act::Ends => {
                house.driver.end_by_itself("sprint-42", "web");
                house.look_at("sprint-42").await;
                house.pass(Duration::from_secs(30)).await;
            }
            Act::Drifts => {
                house.driver.change("sprint-42", "web");
                house.look_at("sprint-42").await;
            }
            Act::Restarts => house = house.reopen().await,
        }
        house.settled().await;
        model.settle();
        check_settled(&house, &model, &mut ended).await?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn what_was_asked_for_last_is_what_runs(acts in vec(act(), 1..10)) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let house = House::open().await.with_sprint_42().await;
            for version in 2..4 {
                house.source.commit("api", "main", &format!("a{version}"));
                house.source.commit("web", "main", &format!("w{version}"));
            }
            act_out(house, acts).await
        })?;
    }
}
