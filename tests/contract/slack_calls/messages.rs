//! Answers and cards: the way each takes, and the next way when one is closed.

use axum::http::Method;
use chamberlain::card::model::Content;
use chamberlain::domain::answer::{Reader, WayBack};
use chamberlain::domain::marked::Marked;
use chamberlain::domain::{MessageId, PersonId, RoomId, Timestamp};
use chamberlain::ports::{ChatAdapter, ChatError, Post, Sought};
use serde_json::{Value, json};

use super::server::{Ground, TOKEN};

fn room(channel: &str) -> RoomId {
    RoomId::parse(&format!("slack:{channel}")).unwrap()
}

fn words(text: &str) -> Content {
    Content::Text(Marked::plain(text))
}

fn post(channel: &str) -> Post {
    let (room, content, nonce) = (room(channel), words("hello"), "n1".to_owned());
    Post { room, thread: None, only_for: None, back: None, content, nonce }
}

fn for_ana(channel: &str) -> Post {
    Post { only_for: Some(Reader::Person(PersonId::new("ana"))), ..post(channel) }
}

fn with_back(post: Post, ground: &Ground) -> Post {
    Post { back: Some(WayBack::new(&ground.way)), ..post }
}

#[tokio::test]
async fn a_message_goes_with_its_nonce_and_unfolds_no_links() {
    let ground = Ground::open().await;
    let post = Post { thread: Some(MessageId::new("9.9")), ..post("C1") };
    assert_eq!(ground.slack.post(&post).await.unwrap(), MessageId::new("1.1"));
    let call = ground.calls().remove(0);
    assert_eq!((call.verb, call.token), (Method::POST, Some(format!("Bearer {TOKEN}"))));
    let mut args = call.args;
    // How it looks is the renderer's matter.
    assert!(args["text"].as_str().is_some_and(|text| !text.is_empty()));
    args.as_object_mut().unwrap().retain(|name, _| name != "text" && name != "blocks");
    let metadata = json!({ "event_type": "chamberlain", "event_payload": { "nonce": "n1" } });
    assert_eq!(
        args,
        json!({ "channel": "C1", "thread_ts": "9.9", "unfurl_links": false, "unfurl_media": false, "metadata": metadata })
    );
}

#[tokio::test]
async fn what_is_for_one_is_seen_by_one() {
    let ground = Ground::open().await;
    let post = Post { thread: Some(MessageId::new("9.9")), ..for_ana("C1") };
    assert_eq!(ground.slack.post(&post).await.unwrap(), MessageId::new("2.2"));
    let args = ground.args("chat.postEphemeral");
    assert_eq!((&args["channel"], &args["user"], &args["thread_ts"]), (&json!("C1"), &json!("U1"), &json!("9.9")));
    let stranger = Post { only_for: Some(Reader::Account("U9".into())), ..self::post("C1") };
    ground.slack.post(&stranger).await.unwrap();
    assert_eq!(ground.calls()[1].args["user"], "U9");
}

#[tokio::test]
async fn where_we_are_not_the_asker_is_reached_over_the_way_back_or_between_us_two() {
    for code in ["not_in_channel", "channel_not_found", "user_not_in_channel"] {
        let ground = Ground::open().await;
        ground.refuses("chat.postEphemeral", code);
        ground.slack.post(&with_back(for_ana("C1"), &ground)).await.unwrap();
        assert_eq!(ground.methods(), ["chat.postEphemeral", "back/hush-way"], "{code}");
        let back = ground.calls().remove(1);
        assert_eq!((back.token, &back.args["response_type"]), (None, &json!("ephemeral")));
        assert_eq!(back.args["replace_original"], false);

        ground.refuses("chat.postEphemeral", code);
        let in_thread = Post { thread: Some(MessageId::new("9.9")), ..for_ana("C1") };
        ground.slack.post(&in_thread).await.unwrap();
        let direct = ground.args("chat.postMessage");
        assert_eq!((&direct["channel"], &direct["thread_ts"]), (&json!("U1"), &Value::Null));
    }
}

#[tokio::test]
async fn a_way_back_that_is_used_up_is_no_end() {
    for (status, code) in [(404, "used_url"), (404, "expired_url"), (200, "no_such_url")] {
        let ground = Ground::open().await;
        ground.refuses("chat.postEphemeral", "not_in_channel");
        if status == 200 {
            ground.refuses("back/hush-way", code);
        } else {
            ground.fails("back/hush-way", status);
        }
        ground.slack.post(&with_back(for_ana("C1"), &ground)).await.unwrap();
        assert_eq!(ground.methods(), ["chat.postEphemeral", "back/hush-way", "chat.postMessage"], "{code}");
    }
}

#[tokio::test]
async fn in_a_direct_conversation_nothing_needs_to_vanish() {
    let ground = Ground::open().await;
    ground.slack.post(&for_ana("D1")).await.unwrap();
    assert_eq!(ground.args("chat.postMessage")["channel"], "D1");
    ground.slack.post(&with_back(for_ana("D2"), &ground)).await.unwrap();
    assert_eq!(ground.methods(), ["chat.postMessage", "back/hush-way"]);
    // A conversation of two others.
    ground.refuses("chat.postMessage", "channel_not_found");
    ground.slack.post(&for_ana("D3")).await.unwrap();
    let places: Vec<Value> = ground.calls()[2..].iter().map(|call| call.args["channel"].clone()).collect();
    assert_eq!(places, ["D3", "U1"]);
}

#[tokio::test]
async fn who_has_no_account_is_reached_over_the_way_back_alone() {
    let ground = Ground::open().await;
    let for_cy = Post { only_for: Some(Reader::Person(PersonId::new("cy"))), ..post("C1") };
    assert!(matches!(ground.slack.post(&for_cy).await, Err(ChatError::Rejected(_))));
    ground.slack.post(&with_back(for_cy, &ground)).await.unwrap();
    assert_eq!(ground.methods(), ["back/hush-way"]);
}

#[tokio::test]
async fn into_a_public_channel_we_come_once_then_post() {
    let ground = Ground::open().await;
    ground.refuses("chat.postMessage", "not_in_channel");
    assert_eq!(ground.slack.post(&post("C1")).await.unwrap(), MessageId::new("1.1"));
    assert_eq!(ground.methods(), ["chat.postMessage", "conversations.join", "chat.postMessage"]);
    assert_eq!(ground.args("conversations.join"), json!({ "channel": "C1" }));
}

#[tokio::test]
async fn where_we_cannot_come_in_the_way_back_answers_for_all() {
    let ground = Ground::open().await;
    ground.refuses("chat.postMessage", "not_in_channel");
    ground.refuses("conversations.join", "method_not_supported_for_channel_type");
    ground.slack.post(&with_back(post("C1"), &ground)).await.unwrap();
    assert_eq!(ground.methods(), ["chat.postMessage", "conversations.join", "back/hush-way"]);
    assert_eq!(ground.args("back/hush-way")["response_type"], "in_channel");

    ground.refuses("chat.postMessage", "channel_not_found");
    let Err(ChatError::Rejected(why)) = ground.slack.post(&post("C2")).await else { panic!("nothing is left to try") };
    assert!(why.starts_with("the app is not in that channel") && why.contains("/invite"), "{why}");
    assert_eq!(ground.methods().len(), 4, "a private channel is not joined");
}

#[tokio::test]
async fn blocks_that_slack_does_not_like_are_left_away_once() {
    for code in ["invalid_blocks", "msg_too_long", "msg_blocks_too_long"] {
        let ground = Ground::open().await;
        ground.refuses("chat.postMessage", code);
        let long = Post { content: words(&"<!channel> ".repeat(500)), ..post("C1") };
        ground.slack.post(&long).await.unwrap();
        let args = ground.calls().remove(1).args;
        let text = args["text"].as_str().unwrap();
        assert!(text.starts_with("&lt;!channel&gt; &lt;") && text.chars().count() <= 4000, "{code}");
        assert_eq!((&args["blocks"], &args["metadata"]["event_payload"]["nonce"]), (&Value::Null, &json!("n1")));

        ground.refuses("chat.update", code);
        ground.slack.update(&room("C1"), &MessageId::new("1.1"), &long.content).await.unwrap();
        ground.refuses("chat.postMessage", code);
        ground.refuses("chat.postMessage", code);
        assert!(matches!(ground.slack.post(&long).await, Err(ChatError::Rejected(_))));
        assert_eq!(ground.methods().len(), 6, "{code}: never a third time");
    }
}

#[tokio::test]
async fn a_card_is_changed_in_place_and_one_that_is_gone_is_told() {
    let ground = Ground::open().await;
    let update = async || ground.slack.update(&room("C1"), &MessageId::new("1.1"), &words("now")).await;
    update().await.unwrap();
    let args = ground.args("chat.update");
    assert_eq!((&args["channel"], &args["ts"], &args["text"]), (&json!("C1"), &json!("1.1"), &json!("now")));
    for code in ["message_not_found", "cant_update_message", "edit_window_closed"] {
        ground.refuses("chat.update", code);
        assert!(matches!(update().await, Err(ChatError::Gone)), "{code}");
    }
    ground.refuses("chat.update", "is_archived");
    assert!(matches!(update().await, Err(ChatError::Rejected(why)) if why.contains("is archived")));
}

#[tokio::test]
async fn a_message_is_found_by_its_nonce_page_by_page() {
    let ground = Ground::open().await;
    let told = |ts: &str, user: &str, nonce: &str| {
        let metadata = json!({ "event_type": "chamberlain", "event_payload": { "nonce": nonce } });
        json!({ "ts": ts, "user": user, "text": "x", "metadata": metadata })
    };
    let foreign =
        json!({ "ts": "3.3", "user": "UBOT", "metadata": { "event_type": "x", "event_payload": { "nonce": "n1" } } });
    let forged = told("2.2", "U9", "n1");
    let next = json!({ "next_cursor": "p2" });
    let first = json!({ "messages": [told("5.5", "UBOT", "n2"), foreign, forged], "response_metadata": next });
    ground.answers("conversations.history", [first, json!({ "messages": [told("1.1", "UBOT", "n1")] })]);
    let (room, since) = (room("C1"), Timestamp::from_millis(1_772_442_000_000));
    let sought = Sought { room: &room, thread: None, nonce: "n1", since };
    assert_eq!(ground.slack.find(sought).await.unwrap(), Some(MessageId::new("1.1")));
    let calls = ground.calls();
    let mut query =
        json!({ "channel": "C1", "oldest": "1772441940.000000", "limit": "200", "include_all_metadata": "true" });
    assert_eq!((&calls[0].verb, &calls[0].args), (&Method::GET, &query));
    query["cursor"] = "p2".into();
    assert_eq!(calls[1].args, query);
    assert_eq!(ground.slack.find(sought).await.unwrap(), None);

    let thread = MessageId::new("9.9");
    assert_eq!(ground.slack.find(Sought { thread: Some(&thread), ..sought }).await.unwrap(), None);
    assert_eq!(ground.args("conversations.replies")["ts"], "9.9");
    ground.refuses("conversations.history", "not_in_channel");
    assert_eq!(ground.slack.find(sought).await.unwrap(), None);
}
