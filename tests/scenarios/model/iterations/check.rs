//! What must be so whenever all is quiet.

use std::collections::BTreeSet;

use chamberlain::domain::card::CardState;
use chamberlain::ports::Standing;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::act::{Hand, ITERATIONS, PEOPLE, Said};
use super::seen::{Seen, count};
use super::world::{HALL, Line, Round, Wished, World};
use crate::support::chat::FakeRoom;

impl World {
    /// Checks all, and takes it over.
    pub(super) async fn check(&mut self) -> Result<(), TestCaseError> {
        let round = std::mem::take(&mut self.round);
        for line in &round.lines {
            self.hear(line).await?;
        }
        let asked = round.lines.iter().filter_map(|line| match line.said {
            Said::Start(iteration) => Some(iteration),
            Said::Reopen(_) | Said::Add(..) | Said::Remove(..) => None,
        });
        prop_assert!(asked.into_iter().all(|iteration| self.started.contains(&iteration)));
        self.check_that_nothing_is_there_twice()?;
        let mut ours: BTreeSet<String> = BTreeSet::new();
        for (iteration, (key, _)) in ITERATIONS.into_iter().enumerate() {
            let seen = Seen::of(&self.house, &self.chat, key).await;
            prop_assert_eq!(seen.is_some(), self.started.contains(&iteration), "{}", key);
            let Some(seen) = seen else { continue };
            ours.extend(seen.ids());
            self.check_rooms(iteration, &seen, &round)?;
            self.check_people(iteration, &seen, &round)?;
            self.check_told(iteration, &seen).await?;
            self.before.insert(iteration, seen);
        }
        let state = self.chat.state();
        let made: BTreeSet<_> =
            state.rooms.iter().filter(|(_, room)| room.made_by_us).map(|(id, _)| id.clone()).collect();
        prop_assert_eq!(made, ours, "each room that was made is an iteration's");
        Ok(())
    }

    /// What a command came to: one answer, and what a simple mind expects.
    async fn hear(&mut self, line: &Line) -> Result<(), TestCaseError> {
        let heard = self.house.answers_to(&line.event).await;
        prop_assert_eq!(heard.answers.len(), 1, "{:?} {:?}", line, heard);
        if line.in_hall {
            let state = self.chat.state();
            let nonce = format!("{}.0", line.event);
            let said = state.rooms[HALL].messages.iter().filter(|(_, own, _)| *own == nonce).count();
            prop_assert_eq!(said, 1, "{:?} {:?}", line, heard);
        }
        let was_there = |iteration: &usize| self.before.contains_key(iteration);
        let is_changed = heard.outcome == "changed";
        let is_expected = match line.said {
            // Which of several is the first is nobody's guess.
            Said::Start(iteration) => !is_changed || self.started.insert(iteration),
            Said::Reopen(iteration) | Said::Add(iteration, _) => is_changed || !was_there(&iteration),
            Said::Remove(iteration, person) if was_there(&iteration) => {
                is_changed == self.wished[&iteration].wanted.contains(&person)
            }
            Said::Remove(..) => true,
        };
        prop_assert!(is_expected, "{:?} {:?}", line, heard);
        if is_changed {
            self.take_over(line.said);
        }
        self.answers.extend(heard.answers);
        Ok(())
    }

    fn take_over(&mut self, said: Said) {
        match said {
            Said::Start(iteration) => drop(self.wished.entry(iteration).or_default()),
            Said::Reopen(_) => {}
            Said::Add(iteration, person) => {
                let wished = self.wished.entry(iteration).or_default();
                wished.wanted.insert(person);
                wished.have_left.remove(&person);
            }
            Said::Remove(iteration, person) => {
                self.wished.entry(iteration).or_default().wanted.remove(&person);
            }
        }
    }

    /// No message was posted twice, and no name is two rooms'.
    fn check_that_nothing_is_there_twice(&self) -> Result<(), TestCaseError> {
        let state = self.chat.state();
        let nonces: Vec<_> = state.rooms.values().flat_map(|room| &room.messages).map(|(_, nonce, _)| nonce).collect();
        prop_assert_eq!(nonces.iter().collect::<BTreeSet<_>>().len(), nonces.len(), "a message was posted twice");
        Ok(())
    }

    fn check_rooms(&mut self, iteration: usize, seen: &Seen, round: &Round) -> Result<(), TestCaseError> {
        let name = ITERATIONS[iteration].1;
        let Some((made, there)) = seen.room.made().zip(seen.there.as_ref()) else {
            return Err(TestCaseError::fail(format!("{name} has no room: {:?}", seen.room)));
        };
        prop_assert_eq!(made.stands.seen(), there.seen.standing);
        prop_assert!(!made.stands.is_wanted_back(), "a room that is wanted back is not left so: {:?}", seen.room);
        let numbers: Vec<u32> = seen.formers.iter().map(|(former, _)| former.number).collect();
        prop_assert_eq!(numbers, (1..=u32::try_from(seen.formers.len()).unwrap()).collect::<Vec<_>>());
        self.check_what_was_left(iteration, seen, round)?;
        let wished = self.wished.get_mut(&iteration).unwrap();
        wished.is_card_taken |= round.hands.contains(&(iteration, Hand::TakesCard));
        if there.seen.standing == Standing::Open {
            prop_assert_eq!(&made.name, &there.name);
            check_furniture(name, seen, there, wished)?;
        }
        Ok(())
    }

    /// A room is left for a reason alone, and then left alone.
    fn check_what_was_left(&self, iteration: usize, seen: &Seen, round: &Round) -> Result<(), TestCaseError> {
        let reopened = round.lines.iter().filter(|line| line.said == Said::Reopen(iteration)).count();
        let hands = || round.hands.iter().filter(|(of, _)| *of == iteration).map(|(_, hand)| *hand);
        let was_shut_by_hand = hands().any(|hand| matches!(hand, Hand::Archives | Hand::Deletes));
        let before = self.before.get(&iteration);
        let left = seen.formers.len() - before.map_or(0, |before| before.formers.len());
        prop_assert!(left <= reopened, "{left} rooms were left for {reopened} words");
        for (_, there) in seen.formers.iter().rev().take(left) {
            let is_lost = there.seen.standing == Standing::Lost
                || hands().any(|hand| hand == Hand::Deletes)
                || before
                    .and_then(|before| before.there.as_ref())
                    .is_some_and(|there| there.seen.standing == Standing::Lost);
            prop_assert!(self.stays_closed || is_lost, "a room was left that could be opened: {there:?}");
        }
        let Some(before) = before else { return Ok(()) };
        if before.room.open().is_none() && reopened > 0 && !was_shut_by_hand {
            prop_assert!(seen.room.open().is_some(), "nothing came of a word: {:?}", seen.room);
        }
        if !was_shut_by_hand && before.room.open().is_some() {
            prop_assert!(seen.room.open().is_some(), "nobody shut it: {:?}", seen.room);
        }
        for ((former, then), (_, now)) in before.formers.iter().zip(&seen.formers) {
            let kept = |room: &FakeRoom| (room.seen.topic.clone(), room.seen.pinned.clone(), room.edits);
            prop_assert_eq!(kept(then), kept(now), "{:?} is not ours any more", former);
            let told = count(now, "goes on in");
            prop_assert!(told <= 1 && (told == 1 || now.seen.standing != Standing::Open), "{told}: {now:?}");
        }
        Ok(())
    }

    /// Who is wanted is in, but those who have left; whom nobody wants and we brought is not.
    fn check_people(&mut self, iteration: usize, seen: &Seen, round: &Round) -> Result<(), TestCaseError> {
        let wished = self.wished.get_mut(&iteration).unwrap();
        let left = |person| {
            let hands = round.hands.iter().chain(&round.hands_on_formers);
            hands.filter(|(of, _)| *of == iteration).any(|(_, hand)| *hand == Hand::Leaves(person))
        };
        for (person, id) in PEOPLE.into_iter().enumerate() {
            let row = seen.members.iter().find(|member| member.person.as_str() == id);
            let is_wanted = row.is_some_and(|row| row.wanted.is_some());
            prop_assert_eq!(is_wanted, wished.wanted.contains(&person), "{}: {:?}", id, row);
            if left(person) {
                wished.have_left.insert(person);
            }
            let has_declined = row.is_some_and(|row| row.declined_at.is_some());
            prop_assert!(!has_declined || wished.have_left.contains(&person), "{id} has not left: {row:?}");
            let Some(there) = seen.there.as_ref().filter(|there| there.seen.standing == Standing::Open) else {
                continue;
            };
            let is_in = there.seen.members.iter().any(|member| member.as_str() == id);
            if is_wanted && !has_declined {
                prop_assert!(is_in, "{id} is wanted: {row:?}");
            }
            if !is_wanted && is_in {
                prop_assert!(!there.brought.iter().any(|one| one.as_str() == id), "{id} is wanted no more: {row:?}");
            }
            self.before.get(&iteration).map_or(Ok(()), |before| {
                let said = round
                    .lines
                    .iter()
                    .any(|line| [Said::Add(iteration, person), Said::Remove(iteration, person)].contains(&line.said));
                check_leaving((person, id), (before, seen), (iteration, round, said))
            })?;
        }
        let ana = seen.there.as_ref().filter(|there| there.seen.standing == Standing::Open);
        prop_assert!(ana.is_none_or(|there| there.seen.members.iter().any(|member| member.as_str() == "ana")));
        Ok(())
    }

    /// Each thing that people should know is told once.
    async fn check_told(&self, iteration: usize, seen: &Seen) -> Result<(), TestCaseError> {
        let name = ITERATIONS[iteration].1;
        let mut texts = self.house.texts_in("lobby").await;
        texts.extend(
            self.chat.state().rooms[HALL]
                .messages
                .iter()
                .map(|(.., content)| chamberlain::card::render::text::content(content)),
        );
        let count = |texts: &[String], words: &str| texts.iter().filter(|text| text.contains(words)).count();
        let told = |words: String| count(&texts, &words) - count(&self.answers, &words);
        prop_assert_eq!(told(format!("The room of {name} is open: ")), 1, "{:?}", texts);
        prop_assert_eq!(told(format!("The room of {name} stays closed to me")), seen.formers.len(), "{:?}", texts);
        Ok(())
    }
}

/// The card is on top, once, and names the room before; the rest is as it should be.
fn check_furniture(name: &str, seen: &Seen, there: &FakeRoom, wished: &mut Wished) -> Result<(), TestCaseError> {
    let topic = format!("{name} · active · ana · no end set");
    prop_assert_eq!(there.seen.topic.as_deref(), Some(topic.as_str()));
    prop_assert_eq!(there.seen.bookmarks.as_ref().map(Vec::len), Some(2));
    let cards = count(there, "Owner:");
    if wished.is_card_taken && cards == 0 {
        return Ok(());
    }
    wished.is_card_taken = false;
    prop_assert_eq!(cards, 1, "{:?}", there);
    let CardState::Posted { room, message } = &seen.card else {
        return Err(TestCaseError::fail(format!("its card is not posted: {:?}", seen.card)));
    };
    prop_assert_eq!(Some(room), seen.room.id());
    prop_assert_eq!(there.seen.pinned.as_ref(), Some(message));
    prop_assert!(there.messages.iter().any(|(id, ..)| id == message.as_str()));
    if let Some((former, _)) = seen.formers.last() {
        prop_assert_eq!(count(there, &format!("Before: #{}", former.room.local())), 1, "{:?}", there);
    }
    Ok(())
}

/// Who left while nothing else happened to them or the room stays away; who came stays.
fn check_leaving(
    (person, id): (usize, &str),
    (before, seen): (&Seen, &Seen),
    (iteration, round, said): (usize, &Round, bool),
) -> Result<(), TestCaseError> {
    let hands = || round.hands.iter().filter(|(of, _)| *of == iteration).map(|(_, hand)| *hand);
    let of_room = |hand: Hand| matches!(hand, Hand::Archives | Hand::Deletes | Hand::OpensAgain);
    let is_other = before.room.id() != seen.room.id() || before.room.open().is_none();
    if said || is_other || hands().any(of_room) || seen.room.open().is_none() {
        return Ok(());
    }
    let is_in = |seen: &Seen| {
        let there = seen.there.as_ref();
        there.is_some_and(|there| there.seen.members.iter().any(|member| member.as_str() == id))
    };
    let last = hands().rfind(|hand| [Hand::Joins(person), Hand::Leaves(person)].contains(hand));
    let expected = last.map_or(is_in(before), |last| last == Hand::Joins(person));
    prop_assert_eq!(is_in(seen), expected, "{} {:?} {:?}", id, last, seen.members);
    Ok(())
}
