//! A short fingerprint of each line of a batch: no proof of anything, but it tells which line was changed, is missing or
//! was added, once the hash over all of them says that something was.
//!
//! Eight letters a line; where numbers were left out, how many: `q2Zp0aXw(+3)9bLk_-2A`.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::canon::Digest;

/// How many bytes of a digest are kept.
const BYTES: usize = 6;
const LETTERS: usize = 8;

/// Writes down one after another.
#[derive(Default)]
pub(in crate::store) struct Prints {
    text: String,
    last: Option<i64>,
}

/// The fingerprint of one line.
pub(in crate::store) fn print(digest: &Digest) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(&digest[..BYTES])
}

impl Prints {
    pub(in crate::store) fn add(&mut self, seq: i64, digest: &Digest) {
        let skipped = self.last.map_or(0, |last| seq.saturating_sub(last).saturating_sub(1));
        if skipped > 0 {
            self.text.extend(["(+", &skipped.to_string(), ")"]);
        }
        self.text.push_str(&print(digest));
        self.last = Some(seq);
    }

    pub(in crate::store) fn into_text(self) -> String {
        self.text
    }
}

/// The numbers from `first` on with their fingerprints; none when it is not as it was written.
pub(in crate::store) fn read(first: i64, text: &str) -> Option<Vec<(i64, [u8; LETTERS])>> {
    let (mut rest, mut seq) = (text, first);
    let mut found = Vec::with_capacity(text.len() / LETTERS);
    while !rest.is_empty() {
        if let Some(skip) = rest.strip_prefix("(+") {
            let (skipped, after) = skip.split_once(')')?;
            seq = seq.checked_add(skipped.parse::<u32>().ok()?.into())?;
            rest = after;
        }
        let (print, after) = rest.split_at_checked(LETTERS)?;
        found.push((seq, print.as_bytes().try_into().ok()?));
        (seq, rest) = (seq.checked_add(1)?, after);
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read() {
        let digest = |byte: u8| [byte; 32];
        let mut prints = Prints::default();
        for (seq, byte) in [(7, 0), (8, 255), (12, 9), (13, 1)] {
            prints.add(seq, &digest(byte));
        }
        let text = prints.into_text();
        assert_eq!(text, "AAAAAAAA________(+3)CQkJCQkJAQEBAQEB");
        let found = read(7, &text).unwrap();
        assert_eq!(found, [(7, *b"AAAAAAAA"), (8, *b"________"), (12, *b"CQkJCQkJ"), (13, *b"AQEBAQEB")]);
    }

    #[test]
    fn what_was_spoiled_is_not_read() {
        for text in ["AAAA", "AAAAAAAA(+", "AAAAAAAA(+x)AAAAAAAA", "(+1)", "AAAAAAA\u{e9}", "(+-2)AAAAAAAA"] {
            assert_eq!(read(1, text), None, "{text}");
        }
    }
}
