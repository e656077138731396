//! The life of a deed: what was decided once and must happen once.

/// Where an effect stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EffectState {
    /// Decided, its end not yet known.
    Waiting,
    /// Carried out.
    Done,
    /// The outside refused it for good.
    Failed,
}

impl EffectState {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Waiting, Self::Done, Self::Failed].into_iter().find(|state| state.as_str() == word)
    }

    /// Nothing more will happen by itself.
    pub fn is_final(self) -> bool {
        self != Self::Waiting
    }
}
