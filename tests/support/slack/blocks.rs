//! Block Kit's limits: what Slack refuses as `invalid_blocks`, and where it says so.

use std::collections::BTreeSet;

use serde_json::Value;

const BUTTONS: &[&str] = &["button", "overflow", "workflow_button"];
const CHOICES: &[&str] = &[
    "static_select",
    "external_select",
    "users_select",
    "conversations_select",
    "channels_select",
    "multi_static_select",
    "multi_external_select",
    "multi_users_select",
    "multi_conversations_select",
    "multi_channels_select",
    "datepicker",
    "timepicker",
    "datetimepicker",
    "checkboxes",
    "radio_buttons",
];
const INPUTS: &[&str] =
    &["plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input", "file_input"];
const PLAIN: &[&str] = &["plain_text"];
const ANY_TEXT: &[&str] = &["plain_text", "mrkdwn"];
const LARGEST_MARKDOWN: usize = 12_000;

/// Everything that is wrong with the blocks of a `message`, a `modal` or a `home`.
pub(super) fn check_blocks(blocks: &[Value], surface: &str, place: &str) -> Vec<String> {
    let mut check = Check { wrong: Vec::new(), block_ids: BTreeSet::new(), is_message: surface == "message" };
    let most = if check.is_message { 50 } else { 100 };
    if blocks.len() > most {
        check.say(place, &format!("no more than {most} items allowed"));
        return check.wrong;
    }
    for (at, block) in blocks.iter().enumerate() {
        check.block(block, &format!("{place}/{at}"));
    }
    let markdown = blocks.iter().filter(|block| block["type"] == "markdown");
    if markdown.map(|block| length(&block["text"])).sum::<usize>() > LARGEST_MARKDOWN {
        check.say(place, "markdown blocks must be less than 12001 characters together");
    }
    check.wrong
}

/// Everything that is wrong with a view.
pub(super) fn check_view(view: &Value) -> Vec<String> {
    let mut check = Check { wrong: Vec::new(), block_ids: BTreeSet::new(), is_message: false };
    let kind = view["type"].as_str().unwrap_or_default();
    let blocks = view["blocks"].as_array();
    if kind != "modal" && kind != "home" {
        check.say("/view/type", &format!("unsupported type: {kind}"));
    }
    if kind == "modal" {
        check.text(&view["title"], "/view/title", (24, PLAIN));
        for key in ["submit", "close"] {
            if !view[key].is_null() {
                check.text(&view[key], &format!("/view/{key}"), (24, PLAIN));
            }
        }
        let has_input = blocks.into_iter().flatten().any(|block| block["type"] == "input");
        if has_input && view["submit"].is_null() {
            check.say("/view", "submit is required when an input block is within the blocks array");
        }
    }
    for (key, most) in [("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)] {
        check.at_most(&view[key], &format!("/view/{key}"), most);
    }
    match blocks {
        None => check.say("/view", "missing required field: blocks"),
        Some(blocks) => check.wrong.extend(check_blocks(blocks, kind, "/view/blocks")),
    }
    check.wrong
}

struct Check {
    wrong: Vec<String>,
    block_ids: BTreeSet<String>,
    is_message: bool,
}

impl Check {
    fn say(&mut self, place: &str, what: &str) {
        self.wrong.push(format!("{what} [json-pointer:{place}]"));
    }

    fn at_most(&mut self, value: &Value, place: &str, most: usize) {
        if length(value) > most {
            self.say(place, &format!("must be less than {} characters", most + 1));
        }
    }

    /// A text object of a kind, with one character or more.
    fn text(&mut self, text: &Value, place: &str, (most, kinds): (usize, &[&str])) {
        if !text.is_object() {
            return self.say(place, "missing required field: text");
        }
        if !text["type"].as_str().is_some_and(|kind| kinds.contains(&kind)) {
            self.say(&format!("{place}/type"), "must be a valid enum value");
        }
        if text["text"].as_str().unwrap_or_default().is_empty() {
            self.say(&format!("{place}/text"), "must be more than 0 characters");
        }
        self.at_most(&text["text"], &format!("{place}/text"), most);
        for key in text.as_object().into_iter().flat_map(|text| text.keys()) {
            if !["type", "text", "emoji", "verbatim"].contains(&key.as_str()) {
                self.say(place, &format!("no more than 0 additional properties allowed: {key}"));
            }
        }
    }

    /// A list of one or more, and not of too many.
    fn items<'v>(&mut self, list: &'v Value, place: &str, most: usize) -> &'v [Value] {
        let items = list.as_array().map(Vec::as_slice).unwrap_or_default();
        if items.is_empty() {
            self.say(place, "no fewer than 1 items allowed");
        }
        if items.len() > most {
            self.say(place, &format!("no more than {most} items allowed"));
        }
        items
    }

    fn block(&mut self, block: &Value, place: &str) {
        self.at_most(&block["block_id"], &format!("{place}/block_id"), 255);
        if let Some(id) = block["block_id"].as_str()
            && !self.block_ids.insert(id.into())
        {
            self.say(&format!("{place}/block_id"), &format!("`block_id` \"{id}\" already exists"));
        }
        match block["type"].as_str().unwrap_or_default() {
            "section" => self.section(block, place),
            "actions" => self.actions(block, place),
            "header" => self.text(&block["text"], &format!("{place}/text"), (150, PLAIN)),
            "context" => {
                for (at, element) in self.items(&block["elements"], &format!("{place}/elements"), 10).iter().enumerate()
                {
                    let place = format!("{place}/elements/{at}");
                    match element["type"].as_str() {
                        Some("image") => self.image(element, &place),
                        _ => self.text(element, &place, (3000, ANY_TEXT)),
                    }
                }
            }
            "image" => self.image(block, place),
            "input" => self.input(block, place),
            "markdown" if self.is_message => self.at_most(&block["text"], &format!("{place}/text"), LARGEST_MARKDOWN),
            "divider" | "rich_text" | "table" | "context_actions" | "video" | "file" => {}
            other => self.say(&format!("{place}/type"), &format!("unsupported type: {other}")),
        }
    }

    fn section(&mut self, block: &Value, place: &str) {
        if block.get("text").is_some() {
            self.text(&block["text"], &format!("{place}/text"), (3000, ANY_TEXT));
        } else if block.get("fields").is_none() {
            self.say(place, "missing required field: text");
        }
        if block.get("fields").is_some() {
            for (at, field) in self.items(&block["fields"], &format!("{place}/fields"), 10).iter().enumerate() {
                self.text(field, &format!("{place}/fields/{at}"), (2000, ANY_TEXT));
            }
        }
        if let Some(accessory) = block.get("accessory") {
            let place = format!("{place}/accessory");
            if accessory["type"] == "image" {
                self.image(accessory, &place);
            } else {
                self.element(accessory, &place, &[BUTTONS, CHOICES]);
            }
        }
    }

    fn actions(&mut self, block: &Value, place: &str) {
        let mut action_ids = BTreeSet::new();
        for (at, element) in self.items(&block["elements"], &format!("{place}/elements"), 25).iter().enumerate() {
            let place = format!("{place}/elements/{at}");
            self.element(element, &place, &[BUTTONS, CHOICES]);
            if let Some(id) = element["action_id"].as_str()
                && !action_ids.insert(id)
            {
                let what = format!("`action_id` \"{id}\" already exists for another element");
                self.say(&format!("{place}/action_id"), &what);
            }
        }
    }

    fn input(&mut self, block: &Value, place: &str) {
        self.text(&block["label"], &format!("{place}/label"), (2000, PLAIN));
        if block.get("hint").is_some() {
            self.text(&block["hint"], &format!("{place}/hint"), (2000, PLAIN));
        }
        match block.get("element") {
            None => self.say(place, "missing required field: element"),
            Some(element) => self.element(element, &format!("{place}/element"), &[CHOICES, INPUTS]),
        }
    }

    fn image(&mut self, image: &Value, place: &str) {
        if image.get("image_url").is_none() && image.get("slack_file").is_none() {
            self.say(place, "missing required field: image_url");
        }
        if image.get("alt_text").is_none() {
            self.say(place, "missing required field: alt_text");
        }
        self.at_most(&image["image_url"], &format!("{place}/image_url"), 3000);
        self.at_most(&image["alt_text"], &format!("{place}/alt_text"), 2000);
    }

    fn element(&mut self, element: &Value, place: &str, allowed: &[&[&str]]) {
        let kind = element["type"].as_str().unwrap_or_default();
        if !allowed.iter().any(|kinds| kinds.contains(&kind)) {
            return self.say(&format!("{place}/type"), &format!("unsupported type: {kind}"));
        }
        self.at_most(&element["action_id"], &format!("{place}/action_id"), 255);
        match kind {
            "button" => {
                self.text(&element["text"], &format!("{place}/text"), (75, PLAIN));
                self.at_most(&element["value"], &format!("{place}/value"), 2000);
                self.at_most(&element["url"], &format!("{place}/url"), 3000);
                if !matches!(element.get("style").map(Value::as_str), None | Some(Some("primary" | "danger"))) {
                    self.say(&format!("{place}/style"), "must be a valid enum value");
                }
            }
            "static_select" | "multi_static_select" => self.select(element, place),
            "overflow" => self.options(&element["options"], &format!("{place}/options"), (5, PLAIN)),
            "checkboxes" | "radio_buttons" => {
                self.options(&element["options"], &format!("{place}/options"), (10, ANY_TEXT));
            }
            "number_input" if element.get("is_decimal_allowed").is_none() => {
                self.say(place, "missing required field: is_decimal_allowed");
            }
            _ => {}
        }
        if element.get("placeholder").is_some() {
            self.text(&element["placeholder"], &format!("{place}/placeholder"), (150, PLAIN));
        }
        if let Some(confirm) = element.get("confirm") {
            self.text(&confirm["title"], &format!("{place}/confirm/title"), (100, PLAIN));
            self.text(&confirm["text"], &format!("{place}/confirm/text"), (300, ANY_TEXT));
            for key in ["confirm", "deny"].into_iter().filter(|key| confirm.get(key).is_some()) {
                self.text(&confirm[key], &format!("{place}/confirm/{key}"), (30, PLAIN));
            }
        }
    }

    fn select(&mut self, element: &Value, place: &str) {
        if element.get("option_groups").is_none() {
            return self.options(&element["options"], &format!("{place}/options"), (100, PLAIN));
        }
        let place = format!("{place}/option_groups");
        for (at, group) in self.items(&element["option_groups"], &place, 100).iter().enumerate() {
            self.text(&group["label"], &format!("{place}/{at}/label"), (75, PLAIN));
            self.options(&group["options"], &format!("{place}/{at}/options"), (100, PLAIN));
        }
    }

    fn options(&mut self, options: &Value, place: &str, (most, kinds): (usize, &[&str])) {
        for (at, option) in self.items(options, place, most).iter().enumerate() {
            let place = format!("{place}/{at}");
            self.text(&option["text"], &format!("{place}/text"), (75, kinds));
            if option.get("value").is_none() && option.get("url").is_none() {
                self.say(&place, "missing required field: value");
            }
            self.at_most(&option["value"], &format!("{place}/value"), 150);
            if option.get("description").is_some() {
                self.text(&option["description"], &format!("{place}/description"), (75, kinds));
            }
        }
    }
}

fn length(value: &Value) -> usize {
    value.as_str().unwrap_or_default().chars().count()
}
