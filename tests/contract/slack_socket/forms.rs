//! Forms at the door: a question waits for nobody, a form that cannot be is told under its field, one that cannot be
//! stored stays open.

use chamberlain::domain::form::Slot;
use chamberlain::domain::marked::Marked;
use chamberlain::event::chat::slack::form::Question;
use chamberlain::ports::Suggestion;
use serde_json::{Value, json};

use super::Ground;
use super::intake::Does;
use crate::support::slack::BOT_TOKEN;
use crate::support::slack::interactions::{Surface, Which};

const IN: &str = "option|in";
const WEB: &str = "version|component|web";

/// A form with two fields, opened for Alice in the workspace as if we had drawn it; gives its id.
async fn opened(ground: &mut Ground) -> String {
    let field = |slot: &str, mut element: Value| {
        element["action_id"] = json!(slot);
        json!({ "type": "input", "block_id": slot, "optional": true, "dispatch_action": true,
            "label": { "type": "plain_text", "text": slot }, "element": element })
    };
    let view = json!({
        "type": "modal", "title": { "type": "plain_text", "text": "Deploy" },
        "submit": { "type": "plain_text", "text": "Deploy" },
        "private_metadata": r#"{"command":"deploy","channel":"C1"}"#,
        "blocks": [
            field(IN, json!({ "type": "plain_text_input" })),
            field(WEB, json!({ "type": "external_select", "min_query_length": 0 })),
        ],
    });
    ground.slack.shortcut("alice", "form:deploy").answer().await;
    let Some(Question::Form { trigger, .. }) = ground.asked.recv().await else { panic!("no question") };
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let call = http.post(format!("{}/views.open", ground.slack.api_url())).bearer_auth(BOT_TOKEN);
    let opened = call.json(&json!({ "trigger_id": trigger, "view": view })).send().await.unwrap();
    let opened: Value = opened.json().await.unwrap();
    opened["view"]["id"].as_str().unwrap_or_else(|| panic!("{opened}")).to_owned()
}

/// Alice sends it off with a word in its first field; gives the acknowledgement's payload.
async fn sent(ground: &Ground, view: &str) -> Value {
    ground.slack.submits("alice", view, &[(IN, json!("x"))]).answer().await.payload
}

#[tokio::test]
async fn who_asks_for_a_form_is_heard_at_once() {
    let mut ground = Ground::open().await;
    ground.slack.shortcut("alice", "form:deploy").answer().await;
    let Some(Question::Form { asked, .. }) = ground.asked.recv().await else { panic!("no question") };
    assert_eq!((asked.command.as_str(), asked.room), ("deploy", None));
    assert!(ground.intake.asked().is_empty(), "nothing follows from a question");
}

#[tokio::test]
async fn what_fits_comes_with_the_acknowledgement() {
    let mut ground = Ground::open().await;
    let view = opened(&mut ground).await;
    *ground.desk.suggestions.lock().unwrap() = vec![
        Suggestion { value: "feature/pay".into(), hint: "branch".into() },
        Suggestion { value: "x".repeat(151), hint: String::new() },
    ];
    let on = Surface::View(view);
    let ack = ground.slack.suggests("alice", on, (WEB, "fea")).answer().await.payload;
    let options = ack["options"].as_array().unwrap();
    assert_eq!(options.len(), 1, "what Slack would refuse is not offered: {ack}");
    assert_eq!(options[0]["value"], "feature/pay");
}

#[tokio::test]
async fn what_is_wrong_stands_under_its_field_and_nothing_is_stored() {
    let mut ground = Ground::open().await;
    let view = opened(&mut ground).await;
    *ground.desk.wrong.lock().unwrap() =
        vec![(Slot::parse(IN), Marked::new("There is no `x`.")), (None, Marked::plain("Elsewhere"))];
    let ack = sent(&ground, &view).await;
    assert_eq!(ack["response_action"], "errors");
    assert_eq!(ack["errors"], json!({ IN: "There is no `x`." }), "the first word on a field stands");
    assert!(ground.intake.asked().is_empty());
}

#[tokio::test]
async fn a_form_that_cannot_be_stored_stays_open_and_says_so() {
    let mut ground = Ground::open().await;
    let view = opened(&mut ground).await;
    ground.intake.now(Does::Fail);
    let ack = sent(&ground, &view).await;
    assert!(ack["errors"][IN].as_str().unwrap().starts_with("Nothing was done"), "{ack}");
    ground.intake.now(Does::Store);
    let ack = sent(&ground, &view).await;
    assert_eq!(ack["response_action"], Value::Null, "{ack}");
    assert_eq!(ground.intake.stored().len(), 1);
}

#[tokio::test]
async fn what_is_typed_is_told_as_it_is_typed() {
    let mut ground = Ground::open().await;
    let view = opened(&mut ground).await;
    ground.slack.clicks("alice", Surface::View(view), Which::Choice(IN.into(), json!("sprint-42"))).answer().await;
    let Some(Question::Typed { filled, .. }) = ground.asked.recv().await else { panic!("no question") };
    assert_eq!(filled.value(&Slot::parse(IN).unwrap()), Some("sprint-42"));
}
