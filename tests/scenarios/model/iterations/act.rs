//! What happens to iterations.

use proptest::prelude::*;

/// The iterations: their keys and names. A room of another's has the second one's name.
pub(super) const ITERATIONS: [(&str, &str); 2] = [("sprint-1", "Sprint 1"), ("pay", "Pay")];
/// Those who come and go. Ana, who starts iterations, stays.
pub(super) const PEOPLE: [&str; 2] = ["bo", "cy"];
/// What people call rooms: names that the house might have given.
pub(super) const NAMES: [&str; 4] = ["sprint-1", "sprint-1-2", "pay-3", "old"];

/// What a person says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    Start(usize),
    Reopen(usize),
    Add(usize, usize),
    Remove(usize, usize),
}

/// What people do in the chat to a room of an iteration, past us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hand {
    Archives,
    Deletes,
    OpensAgain,
    Renames(usize),
    Joins(usize),
    Leaves(usize),
    /// The card's message is deleted.
    TakesCard,
    /// Somebody writes another topic, and puts nothing in the place of the card on top.
    Unfurnishes,
}

/// What happens.
#[derive(Clone, Copy, Debug)]
pub(super) enum Act {
    /// Ana says it in the lobby.
    Says(Said),
    /// Ana says it there and in the hall of the other chat, at once.
    SaysInBoth(Said),
    /// What was said last is told by its chat again.
    IsToldAgain,
    /// One of the calls to the chat takes its next step.
    Goes(usize),
    /// One of the calls gets lost on its way, there or back.
    IsLost(usize),
    /// People do something to the iteration's room, or to one of its former ones.
    Does { iteration: usize, room: usize, hand: Hand },
    /// The chat hints that something happened to an iteration's rooms.
    Hints(usize),
    /// The chat refuses to make the next room.
    Refuses,
    /// A while passes.
    TimePasses,
    /// The house is killed, and started again.
    Dies,
    /// Everything comes to its end.
    Settles,
}

fn iteration() -> impl Strategy<Value = usize> {
    0..ITERATIONS.len()
}

fn person() -> impl Strategy<Value = usize> {
    0..PEOPLE.len()
}

fn said() -> impl Strategy<Value = Said> {
    prop_oneof![
        3 => iteration().prop_map(Said::Start),
        4 => iteration().prop_map(Said::Reopen),
        3 => (iteration(), person()).prop_map(|(iteration, person)| Said::Add(iteration, person)),
        2 => (iteration(), person()).prop_map(|(iteration, person)| Said::Remove(iteration, person)),
    ]
}

fn hand() -> impl Strategy<Value = Hand> {
    prop_oneof![
        5 => Just(Hand::Archives),
        2 => Just(Hand::Deletes),
        2 => Just(Hand::OpensAgain),
        2 => (0..NAMES.len()).prop_map(Hand::Renames),
        2 => person().prop_map(Hand::Joins),
        3 => person().prop_map(Hand::Leaves),
        1 => Just(Hand::TakesCard),
        1 => Just(Hand::Unfurnishes),
    ]
}

pub(super) fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => said().prop_map(Act::Says),
        2 => said().prop_map(Act::SaysInBoth),
        1 => Just(Act::IsToldAgain),
        30 => (0..4_usize).prop_map(Act::Goes),
        4 => (0..4_usize).prop_map(Act::IsLost),
        8 => (iteration(), 0..3_usize, hand()).prop_map(|(iteration, room, hand)| Act::Does { iteration, room, hand }),
        5 => iteration().prop_map(Act::Hints),
        1 => Just(Act::Refuses),
        2 => Just(Act::TimePasses),
        2 => Just(Act::Dies),
        4 => Just(Act::Settles),
    ]
}
