//! A message as both worlds tell it, and what can be pressed and chosen on it.

use serde_json::Value;

/// A message, also one that a single reader sees.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) ts: String,
    pub(crate) text: String,
    pub(crate) blocks: Vec<Value>,
    /// The stamp of the message whose thread it stands in.
    pub(crate) thread: Option<String>,
    /// The only one who sees it.
    pub(crate) reader: Option<String>,
    pub(crate) is_ours: bool,
    pub(crate) files: Vec<Attached>,
}

/// A file of a message.
#[derive(Clone, Debug)]
pub(crate) struct Attached {
    pub(crate) name: String,
    pub(crate) title: String,
    /// In bytes.
    pub(crate) size: u64,
}

impl Attached {
    /// The files of a message.
    pub(crate) fn of(files: &Value) -> Vec<Self> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let attached = |file: &Value| Self {
            name: text(&file["name"]),
            title: text(&file["title"]),
            size: file["size"].as_u64().unwrap_or_default(),
        };
        files.as_array().into_iter().flatten().map(attached).collect()
    }
}

impl Message {
    /// Whether its text or any of its blocks holds these words.
    pub(crate) fn shows(&self, words: &str) -> bool {
        self.text.contains(words) || self.blocks.iter().any(|block| holds(block, words))
    }

    /// Whether it has a button with this word on it.
    pub(crate) fn has_button(&self, label: &str) -> bool {
        self.elements().any(|element| element["type"] == "button" && element["text"]["text"] == label)
    }

    /// The select in which this option can be chosen.
    pub(crate) fn select_with(&self, option: &str) -> Option<String> {
        let has = |element: &&Value| {
            element["options"].as_array().is_some_and(|options| options.iter().any(|one| one["value"] == option))
        };
        self.elements().find(has).and_then(|element| element["action_id"].as_str()).map(Into::into)
    }

    fn elements(&self) -> impl Iterator<Item = &Value> {
        self.blocks.iter().filter_map(|block| block["elements"].as_array()).flatten()
    }
}

pub(crate) fn holds(value: &Value, words: &str) -> bool {
    match value {
        Value::String(text) => text.contains(words),
        Value::Array(values) => values.iter().any(|value| holds(value, words)),
        Value::Object(fields) => fields.values().any(|value| holds(value, words)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
