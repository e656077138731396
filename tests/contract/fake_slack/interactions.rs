//! Clicks, commands and modals.

use std::time::Duration;

use serde_json::{Value, json};

use super::{button, ground};

#[tokio::test]
async fn a_click_is_told_once_and_answered_by_its_url() {
    let (slack, client, mut socket) = ground().await;
    slack.set(|settings| settings.echoes_own_posts = false);
    let posted = client.call("chat.postMessage", json!({ "channel": "ops", "text": "card", "blocks": button() })).await;
    let ts = posted["ts"].as_str().unwrap();
    let click = slack.clicks("alice", ("ops", ts), "Deploy");
    let frame = socket.frame().await;
    let payload = &frame["payload"];
    assert_eq!((&frame["type"], &payload["type"]), (&json!("interactive"), &json!("block_actions")));
    assert_eq!(payload["actions"][0]["value"], "v1");
    assert_eq!(payload["message"]["ts"], ts);
    socket.ack(&frame, Value::Null).await;
    assert_eq!(click.await.error, None);

    let answer = json!({ "replace_original": true, "text": "done" });
    for use_number in 1..=6 {
        let response = client.http.post(payload["response_url"].as_str().unwrap()).json(&answer).send().await.unwrap();
        assert_eq!(response.status().is_success(), use_number <= 5, "use {use_number}");
    }
    assert_eq!(slack.messages("ops")[0].text, "done");

    slack.drop_connections();
    assert_eq!(socket.end().await, Err(()), "it is cut, not closed");
    let lost = slack.types_slash("alice", "ops", "/chamberlain status").await;
    assert_eq!(lost.error.as_deref(), Some("dispatch_failed"));
}

#[tokio::test]
async fn a_choice_stands_in_the_state_and_a_command_is_answered_to_one() {
    let (slack, client, mut socket) = ground().await;
    slack.set(|settings| settings.echoes_own_posts = false);
    let posted = client.call("chat.postMessage", json!({ "channel": "ops", "text": "card", "blocks": button() })).await;
    let choice = slack.clicks("alice", ("ops", posted["ts"].as_str().unwrap()), ("where", "Blue"));
    let frame = socket.frame().await;
    assert_eq!(frame["payload"]["actions"][0]["selected_option"]["value"], "blue");
    assert_eq!(frame["payload"]["state"]["values"]["b"]["where"]["selected_option"]["value"], "blue");
    socket.ack(&frame, Value::Null).await;
    choice.await;

    let command = slack.types_slash("alice", "ops", "/chamberlain status now");
    let frame = socket.frame().await;
    assert_eq!(
        (&frame["payload"]["command"], &frame["payload"]["text"]),
        (&json!("/chamberlain"), &json!("status now"))
    );
    socket.ack(&frame, json!({ "text": "all is well" })).await;
    assert_eq!(command.await.payload["text"], "all is well");
    let shown = slack.messages("ops").pop().unwrap();
    assert_eq!((shown.text.as_str(), shown.reader.as_deref()), ("all is well", Some("U0ALICE")));
}

#[tokio::test]
async fn a_modal_opens_once_for_a_click_and_shows_errors() {
    let (slack, client, mut socket) = ground().await;
    slack.set(|settings| settings.trigger_lifetime = Duration::from_mins(1));
    let shortcut = slack.shortcut("alice", "start");
    let frame = socket.frame().await;
    socket.ack(&frame, Value::Null).await;
    shortcut.await;
    let text = |text: &str| json!({ "type": "plain_text", "text": text });
    let input = json!({ "type": "plain_text_input", "action_id": "name" });
    let block = json!({ "type": "input", "block_id": "n", "label": text("Name"), "element": input });
    let view = json!({ "type": "modal", "title": text("New"), "submit": text("Start"), "blocks": [block] });
    let args = json!({ "trigger_id": frame["payload"]["trigger_id"], "view": view });
    let opened = client.call("views.open", args.clone()).await;
    assert_eq!(opened["ok"], true, "{opened}");
    assert_eq!(client.call("views.open", args).await["error"], "exchanged_trigger_id");

    let id = opened["view"]["id"].as_str().unwrap();
    assert!(slack.submits("alice", id, &[]).await.error.is_some(), "the client asks for the name itself");
    for (answer, are_open) in
        [(json!({ "response_action": "errors", "errors": { "n": "taken" } }), 1), (Value::Null, 0)]
    {
        let submission = slack.submits("alice", id, &[("name", json!("one"))]);
        let frame = socket.frame().await;
        assert_eq!(frame["payload"]["view"]["state"]["values"]["n"]["name"]["value"], "one");
        socket.ack(&frame, answer).await;
        assert_eq!(submission.await.error, None);
        assert_eq!(slack.look(|world| world.modals("U0ALICE").len()), are_open);
    }
    slack.set(|settings| settings.trigger_lifetime = Duration::ZERO);
    let trigger = slack.shortcut("alice", "start").payload["trigger_id"].clone();
    let late = client.call("views.open", json!({ "trigger_id": trigger, "view": view })).await;
    assert_eq!(late["error"], "expired_trigger_id");
}
