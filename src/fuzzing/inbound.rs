//! A body as it was stored, or as a socket of Slack brings it. The first line of the input says from where: `slack`,
//! `house`, `timer`, or any chat that sends the house's own payload.

use crate::domain::form::Slot;
use crate::domain::timer::{Timer, TimerKey};
use crate::domain::{ChatName, EventId, Lane, MessageId, RoomId, Timestamp, TraceId};
use crate::event::chat::neutral::Payload;
use crate::event::chat::slack::{self, Envelope, Frame, Sorted, Us, sort};
use crate::event::chat::{ChatEvent, MOST_LINES, Said, Submitted, TooMuch};
use crate::event::{Event, Raw, Source, read, timer};

/// Any body from anywhere.
///
/// # Panics
/// When something does not hold that must.
pub fn inbound(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let Some((source, body)) = text.split_once('\n') else { return };
    let source = Source::parse(source).unwrap_or_else(|| Source::Chat(ChatName::new(source)));
    // A chat's name is ours to give.
    if matches!(&source, Source::Chat(name) if !name.as_str().chars().all(|letter| letter.is_ascii_lowercase())) {
        return;
    }
    let raw = raw(&source, body);
    let events = read(&raw);
    assert_eq!(events, read(&raw), "the same body gives the same events");
    let events = events.iter().flatten();
    assert!(events.clone().count() <= MOST_LINES, "a message is a few rows at most");
    events.for_each(|event| is_sound(event, body));
    parts_are_the_whole(&raw);
    match &source {
        Source::Chat(chat) if chat.as_str() == slack::NAME => of_slack(body),
        Source::Chat(chat) => of_any_chat(chat, body),
        Source::House | Source::Timer => {}
    }
}

fn raw(source: &Source, body: &str) -> Raw {
    Raw {
        id: EventId::new("e"),
        source: source.clone(),
        dedup_key: "k".to_owned(),
        lane: Lane::new("l"),
        body: body.to_owned(),
        received_at: Timestamp::ZERO,
        trace: TraceId::new("t"),
    }
}

/// A body with several commands becomes a row for each; together they are what it was.
fn parts_are_the_whole(raw: &Raw) {
    let Ok(whole) = read(raw) else { return };
    let part = |number: usize| read(&Raw { id: raw.id.child(number), ..raw.clone() }).unwrap_or_default();
    let parts: Vec<Event> = (0..=whole.len()).flat_map(part).collect();
    assert_eq!(parts, whole, "the parts are the whole");
}

fn is_sound(event: &Event, body: &str) {
    match event {
        Event::Chat(event) => is_sound_chat(event, body),
        Event::Outcome(outcome) => {
            let arrival = outcome.to_arrival().ok();
            let again = arrival.as_ref().map(|arrival| read(&raw(&arrival.source, &arrival.body)));
            assert_eq!(again, Some(Ok(vec![event.clone()])), "an outcome is read back");
            assert!(arrival.is_some_and(|arrival| !arrival.dedup_key.is_empty()), "an outcome has a key");
        }
        Event::Timer(key) => {
            assert_eq!(TimerKey::parse(&key.to_text()).as_ref(), Some(key), "a timer is read back");
            let timer = Timer::at(Timestamp::ZERO, Timestamp::ZERO, &EventId::new("e"));
            let arrival = timer::arrival(key, &timer);
            assert_eq!(read(&raw(&arrival.source, &arrival.body)), Ok(vec![event.clone()]), "a fired timer is read");
        }
    }
}

/// What later rooms of the house rely on: rooms that are stored and read again, lines that are one line, and no letter
/// that a database refuses.
fn is_sound_chat(event: &ChatEvent, body: &str) {
    let (room, mut texts) = match event {
        ChatEvent::TooMuch(TooMuch { said, lines }) => {
            assert!(lines.len() > MOST_LINES && lines[0] == said.line, "{lines:?} are not too many");
            return is_sound_chat(&ChatEvent::Said(said.clone()), body);
        }
        ChatEvent::Said(said) => {
            let Said { line, .. } = said;
            assert!(!line.is_empty() && line.trim() == line && line.lines().count() == 1, "{line:?} is no line");
            assert!(line.len() <= body.len() || line == "help", "{line:?} is longer than what was sent");
            let thread = said.thread.iter().map(MessageId::as_str);
            let names = [said.by.account.as_str(), said.message.as_str(), line.as_str()];
            (&said.room, thread.chain(names).collect::<Vec<_>>())
        }
        ChatEvent::Pressed(pressed) => {
            let names = [&pressed.by.account, &pressed.action].map(String::as_str);
            let ids = [pressed.message.as_str(), pressed.card.as_str()];
            (&pressed.room, names.into_iter().chain(ids).chain(pressed.value.as_deref()).collect())
        }
        ChatEvent::Submitted(Submitted { by, room, message, filled }) => {
            let values = filled.values.iter().flat_map(|(slot, text)| [slot.name(), text.as_str()]);
            let names = [by.account.as_str(), message.as_str(), filled.command.as_str()];
            (room, values.chain(names).collect())
        }
        ChatEvent::RoomChanged { room } => (room, Vec::new()),
    };
    assert_eq!(RoomId::parse(room.as_str()).as_ref(), Some(room), "a room is read back");
    texts.push(room.as_str());
    assert!(texts.iter().all(|text| !text.contains('\0')), "{texts:?} holds what PostgreSQL does not take");
}

/// What decides before anything is stored, against what is read of it afterwards.
fn of_slack(body: &str) {
    let envelope = Envelope::read(body);
    if Frame::read(body) == Frame::Envelope {
        assert!(envelope.is_some(), "a frame that is kept can be acknowledged");
    }
    let Some(envelope) = envelope else { return };
    let us = Us { user: "U0BOT".to_owned(), bot: Some("B0BOT".to_owned()) };
    let sorted = sort(&envelope, &us);
    assert_eq!(sorted, sort(&envelope, &us), "the same frame is sorted the same way");
    assert_eq!(Envelope::read(body).as_ref(), Some(&envelope), "the same frame is read the same way");
    let events = read(&raw(&Source::Chat(ChatName::new(slack::NAME)), body));
    match sorted {
        Sorted::Take { key, lane } => {
            is_key(&key, &lane);
            if lane.as_str() == "slack:unknown" {
                return;
            }
            let Ok(events) = events else { panic!("what is taken for a lane is not read: {events:?}") };
            assert!(events.iter().all(|event| is_of(&lane, event)), "{events:?} are not of the lane {lane}");
        }
        Sorted::Submit { submitted, key, lane } => {
            is_key(&key, &lane);
            assert_eq!(lane.as_str(), submitted.room.as_str(), "a form is of its room");
            let slots = submitted.filled.values.iter().map(|(slot, _)| slot);
            assert!(slots.clone().all(|slot| Slot::parse(&slot.to_text()).as_ref() == Some(slot)), "{submitted:?}");
            assert_eq!(events, Ok(vec![Event::Chat(ChatEvent::Submitted(submitted))]), "what is judged is decided");
        }
        Sorted::Ask(_) | Sorted::Lookup(_) | Sorted::Leave | Sorted::People | Sorted::Revoked => {}
    }
}

/// What a database keeps and tells apart.
fn is_key(key: &str, lane: &Lane) {
    assert!(!key.is_empty() && lane.as_str().starts_with("slack:"), "{key:?} in {lane}");
    assert!(!["event:", "slash:", "envelope:"].contains(&key), "all that have no name are one");
    assert!(!key.contains('\0') && !lane.as_str().contains('\0'), "{key:?} in {lane} cannot be stored");
}

/// A lane is the room's, or for a cancel the person's.
fn is_of(lane: &Lane, event: &Event) -> bool {
    let Event::Chat(event) = event else { return false };
    let (room, account) = match event {
        ChatEvent::Said(said) | ChatEvent::TooMuch(TooMuch { said, .. }) => (&said.room, Some(&said.by.account)),
        ChatEvent::Pressed(pressed) => (&pressed.room, Some(&pressed.by.account)),
        ChatEvent::Submitted(submitted) => (&submitted.room, None),
        ChatEvent::RoomChanged { room } => (room, None),
    };
    let own = account.map(|account| format!("{}:person:{account}", room.chat()));
    lane.as_str() == room.as_str() || own.as_deref() == Some(lane.as_str())
}

/// The house's own payload, before it is stored and after.
fn of_any_chat(chat: &ChatName, body: &str) {
    // The letter that is left out in reading is refused where these are made.
    let is_whole = !body.contains("\\u0000");
    let Some(payload) = serde_json::from_str::<Payload>(body).ok().filter(|_| is_whole) else { return };
    let lane = payload.lane(chat);
    let written = serde_json::to_string(&payload).unwrap_or_default();
    let events = read(&raw(&Source::Chat(chat.clone()), body));
    assert_eq!(events, read(&raw(&Source::Chat(chat.clone()), &written)), "a payload is read back");
    assert!(events.iter().flatten().all(|event| is_of(&lane, event)), "{events:?} are not of the lane {lane}");
}
