//! What is seen of an iteration while all is quiet: in the ledger, and in the chat.

use chamberlain::card::render::text;
use chamberlain::domain::card::{CardRow, CardState};
use chamberlain::domain::iteration::IterationKey;
use chamberlain::domain::member::Member;
use chamberlain::domain::room::{Former, Room};
use chamberlain::domain::{ChatName, RoomId};
use chamberlain::store::{cards, former_rooms, members, rooms};

use crate::support::chat::{FakeChat, FakeRoom};
use crate::support::house::House;

/// An iteration's rooms, its card and its people.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) room: Room,
    /// Its room as the chat has it, if it was made.
    pub(super) there: Option<FakeRoom>,
    /// Its former rooms, the first one first.
    pub(super) formers: Vec<(Former, FakeRoom)>,
    pub(super) card: CardState,
    pub(super) members: Vec<Member>,
}

impl Seen {
    /// What is seen of an iteration that was started.
    pub(super) async fn of(house: &House, chat: &FakeChat, key: &str) -> Option<Self> {
        let key = IterationKey::new(key);
        let mut reader = house.store.reader().await.unwrap();
        let room = rooms::of_iteration(&mut reader, &key).await.unwrap()?;
        let rooms = chat.state().rooms.clone();
        let mut formers = Vec::new();
        for (id, there) in &rooms {
            let former = former_rooms::find(&mut reader, &RoomId::new(&ChatName::new("fake"), id)).await.unwrap();
            formers.extend(former.filter(|former| former.iteration == key).map(|former| (former, there.clone())));
        }
        formers.sort_by_key(|(former, _)| former.number);
        let card = cards::find(&mut reader, &CardRow::of_room(key.clone()).id).await.unwrap().unwrap().state;
        let members = members::of_iteration(&mut reader, &key).await.unwrap();
        let there = room.id().map(|id| rooms[id.local()].clone());
        Some(Self { room, there, formers, card, members })
    }

    /// The chat's own ids of its rooms: the one it has, then the former ones.
    pub(super) fn ids(&self) -> Vec<String> {
        let formers = self.formers.iter().map(|(former, _)| &former.room);
        self.room.id().into_iter().chain(formers).map(|id| id.local().to_owned()).collect()
    }
}

/// How many messages of a room have these words.
pub(super) fn count(room: &FakeRoom, words: &str) -> usize {
    room.messages.iter().filter(|(.., content)| text::content(content).contains(words)).count()
}
