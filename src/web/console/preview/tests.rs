//! What the page draws from blocks: each kind that we send, foreign words as words.

use serde_json::json;

use super::blocks::blocks;
use super::views::view;

#[test]
fn every_block_of_a_message_is_drawn() {
    let message = json!([
        { "type": "header", "text": { "type": "plain_text", "text": "<b>Head</b>" } },
        { "type": "section", "text": { "type": "mrkdwn", "text": "*bold*" },
          "fields": [{ "type": "plain_text", "text": "field" }] },
        { "type": "divider" },
        { "type": "context", "elements": [{ "type": "plain_text", "text": "small" }] },
        { "type": "rich_text", "elements": [
            { "type": "rich_text_section", "elements": [
                { "type": "emoji", "name": "x" },
                { "type": "text", "text": "failed", "style": { "bold": true } },
                { "type": "text", "text": "web", "style": { "code": true } },
                { "type": "user", "user_id": "U1" },
                { "type": "channel", "channel_id": "C1" },
                { "type": "link", "url": "https://good.example/", "text": "<i>here</i>" },
            ] },
            { "type": "rich_text_preformatted", "elements": [{ "type": "text", "text": "<script>\nline" }] },
        ] },
        { "type": "actions", "block_id": "7|0|card-1", "elements": [
            { "type": "button", "action_id": "press:0", "style": "primary", "value": "deploy",
              "text": { "type": "plain_text", "text": "Deploy" } },
            { "type": "button", "action_id": "press:1", "style": "danger", "value": "rollback",
              "text": { "type": "plain_text", "text": "Roll back" },
              "confirm": { "title": { "type": "plain_text", "text": "<b>Roll back?</b>" },
                           "text": { "type": "plain_text", "text": "Then it runs: web" },
                           "confirm": { "type": "plain_text", "text": "Roll back" },
                           "deny": { "type": "plain_text", "text": "Leave it" }, "style": "danger" } },
            { "type": "static_select", "action_id": "choose:web",
              "options": [{ "text": { "type": "plain_text", "text": "main" }, "value": "main" }],
              "initial_option": { "text": { "type": "plain_text", "text": "main" }, "value": "main" } },
        ] },
    ]);
    insta::assert_snapshot!(blocks(message.as_array().unwrap()).into_string());
}

#[test]
fn a_modal_stands_in_its_frame_and_a_page_in_none() {
    let plain = |text: &str| json!({ "type": "plain_text", "text": text });
    let link = json!({ "type": "button", "text": plain("Open <web>"), "url": "http://web.sprint-42.localhost:7420/" });
    let shown = json!([{ "type": "actions", "block_id": "open|0", "elements": [link] }]);
    let modal = json!({ "type": "modal", "title": plain("<b>Deploy</b>"), "close": plain("Cancel"),
        "submit": plain("Deploy"), "private_metadata": "{}", "blocks": shown });
    insta::assert_snapshot!("modal", view(&modal).into_string());
    insta::assert_snapshot!("home", view(&json!({ "type": "home", "blocks": shown })).into_string());
}

#[test]
fn every_field_of_a_view_is_drawn() {
    let plain = |text: &str| json!({ "type": "plain_text", "text": text });
    let field =
        |label: &str, element: serde_json::Value| json!({ "type": "input", "label": plain(label), "element": element });
    let mut name =
        field("Name", json!({ "type": "plain_text_input", "action_id": "name", "initial_value": "Sprint 1" }));
    name["hint"] = plain("as people say it");
    name["optional"] = json!(true);
    let view = [
        name,
        field("Goal", json!({ "type": "plain_text_input", "multiline": true, "placeholder": plain("in a line") })),
        field("Owner", json!({ "type": "external_select", "placeholder": plain("Who"), "min_query_length": 0 })),
        field("Ends", json!({ "type": "datepicker", "initial_date": "2026-03-16" })),
        field(
            "Quiet",
            json!({ "type": "checkboxes", "action_id": "quiet",
                "options": [{ "text": plain("Yes"), "value": "yes" }, { "text": plain("Also"), "value": "also" }],
                "initial_options": [{ "text": plain("Yes"), "value": "yes" }] }),
        ),
        json!({ "type": "hologram" }),
    ];
    insta::assert_snapshot!(blocks(&view).into_string());
}
