//! Block Kit, for Slack: every message has its words for the notification, and blocks within Slack's limits.
//!
//! Nothing here is `mrkdwn`: what stands in blocks is rich text or plain text, which Slack shows letter by letter.

mod actions;
mod card;
mod form;
mod home;
mod limits;
mod notification;
mod rich;
mod select;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod validator;
mod words;

#[cfg(test)]
mod tests;

use serde_json::Value;

pub use form::{form, instead, loading, options, wrong};
pub use home::home;

use self::rich::Line;
use crate::card::model::Content;
use crate::domain::PersonId;
use crate::domain::marked::Marked;

/// What the renderer must know of the workspace.
pub struct Surroundings<'s> {
    /// A person's account there, to mention them.
    pub account: &'s dyn Fn(&PersonId) -> Option<String>,
    /// The console's address in a browser, without a slash at its end: where links within it lead.
    pub console: Option<&'s str>,
}

/// A message as Slack takes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Rendered {
    /// What notifications and screen readers tell.
    pub text: String,
    /// The blocks; none when there is nothing to show.
    pub blocks: Vec<Value>,
    /// What did not fit into the blocks and was left out, each in a few words.
    pub cut: Vec<String>,
}

/// The Block Kit form of a message.
pub fn content(content: &Content, around: &Surroundings<'_>) -> Rendered {
    // A card names people; only words call them.
    let named = Surroundings { account: &|_| None, console: around.console };
    let around = if matches!(content, Content::Card(_)) { &named } else { around };
    let (blocks, cut) = match content {
        Content::Text(words) => self::words(words, around),
        Content::Card(card) => card::blocks(card, around),
        Content::Log(log) => card::log_blocks(log, around),
        Content::File(file) => card::log_blocks(&file.as_log(), around),
    };
    Rendered { text: notification::of(content, around), blocks, cut }
}

/// A few words. In blocks too: a message of text alone would have its foreign words read for marks.
fn words(words: &Marked, around: &Surroundings<'_>) -> (Vec<Value>, Vec<String>) {
    let mut line = Line::within(limits::ALL_BLOCKS - limits::NOTE);
    line.marked(words, around);
    let cut: Vec<String> = line.is_cut().then(|| "the end of the text".to_owned()).into_iter().collect();
    let note = (!cut.is_empty()).then(|| card::note(&cut));
    let text = line.section().and_then(|section| rich::block(&[section]));
    (text.into_iter().chain(note).collect(), cut)
}

impl Surroundings<'_> {
    fn account_of(&self, person: &PersonId) -> Option<String> {
        (self.account)(person).filter(|account| rich::is_id(account))
    }

    /// Where a link leads; nothing when it leads nowhere from here.
    fn address(&self, address: &str) -> Option<String> {
        let whole = if address.starts_with('/') { format!("{}{address}", self.console?) } else { address.to_owned() };
        let rest = whole.strip_prefix("https://").or_else(|| whole.strip_prefix("http://"));
        let host = rest.and_then(|rest| rest.chars().next());
        // One address that Slack does not read as one, and the whole message is refused.
        let is_whole = host.is_some_and(char::is_alphanumeric)
            && words::clean(&whole) == whole
            && !whole.contains(char::is_whitespace);
        let safe = whole.replace('|', "%7C").replace('<', "%3C").replace('>', "%3E");
        (is_whole && words::length(&safe) <= limits::ADDRESS).then_some(safe)
    }
}
