//! What every chat adapter keeps.

use std::collections::BTreeMap;
use std::sync::Arc;

use chamberlain::adapters::chat::console::Console;
use chamberlain::adapters::chat::slack;
use chamberlain::card::model::{Content, File};
use chamberlain::domain::marked::Marked;
use chamberlain::domain::room::Intent;
use chamberlain::domain::{PersonId, RoomId, Timestamp};
use chamberlain::ports::{
    Accounts, ChatAdapter, ChatError, Post, RandomIds, RoomChange, Sought, Standing, SystemClock,
};

use crate::support::chat::FakeChat;
use crate::support::house::House;
use crate::support::slack::BOT_TOKEN;
use crate::support::slack::handle::FakeSlack;

/// The accounts of ana and bo in the fake Slack.
struct Known(Vec<(PersonId, String)>);

impl Accounts for Known {
    fn of(&self, person: &PersonId) -> Option<String> {
        self.0.iter().find(|(known, _)| known == person).map(|(_, account)| account.clone())
    }

    fn person(&self, account: &str) -> Option<PersonId> {
        self.0.iter().find(|(_, known)| known == account).map(|(person, _)| person.clone())
    }
}

/// The adapters, and what two of them need.
async fn adapters() -> ((House, FakeSlack), Vec<Arc<dyn ChatAdapter>>) {
    drop(rustls::crypto::ring::default_provider().install_default());
    let house = House::open().await;
    let console = Console { store: house.store.clone(), clock: house.clock.clone(), ids: Arc::new(RandomIds) };
    let workspace = FakeSlack::start().await;
    let slack = slack_in(&workspace);
    ((house, workspace), vec![Arc::new(console), Arc::new(FakeChat::default()), Arc::new(slack)])
}

/// An adapter for a workspace in which Ana and Bo are.
fn slack_in(workspace: &FakeSlack) -> slack::Slack {
    let known = ["ana", "bo"].map(|name| (PersonId::new(name), workspace.person(name)));
    let settings = slack::Settings {
        api_url: workspace.api_url(),
        token: slack::BotToken::new(BOT_TOKEN),
        is_private: false,
        user_groups: BTreeMap::new(),
        accounts: Arc::new(Known(known.into())),
        console: None,
        clock: Arc::new(SystemClock),
    };
    slack::Slack::new(settings).unwrap()
}

fn intent(name: &str, nonce: &str) -> Intent {
    Intent { name: name.into(), number: 1, nonce: nonce.into(), at: Timestamp::from_millis(1) }
}

fn sought<'s>(room: &'s RoomId, nonce: &'s str) -> Sought<'s> {
    Sought { room, thread: None, nonce, since: Timestamp::from_millis(1) }
}

fn words(text: &str) -> Content {
    Content::Text(Marked::plain(text))
}

#[tokio::test]
async fn a_room_is_found_by_its_intent_and_a_taken_name_is_told() {
    let (_ground, chats) = adapters().await;
    for chat in chats {
        assert_eq!(chat.find_room(&intent("one", "n1")).await.unwrap(), None);
        let room = chat.open_room(&intent("one", "n1")).await.unwrap();
        assert_eq!(chat.find_room(&intent("one", "n1")).await.unwrap(), Some(room.clone()));
        assert_eq!(room.chat(), chat.abilities().name);
        assert!(matches!(chat.open_room(&intent("one", "n2")).await, Err(ChatError::NameTaken)));
        assert_eq!(chat.find_room(&intent("two", "n2")).await.unwrap(), None, "that one is not ours");
    }
}

#[tokio::test]
async fn a_message_is_found_by_its_nonce_and_updated_in_place() {
    let (_ground, chats) = adapters().await;
    for chat in chats {
        let room = chat.open_room(&intent("one", "n1")).await.unwrap();
        assert_eq!(chat.find(sought(&room, "m1")).await.unwrap(), None);
        let content = words("first");
        let post = Post { room: room.clone(), thread: None, only_for: None, back: None, content, nonce: "m1".into() };
        let message = chat.post(&post).await.unwrap();
        assert_eq!(chat.find(sought(&room, "m1")).await.unwrap(), Some(message.clone()));
        for _ in 0..2 {
            chat.update(&room, &message, &words("second")).await.unwrap();
        }
        assert_eq!(chat.find(sought(&room, "m1")).await.unwrap(), Some(message), "it is the same message");
    }
}

#[tokio::test]
async fn a_file_stands_in_its_thread_and_is_found_by_its_nonce() {
    let (_ground, chats) = adapters().await;
    for chat in chats {
        assert!(chat.abilities().files);
        let room = chat.open_room(&intent("one", "n1")).await.unwrap();
        let content = words("first");
        let post = Post { room: room.clone(), thread: None, only_for: None, back: None, content, nonce: "m1".into() };
        let first = chat.post(&post).await.unwrap();
        let file = File { name: "web.log".into(), title: "The log".into(), text: "one\n<two>\n".into() };
        let content = Content::File(Box::new(file));
        chat.post(&Post { thread: Some(first.clone()), content, nonce: "event.1".into(), ..post }).await.unwrap();
        let sought = |nonce| Sought { thread: Some(&first), ..sought(&room, nonce) };
        assert!(chat.find(sought("event.1")).await.unwrap().is_some());
        assert_eq!(chat.find(sought("event.2")).await.unwrap(), None);
    }
}

#[tokio::test]
async fn changing_a_room_twice_is_changing_it_once() {
    let (_ground, chats) = adapters().await;
    for chat in chats {
        let room = chat.open_room(&intent("one", "n1")).await.unwrap();
        let content = words("pin me");
        let post = Post { room: room.clone(), thread: None, only_for: None, back: None, content, nonce: "m1".into() };
        let message = chat.post(&post).await.unwrap();
        let (ana, bo) = (PersonId::new("ana"), PersonId::new("bo"));
        for _ in 0..2 {
            chat.change_room(&room, &RoomChange::Invite(vec![ana.clone(), bo.clone()])).await.unwrap();
            chat.change_room(&room, &RoomChange::Remove(bo.clone())).await.unwrap();
            chat.change_room(&room, &RoomChange::Pin(message.clone())).await.unwrap();
        }
        let seen = chat.look_at(&room).await.unwrap();
        assert_eq!((seen.members, seen.pinned), (vec![ana.clone()], Some(message.clone())));
    }
}

#[tokio::test]
async fn a_room_is_archived_and_opened_again_by_whoever_can() {
    let (_ground, chats) = adapters().await;
    for chat in chats {
        let room = chat.open_room(&intent("one", "n1")).await.unwrap();
        let change = async |change| {
            for _ in 0..2 {
                chat.change_room(&room, &change).await.unwrap();
            }
            chat.look_at(&room).await.unwrap().standing
        };
        let archived = if chat.abilities().archives { Standing::Archived } else { Standing::Open };
        assert_eq!(change(RoomChange::Archive).await, archived);
        assert_eq!(change(RoomChange::Unarchive).await, Standing::Open);
    }
}

#[tokio::test]
async fn a_room_that_we_may_not_open_again_stays_closed() {
    let ((_house, workspace), _) = adapters().await;
    workspace.set(|settings| settings.refuses_unarchive = Some("not_in_channel"));
    let fake = FakeChat::default();
    fake.state().faults.stays_closed = true;
    let chats: [Arc<dyn ChatAdapter>; 2] = [Arc::new(fake), Arc::new(slack_in(&workspace))];
    for chat in chats {
        let room = chat.open_room(&intent("one", "n1")).await.unwrap();
        let unarchive = async || chat.change_room(&room, &RoomChange::Unarchive).await;
        unarchive().await.unwrap();
        chat.change_room(&room, &RoomChange::Archive).await.unwrap();
        for _ in 0..2 {
            assert!(matches!(unarchive().await, Err(ChatError::Closed(_))));
        }
        assert_eq!(chat.look_at(&room).await.unwrap().standing, Standing::Archived);
        // Its name is taken, so that the one in which it goes on has another.
        assert!(matches!(chat.open_room(&intent("one", "n2")).await, Err(ChatError::NameTaken)));
    }
}

#[tokio::test]
async fn what_stands_on_top_of_a_room_reads_back_as_it_was_put_there() {
    let (_ground, chats) = adapters().await;
    for chat in chats {
        let room = chat.open_room(&intent("one", "n1")).await.unwrap();
        let topic = "Sprint <42> & more · ana";
        for _ in 0..2 {
            chat.change_room(&room, &RoomChange::Topic(topic.into())).await.unwrap();
            chat.change_room(&room, &RoomChange::Purpose("Pay".into())).await.unwrap();
        }
        let seen = chat.look_at(&room).await.unwrap();
        assert_eq!(seen.topic.as_deref(), Some(topic));
        assert!(seen.purpose.is_none_or(|purpose| purpose == "Pay"));
    }
}
