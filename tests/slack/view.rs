//! A modal or a home tab as both worlds tell it.

use serde_json::Value;

use crate::message::holds;

/// A view as somebody sees it.
#[derive(Clone, Debug)]
pub(crate) struct View {
    pub(crate) id: String,
    /// Another one whenever it is shown anew.
    pub(crate) hash: String,
    pub(crate) blocks: Vec<Value>,
}

/// A button of a view.
#[derive(Clone, Debug)]
pub(crate) struct Button {
    pub(crate) block: String,
    pub(crate) action: String,
    pub(crate) value: String,
}

impl View {
    /// Whether any of its blocks holds these words.
    pub(crate) fn shows(&self, words: &str) -> bool {
        self.blocks.iter().any(|block| holds(block, words))
    }

    /// The button with this word on it that takes this along, among other things.
    pub(crate) fn button(&self, label: &str, along: &str) -> Option<Button> {
        let in_block = |block: &Value| {
            let is_it = |element: &&Value| element["text"]["text"] == label && text(&element["value"]).contains(along);
            let element = block["elements"].as_array()?.iter().find(is_it)?;
            let [block, action, value] = [&block["block_id"], &element["action_id"], &element["value"]].map(text);
            Some(Button { block, action, value })
        };
        self.blocks.iter().find_map(in_block)
    }

    /// Whether a button with this word on it leads to an address that begins so.
    pub(crate) fn leads(&self, label: &str, address: &str) -> bool {
        let elements = self.blocks.iter().filter_map(|block| block["elements"].as_array()).flatten();
        elements
            .filter(|element| element["text"]["text"] == label)
            .any(|element| text(&element["url"]).starts_with(address))
    }

    /// What stands in the field of this name when it opens.
    pub(crate) fn filled(&self, field: &str) -> Option<&str> {
        let block = self.blocks.iter().find(|block| block["type"] == "input" && block["block_id"] == field)?;
        let element = &block["element"];
        element["initial_value"].as_str().or(element["initial_option"]["value"].as_str())
    }

    /// The fields, by their names.
    pub(crate) fn fields(&self) -> Vec<&str> {
        let fields = self.blocks.iter().filter(|block| block["type"] == "input");
        fields.map(|block| block["block_id"].as_str().unwrap()).collect()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
