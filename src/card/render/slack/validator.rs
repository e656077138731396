//! What Slack takes, checked on the finished JSON: every limit of the table, and nothing that Slack would read for marks.
//! For tests and for fuzzing; no part of a release.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Rendered, limits, words};

/// Everything that Slack would refuse or misread.
pub(crate) fn problems(message: &Rendered) -> Vec<String> {
    let mut found = Found::default();
    let long = message.text.encode_utf16().count();
    found.check((1..=limits::NOTIFICATION).contains(&long), "the notification is too long, or empty");
    found.notification(&message.text);
    found.check(message.blocks.len() <= limits::BLOCKS, "too many blocks");
    found.check(message.blocks.iter().map(words::weight).sum::<usize>() <= 13_000, "the blocks are too long together");
    found.blocks(&message.blocks);
    found.0
}

/// The same of a modal or a home tab.
pub(crate) fn problems_of_view(view: &Value) -> Vec<String> {
    let mut found = Found::default();
    let blocks = list(view, "blocks");
    found.check(blocks.len() <= limits::VIEW_BLOCKS, "too many blocks");
    found.blocks(blocks);
    let has_fields = blocks.iter().any(|block| of(block, "type") == "input");
    match of(view, "type") {
        "modal" => {
            found.plain("a title", &view["title"], limits::VIEW_WORD);
            found.plain("the word that closes", &view["close"], limits::VIEW_WORD);
            found.check(!has_fields || view.get("submit").is_some(), "fields and nothing that sends them");
            if let Some(submit) = view.get("submit") {
                found.plain("the word that sends", submit, limits::VIEW_WORD);
            }
            found.check(escaped(of(view, "private_metadata")) <= 3_000, "what is carried is too long");
        }
        "home" => {
            found.check(!has_fields, "a field on a page");
            found.check(view.as_object().is_some_and(|view| view.len() == 2), "a page has nothing but blocks");
        }
        other => found.0.push(format!("a view of the kind {other}")),
    }
    found.0
}

#[derive(Default)]
struct Found(Vec<String>);

impl Found {
    fn check(&mut self, is_right: bool, told: &str) {
        if !is_right {
            self.0.push(told.to_owned());
        }
    }

    /// Slack wants at least a letter, and at most so many.
    fn text(&mut self, what: &str, text: &str, most: usize) {
        self.check(!text.is_empty(), &format!("{what} is empty"));
        self.check(escaped(text) <= most, &format!("{what} is longer than {most}"));
        let hidden = |letter: char| {
            matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
                || (letter.is_control() && !matches!(letter, '\n' | '\t'))
        };
        let carries = what.ends_with("takes along") || what.ends_with("id");
        self.check(carries || !text.contains(hidden), &format!("{what} hides letters"));
    }

    /// In the words beside the blocks only what we put there means something.
    fn notification(&mut self, text: &str) {
        let mut rest = text;
        while let Some(place) = rest.find(['<', '>', '&']) {
            rest = &rest[place..];
            let taken = ["&amp;", "&lt;", "&gt;"].into_iter().find(|escape| rest.starts_with(escape)).map(str::len);
            let ours = || {
                let (inner, _) = rest.strip_prefix("<@").or(rest.strip_prefix("<#"))?.split_once('>')?;
                (inner.starts_with(['U', 'C']) && inner.chars().all(char::is_alphanumeric)).then_some(inner.len() + 3)
            };
            let Some(taken) = taken.or_else(ours) else {
                return self.0.push(format!("the notification means something at {rest:?}"));
            };
            rest = &rest[taken..];
        }
    }

    fn blocks(&mut self, blocks: &[Value]) {
        let mut ids = BTreeSet::new();
        for block in blocks {
            if let Some(id) = block.get("block_id") {
                self.text("a block id", id.as_str().unwrap_or_default(), limits::ID);
                self.check(ids.insert(id.to_string()), "a block id comes twice");
            }
            self.block(block);
        }
    }

    fn block(&mut self, block: &Value) {
        match of(block, "type") {
            "rich_text" => {
                self.check(!list(block, "elements").is_empty(), "rich text without parts");
                for part in list(block, "elements") {
                    self.rich_part(part);
                }
            }
            "context" => {
                self.check((1..=10).contains(&list(block, "elements").len()), "context elements");
                for words in list(block, "elements") {
                    self.plain("a context", words, limits::TEXT);
                }
            }
            "actions" => self.actions(list(block, "elements")),
            "header" => self.plain("a heading", &block["text"], limits::HEADER),
            "section" => self.plain("a section", &block["text"], limits::TEXT),
            "input" => self.field(block),
            other => self.0.push(format!("a block of the kind {other}")),
        }
    }

    fn rich_part(&mut self, part: &Value) {
        self.check(matches!(of(part, "type"), "rich_text_section" | "rich_text_preformatted"), "a part of rich text");
        self.check(!list(part, "elements").is_empty(), "a part of rich text without elements");
        for element in list(part, "elements") {
            match of(element, "type") {
                "text" => self.text("a text", of(element, "text"), limits::TEXT),
                "emoji" => self.text("an emoji", of(element, "name"), 100),
                "user" => self.check(of(element, "user_id").starts_with('U'), "a user"),
                "channel" => self.check(of(element, "channel_id").starts_with('C'), "a channel"),
                "link" => {
                    self.text("a link", of(element, "text"), limits::TEXT);
                    self.address(of(element, "url"));
                }
                other => self.0.push(format!("an element of the kind {other}")),
            }
        }
    }

    fn actions(&mut self, elements: &[Value]) {
        self.check((1..=25).contains(&elements.len()), "elements of a row");
        let mut ids = BTreeSet::new();
        for element in elements {
            self.text("an action id", of(element, "action_id"), limits::ID);
            self.check(ids.insert(of(element, "action_id")), "an action id comes twice in its row");
            match of(element, "type") {
                "button" => self.button(element),
                "static_select" => self.select(element),
                other => self.0.push(format!("an action of the kind {other}")),
            }
        }
    }

    fn confirm(&mut self, confirm: &Value, style: &str) {
        for (field, most) in [("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)] {
            self.plain(&format!("the {field} of a question"), &confirm[field], most);
        }
        self.check(of(confirm, "style") == style, "a question in another style than its button's");
    }

    /// It takes something along, or leads to an address.
    fn button(&mut self, button: &Value) {
        self.plain("a button", &button["text"], limits::BUTTON);
        self.check(matches!(of(button, "style"), "" | "primary" | "danger"), "a style");
        self.check(of(button, "style") != "danger" || button.get("confirm").is_some(), "danger unasked");
        if let Some(confirm) = button.get("confirm") {
            self.confirm(confirm, of(button, "style"));
        }
        match button.get("url") {
            None => self.text("what a button takes along", of(button, "value"), limits::VALUE),
            Some(_) => self.address(of(button, "url")),
        }
    }

    fn address(&mut self, url: &str) {
        self.text("an address", url, limits::ADDRESS);
        let host = url.strip_prefix("https://").or(url.strip_prefix("http://")).and_then(|rest| rest.chars().next());
        self.check(host.is_some_and(char::is_alphanumeric), "an address that leads nowhere");
        self.check(!url.contains(['|', '<', '>', ' ']), "an address that ends early");
    }

    /// A field of a form.
    fn field(&mut self, block: &Value) {
        self.plain("a label", &block["label"], limits::LABEL);
        if let Some(hint) = block.get("hint") {
            self.plain("a hint", hint, limits::LABEL);
        }
        self.check(block.get("block_id").is_some(), "a field without a name");
        let element = &block["element"];
        self.text("an action id", of(element, "action_id"), limits::ID);
        match of(element, "type") {
            "plain_text_input" => {
                let long = of(element, "initial_value").encode_utf16().count();
                self.check(long <= limits::TEXT, "more words than a field takes");
            }
            "external_select" => {
                self.plain("a placeholder", &element["placeholder"], limits::PLACEHOLDER);
                if let Some(initial) = element.get("initial_option") {
                    self.option(initial);
                }
            }
            "static_select" => self.select(element),
            "checkboxes" => {
                let options = list(element, "options");
                self.check((1..=10).contains(&options.len()), "the number of boxes");
                for option in options {
                    self.option(option);
                }
                let ticked = element.get("initial_options").map(|_| list(element, "initial_options"));
                let is_one = |ticked: &[Value]| !ticked.is_empty() && ticked.iter().all(|one| options.contains(one));
                self.check(ticked.is_none_or(is_one), "what is ticked is not one of the boxes");
            }
            other => self.0.push(format!("a field of the kind {other}")),
        }
    }

    fn option(&mut self, option: &Value) {
        self.plain("an option", &option["text"], limits::OPTION);
        self.text("what an option takes along", of(option, "value"), limits::OPTION_VALUE);
        if let Some(hint) = option.get("description") {
            self.plain("an option's hint", hint, limits::OPTION);
        }
    }

    fn select(&mut self, select: &Value) {
        let options = list(select, "options");
        self.check((1..=limits::OPTIONS).contains(&options.len()), "the number of options");
        for option in options {
            self.option(option);
        }
        if let Some(placeholder) = select.get("placeholder") {
            self.plain("a placeholder", placeholder, limits::PLACEHOLDER);
        }
        if let Some(initial) = select.get("initial_option") {
            let same = options.iter().filter(|option| *option == initial).count();
            self.check(same == 1, "what is chosen is not one of the options");
        }
    }

    fn plain(&mut self, what: &str, words: &Value, most: usize) {
        self.check(of(words, "type") == "plain_text", "words that are read for marks");
        self.check(words["emoji"] == false, "words that are read for emoji");
        self.text(what, of(words, "text"), most);
    }
}

fn of<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn escaped(text: &str) -> usize {
    text.replace('&', "&amp;").replace(['<', '>'], "&lt;").encode_utf16().count()
}
