//! The secret part of the hooks' addresses: who knows it may hint.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;

use crate::domain::component::RepositoryName;

/// As many letters as 256 random bits take.
const LENGTH: usize = 43;

/// A secret of 256 random bits.
#[derive(Clone)]
pub struct HookKey(String);

impl HookKey {
    /// A new one.
    pub fn fresh() -> Self {
        Self(BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()))
    }

    /// Reads one that was kept; nothing when it is too short to be a secret, or would not stand in an address.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        (text.len() >= LENGTH && text.bytes().all(fits)).then(|| Self(text.to_owned()))
    }

    /// The key, to be kept in a file.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The path by which a hint for `repository` comes.
    pub fn push_path(&self, repository: &RepositoryName) -> String {
        format!("/hooks/push/{}/{repository}", self.0)
    }

    /// Whether this is the key, found out in the same time however much of it is right.
    pub(super) fn is(&self, told: &str) -> bool {
        self.0.as_bytes().ct_eq(told.as_bytes()).into()
    }
}

impl fmt::Debug for HookKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HookKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_kept_and_read_again_and_is_in_no_log() {
        let key = HookKey::fresh();
        let kept = HookKey::parse(key.reveal()).unwrap();
        assert!(kept.is(key.reveal()) && !kept.is(HookKey::fresh().reveal()) && !kept.is(""));
        assert!(!format!("{key:?}").contains(key.reveal()));
    }

    #[test]
    fn what_is_short_or_would_end_the_path_is_no_key() {
        for text in ["", "short", &"x".repeat(LENGTH - 1), &format!("{}/", "x".repeat(LENGTH))] {
            assert!(HookKey::parse(text).is_none(), "{text}");
        }
    }
}
