//! The house, its chat, and what is known of what was said and done.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use chamberlain::domain::iteration::IterationKey;
use chamberlain::domain::touch::TouchKey;
use chamberlain::domain::{ChatName, EventId, MessageId, PersonId};
use chamberlain::ports::{Arrived, Intake, Standing};
use chamberlain::store::inbox;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::act::{Act, Hand, ITERATIONS, NAMES, PEOPLE, Said};
use super::seen::Seen;
use crate::support::chat::{FakeChat, FakeRoom};
use crate::support::gate::Fate;
use crate::support::house::House;

/// The hall of the other chat, which no iteration has.
pub(super) const HALL: &str = "foreign-hall";

/// What was said, and where.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) said: Said,
    pub(super) in_hall: bool,
    pub(super) event: String,
    message: String,
}

/// What happened since all was quiet.
#[derive(Debug, Default)]
pub(super) struct Round {
    pub(super) lines: Vec<Line>,
    /// What was done, by iteration; those of former rooms apart.
    pub(super) hands: Vec<(usize, Hand)>,
    pub(super) hands_on_formers: Vec<(usize, Hand)>,
}

/// What a simple mind knows of an iteration.
#[derive(Debug, Default)]
pub(super) struct Wished {
    /// Who is wanted besides ana, by people's word.
    pub(super) wanted: BTreeSet<usize>,
    /// Who has left by themselves since they were asked for.
    pub(super) have_left: BTreeSet<usize>,
    /// Whether its card's message was deleted, and nothing changed since that it should tell.
    pub(super) is_card_taken: bool,
}

pub(super) struct World {
    pub(super) house: House,
    pub(super) chat: Arc<FakeChat>,
    pub(super) stays_closed: bool,
    pub(super) round: Round,
    pub(super) started: BTreeSet<usize>,
    pub(super) wished: BTreeMap<usize, Wished>,
    /// What was seen when all was quiet last.
    pub(super) before: BTreeMap<usize, Seen>,
    /// All answers that were given.
    pub(super) answers: Vec<String>,
    spoken: usize,
}

fn fake() -> ChatName {
    ChatName::new("fake")
}

fn words(said: Said) -> String {
    match said {
        Said::Start(iteration) => format!("iteration start {}", ITERATIONS[iteration].1),
        Said::Reopen(iteration) => format!("iteration reopen --in {}", ITERATIONS[iteration].0),
        Said::Add(iteration, person) => format!("iteration add {} --in {}", PEOPLE[person], ITERATIONS[iteration].0),
        Said::Remove(iteration, person) => {
            format!("iteration remove {} --in {}", PEOPLE[person], ITERATIONS[iteration].0)
        }
    }
}

impl World {
    pub(super) async fn open(stays_closed: bool) -> Self {
        let chat = Arc::new(FakeChat::default().with_foreign_room("hall").with_foreign_room("pay"));
        chat.state().faults.stays_closed = stays_closed;
        let house = House::with_chat(chat.clone(), "{key}").await;
        chat.gate.shut();
        let (round, started, wished, before, answers) = Default::default();
        Self { house, chat, stays_closed, round, started, wished, before, answers, spoken: 0 }
    }

    pub(super) async fn act(mut self, act: Act) -> Result<Self, TestCaseError> {
        match act {
            Act::Says(said) => self.say(said, false).await,
            Act::SaysInBoth(said) => {
                self.say(said, false).await;
                // What is said of members is said in one place, so that its order is known.
                if matches!(said, Said::Start(_) | Said::Reopen(_)) {
                    self.say(said, true).await;
                }
            }
            Act::IsToldAgain => self.tell_again().await?,
            Act::Goes(which) => self.tell(which, Fate::GoesOn).await,
            Act::IsLost(which) => self.tell(which, Fate::IsLost).await,
            Act::Does { iteration, room, hand } => self.do_by_hand(iteration, room, hand).await,
            Act::Hints(iteration) => self.hint(iteration).await,
            Act::Refuses => self.chat.state().faults.refuse_rooms = 1,
            Act::TimePasses => {
                self.decided().await;
                self.house.clock.pass(Duration::from_mins(1));
            }
            Act::Dies => self.house = self.house.die().await,
            Act::Settles => self.settle().await?,
        }
        Ok(self)
    }

    async fn hears(&self, message: &str, said: Said, in_hall: bool) -> Arrived {
        let (chat, room) = if in_hall { (fake(), HALL) } else { (ChatName::console(), "lobby") };
        self.house.hears(&chat, ("ana", room), (message, &words(said))).await
    }

    async fn say(&mut self, said: Said, in_hall: bool) {
        self.spoken += 1;
        let message = format!("message {}", self.spoken);
        let Arrived::New(event) = self.hears(&message, said, in_hall).await else { panic!("said before") };
        self.round.lines.push(Line { said, in_hall, event: event.to_string(), message });
    }

    async fn tell_again(&self) -> Result<(), TestCaseError> {
        if let Some(line) = self.round.lines.last() {
            prop_assert!(matches!(self.hears(&line.message, line.said, line.in_hall).await, Arrived::Seen));
        }
        Ok(())
    }

    /// Waits until all that was said is decided: what we come to late is not done.
    async fn decided(&self) {
        for line in &self.round.lines {
            let event = EventId::new(line.event.as_str());
            loop {
                let changed = self.house.store.changed();
                let mut reader = self.house.store.reader().await.unwrap();
                if inbox::outcomes(&mut reader, &event).await.unwrap().iter().all(|(_, outcome)| outcome.is_some()) {
                    break;
                }
                drop(reader);
                changed.await;
            }
        }
    }

    /// Lets one of the calls take its next step, as soon as there is one.
    async fn tell(&self, which: usize, fate: Fate) {
        tokio::select! {
            biased;
            () = self.chat.gate.until_waiting(1) => self.chat.gate.tell(which, fate),
            () = self.house.settled() => {}
            // What is left to do waits for its time.
            () = tokio::time::sleep(Duration::from_millis(20)) => {}
        }
    }

    async fn do_by_hand(&mut self, iteration: usize, room: usize, hand: Hand) {
        let Some(seen) = Seen::of(&self.house, &self.chat, ITERATIONS[iteration].0).await else { return };
        let ids = seen.ids();
        let Some(id) = ids.get(room % ids.len().max(1)) else { return };
        let is_current = seen.room.id().is_some_and(|room| room.local() == id);
        // Whoever opens a room again has seen that it was shut, and so have we: what lies in between is nobody's guess.
        let is_known_shut = !is_current || seen.room.open().is_none();
        let mut state = self.chat.state();
        let is_name_free = |name: &str| state.rooms.values().all(|room| room.name != name);
        let may = match hand {
            Hand::Renames(name) => is_name_free(NAMES[name]),
            Hand::OpensAgain => is_known_shut,
            Hand::TakesCard | Hand::Unfurnishes => is_current,
            _ => true,
        };
        if may && do_to(state.rooms.get_mut(id).unwrap(), hand) {
            let hands = if is_current { &mut self.round.hands } else { &mut self.round.hands_on_formers };
            hands.push((iteration, hand));
        }
    }

    async fn hint(&self, iteration: usize) {
        let key = IterationKey::new(ITERATIONS[iteration].0);
        let Some(seen) = Seen::of(&self.house, &self.chat, key.as_str()).await else { return };
        let formers = seen.formers.into_iter().map(|(former, _)| TouchKey::Former(former.room));
        for touched in [TouchKey::Room(key.clone()), TouchKey::Members(key)].into_iter().chain(formers) {
            Intake::touch(&self.house.store, touched).await.unwrap();
        }
    }

    /// Lets everything come to its end, and checks it.
    pub(super) async fn settle(&mut self) -> Result<(), TestCaseError> {
        self.chat.gate.open();
        self.chat.state().faults.refuse_rooms = 0;
        self.decided().await;
        self.come_to_rest().await;
        // Whatever waits after a failure waits no longer than this.
        self.house.clock.pass(Duration::from_mins(11));
        for iteration in 0..ITERATIONS.len() {
            self.hint(iteration).await;
        }
        self.come_to_rest().await;
        self.check().await?;
        self.chat.gate.shut();
        Ok(())
    }

    /// Waits until nothing is left to do, while time passes: what failed is tried again after a while.
    async fn come_to_rest(&self) {
        let settled = self.house.settled();
        tokio::pin!(settled);
        loop {
            tokio::select! {
                () = &mut settled => return,
                () = tokio::time::sleep(Duration::from_millis(10)) => self.house.clock.pass(Duration::from_secs(1)),
            }
        }
    }

    /// Whatever was done to a room, a word has the iteration go on in an open one.
    pub(super) async fn reopen_all(mut self) -> Result<(), TestCaseError> {
        for iteration in self.wished.keys().copied().collect::<Vec<_>>() {
            self.say(Said::Reopen(iteration), false).await;
        }
        self.settle().await?;
        for seen in self.before.values() {
            prop_assert!(seen.room.open().is_some(), "{:?}", seen.room);
        }
        Ok(())
    }
}

/// Does it, if it can be done.
fn do_to(room: &mut FakeRoom, hand: Hand) -> bool {
    let is_open = room.seen.standing == Standing::Open;
    match hand {
        Hand::Archives if is_open => {
            room.seen.standing = Standing::Archived;
            room.seen.members.clear();
            room.brought.clear();
        }
        Hand::Deletes => room.seen.standing = Standing::Lost,
        Hand::OpensAgain if !is_open => room.seen.standing = Standing::Open,
        Hand::Renames(name) if is_open => room.name = NAMES[name].into(),
        Hand::Joins(person) if is_open && !room.seen.members.contains(&PersonId::new(PEOPLE[person])) => {
            room.seen.members.push(PersonId::new(PEOPLE[person]));
        }
        Hand::Leaves(person) if room.seen.members.contains(&PersonId::new(PEOPLE[person])) => {
            room.seen.members.retain(|member| member.as_str() != PEOPLE[person]);
            room.brought.retain(|member| member.as_str() != PEOPLE[person]);
        }
        Hand::TakesCard if is_open && room.seen.pinned.is_some() => {
            let pinned = room.seen.pinned.as_ref().map(MessageId::as_str);
            room.messages.retain(|(id, ..)| Some(id.as_str()) != pinned);
        }
        Hand::Unfurnishes if is_open => {
            room.seen.topic = Some("who cares".into());
            room.seen.pinned = None;
        }
        _ => return false,
    }
    true
}
