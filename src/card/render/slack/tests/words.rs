//! A few words, and what foreign ones among them must never do.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{is_taken, render};
use crate::card::model::{Content, File, Log};
use crate::domain::marked::{Marked, escape};

fn elements(marked: &str) -> Value {
    let message = render(&Content::Text(Marked::new(marked)));
    is_taken(&message);
    message.blocks[0]["elements"][0]["elements"].clone()
}

#[test]
fn every_mark_has_its_element() {
    let shown = elements("**Ready**: `web` by <@ana> and <@kim>, [open](/x) in <#slack:C123> and <#console:lobby>");
    let bold = json!({ "bold": true });
    assert_eq!(shown[0], json!({ "type": "text", "text": "Ready", "style": bold }));
    assert_eq!(shown[2], json!({ "type": "text", "text": "web", "style": { "code": true } }));
    assert_eq!(shown[4], json!({ "type": "user", "user_id": "U03" }));
    assert_eq!(shown[6], json!({ "type": "text", "text": "@kim" }));
    assert_eq!(shown[8], json!({ "type": "link", "url": "http://chamberlain.localhost:7420/x", "text": "open" }));
    assert_eq!(shown[10], json!({ "type": "channel", "channel_id": "C123" }));
    assert_eq!(shown[12], json!({ "type": "text", "text": "#lobby" }));
}

#[test]
fn a_room_whose_id_is_no_id_is_words() {
    assert_eq!(elements("<#slack:C1 evil>"), json!([{ "type": "text", "text": "#C1 evil" }]));
}

#[test]
fn a_link_within_the_console_is_words_where_nobody_knows_the_console() {
    let around = super::Surroundings { account: &|_| None, console: None };
    let message = super::content(&Content::Text(Marked::new("[open](/x)")), &around);
    assert_eq!(message.blocks[0]["elements"][0]["elements"], json!([{ "type": "text", "text": "open" }]));
}

#[test]
fn an_address_that_leads_nowhere_is_words() {
    for address in ["https://", "http:///x", &format!("https://good.example/{}", "x".repeat(3_000))] {
        assert_eq!(elements(&format!("[open]({address})")), json!([{ "type": "text", "text": "open" }]), "{address}");
    }
}

#[test]
fn the_notification_is_escaped_and_mentions_only_whom_we_mention() {
    let message = render(&Content::Text(Marked::new(format!("<@ana> {}", escape("<!channel> & <@U1>")))));
    assert_eq!(message.text, "<@U03> &lt;!channel&gt; &amp; &lt;@U1&gt;");
}

#[test]
fn nothing_to_show_is_still_a_message() {
    let message = render(&Content::Text(Marked::new("\u{202e}")));
    assert_eq!((message.text.as_str(), message.blocks.len()), ("(nothing)", 0));
}

#[test]
fn a_long_text_says_that_it_is_cut() {
    let message = render(&Content::Text(Marked::plain(&"<".repeat(10_000))));
    is_taken(&message);
    assert_eq!(message.cut, ["the end of the text"]);
    assert!(message.text.ends_with("&lt;…"), "not within an escape");
    assert!(message.blocks[1].to_string().contains("the end of the text"), "{}", message.blocks[1]);
}

/// Foreign words at their worst.
pub(super) fn foreign() -> impl Strategy<Value = String> {
    let worst = prop::sample::select(vec![
        "<!channel>",
        "<@U123>",
        "<#C1>",
        "<https://evil|https://good>",
        "```",
        "`a`",
        "&amp;",
        "&lt;!here&gt;",
        ":smile:",
        "> quoted\n",
        "*b* _i_ ~s~",
        "https://bare.example @here",
        "👩‍👩‍👧‍👦",
        "冲刺",
        "\u{202e}abc\u{2066}",
        "e\u{301}\u{301}",
        "\u{0}\u{7}\r\n",
        "|",
    ]);
    let piece = prop_oneof![4 => worst.prop_map(str::to_owned), 2 => "\\PC{0,20}", 1 => Just("x".repeat(700))];
    let many = prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat());
    prop_oneof![12 => many, 1 => foreign_letter().prop_map(|letter| letter.repeat(10_000))]
}

fn foreign_letter() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["a", "<", "&", "冲", "👍", "e\u{301}", "\u{301}", "\n"]).prop_map(str::to_owned)
}

/// Marked text with every mark around foreign words.
pub(super) fn marked() -> impl Strategy<Value = Marked> {
    let span = (foreign(), 0..9).prop_map(|(words, mark)| {
        let words = escape(&words);
        match mark {
            0 => format!("**{words}**"),
            1 => format!("`{words}`"),
            2 => format!("[{words}](https://good.example/a?b=1&c=|)"),
            3 => format!("[{words}](/?room={words})"),
            4 => format!("<@ana>{words}"),
            5 => format!("<@{words}>"),
            6 => format!("<#slack:C1{words}>"),
            7 => format!("<#console:{words}>"),
            _ => words,
        }
    });
    prop::collection::vec(span, 0..5).prop_map(|spans| Marked::new(spans.concat()))
}

proptest! {
    #[test]
    fn any_words_are_taken(words in marked()) {
        is_taken(&render(&Content::Text(words)));
    }

    #[test]
    fn any_log_and_any_file_is_taken(words in marked(), lines in prop::collection::vec(foreign(), 0..60)) {
        let file = File { name: lines.first().cloned().unwrap_or_default(), title: words.to_plain(), text: lines.join("\n") };
        is_taken(&render(&Content::Log(Box::new(Log { words, lines }))));
        is_taken(&render(&Content::File(Box::new(file))));
    }

    #[test]
    fn foreign_words_are_shown_as_they_are_and_mean_nothing(words in foreign()) {
        let message = render(&Content::Text(Marked::plain(&words)));
        is_taken(&message);
        let elements = message.blocks.first().map(|block| block["elements"][0]["elements"].clone());
        let elements = elements.as_ref().and_then(Value::as_array).cloned().unwrap_or_default();
        prop_assert!(elements.iter().all(|element| element["type"] == "text" && element.get("style").is_none()));
        if message.cut.is_empty() {
            let shown: String = elements.iter().filter_map(|element| element["text"].as_str()).collect();
            prop_assert_eq!(shown, super::super::words::clean(&words));
        }
    }
}
