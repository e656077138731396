//! The life of a deed: what was decided once and must happen once.

/// Where an effect stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EffectState {
    /// Decided, not yet tried.
    Waiting,
    /// Tried; the answer is not recorded yet.
    Sent,
    /// Carried out.
    Done,
    /// The outside refused it for good.
    Failed,
    /// Its deadline passed before it could be carried out.
    Expired,
    /// Tried, its end unknown, and it cannot be looked up: a person decides.
    Uncertain,
}

impl EffectState {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Uncertain => "uncertain",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Waiting, Self::Sent, Self::Done, Self::Failed, Self::Expired, Self::Uncertain]
            .into_iter()
            .find(|state| state.as_str() == word)
    }

    /// Nothing more will happen by itself.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Waiting | Self::Sent)
    }
}

/// What a courier may do with an effect whose first try ended in the dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RepeatRule {
    /// Doing it again changes nothing.
    Idempotent,
    /// It carries the effect's id outside: look for it before doing it again.
    Findable,
    /// Worth something only for a short while: tried again only while surely not sent, then dropped.
    Fleeting,
    /// An outside job that cannot be looked up: stop and ask a person.
    Ask,
}
