//! Claims against a model: whatever several processes do at once, and whoever dies or is given up in between, each row
//! is done once, and a lane's rows in their order.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chamberlain::change::{Decision, Why};
use chamberlain::domain::WorkerId;
use chamberlain::ports::Intake;
use chamberlain::store::claims::Queue;
use chamberlain::store::inbox::Claimed;
use chamberlain::store::{Commit, Committed, Url};
use futures::future::join_all;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use crate::ledger::{self, Ledger, arrival};
use crate::support::cases::cases;
use crate::support::postgres;

/// What a process does in a step, while the others do theirs.
#[derive(Clone, Debug)]
enum Act {
    /// Takes something in.
    Arrive { lane: u8 },
    /// Looks for what nobody has in hand.
    Take,
    /// Ends the first of what it has in hand in a lane.
    End { lane: u8 },
    /// Is given up by the others, and does not know it.
    GivenUp,
    /// Is killed, and started again.
    Dies,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (0..3_u8).prop_map(|lane| Act::Arrive { lane }),
        3 => Just(Act::Take),
        5 => (0..3_u8).prop_map(|lane| Act::End { lane }),
        1 => Just(Act::GivenUp),
        1 => Just(Act::Dies),
    ]
}

/// A process.
struct Process {
    ledger: Option<Ledger>,
    /// What it has in hand, as far as it knows, in the order in which it came.
    hand: Vec<Claimed>,
    /// As whom it was given up.
    given_up: Option<WorkerId>,
}

/// What is seen of a process in a step.
#[derive(Default)]
struct Seen {
    /// What it was given, if it was its own to work on.
    given: Vec<Claimed>,
    /// What it has ended.
    ended: Option<Claimed>,
}

impl Process {
    fn new(ledger: Ledger) -> Self {
        Self { ledger: Some(ledger), hand: Vec::new(), given_up: None }
    }

    fn ledger(&mut self) -> &mut Ledger {
        self.ledger.as_mut().unwrap()
    }

    async fn act(&mut self, act: Act, number: usize) -> Seen {
        let mut seen = Seen::default();
        match act {
            // A process that was given up refuses this aloud.
            Act::Arrive { lane } => {
                drop(self.ledger().store.arrive(arrival(&number.to_string(), &format!("lane {lane}"))).await);
            }
            Act::Take => drop(self.ledger().store.take(Queue::Inbox).await),
            Act::End { lane } => seen.ended = self.end(lane).await,
            Act::GivenUp => {
                let worker = self.ledger().store.worker();
                self.ledger().run_sql(format!("DELETE FROM workers WHERE id = '{worker}'")).await;
                self.given_up = Some(worker);
            }
            Act::Dies => {
                let ledger = self.ledger.take().unwrap();
                let worker = ledger.store.worker();
                ledger.run_sql(format!("DELETE FROM workers WHERE id = '{worker}'")).await;
                let next = ledger.another().await.unwrap();
                ledger.kill().await;
                *self = Self::new(next);
            }
        }
        seen.given = self.receive();
        seen
    }

    /// Takes what was handed over. What came to an earlier term is nobody's.
    fn receive(&mut self) -> Vec<Claimed> {
        let worker = self.ledger().store.worker();
        let mut given = Vec::new();
        while let Ok(claimed) = self.ledger().handover.arrivals.try_recv() {
            given.push(claimed);
        }
        given.retain(|claimed| claimed.claim.worker == worker && self.given_up.as_ref() != Some(&worker));
        self.hand.retain(|claimed| claimed.claim.worker == worker);
        self.hand.extend(given.iter().cloned());
        given
    }

    /// Ends the first that it has of a lane; gives it if that counts.
    async fn end(&mut self, lane: u8) -> Option<Claimed> {
        let lane = format!("lane {lane}");
        let place = self.hand.iter().position(|claimed| claimed.raw.lane.as_str() == lane)?;
        let claimed = self.hand.remove(place);
        let ledger = self.ledger();
        let commit = Commit::of(&claimed, &Decision::Nothing(Why::Empty), ledger.store.clock().now(), "");
        matches!(ledger.store.commit(commit).await, Ok(Committed::Done)).then_some(claimed)
    }
}

/// All rows, in their order by lane, and whether they were ended.
#[derive(Default)]
struct Model(BTreeMap<String, Vec<(String, bool)>>);

impl Model {
    /// Takes over what the database says of the order, which it alone knows.
    async fn read(&mut self, ledger: &Ledger) {
        let rows = ledger.texts("SELECT lane || '|' || dedup_key FROM inbox ORDER BY seq").await;
        for row in rows {
            let (lane, key) = row.split_once('|').unwrap();
            let rows = self.0.entry(lane.to_owned()).or_default();
            if !rows.iter().any(|(known, _)| known == key) {
                rows.push((key.to_owned(), false));
            }
        }
    }

    fn lane(&mut self, claimed: &Claimed) -> &mut Vec<(String, bool)> {
        self.0.get_mut(claimed.raw.lane.as_str()).unwrap()
    }

    /// Ends a row: once, and after all that came before it in its lane.
    fn end(&mut self, claimed: &Claimed) -> Result<(), TestCaseError> {
        let rows = self.lane(claimed);
        let next = rows.iter_mut().find(|(_, is_done)| !*is_done);
        let Some((key, is_done)) = next else {
            return Err(TestCaseError::fail(format!("{} was ended again", claimed.raw.dedup_key)));
        };
        prop_assert_eq!(&*key, &claimed.raw.dedup_key, "out of its order");
        *is_done = true;
        Ok(())
    }

    /// Checks that a row was its process's to have: what came before it in its lane is done, or came to it before.
    fn given(&mut self, claimed: &Claimed, hand: &[Claimed]) -> Result<(), TestCaseError> {
        for (key, is_done) in self.lane(claimed).iter().take_while(|(key, _)| *key != claimed.raw.dedup_key) {
            let place = |wanted: &str| hand.iter().position(|held| held.raw.dedup_key == wanted);
            let came_before = place(key).is_some_and(|before| Some(before) < place(&claimed.raw.dedup_key));
            prop_assert!(*is_done || came_before, "{} was given before {key}", claimed.raw.dedup_key);
        }
        Ok(())
    }

    fn is_done(&self) -> bool {
        self.0.values().flatten().all(|(_, is_done)| *is_done)
    }
}

/// One step of all processes at once, checked.
async fn step(
    processes: &mut [Process],
    model: &mut Model,
    (number, acts): (usize, Vec<Act>),
) -> Result<(), TestCaseError> {
    let acting = processes.iter_mut().zip(acts).enumerate();
    let seen = join_all(acting.map(|(place, (process, act))| process.act(act, number * 10 + place))).await;
    model.read(processes[0].ledger()).await;
    // What one ended in this step another may have been given in it.
    for ended in seen.iter().filter_map(|seen| seen.ended.as_ref()) {
        model.end(ended)?;
    }
    for (seen, process) in seen.iter().zip(processes) {
        for given in &seen.given {
            model.given(given, &process.hand)?;
        }
    }
    Ok(())
}

async fn run(url: String, steps: Vec<Vec<Act>>) -> Result<(), TestCaseError> {
    let first = ledger::open(Url::Postgres(url), Arc::default()).await.unwrap();
    let (second, third) = (first.another().await.unwrap(), first.another().await.unwrap());
    let mut processes: Vec<Process> = [first, second, third].into_iter().map(Process::new).collect();
    let mut model = Model::default();
    let count = steps.len();
    for acts in steps.into_iter().enumerate() {
        step(&mut processes, &mut model, acts).await?;
    }
    let mut number = count;
    let ending = async {
        while !model.is_done() {
            for act in [Act::Take, Act::End { lane: 0 }, Act::End { lane: 1 }, Act::End { lane: 2 }] {
                number += 1;
                step(&mut processes, &mut model, (number, vec![act; 3])).await?;
            }
        }
        Ok(())
    };
    tokio::time::timeout(Duration::from_secs(30), ending).await.map_err(|_| TestCaseError::fail("a row is stuck"))?
}

proptest! {
    #![proptest_config(cases(12))]

    #[test]
    fn each_row_is_done_once_and_in_its_order(steps in vec(vec(act(), 3), 4..16)) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let Some(url) = runtime.block_on(postgres::database()) else { return Ok(()) };
        runtime.block_on(run(url, steps))?;
    }
}
