//! What must hold whenever nothing is left to do, whatever went wrong before: asked of the ledger past the store, of the
//! chat's own truth, and of the machine.

mod audit;
mod deployments;
mod ledger;

use std::collections::{BTreeMap, BTreeSet};

pub(crate) use audit::Seals;

use crate::chat::{Chat, Message};
use crate::database::{Ledger, local};
use crate::processes::Process;
use crate::story::Story;

/// All that is looked at.
pub(crate) struct Scene<'s> {
    pub(crate) ledger: Ledger,
    pub(crate) seals: &'s Seals,
    pub(crate) chat: &'s Chat,
    pub(crate) story: &'s Story,
    /// What bots have started.
    pub(crate) running: Vec<Process>,
    /// How many bots are at work.
    pub(crate) bots: usize,
    /// How often a call may have been on its way when its bot lost its lease.
    pub(crate) on_the_way: usize,
    /// Whether no answer was held up for so long that those behind it went first.
    pub(crate) is_in_order: bool,
    /// Whether the clock that rows are told by never jumped.
    pub(crate) is_one_time: bool,
}

/// Everything that must hold. Gives how many messages are there twice.
pub(crate) async fn check(scene: &Scene<'_>) -> usize {
    ledger::every_command_is_answered_once(scene).await;
    ledger::the_audit_is_complete_and_in_order(scene).await;
    ledger::nobody_holds_anything_who_is_not_here(scene).await;
    let doubles = the_chat_holds_what_we_said(scene).await;
    if scene.is_in_order {
        answers_stand_in_the_order_of_what_was_asked(scene).await;
    }
    every_iteration_has_one_room_with_its_card_on_top(scene).await;
    deployments::every_one_has_ended_as_it_had_to(scene).await;
    deployments::what_should_run_runs_once(scene).await;
    assert_eq!(scene.story.calls().forged, 0, "a wrong key was taken for the right one");
    audit::all_of_it_is_sealed_and_as_it_was(scene).await;
    doubles
}

/// Each message has a reason, and but for calls that were on their way, none is there twice.
async fn the_chat_holds_what_we_said(scene: &Scene<'_>) -> usize {
    let effects: Vec<(String, String, String)> = scene.ledger.rows("SELECT id, lane, state FROM outbox").await;
    let cards: Vec<(String, String, String)> = scene.ledger.rows("SELECT id, room, message FROM cards").await;
    let chat = scene.chat.state();
    let mut messages: BTreeMap<(String, String), Message> = BTreeMap::new();
    let mut nonces = BTreeSet::new();
    let mut doubles = Vec::new();
    for (room, posted) in &chat.rooms {
        for message in &posted.messages {
            if !nonces.insert(message.nonce.clone()) {
                doubles.push(message.clone());
            }
            messages.insert((room.clone(), message.id.clone()), message.clone());
        }
    }
    assert!(doubles.len() <= scene.on_the_way, "posted twice, with {} on their way: {doubles:?}", scene.on_the_way);
    let reasons = effects.len() + cards.len();
    // What is said in the thread of a card has the card for its lane.
    let room_of: BTreeMap<&String, &String> = cards.iter().map(|(card, room, _)| (card, room)).collect();
    for (id, lane, state) in effects {
        assert_eq!(state, "done", "effect {id}");
        let place = local(room_of.get(&lane).unwrap_or(&&lane));
        let is_it = |((room, _), message): (&(String, String), &Message)| *room == place && message.nonce == id;
        assert!(messages.iter().any(is_it), "effect {id} was not carried out");
    }
    for (id, room, message) in cards {
        let posted = messages.get(&(local(&room), message)).expect("the card is there");
        assert!(posted.is_card(&id), "{id} is {posted:?}");
    }
    assert_eq!(nonces.len(), reasons, "each message has a reason");
    doubles.len()
}

async fn answers_stand_in_the_order_of_what_was_asked(scene: &Scene<'_>) {
    let effects: Vec<(String,)> = scene.ledger.rows("SELECT id FROM outbox ORDER BY seq").await;
    let places: BTreeMap<&String, usize> = effects.iter().enumerate().map(|(place, (id,))| (id, place)).collect();
    for (room, posted) in &scene.chat.state().rooms {
        let mut said = BTreeSet::new();
        let first = posted.messages.iter().filter(|message| !message.is_in_thread && said.insert(&message.nonce));
        let order: Vec<usize> = first.filter_map(|message| places.get(&message.nonce).copied()).collect();
        assert!(order.is_sorted(), "the answers in {room} stand in the order {order:?}");
    }
}

async fn every_iteration_has_one_room_with_its_card_on_top(scene: &Scene<'_>) {
    let rooms: Vec<(String, String, String, String)> = scene
        .ledger
        .rows(
            "SELECT i.key, r.name, r.room, c.message FROM iterations i JOIN rooms r ON r.iteration = i.key \
             JOIN cards c ON c.room = r.room AND c.subject = 'room:' || i.key",
        )
        .await;
    let keys: BTreeSet<&String> = rooms.iter().map(|(key, ..)| key).collect();
    let begun: Vec<(i64,)> =
        scene.ledger.rows("SELECT count(*) FROM audit WHERE command = 'iteration start' AND outcome = 'changed'").await;
    assert_eq!(i64::try_from(rooms.len()).unwrap(), begun[0].0, "a room for each that was begun: {keys:?}");
    // A clock that jumps ahead makes what waits a late command, which is refused.
    let wanted = BTreeSet::from_iter(&scene.story.iterations);
    assert!(if scene.is_one_time { keys == wanted } else { keys.is_subset(&wanted) }, "{keys:?}, not {wanted:?}");
    assert_eq!(rooms.len(), keys.len());
    let chat = scene.chat.state();
    let ours = chat.rooms.values().filter(|room| room.made_at.is_some()).count();
    assert_eq!(ours, rooms.len(), "no room without an iteration");
    let is_news = |message: &&Message| serde_json::to_string(&message.content).unwrap().contains("The room of ");
    let told: BTreeSet<&String> = chat.rooms["lobby"].messages.iter().filter(is_news).map(|said| &said.nonce).collect();
    assert_eq!(told.len(), rooms.len(), "who asked for a room is told once that it is open");
    for (key, name, room, card) in rooms {
        let room = &chat.rooms[&local(&room)];
        assert!(room.made_at.is_some() && room.name == name, "{key}");
        assert_eq!(room.pinned.as_ref(), Some(&card), "the card of {key} is on top");
    }
}
