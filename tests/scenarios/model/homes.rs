//! Environments on two machines against a model: components end and drift, machines are lost in the midst of something
//! and come back, people move what is lost; each environment comes to its record, on one machine, and nothing is brought
//! up that nobody asked for.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chamberlain::domain::iteration::IterationKey;
use chamberlain::domain::record::Record;
use chamberlain::domain::spec::EnvironmentName;
use chamberlain::domain::touch::TouchKey;
use chamberlain::ports::Intake;
use chamberlain::store::record;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use crate::moving::{passing, rest};
use crate::support::cases::cases;
use crate::support::environment::FakeDriver;
use crate::support::house::{House, SwitchedOff};
use crate::support::postgres;

/// How often it is looked.
const LOOK: Duration = Duration::from_millis(20);
/// How long everything may take until it is as it should be.
const PATIENCE: Duration = Duration::from_secs(15);

/// The environments.
const NAMES: [&str; 2] = ["sprint-42", "sprint-43"];

/// Versions of `api` and `web`: `a1` and `w3`.
type Versions = (u8, u8);

/// What happens; each to an environment, by its place.
#[derive(Clone, Debug)]
enum Act {
    /// A person asks for versions.
    Deploys(usize, Versions),
    /// `web` ends by itself, whether anybody watches or not.
    Ends(usize),
    /// Somebody changes `web` past us.
    Drifts(usize),
    /// Its machine is switched off, and found to be lost.
    Loses(usize),
    /// The same while these versions are being brought about, of which so many components are up already.
    LosesMeanwhile(usize, Versions, usize),
    /// A person has it moved.
    Moves(usize),
    /// The machine that is off is switched on.
    Back,
}

fn act() -> impl Strategy<Value = Act> {
    let (one, versions) = (0..NAMES.len(), (1..4_u8, 1..4_u8));
    prop_oneof![
        3 => (one.clone(), versions.clone()).prop_map(|(one, versions)| Act::Deploys(one, versions)),
        2 => one.clone().prop_map(Act::Ends),
        1 => one.clone().prop_map(Act::Drifts),
        1 => one.clone().prop_map(Act::Loses),
        3 => (one.clone(), versions, 0..2_usize).prop_map(|(one, versions, up)| Act::LosesMeanwhile(one, versions, up)),
        3 => one.prop_map(Act::Moves),
        2 => Just(Act::Back),
    ]
}

/// An environment as a simple mind has it.
#[derive(Clone, Copy, Debug)]
struct Wanted {
    versions: Versions,
    home: usize,
    is_lost: bool,
    /// How often `web` has ended by itself: what ends again and again is waited for, longer and longer.
    ends: usize,
}

/// A machine.
enum Machine {
    On(Box<House>),
    Off(SwitchedOff),
}

struct World {
    machines: Vec<Option<Machine>>,
    drivers: Vec<Arc<FakeDriver>>,
    wanted: Vec<Wanted>,
    /// The machine whose starts are held.
    held: Option<usize>,
    /// No more starts than these have a reason.
    reasons: usize,
}

async fn read(house: &House, name: &str) -> Record {
    record::read(&mut house.store.reader().await.unwrap(), &IterationKey::new(name)).await.unwrap()
}

fn told((api, web): Versions) -> String {
    format!("api@a{api} web@w{web}")
}

impl World {
    /// Two machines with an environment each, as far as that is ours to say. None where there is no PostgreSQL.
    async fn open() -> Option<Self> {
        let database = postgres::database().await?;
        let houses = [House::sharing(&database).await, House::sharing(&database).await];
        for (house, version) in houses.iter().flat_map(|house| (2..4).map(move |version| (house, version))) {
            house.source.commit("api", "main", &format!("a{version}"));
            house.source.commit("web", "main", &format!("w{version}"));
        }
        let drivers = houses.iter().map(|house| house.driver.clone()).collect();
        let machines = houses.map(|house| Some(Machine::On(Box::new(house)))).into();
        let mut world = Self { machines, drivers, wanted: Vec::new(), held: None, reasons: 0 };
        for (place, name) in NAMES.into_iter().enumerate() {
            let house = world.house(place).unwrap();
            house.says("ana", "#lobby", &format!("iteration start {name}")).await;
            let (houses, room) = (world.houses(), format!("/api/v1/rooms/{name}/messages"));
            let there = async {
                while !house.get(&room).await.0.is_success() {
                    tokio::time::sleep(LOOK).await;
                }
            };
            passing(&houses, Duration::from_secs(1), there).await;
            world.rest().await;
            house_says(world.house(place).unwrap(), name, "deploy api@a1 web@w1").await;
            world.rest().await;
            let up = async {
                loop {
                    let home = world.drivers.iter().position(|driver| driver.running(name) == told((1, 1)));
                    match home {
                        Some(home) => return home,
                        None => tokio::time::sleep(LOOK).await,
                    }
                }
            };
            let home = passing(&world.houses(), Duration::from_secs(1), up).await;
            world.rest().await;
            world.wanted.push(Wanted { versions: (1, 1), home, is_lost: false, ends: 0 });
        }
        world.reasons = 4;
        Some(world)
    }

    fn house(&self, machine: usize) -> Option<&House> {
        match &self.machines[machine] {
            Some(Machine::On(house)) => Some(house),
            Some(Machine::Off(_)) | None => None,
        }
    }

    /// Those that are on.
    fn houses(&self) -> Vec<&House> {
        (0..self.machines.len()).filter_map(|machine| self.house(machine)).collect()
    }

    async fn rest(&self) {
        rest(&self.houses()).await;
    }

    /// Somebody says something in an environment's room; whether it is done.
    async fn says(&self, place: usize, line: &str) -> bool {
        house_says(self.houses()[0], NAMES[place], line).await
    }

    /// Has an environment looked at.
    async fn hint(&self, place: usize) {
        let key = TouchKey::Environment(EnvironmentName::new(NAMES[place]));
        Intake::touch(&self.houses()[0].store, key).await.unwrap();
    }

    async fn deploy(&mut self, place: usize, versions: Versions) -> bool {
        let (api, web) = versions;
        let is_done = self.says(place, &format!("deploy api@a{api} web@w{web}")).await;
        if is_done {
            self.wanted[place].versions = versions;
            self.reasons += 2;
        }
        is_done
    }

    /// Nobody hears of a machine any more, and the other one finds out.
    async fn switch_off(&mut self, machine: usize) {
        let Some(Machine::On(house)) = self.machines[machine].take() else { panic!("it is off") };
        self.machines[machine] = Some(Machine::Off(house.switch_off().await));
        for place in (0..NAMES.len()).filter(|place| self.wanted[*place].home == machine) {
            self.hint(place).await;
            let house = self.houses()[0];
            let lost = async {
                while read(house, NAMES[place]).await.environment.lost_at.is_none() {
                    tokio::time::sleep(LOOK).await;
                }
            };
            let survivors = [house];
            let passing = passing(&survivors, Duration::from_mins(2), lost);
            tokio::time::timeout(Duration::from_secs(20), passing)
                .await
                .unwrap_or_else(|_| panic!("nobody finds out that {} is lost", NAMES[place]));
        }
        for wanted in self.wanted.iter_mut().filter(|wanted| wanted.home == machine) {
            wanted.is_lost = true;
        }
    }

    /// The machine that is off is switched on: it ends what was moved away, and goes on with the rest.
    async fn back(&mut self) {
        let Some(machine) = self.machines.iter().position(|machine| matches!(machine, Some(Machine::Off(_)))) else {
            return;
        };
        if self.held.take().is_some() {
            self.drivers[machine].go_on();
        }
        let Some(Machine::Off(off)) = self.machines[machine].take() else { panic!("it is on") };
        self.machines[machine] = Some(Machine::On(Box::new(off.on().await)));
        for place in 0..NAMES.len() {
            self.hint(place).await;
            let wanted = &mut self.wanted[place];
            wanted.is_lost &= wanted.home != machine;
            self.rest().await;
            if self.wanted[place].home != machine {
                let is_gone = |state: &crate::support::environment::State| {
                    !state.up.keys().any(|(environment, _)| environment == NAMES[place])
                };
                self.drivers[machine].until(is_gone).await;
            }
        }
    }

    async fn act(&mut self, act: Act) -> Result<(), TestCaseError> {
        match act {
            Act::Deploys(place, versions) => {
                let (before, is_lost) = (self.wanted[place].versions, self.wanted[place].is_lost);
                let is_done = self.deploy(place, versions).await;
                // What is lost on its way may be asked for again; what it comes to is the same.
                prop_assert!(is_lost || is_done == (before != versions), "{} to {:?}", before.0, versions);
            }
            Act::Ends(place) => {
                let Wanted { home, ends, .. } = self.wanted[place];
                if ends < 2 && self.drivers[home].running(NAMES[place]).contains("web") {
                    self.drivers[home].end_by_itself(NAMES[place], "web");
                    self.wanted[place].ends += 1;
                    self.reasons += 1;
                    self.hint_if_there(place).await;
                }
            }
            Act::Drifts(place) => {
                let Wanted { home, is_lost, .. } = self.wanted[place];
                if !is_lost {
                    self.drivers[home].change(NAMES[place], "web");
                    self.reasons += 2;
                    self.hint(place).await;
                }
            }
            Act::Loses(place) | Act::LosesMeanwhile(place, ..) if self.houses().len() < 2 => {
                prop_assert!(self.houses().len() == 1, "one stays for {}", NAMES[place]);
            }
            Act::Loses(place) => self.switch_off(self.wanted[place].home).await,
            Act::LosesMeanwhile(place, versions, up) => {
                let (home, before) = (self.wanted[place].home, self.wanted[place].versions);
                let asked = self.drivers[home].state().asked;
                let changed = usize::from(before.0 != versions.0) + usize::from(before.1 != versions.1);
                if changed > up {
                    self.drivers[home].hold_after(up);
                    self.held = Some(home);
                    prop_assert!(self.deploy(place, versions).await);
                    self.drivers[home].until(|state| state.asked > asked + up).await;
                }
                self.switch_off(home).await;
            }
            Act::Moves(place) => {
                let is_lost = self.wanted[place].is_lost;
                prop_assert_eq!(self.says(place, "env move").await, is_lost, "only what is lost is moved");
                if is_lost {
                    let wanted = &mut self.wanted[place];
                    (wanted.home, wanted.is_lost, wanted.ends) = (1 - wanted.home, false, 0);
                    self.reasons += 2;
                }
            }
            Act::Back => self.back().await,
        }
        self.comes_right().await
    }

    /// Rests, and again while it is not as it should be: by the clock of one machine what another one puts off may be
    /// due later than it looks.
    async fn comes_right(&self) -> Result<(), TestCaseError> {
        let began = Instant::now();
        loop {
            self.rest().await;
            match self.check().await {
                Err(_) if began.elapsed() < PATIENCE => tokio::time::sleep(LOOK).await,
                checked => return checked,
            }
        }
    }

    async fn hint_if_there(&self, place: usize) {
        if !self.wanted[place].is_lost {
            self.hint(place).await;
        }
    }

    /// Each environment is at its record on its machine, and on the other one there is nothing of it.
    async fn check(&self) -> Result<(), TestCaseError> {
        for (name, wanted) in NAMES.into_iter().zip(&self.wanted) {
            let Wanted { versions, home, is_lost, .. } = *wanted;
            let record = read(self.houses()[0], name).await;
            prop_assert_eq!(record.environment.lost_at.is_some(), is_lost, "{}", name);
            if self.house(1 - home).is_some() {
                prop_assert_eq!(self.drivers[1 - home].running(name), "", "{} runs where it does not live", name);
            }
            if !is_lost {
                prop_assert!(record.running.is_none() && record.queued.is_none(), "{:?}", record);
                prop_assert_eq!(self.drivers[home].running(name), told(versions), "{} on machine {}", name, home);
            }
        }
        let starts: usize = self.drivers.iter().map(|driver| driver.state().starts.len()).sum();
        prop_assert!(starts <= self.reasons, "{} starts for {} reasons", starts, self.reasons);
        Ok(())
    }
}

async fn house_says(house: &House, name: &str, line: &str) -> bool {
    house.says("ana", &format!("#{name}"), line).await.outcome == "changed"
}

proptest! {
    #![proptest_config(cases(6))]

    #[test]
    fn an_environment_is_at_its_record_on_one_machine(acts in vec(act(), 4..9)) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let Some(mut world) = World::open().await else { return Ok::<_, TestCaseError>(()) };
            for act in acts.into_iter().chain([Act::Back]) {
                world.act(act).await?;
            }
            Ok(())
        })?;
    }
}
