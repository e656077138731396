//! A seal as it is kept elsewhere: a short text that shows later whether the chain up to it was written anew.

use serde_json::{Value, json};

use crate::domain::Timestamp;
use crate::store::seals::Seal;

const WHAT: &str = "a seal of Chamberlain's audit";
const HASH_DIGITS: usize = 64;

/// What of a seal is kept elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its number; unknown when only the hash was kept.
    pub number: Option<i64>,
    /// What it comes to, with all before it.
    pub hash: String,
    /// When it was made; unknown when only the hash was kept.
    pub sealed_at: Option<Timestamp>,
}

impl Kept {
    pub(super) fn of(seal: &Seal) -> Self {
        Self {
            number: Some(seal.number),
            hash: seal.hash.clone(),
            sealed_at: Some(Timestamp::from_millis(seal.sealed_at)),
        }
    }

    /// Reads what was exported, or a hash alone.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if is_hash(text) {
            return Some(Self { number: None, hash: text.to_ascii_lowercase(), sealed_at: None });
        }
        let read: Value = serde_json::from_str(text).ok()?;
        let hash = read["hash"].as_str().filter(|hash| is_hash(hash))?.to_ascii_lowercase();
        let sealed_at = read["sealed_at_ms"].as_i64().map(Timestamp::from_millis);
        Some(Self { number: Some(read["number"].as_i64()?), hash, sealed_at })
    }

    /// The text to keep.
    pub fn to_json(&self) -> Value {
        json!({
            "what": WHAT,
            "number": self.number,
            "hash": self.hash,
            "sealed_at": self.sealed_at.map(|at| at.to_string()),
            "sealed_at_ms": self.sealed_at.map(Timestamp::as_millis),
        })
    }
}

fn is_hash(text: &str) -> bool {
    text.len() == HASH_DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_exported_is_read_again_and_so_is_a_hash_alone() {
        let hash = "ab".repeat(32);
        let kept = Kept { number: Some(7), hash: hash.clone(), sealed_at: Some(Timestamp::from_millis(1_500)) };
        assert_eq!(Kept::parse(&kept.to_json().to_string()), Some(kept));
        let alone = Kept { number: None, hash: hash.clone(), sealed_at: None };
        assert_eq!(Kept::parse(&format!(" {}\n", hash.to_uppercase())), Some(alone));
        for wrong in ["", "{}", "{\"number\":1}", "abc", "{\"number\":1,\"hash\":\"abc\"}", "[]", "7"] {
            assert_eq!(Kept::parse(wrong), None, "{wrong}");
        }
    }
}
