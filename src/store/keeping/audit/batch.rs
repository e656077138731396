//! One batch compared with its seal, line by line.

use super::damage::{Kind, Ranges};
use crate::store::seals::Seal;
use crate::store::seals::canon::{Body, Digest};
use crate::store::seals::prints::{self, print};

/// A batch whose lines come one after another.
pub(super) struct Batch {
    /// What the lines came to when they were sealed.
    sealed: String,
    /// The fingerprints; none when they are not as they are written.
    prints: Option<Vec<(i64, [u8; 8])>>,
    has_prints: bool,
    /// How many of the fingerprints have had their turn.
    seen: usize,
    body: Body,
    /// Whether a line cannot be read.
    is_unreadable: bool,
    is_removed: bool,
    changed: Ranges,
    missing: Ranges,
    added: Ranges,
}

impl Batch {
    pub(super) fn of(seal: &Seal, is_removed: bool) -> Self {
        let known = prints::read(seal.first.unwrap_or_default(), &seal.prints);
        let fits = |known: &Vec<(i64, [u8; 8])>| known.last().map(|(seq, _)| *seq) == seal.last;
        Self {
            sealed: seal.body.clone(),
            prints: known.filter(fits),
            has_prints: !seal.prints.is_empty(),
            seen: 0,
            body: Body::default(),
            is_unreadable: false,
            is_removed,
            changed: Ranges::default(),
            missing: Ranges::default(),
            added: Ranges::default(),
        }
    }

    /// The next line; without a digest it cannot be read.
    pub(super) fn add(&mut self, seq: i64, digest: Option<&Digest>) {
        if self.is_removed {
            return self.added.add(seq);
        }
        match digest {
            Some(digest) => self.body.add(digest),
            None => self.is_unreadable = true,
        }
        self.pass(|known| known < seq);
        let Some(known) = &self.prints else { return };
        match known.get(self.seen) {
            Some((known, wanted)) if *known == seq => {
                self.seen += 1;
                if digest.is_none_or(|digest| print(digest).as_bytes() != wanted) {
                    self.changed.add(seq);
                }
            }
            _ => self.added.add(seq),
        }
    }

    /// What was found.
    pub(super) fn end(mut self) -> Vec<Kind> {
        if self.is_removed {
            let back = (self.added.count() > 0).then_some(Kind::Back(self.added));
            let prints = self.has_prints.then_some(Kind::Prints);
            return back.into_iter().chain(prints).collect();
        }
        self.pass(|_| true);
        let is_whole = !self.is_unreadable && self.body.to_hex() == self.sealed;
        let is_located = [&self.changed, &self.missing, &self.added].into_iter().any(|lines| lines.count() > 0);
        match (is_whole, is_located) {
            (true, false) if self.prints.is_some() => Vec::new(),
            (true, _) => vec![Kind::Prints],
            (false, false) => vec![Kind::Spoiled],
            (false, true) => {
                let found = [
                    (Kind::Changed as fn(Ranges) -> Kind, self.changed),
                    (Kind::Missing, self.missing),
                    (Kind::Added, self.added),
                ];
                found.into_iter().filter(|(_, lines)| lines.count() > 0).map(|(kind, lines)| kind(lines)).collect()
            }
        }
    }

    /// What should have come by now is missing.
    fn pass(&mut self, is_due: impl Fn(i64) -> bool) {
        let Some(known) = &self.prints else { return };
        while let Some((seq, _)) = known.get(self.seen).filter(|(seq, _)| is_due(*seq)) {
            self.missing.add(*seq);
            self.seen += 1;
        }
    }
}
