//! Channels: made, found again, looked at, changed.

use std::time::Duration;

use chamberlain::domain::room::Intent;
use chamberlain::domain::{MessageId, PersonId, RoomId, Timestamp};
use chamberlain::ports::{Bookmark, ChatAdapter, ChatError, RoomChange, Standing};
use serde_json::{Value, json};

use super::server::Ground;

fn room() -> RoomId {
    RoomId::parse("slack:C1").unwrap()
}

fn people(names: &[&str]) -> Vec<PersonId> {
    names.iter().map(|name| PersonId::new(*name)).collect()
}

fn intent() -> Intent {
    let at = Timestamp::from_millis(1_772_442_000_000);
    Intent { name: "sprint-42".into(), number: 1, nonce: "n1".into(), at }
}

#[tokio::test]
async fn a_room_is_made_by_its_exact_name() {
    let ground = Ground::open().await;
    ground.answers("conversations.create", [json!({ "channel": { "id": "C1", "name": "sprint-42" } })]);
    assert_eq!(ground.slack.open_room(&intent()).await.unwrap(), room());
    assert_eq!(ground.args("conversations.create"), json!({ "name": "sprint-42", "is_private": true }));
    ground.refuses("conversations.create", "name_taken");
    assert!(matches!(ground.slack.open_room(&intent()).await, Err(ChatError::NameTaken)));
    ground.refuses("conversations.create", "restricted_action");
    let Err(ChatError::Rejected(why)) = ground.slack.open_room(&intent()).await else { panic!("it is refused") };
    assert!(why.starts_with("the workspace's settings forbid that to apps"), "{why}");
}

#[tokio::test]
async fn only_a_room_that_we_made_for_the_intent_is_found() {
    let channel = |id: &str, name: &str, creator: &str, created: i64| json!({ "id": id, "name": name, "creator": creator, "created": created });
    let cases = [
        (channel("C1", "sprint-42", "UBOT", 1_772_442_000), true),
        (channel("C1", "sprint-42", "UBOT", 1_772_441_940), true),
        (channel("C1", "sprint-42", "UBOT", 1_772_441_939), false),
        (channel("C1", "sprint-42", "U1", 1_772_442_000), false),
        (channel("C1", "sprint-42-2", "UBOT", 1_772_442_000), false),
    ];
    for (channel, is_found) in cases {
        let ground = Ground::open().await;
        let next = json!({ "response_metadata": { "next_cursor": "p2" }, "channels": [] });
        ground.answers("users.conversations", [next, json!({ "channels": [channel] })]);
        let found = ground.slack.find_room(&intent()).await.unwrap();
        assert_eq!(found, is_found.then(room), "{channel}");
        let query = json!({ "types": "public_channel,private_channel", "exclude_archived": "false", "limit": "200" });
        assert_eq!(ground.calls()[0].args, query);
    }
}

fn seen(extra: &Value) -> Value {
    let mut channel = json!({
        "id": "C1", "name": "sprint-42", "is_archived": false, "is_member": true,
        "topic": { "value": "a &amp; b" }, "purpose": { "value": "" },
    });
    channel.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    json!({ "channel": channel })
}

fn pin(ts: &str, by: &str, of: &str, created: i64) -> Value {
    json!({ "type": "message", "created": created, "created_by": by, "message": { "ts": ts, "user": of } })
}

#[tokio::test]
async fn a_room_is_seen_with_its_people_and_what_hangs_there() {
    let ground = Ground::open().await;
    ground.answers("conversations.info", [seen(&json!({})), seen(&json!({}))]);
    let more = json!({ "members": ["UBOT", "U1"], "response_metadata": { "next_cursor": "p2" } });
    ground.answers("conversations.members", [more, json!({ "members": ["U7", "U2"] })]);
    let pins = json!([
        pin("1.1", "UBOT", "UBOT", 1),
        pin("2.2", "UBOT", "UBOT", 2),
        pin("3.3", "U1", "UBOT", 3),
        pin("4.4", "UBOT", "U1", 4),
        { "type": "file", "created_by": "UBOT" },
    ]);
    ground.answers("pins.list", [json!({ "items": pins })]);
    let links = json!({ "bookmarks": [{ "id": "Bk1", "title": "Board", "link": "https://board" }, { "id": "Bk2" }] });
    ground.answers("bookmarks.list", [links]);
    let room = ground.slack.look_at(&room()).await.unwrap();
    assert_eq!((room.standing, room.members), (Standing::Open, people(&["ana", "bo"])));
    assert_eq!(room.name.as_deref(), Some("sprint-42"));
    assert_eq!(room.pinned, Some(MessageId::new("2.2")), "what others pinned is theirs");
    assert_eq!((room.topic.as_deref(), room.purpose.as_deref()), (Some("a & b"), Some("")));
    let board = Bookmark { title: "Board".into(), address: "https://board".into() };
    assert_eq!(room.bookmarks, Some(vec![board]));
    assert_eq!(ground.calls().iter().find(|call| call.method == "bookmarks.list").unwrap().args["channel_id"], "C1");
}

#[tokio::test]
async fn what_hangs_there_is_asked_once_a_minute_unless_we_change_it() {
    let ground = Ground::open().await;
    let look = async || {
        ground.answers("conversations.info", [seen(&json!({}))]);
        ground.slack.look_at(&room()).await.unwrap();
        ground.methods().iter().filter(|method| *method == "pins.list").count()
    };
    assert_eq!((look().await, look().await), (1, 1));
    ground.slack.change_room(&room(), &RoomChange::Pin(MessageId::new("1.1"))).await.unwrap();
    assert_eq!(look().await, 3, "pinning looks, and is looked at");
    ground.clock.pass(Duration::from_mins(1));
    assert_eq!(look().await, 4);
}

#[tokio::test]
async fn a_room_that_is_not_open_to_us_is_told_apart() {
    let ground = Ground::open().await;
    ground.answers("conversations.info", [seen(&json!({ "is_archived": true, "is_member": false }))]);
    assert_eq!(ground.slack.look_at(&room()).await.unwrap().standing, Standing::Archived);
    ground.answers("conversations.info", [seen(&json!({ "is_member": false }))]);
    assert_eq!(ground.slack.look_at(&room()).await.unwrap().standing, Standing::Lost);
    ground.refuses("conversations.info", "channel_not_found");
    assert_eq!(ground.slack.look_at(&room()).await.unwrap().standing, Standing::Lost);
    assert_eq!(ground.methods(), ["conversations.info"; 3], "nothing else is asked");
}

#[tokio::test]
async fn what_the_app_may_not_read_is_not_there_and_not_asked_again() {
    let ground = Ground::open().await;
    for method in ["pins.list", "bookmarks.list"] {
        ground.refuses(method, "missing_scope");
    }
    for _ in 0..2 {
        ground.answers("conversations.info", [seen(&json!({}))]);
        let room = ground.slack.look_at(&room()).await.unwrap();
        assert_eq!((room.pinned, room.bookmarks), (None, None));
        ground.clock.pass(Duration::from_mins(2));
    }
    let methods = ground.methods();
    assert_eq!(
        methods.iter().filter(|method| ["pins.list", "bookmarks.list"].contains(&method.as_str())).count(),
        2,
        "{methods:?}"
    );
}

#[tokio::test]
async fn people_are_brought_in_together_and_who_cannot_come_is_named() {
    let ground = Ground::open().await;
    let all = people(&["bo", "ana", "cy", "butler"]);
    let errors = json!([
        { "user": "U1", "ok": false, "error": "already_in_channel" },
        { "user": "U2", "ok": false, "error": "user_is_restricted" },
    ]);
    ground.answers("conversations.invite", [json!({ "errors": errors })]);
    let Err(ChatError::Unreached(who)) = ground.slack.change_room(&room(), &RoomChange::Invite(all)).await else {
        panic!("two cannot come")
    };
    assert_eq!(who, people(&["cy", "bo"]));
    assert_eq!(ground.args("conversations.invite"), json!({ "channel": "C1", "users": "U1,U2", "force": true }));

    let refused = json!({ "ok": false, "error": "already_in_channel", "errors": [
        { "user": "U1", "ok": false, "error": "already_in_channel" },
        { "user": "U2", "ok": false, "error": "already_in_channel" },
    ] });
    ground.answers("conversations.invite", [refused]);
    ground.slack.change_room(&room(), &RoomChange::Invite(people(&["ana", "bo"]))).await.unwrap();
    // Slack names nobody: then each is asked for alone.
    ground.refuses("conversations.invite", "cant_invite");
    ground.refuses("conversations.invite", "cant_invite");
    let Err(ChatError::Unreached(who)) =
        ground.slack.change_room(&room(), &RoomChange::Invite(people(&["ana", "bo"]))).await
    else {
        panic!("one cannot come")
    };
    assert_eq!(who, people(&["ana"]));
    ground.refuses("conversations.invite", "is_archived");
    let refused = ground.slack.change_room(&room(), &RoomChange::Invite(people(&["ana", "bo"]))).await;
    assert!(matches!(refused, Err(ChatError::Rejected(_))));
}

#[tokio::test]
async fn nobody_is_invited_where_nobody_has_an_account() {
    let ground = Ground::open().await;
    let invited = ground.slack.change_room(&room(), &RoomChange::Invite(people(&["cy"]))).await;
    assert!(matches!(invited, Err(ChatError::Unreached(who)) if who == people(&["cy"])));
    assert_eq!(ground.methods(), Vec::<String>::new());
}

#[tokio::test]
async fn what_is_so_already_is_as_good() {
    let cases = [
        (RoomChange::Remove(PersonId::new("ana")), "conversations.kick", "not_in_channel"),
        (RoomChange::Pin(MessageId::new("1.1")), "pins.add", "already_pinned"),
        (RoomChange::Archive, "conversations.archive", "already_archived"),
        (RoomChange::Unarchive, "conversations.unarchive", "not_archived"),
    ];
    for (change, method, code) in cases {
        let ground = Ground::open().await;
        ground.slack.change_room(&room(), &change).await.unwrap();
        assert_eq!(ground.args(method)["channel"], "C1");
        ground.refuses(method, code);
        ground.slack.change_room(&room(), &change).await.unwrap();
        ground.refuses(method, "restricted_action");
        let refused = ground.slack.change_room(&room(), &change).await;
        assert!(matches!(refused, Err(ChatError::Rejected(_) | ChatError::Closed(_))), "{method}");
    }
}

#[tokio::test]
async fn a_room_that_slack_does_not_let_us_open_again_stays_closed() {
    let codes = ["not_in_channel", "channel_not_found", "not_authorized", "user_is_restricted", "user_is_bot"];
    for code in codes.into_iter().chain(["restricted_action", "restricted_action_of_a_new_kind"]) {
        let ground = Ground::open().await;
        ground.refuses("conversations.unarchive", code);
        let refused = ground.slack.change_room(&room(), &RoomChange::Unarchive).await;
        assert!(matches!(&refused, Err(ChatError::Closed(why)) if why.contains(code)), "{refused:?}");
        assert_eq!(ground.methods(), ["conversations.unarchive"], "nothing else is tried there");
    }
    // What may end, or what an admin mends, is no reason to leave the room for good.
    for code in ["missing_scope", "never_heard_of"] {
        let ground = Ground::open().await;
        ground.refuses("conversations.unarchive", code);
        let refused = ground.slack.change_room(&room(), &RoomChange::Unarchive).await;
        assert!(matches!(refused, Err(ChatError::Rejected(_))), "{code}");
    }
    let ground = Ground::open().await;
    ground.fails("conversations.unarchive", 503);
    let unknown = ground.slack.change_room(&room(), &RoomChange::Unarchive).await;
    assert!(matches!(unknown, Err(ChatError::Unknown(_))));
}

#[tokio::test]
async fn a_pin_takes_the_place_of_what_we_pinned_before() {
    let ground = Ground::open().await;
    let pins = [pin("1.1", "UBOT", "UBOT", 1), pin("2.2", "UBOT", "UBOT", 2), pin("3.3", "U1", "UBOT", 3)];
    ground.answers("pins.list", [json!({ "items": pins })]);
    ground.slack.change_room(&room(), &RoomChange::Pin(MessageId::new("2.2"))).await.unwrap();
    assert_eq!(ground.args("pins.add"), json!({ "channel": "C1", "timestamp": "2.2" }));
    assert_eq!(ground.args("pins.remove"), json!({ "channel": "C1", "timestamp": "1.1" }));
}

#[tokio::test]
async fn topic_and_purpose_are_escaped_and_cut() {
    let ground = Ground::open().await;
    ground.slack.change_room(&room(), &RoomChange::Topic("<!here> & ".repeat(40))).await.unwrap();
    let topic = ground.args("conversations.setTopic")["topic"].as_str().unwrap().to_owned();
    assert!(topic.starts_with("&lt;!here&gt; &amp; &lt;") && topic.chars().count() <= 250, "{topic}");
    ground.slack.change_room(&room(), &RoomChange::Purpose("why".into())).await.unwrap();
    assert_eq!(ground.args("conversations.setPurpose"), json!({ "channel": "C1", "purpose": "why" }));
}

#[tokio::test]
async fn a_bookmark_takes_the_place_of_one_of_its_title() {
    let ground = Ground::open().await;
    let links = json!({ "bookmarks": [{ "id": "Bk1", "title": "Board", "link": "https://old" }] });
    ground.answers("bookmarks.list", [links.clone(), links.clone(), links]);
    let change = async |title: &str, address: &str| {
        let bookmark = Bookmark { title: title.into(), address: address.into() };
        ground.slack.change_room(&room(), &RoomChange::Bookmark(bookmark)).await.unwrap();
    };
    change("Board", "https://old").await;
    change("Board", "https://new").await;
    change("Docs", "https://docs").await;
    let board = json!({ "channel_id": "C1", "bookmark_id": "Bk1", "title": "Board", "link": "https://new" });
    assert_eq!(ground.args("bookmarks.edit"), board);
    let docs = json!({ "channel_id": "C1", "type": "link", "title": "Docs", "link": "https://docs" });
    assert_eq!(ground.args("bookmarks.add"), docs);
}
