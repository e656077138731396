//! By what figures are told apart. Each value is a word that stands in the program.

use prometheus_client::encoding::EncodeLabelSet;

/// An event that was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Decided {
    /// Where it came from: a chat, `house` or `timer`.
    pub source: &'static str,
    /// What came of it.
    pub outcome: &'static str,
}

/// Where events come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct BySource {
    pub(super) source: &'static str,
}

/// A deed that came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Delivered {
    /// What kind of deed.
    pub kind: &'static str,
    /// How it ended.
    pub state: &'static str,
}

/// A call to a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct ChatCall {
    /// Which chat.
    pub chat: &'static str,
    /// What was asked for.
    pub call: &'static str,
    /// How it ended: `ok`, or what kept it from being done.
    pub end: &'static str,
}

/// Which chat is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct ByCaller {
    pub(super) chat: &'static str,
}

/// A look of a steward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Looked {
    /// At what kind of thing.
    pub steward: &'static str,
    /// How it ended: `at_rest`, `again` or `failed`.
    pub end: &'static str,
}

/// A deployment that ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Deployed {
    /// What led to it.
    pub cause: &'static str,
    /// How it ended.
    pub state: &'static str,
}

/// A request that was answered.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Requested {
    /// Which route of ours; `component` for what was passed on, `none` for what leads nowhere.
    pub route: String,
    /// `2xx`, `3xx`, `4xx` or `5xx`.
    pub status: &'static str,
}
