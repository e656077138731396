//! Whether this is the real house or one to try things in.

use super::choice::one_of;
use super::problem::Fault;

/// Whether this is the real house or one to try things in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// The real house; what is not granted is refused.
    #[default]
    Production,
    /// One's own machine: sample people, and the console lets anyone act as any of them.
    Dev,
}

impl Profile {
    /// The word in the config.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Dev => "dev",
        }
    }

    pub(super) fn parse(text: String) -> Result<Self, Fault> {
        one_of([Self::Production, Self::Dev].map(|profile| (profile.as_str(), profile)))(text)
    }
}

impl std::fmt::Display for Profile {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.as_str())
    }
}
