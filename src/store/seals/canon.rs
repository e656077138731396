//! The bytes that are hashed: the same on both databases and in every release. `docs/audit.md` tells them to whoever
//! writes a program of their own.

use sha2::{Digest as _, Sha256};

use super::Seal;
use crate::store::audit::Line;

/// A SHA-256.
pub(in crate::store) type Digest = [u8; 32];

const LINE: &str = "chamberlain audit line 1";
const SEAL: &str = "chamberlain audit seal 1";

/// Fields that say what they are and how long, so that no two rows come to the same bytes.
struct Fields(Sha256);

impl Fields {
    fn of(kind: &str) -> Self {
        Self(Sha256::new()).text(Some(kind))
    }

    fn text(mut self, text: Option<&str>) -> Self {
        match text {
            None => self.0.update(b"-"),
            Some(text) => {
                self.0.update(b"t");
                self.0.update((text.len() as u64).to_be_bytes());
                self.0.update(text);
            }
        }
        self
    }

    fn number(mut self, number: Option<i64>) -> Self {
        match number {
            None => self.0.update(b"-"),
            Some(number) => {
                self.0.update(b"n");
                self.0.update(number.to_be_bytes());
            }
        }
        self
    }

    fn digest(self) -> Digest {
        self.0.finalize().into()
    }
}

/// What a line comes to.
pub(in crate::store) fn line(seq: i64, line: &Line) -> Digest {
    Fields::of(LINE)
        .number(Some(seq))
        .number(Some(line.at.as_millis()))
        .text(Some(line.event.as_str()))
        .text(Some(&line.actor))
        .text(line.command.as_deref())
        .text(line.target.as_deref())
        .text(Some(&line.outcome))
        .text(line.reason.as_deref())
        .text(Some(&line.rules))
        .text(Some(line.trace.as_str()))
        .digest()
}

/// What a seal comes to, by its own fields and the hash of the seal before it. Its fingerprints are no part of it: they
/// follow from the lines.
pub(in crate::store) fn seal(before: Option<&str>, seal: &Seal) -> String {
    let digest = Fields::of(SEAL)
        .text(before)
        .number(Some(seal.number))
        .number(Some(seal.sealed_at))
        .number(seal.first)
        .number(seal.last)
        .number(Some(seal.lines))
        .number(seal.newest_at)
        .number(seal.removed_through)
        .number(seal.kept)
        .text(Some(&seal.body))
        .digest();
    hex(&digest)
}

/// What the lines of a batch come to: their digests, one after another.
#[derive(Default)]
pub(in crate::store) struct Body(Sha256);

impl Body {
    pub(in crate::store) fn add(&mut self, line: &Digest) {
        self.0.update(line);
    }

    pub(in crate::store) fn to_hex(&self) -> String {
        hex(&self.0.clone().finalize())
    }
}

/// Bytes as people compare them.
pub(in crate::store) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    digits.map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{EventId, Timestamp, TraceId};

    fn sample() -> Line {
        Line {
            at: Timestamp::from_millis(1_772_442_000_000),
            event: EventId::new("01E"),
            actor: "ana as bo".into(),
            command: Some("deploy".into()),
            target: None,
            outcome: "changed".into(),
            reason: Some(String::new()),
            rules: "r1".into(),
            trace: TraceId::new("01T"),
        }
    }

    /// These bytes are a promise: exports of every release are verified by them.
    #[test]
    fn the_bytes_never_change() {
        let digest = line(7, &sample());
        let mut body = Body::default();
        body.add(&digest);
        let mut sealed = Seal::of_lines(1, (7, 7));
        (sealed.sealed_at, sealed.lines, sealed.newest_at) = (5, 1, Some(3));
        sealed.body = body.to_hex();
        assert_eq!(
            [hex(&digest), sealed.body.clone(), seal(None, &sealed), seal(Some("ab"), &sealed)],
            [
                "2914998b5af165cbec651ffab7a1f6611cb65d8ccdc8ea186b2c92cb37afd8cc",
                "812bac833055129e806d52066343117148f6184ce9de23234aa8488bb3aeed08",
                "ce613cf3c804bf73e21b2ecf7df75fdede6588ba64d3a64e1ea61195a70455e5",
                "85ab1c60ddb46ad7d3b24ee57c24e1c44baa76477e72eac4e18c2a723fd3f595",
            ]
        );
    }

    #[test]
    fn nothing_and_an_empty_text_differ_and_so_does_where_a_field_ends() {
        let all = [
            sample(),
            Line { reason: None, ..sample() },
            Line { target: Some(String::new()), ..sample() },
            Line { actor: "ana as b".into(), command: Some("odeploy".into()), ..sample() },
            Line { command: None, target: Some("deploy".into()), ..sample() },
        ];
        let digests: std::collections::BTreeSet<Digest> = all.iter().map(|one| line(7, one)).collect();
        assert_eq!(digests.len(), all.len());
        assert!(!digests.contains(&line(8, &sample())));
    }
}
