//! The moments at which a death is worst: told under one target of the trace log, so that the fault harness can hold and
//! kill the process in each of them. Nobody else listens, and a told moment that nobody hears costs one comparison.

/// The target of the trace events that tell moments.
pub const TARGET: &str = "chamberlain::moment";

/// A moment between two truths: ours on the disk, and the outside's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// An arrival was taken in and is not on the disk yet.
    BeforeInsert,
    /// It is on the disk, and whoever sent it does not know.
    AfterInsert,
    /// An event is being decided.
    Deciding,
    /// It was decided, and nothing of it is on the disk yet.
    BeforeCommit,
    /// It is on the disk, and nothing of it was carried out yet.
    AfterCommit,
    /// The outside was asked for something, and has not answered yet.
    Calling,
    /// The outside has answered, and the answer is not on the disk yet.
    BeforeReceipt,
    /// A component is being started.
    Starting,
    /// A component is being ended.
    Stopping,
}

impl Moment {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::BeforeInsert,
        Self::AfterInsert,
        Self::Deciding,
        Self::BeforeCommit,
        Self::AfterCommit,
        Self::Calling,
        Self::BeforeReceipt,
        Self::Starting,
        Self::Stopping,
    ];

    /// The word it is told by.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BeforeInsert => "before-insert",
            Self::AfterInsert => "after-insert",
            Self::Deciding => "deciding",
            Self::BeforeCommit => "before-commit",
            Self::AfterCommit => "after-commit",
            Self::Calling => "calling",
            Self::BeforeReceipt => "before-receipt",
            Self::Starting => "starting",
            Self::Stopping => "stopping",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|moment| moment.as_str() == word)
    }
}
