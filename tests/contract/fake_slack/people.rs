//! What people do, and what the app hears of it; what the bot puts into a room.

use serde_json::{Value, json};

use super::ground;
use crate::support::slack::BOT;

#[tokio::test]
async fn the_app_hears_what_people_do_where_it_is() {
    let (slack, _, mut socket) = ground().await;
    slack.person("bob");
    slack.channel("elsewhere", &["bob"]);
    slack.says("bob", "elsewhere", "nobody hears this");
    slack.invites("alice", "ops", "bob");
    let ts = slack.says("bob", "ops", "hello");
    slack.says_in_thread("alice", ("ops", &ts), "hi");
    slack.edits("bob", ("ops", &ts), "hello!");
    slack.archives("alice", "ops");
    slack.unarchives("alice", "ops");
    slack.renames("ops", "ops-2");
    slack.dm("alice", "a word");
    slack.opens_home("alice");
    slack.kicks_bot("ops-2");
    slack.says("bob", "ops-2", "nobody hears this");
    let heard = [
        ("member_joined_channel", Value::Null),
        ("message", json!("channel_join")),
        ("message", Value::Null),
        ("message", Value::Null),
        ("message", json!("message_changed")),
        ("channel_archive", Value::Null),
        ("channel_unarchive", Value::Null),
        ("channel_rename", Value::Null),
        ("message", Value::Null),
        ("app_home_opened", Value::Null),
        ("member_left_channel", Value::Null),
        ("channel_left", Value::Null),
    ];
    let mut events = Vec::new();
    for (kind, subtype) in heard {
        let frame = socket.frame().await;
        socket.ack(&frame, Value::Null).await;
        let event = frame["payload"]["event"].clone();
        assert_eq!((&event["type"], &event["subtype"]), (&json!(kind), &subtype), "{event}");
        events.push(event);
    }
    assert_eq!(events[3]["thread_ts"], ts);
    assert_eq!(events[4]["message"]["text"], "hello!");
    assert_eq!(events[8]["channel_type"], "im");
    slack.wait_quiet().await;
    assert_eq!(slack.acks().len(), events.len());
}

#[tokio::test]
async fn one_sees_what_is_for_one_and_a_direct_message_finds_its_place() {
    let (slack, client, _socket) = ground().await;
    let ops = slack.look(|world| world.channel("ops").id.clone());
    let shown = client.call("chat.postEphemeral", json!({ "channel": ops, "user": "U0ALICE", "text": "you" })).await;
    assert_eq!(shown["ok"], true, "{shown}");
    let history = client.read("conversations.history", &[("channel", &ops)]).await;
    assert_eq!(history["messages"], json!([]), "what one sees is no history");
    assert_eq!(slack.messages("ops")[0].reader.as_deref(), Some("U0ALICE"));
    slack.person("bob");
    let refused = client.call("chat.postEphemeral", json!({ "channel": ops, "user": "U0BOB", "text": "you" })).await;
    assert_eq!(refused["error"], "user_not_in_channel");

    let posted = client.call("chat.postMessage", json!({ "channel": "U0BOB", "text": "hello" })).await;
    assert_eq!(slack.messages_with("bob")[0].text, "hello");
    let changed = json!({ "channel": "U0BOB", "ts": posted["ts"], "text": "hi" });
    assert_eq!(client.call("chat.update", changed.clone()).await["error"], "channel_not_found");
    let changed = json!({ "channel": posted["channel"], "ts": posted["ts"], "text": "hi" });
    assert_eq!(client.call("chat.update", changed).await["ok"], true);
    assert_eq!((slack.messages_with("bob")[0].text.as_str(), slack.messages_with("bob")[0].edits), ("hi", 1));
    let ts = slack.says("alice", "ops", "mine");
    let changed = json!({ "channel": ops, "ts": ts, "text": "yours" });
    assert_eq!(client.call("chat.update", changed).await["error"], "cant_update_message");
}

#[tokio::test]
async fn a_room_is_furnished_and_put_away() {
    let (slack, client, _socket) = ground().await;
    slack.set(|settings| settings.refuses_unarchive = Some("not_in_channel"));
    let made = client.call("conversations.create", json!({ "name": "it-1", "is_private": true })).await;
    let channel = made["channel"]["id"].as_str().unwrap();
    let ts = client.call("chat.postMessage", json!({ "channel": channel, "text": "card" })).await["ts"].clone();
    let link = json!({ "channel_id": channel, "title": "Board", "type": "link", "link": "https://board.test" });
    for (method, args, error) in [
        (
            "conversations.invite",
            json!({ "channel": channel, "users": "U0ALICE,U0NOBODY", "force": true }),
            Value::Null,
        ),
        ("conversations.invite", json!({ "channel": channel, "users": "U0ALICE" }), json!("already_in_channel")),
        ("conversations.invite", json!({ "channel": channel, "users": BOT }), json!("cant_invite_self")),
        ("conversations.setTopic", json!({ "channel": channel, "topic": "x".repeat(251) }), json!("too_long")),
        ("conversations.setTopic", json!({ "channel": channel, "topic": "blue" }), Value::Null),
        ("pins.add", json!({ "channel": channel, "timestamp": ts }), Value::Null),
        ("pins.add", json!({ "channel": channel, "timestamp": ts }), json!("already_pinned")),
        ("bookmarks.add", link, Value::Null),
        ("conversations.kick", json!({ "channel": channel, "user": "U0ALICE" }), Value::Null),
        ("conversations.archive", json!({ "channel": channel }), Value::Null),
        ("conversations.archive", json!({ "channel": channel }), json!("already_archived")),
        ("chat.postMessage", json!({ "channel": channel, "text": "late" }), json!("is_archived")),
        ("conversations.unarchive", json!({ "channel": channel }), json!("not_in_channel")),
    ] {
        assert_eq!(client.call(method, args.clone()).await["error"], error, "{method} {args}");
    }
    let pins = client.read("pins.list", &[("channel", channel)]).await;
    assert_eq!(pins["items"][0]["message"]["ts"], ts);
    let bookmarks = client.call("bookmarks.list", json!({ "channel_id": channel })).await;
    assert_eq!(bookmarks["bookmarks"][0]["title"], "Board");
    slack.look(|world| {
        let room = world.channel(channel);
        assert_eq!((room.topic.as_str(), room.members.as_slice()), ("blue", &[BOT.to_owned()][..]));
    });
}

#[tokio::test]
async fn people_are_found_by_their_addresses() {
    let (slack, client, _socket) = ground().await;
    slack.guest("gina");
    slack.person("dora");
    slack.deactivate("dora");
    slack.person_without_email("nell");
    let sought = async |email: &str| client.read("users.lookupByEmail", &[("email", email)]).await;
    assert_eq!(sought("Alice@fake.test").await["user"]["id"], "U0ALICE");
    assert_eq!(sought("gina@fake.test").await["user"]["is_restricted"], true);
    for gone in ["dora@fake.test", "nell@fake.test"] {
        assert_eq!(sought(gone).await["error"], "users_not_found");
    }
    assert_eq!(client.read("users.info", &[("user", "U0DORA")]).await["user"]["deleted"], true);
    let ignored = client.call("users.info", json!({ "user": "U0ALICE" })).await;
    assert_eq!(ignored["error"], "user_not_found", "a JSON body is not read there");
    let group = slack.group("team", &["alice"]);
    let members = client.read("usergroups.users.list", &[("usergroup", &group)]).await;
    assert_eq!(members["users"], json!(["U0ALICE"]));
}
