//! What each answer becomes, the pace that Slack asks for, and that nothing secret is ever told.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chamberlain::adapters::chat::slack::BotToken;
use chamberlain::card::model::Content;
use chamberlain::domain::answer::{Reader, WayBack};
use chamberlain::domain::marked::Marked;
use chamberlain::domain::{MessageId, PersonId, RoomId};
use chamberlain::ports::{ChatAdapter, ChatError, Post, RoomChange};
use serde_json::json;

use super::server::{Ground, TOKEN, WAY};

fn room(channel: &str) -> RoomId {
    RoomId::parse(&format!("slack:{channel}")).unwrap()
}

fn post(channel: &str, nonce: &str) -> Post {
    let content = Content::Text(Marked::plain("hello"));
    Post { room: room(channel), thread: None, only_for: None, back: None, content, nonce: nonce.to_owned() }
}

/// What an answer of `chat.postMessage` becomes.
async fn becomes(status: u16, code: &str) -> String {
    let ground = Ground::open().await;
    if status == 200 {
        ground.refuses("chat.postMessage", code);
    } else {
        ground.fails("chat.postMessage", status);
    }
    format!("{:?}", ground.slack.post(&post("C1", "n1")).await.unwrap_err())
}

#[tokio::test]
async fn each_answer_becomes_what_the_house_can_act_on() {
    let cases = [
        (429, "", "Busy { after: Some(3s) }"),
        (200, "ratelimited", "Busy { after: Some(30s) }"),
        (407, "", "Busy { after: None }"),
        (503, "", "Unknown(\"`chat.postMessage`: Slack has trouble (503"),
        (200, "internal_error", "Unknown(\"`chat.postMessage`: Slack has trouble (`internal_error`)"),
        (200, "request_timeout", "Unknown("),
        (200, "is_archived", "Rejected(\"the channel is archived"),
        (200, "restricted_action_read_only_channel", "Rejected(\"only some may post in that channel"),
        (200, "restricted_action_thread_locked", "Rejected(\"nothing can be said in that thread"),
        (200, "brand_new_code", "Rejected(\"Slack does not do `chat.postMessage`. Its code says why"),
        (200, "invalid_auth", "Rejected(\"Slack does not know this token"),
    ];
    for (status, code, start) in cases {
        let told = becomes(status, code).await;
        assert!(told.starts_with(start), "{status} {code}: {told}");
    }
}

#[tokio::test]
async fn a_missing_scope_is_named() {
    let ground = Ground::open().await;
    ground.answers("chat.postMessage", [json!({ "ok": false, "error": "missing_scope", "needed": "chat:write" })]);
    let Err(ChatError::Rejected(why)) = ground.slack.post(&post("C1", "n1")).await else { panic!("it is refused") };
    assert!(why.contains("the right (scope) `chat:write`"), "{why}");
    ground.slack.post(&post("C1", "n1")).await.unwrap();
}

#[tokio::test]
async fn an_answer_that_is_none_leaves_it_unknown() {
    let ground = Ground::open().await;
    ground.answers("conversations.create", [json!({ "channel": "not as agreed" })]);
    ground.answers(
        "chat.postMessage",
        [json!({ "message": { "metadata": { "event_payload": { "a": 1 } } }, "ts": "1.1" })],
    );
    let intent = chamberlain::domain::room::Intent {
        name: "a".into(),
        number: 1,
        nonce: "n".into(),
        at: chamberlain::domain::Timestamp::ZERO,
    };
    assert!(matches!(ground.slack.open_room(&intent).await, Err(ChatError::Unknown(_))));
    ground.slack.post(&post("C1", "n1")).await.unwrap();
}

#[tokio::test]
async fn once_the_token_is_refused_slack_is_asked_no_more() {
    let ground = Ground::open().await;
    ground.refuses("chat.postMessage", "token_revoked");
    for _ in 0..3 {
        let Err(ChatError::Rejected(why)) = ground.slack.post(&post("C1", "n1")).await else { panic!("it is refused") };
        assert!(why.starts_with("the token is no longer good"), "{why}");
    }
    assert!(matches!(ground.slack.look_at(&room("C1")).await, Err(ChatError::Rejected(_))));
    assert_eq!(ground.methods(), ["chat.postMessage"]);
}

#[tokio::test]
async fn after_too_many_messages_a_channel_goes_by_seconds_and_replies_before_cards() {
    let ground = Ground::open().await;
    let update = async || ground.slack.update(&room("C1"), &MessageId::new("1.1"), &post("C1", "x").content).await;
    let after = |result: Result<(), ChatError>| match result {
        Ok(()) => None,
        Err(ChatError::Busy { after }) => after.map(|wait| wait.as_secs()),
        Err(other) => panic!("{other}"),
    };
    let say = async |nonce: &str| ground.slack.post(&post("C1", nonce)).await.map(drop);
    ground.fails("chat.postMessage", 429);
    assert_eq!(after(say("n1").await), Some(3));
    assert_eq!((after(update().await), after(say("n1").await)), (Some(3), Some(3)));
    ground.slack.post(&post("C2", "n2")).await.unwrap();
    ground.clock.pass(Duration::from_secs(3));
    assert_eq!(after(update().await), Some(1), "somebody waits for an answer");
    assert_eq!((after(say("n1").await), after(update().await)), (None, Some(1)));
    ground.clock.pass(Duration::from_secs(1));
    assert_eq!(after(update().await), None);
    assert_eq!(ground.methods().len(), 4, "who is told to wait has called nothing");
}

#[tokio::test]
async fn a_method_that_had_too_many_calls_rests_everywhere() {
    let ground = Ground::open().await;
    ground.fails("conversations.archive", 429);
    for channel in ["C1", "C2"] {
        let changed = ground.slack.change_room(&room(channel), &RoomChange::Archive).await;
        assert!(matches!(changed, Err(ChatError::Busy { after: Some(_) })), "{channel}");
    }
    assert_eq!(ground.methods().len(), 1);
    ground.slack.post(&post("C1", "n1")).await.unwrap();
    ground.clock.pass(Duration::from_secs(3));
    ground.slack.change_room(&room("C2"), &RoomChange::Archive).await.unwrap();
}

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn neither_the_token_nor_a_way_back_is_ever_told() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone()).finish();
    // While there is one subscriber only, `tracing` takes it for everybody's: a line that another test's thread comes upon
    // first would be kept as one that nobody hears.
    let _other = tracing::Dispatch::new(tracing_subscriber::registry());
    let guard = tracing::subscriber::set_default(subscriber);
    let ground = Ground::open().await;
    let asked = Post {
        only_for: Some(Reader::Person(PersonId::new("ana"))),
        back: Some(WayBack::new(&ground.way)),
        ..post("C1", "n1")
    };
    let mut told = vec![format!("{asked:?} {:?}", BotToken::new(TOKEN))];
    for status in [404, 429, 500, 302] {
        ground.refuses("chat.postEphemeral", "not_in_channel");
        ground.fails(&format!("back/{WAY}"), status);
        let failed = ground.slack.post(&asked).await;
        told.push(format!("{failed:?}"));
        told.extend(failed.err().map(|failed| failed.to_string()));
    }
    // Nobody listens there.
    let unheard = Post { back: Some(WayBack::new(format!("http://127.0.0.1:1/back/{WAY}"))), ..asked };
    ground.refuses("chat.postEphemeral", "not_in_channel");
    told.push(format!("{:?}", ground.slack.post(&unheard).await));
    ground.refuses("chat.postMessage", "invalid_auth");
    told.push(format!("{:?}", ground.slack.post(&post("C1", "n2")).await));
    drop(guard);
    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("until the next start nothing is asked of Slack"), "the log is heard");
    for (what, text) in [("told", &told.join("\n")), ("logged", &logged)] {
        for secret in [TOKEN, WAY] {
            let line = text.lines().find(|line| line.contains(secret));
            assert_eq!(line, None, "{secret} is {what}");
        }
    }
}
