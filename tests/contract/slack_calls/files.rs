//! Files: three calls, the right to them, and how one is found whose answer was lost.

use axum::http::Method;
use chamberlain::card::model::{Content, File};
use chamberlain::domain::answer::Reader;
use chamberlain::domain::marked::Marked;
use chamberlain::domain::{MessageId, PersonId, RoomId, Timestamp};
use chamberlain::ports::{ChatAdapter, ChatError, Post, Sought};
use serde_json::{Value, json};

use super::server::Ground;

const TEXT: &str = "no database\n<!channel> näh\n";

fn post() -> Post {
    let file = File { name: "web-sprint-42-3.log".into(), title: "The log of web".into(), text: TEXT.into() };
    Post {
        room: RoomId::parse("slack:C1").unwrap(),
        thread: Some(MessageId::new("9.9")),
        only_for: None,
        back: None,
        content: Content::File(Box::new(file)),
        nonce: "event.1".into(),
    }
}

fn place(ground: &Ground) -> Value {
    json!({ "ok": true, "upload_url": ground.upload, "file_id": "F1" })
}

#[tokio::test]
async fn a_file_is_asked_for_sent_and_shared_in_its_thread() {
    let ground = Ground::open().await;
    ground.answers("files.getUploadURLExternal", [place(&ground)]);
    ground.slack.post(&post()).await.unwrap();
    assert_eq!(ground.methods(), ["files.getUploadURLExternal", "upload/one", "files.completeUploadExternal"]);
    let calls = ground.calls();
    assert_eq!((&calls[0].verb, &calls[0].args["length"]), (&Method::GET, &json!(TEXT.len().to_string())));
    assert_eq!((&calls[1].args, &calls[1].token), (&json!(TEXT), &None), "as it is, and the token goes nowhere else");
    let shared = json!({
        "files": [{ "id": "F1", "title": "The log of web" }], "channel_id": "C1", "thread_ts": "9.9",
    });
    assert_eq!(calls[2].args, shared);
}

#[tokio::test]
async fn a_file_whose_answer_was_lost_is_found_in_its_thread_by_its_name() {
    let ground = Ground::open().await;
    ground.answers("files.getUploadURLExternal", [place(&ground)]);
    ground.fails("files.completeUploadExternal", 503);
    let lost = ground.slack.post(&post()).await;
    assert!(matches!(lost, Err(ChatError::Unknown(_))), "{lost:?}");
    let name = ground.args("files.getUploadURLExternal")["filename"].clone();
    let deleted = json!({ "id": "F0", "mode": "tombstone" });
    let messages = json!([
        { "ts": "1.1", "user": "UBOT", "files": [deleted] },
        { "ts": "1.2", "user": "U9", "files": [{ "id": "F1", "name": name }] },
        { "ts": "1.3", "user": "UBOT", "files": [{ "id": "F1", "name": name }] },
    ]);
    ground.answers("conversations.replies", [json!({ "messages": messages }), json!({ "messages": messages })]);
    let Post { room, thread, .. } = post();
    let sought = |nonce| Sought { room: &room, thread: thread.as_ref(), nonce, since: Timestamp::from_millis(1) };
    assert_eq!(ground.slack.find(sought("event.1")).await.unwrap(), Some(MessageId::new("1.3")));
    assert_eq!(ground.slack.find(sought("event.2")).await.unwrap(), None);
}

#[tokio::test]
async fn without_the_right_to_files_nothing_is_sent_and_nothing_fails() {
    let ground = Ground::open().await;
    ground.answers(
        "files.getUploadURLExternal",
        [json!({ "ok": false, "error": "missing_scope", "needed": "files:write" })],
    );
    for _ in 0..2 {
        ground.slack.post(&post()).await.unwrap();
    }
    assert_eq!(ground.methods(), ["files.getUploadURLExternal"], "once, until the next start");
}

#[tokio::test]
async fn what_slack_does_not_take_is_told_in_plain_words() {
    let ground = Ground::open().await;
    ground.refuses("files.getUploadURLExternal", "file_uploads_disabled");
    let Err(ChatError::Rejected(why)) = ground.slack.post(&post()).await else { panic!("it is refused") };
    assert!(why.starts_with("the workspace takes no files from apps"), "{why}");
    // An address that leads out in the open is not used.
    let open = json!({ "upload_url": "http://files.example/upload", "file_id": "F1" });
    ground.answers("files.getUploadURLExternal", [open]);
    assert!(matches!(ground.slack.post(&post()).await, Err(ChatError::Rejected(_))));
}

#[tokio::test]
async fn one_reader_gets_the_last_lines_for_a_file_is_seen_by_all() {
    let ground = Ground::open().await;
    ground.slack.post(&Post { only_for: Some(Reader::Person(PersonId::new("ana"))), ..post() }).await.unwrap();
    let shown = ground.args("chat.postEphemeral")["blocks"].to_string();
    assert!(shown.contains("no database") && shown.contains("<!channel> näh"), "{shown}");
}

#[tokio::test]
async fn words_that_are_too_long_begin_in_a_message_that_has_all_of_them_as_a_file() {
    let ground = Ground::open().await;
    ground.answers("files.getUploadURLExternal", [place(&ground)]);
    let words = format!("<!channel> {}", "long ".repeat(4_000));
    let post = Post { content: Content::Text(Marked::plain(&words)), thread: None, ..post() };
    ground.slack.post(&post).await.unwrap();
    assert_eq!(ground.methods(), ["files.getUploadURLExternal", "upload/one", "files.completeUploadExternal"]);
    assert_eq!(ground.args("upload/one"), json!(words));
    let begins = ground.args("files.completeUploadExternal")["initial_comment"].as_str().unwrap().to_owned();
    assert!(begins.starts_with("&lt;!channel&gt; long") && begins.ends_with('…'), "{begins}");
}

#[tokio::test]
async fn where_no_file_can_be_put_the_beginning_of_long_words_stands_alone() {
    let ground = Ground::open().await;
    ground.refuses("files.getUploadURLExternal", "file_uploads_disabled");
    let post = Post { content: Content::Text(Marked::plain(&"long ".repeat(4_000))), thread: None, ..post() };
    ground.slack.post(&post).await.unwrap();
    assert_eq!(ground.methods(), ["files.getUploadURLExternal", "chat.postMessage"]);
}
