//! Whether the audit is what was sealed.

use super::batch::Batch;
use super::damage::{Damage, Kind};
use super::kept::Kept;
use super::walk::{self, Visit};
use crate::domain::Timestamp;
use crate::store::db::{Tx, Url, on};
use crate::store::error::StoreError;
use crate::store::keeping::{KeepingError, look};
use crate::store::seals::Seal;
use crate::store::seals::canon;
use crate::store::seals::read::Numbered;

/// How many damages are told one by one.
const MOST: usize = 200;

/// How far the audit is sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The last seal, as it can be kept elsewhere.
    pub seal: Kept,
    /// The number of the last line that is sealed; none when no seal has lines.
    pub line: Option<i64>,
    /// How many batches there are.
    pub batches: u64,
    /// How many lines of them are there.
    pub lines: u64,
}

/// What retention removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// How many batches.
    pub batches: u64,
    /// How many lines they had.
    pub lines: u64,
    /// When the last of them was removed.
    pub at: Option<Timestamp>,
    /// How many milliseconds lines were to be kept by then.
    pub kept: Option<i64>,
}

/// What is not sealed yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// How many lines.
    pub lines: i64,
    /// When the first of them was decided.
    pub oldest_at: Option<Timestamp>,
}

/// What was looked at, and what is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// How far it is sealed; none when nothing is.
    pub sealed: Option<Sealed>,
    /// What retention removed.
    pub removed: Removed,
    /// What is not sealed yet.
    pub waiting: Waiting,
    /// Nothing when all is as it was sealed; otherwise the first of what is wrong.
    pub damages: Vec<Damage>,
    /// How many more.
    pub more: u64,
}

/// Verifies the audit of the database at `url` by its own seals, and by those that were kept elsewhere.
///
/// # Errors
/// It cannot be used, is none of Chamberlain's, or not of this release.
pub async fn verify(url: &Url, kept: Vec<Kept>) -> Result<Verified, KeepingError> {
    let mut looker = look::open(url).await?;
    looker.hold_still().await?;
    let verified = Verify::over(&mut looker.tx(), kept).await;
    verified.map_err(|cause| looker.failed(cause))
}

/// A seal that tells of a removal.
struct Told {
    number: i64,
    through: i64,
    at: i64,
    kept: i64,
}

struct Verify {
    /// The seal before, without its fingerprints.
    before: Option<Seal>,
    /// The last line that a seal has.
    line: Option<i64>,
    removed_through: i64,
    told: Vec<Told>,
    /// Those that were not met yet.
    kept: Vec<Kept>,
    /// The batch whose lines come.
    batch: Option<Batch>,
    batches: u64,
    lines: u64,
    found: Verified,
}

impl Verify {
    async fn over(tx: &mut Tx<'_>, kept: Vec<Kept>) -> Result<Verified, StoreError> {
        let mut verify = Self {
            before: None,
            line: None,
            removed_through: walk::removed_through(tx).await?,
            told: Vec::new(),
            kept,
            batch: None,
            batches: 0,
            lines: 0,
            found: Verified::default(),
        };
        walk::walk(tx, &mut verify).await?;
        verify.too_early(tx).await?;
        Ok(verify.done())
    }

    fn find(&mut self, seal: i64, kind: Kind) {
        if self.found.damages.len() < MOST {
            self.found.damages.push(Damage { seal, kind });
        } else {
            self.found.more += 1;
        }
    }

    /// Whether the seal follows from the one before it.
    fn link(&mut self, seal: &Seal) {
        let wanted = self.before.as_ref().map_or(1, |before| before.number + 1);
        if seal.number > wanted {
            // Without the one before it nothing more can be said of its own fields.
            return self.find(wanted, Kind::SealsMissing(seal.number - 1));
        }
        let before = self.before.as_ref().map(|before| before.hash.as_str());
        let is_in_order = match (seal.first, seal.last) {
            (Some(first), Some(last)) => first <= last && self.line.is_none_or(|line| line < first),
            (None, None) => seal.removed_through.is_some_and(|through| through < seal.number),
            _ => false,
        };
        if seal.number != wanted || !is_in_order || canon::seal(before, seal) != seal.hash {
            self.find(seal.number, Kind::Seal);
        }
    }

    /// Strikes out what was kept elsewhere and is here.
    fn meet(&mut self, seal: &Seal) {
        let is_met = |kept: &Kept| kept.hash == seal.hash && kept.number.is_none_or(|number| number == seal.number);
        self.kept.retain(|kept| !is_met(kept));
    }

    /// Looks whether what was removed was old enough by the rule that its seal names.
    async fn too_early(&mut self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        const SQL: &str = "SELECT max(newest_at) FROM audit_seals WHERE number > $1 AND number <= $2";
        let mut after = 0;
        for Told { number, through, at, kept } in std::mem::take(&mut self.told) {
            let (newest,): (Option<i64>,) =
                on!(tx, c => sqlx::query_as(SQL).bind(after).bind(through).fetch_one(c).await)?;
            if newest.is_some_and(|newest| newest.saturating_add(kept) > at) {
                self.find(number, Kind::TooEarly);
            }
            after = through;
        }
        Ok(())
    }

    fn done(mut self) -> Verified {
        for kept in std::mem::take(&mut self.kept) {
            match kept.number {
                Some(number) => self.find(number, Kind::NotKept),
                None => self.find(0, Kind::HashNotKept(kept.hash)),
            }
        }
        let sealed =
            |seal: &Seal| Sealed { seal: Kept::of(seal), line: self.line, batches: self.batches, lines: self.lines };
        Verified { sealed: self.before.as_ref().map(sealed), ..self.found }
    }
}

impl Visit for Verify {
    fn begin(&mut self, seal: &Seal) -> Result<(), StoreError> {
        self.link(seal);
        self.meet(seal);
        if let (Some(through), Some(kept)) = (seal.removed_through, seal.kept) {
            self.told.push(Told { number: seal.number, through, at: seal.sealed_at, kept });
            (self.found.removed.at, self.found.removed.kept) =
                (Some(Timestamp::from_millis(seal.sealed_at)), Some(kept));
        }
        let is_removed = seal.number <= self.removed_through;
        if seal.last.is_some() {
            self.batches += 1;
            if is_removed {
                self.found.removed.batches += 1;
                self.found.removed.lines += u64::try_from(seal.lines).unwrap_or_default();
            }
        }
        self.batch = Some(Batch::of(seal, is_removed));
        Ok(())
    }

    fn wants(&self, _seals: &[Seal]) -> bool {
        true
    }

    fn line(&mut self, seal: Option<&Seal>, line: &Numbered) -> Result<(), StoreError> {
        if let (Some(_), Some(batch)) = (seal, &mut self.batch) {
            self.lines += 1;
            batch.add(line.seq, line.digest().as_ref());
        } else {
            let waiting = &mut self.found.waiting;
            waiting.lines += 1;
            waiting.oldest_at = waiting.oldest_at.or(line.line.as_ref().map(|line| line.at));
        }
        Ok(())
    }

    fn end(&mut self, seal: &Seal) -> Result<(), StoreError> {
        let found = self.batch.take().map(Batch::end).unwrap_or_default();
        for kind in found {
            self.find(seal.number, kind);
        }
        self.line = self.line.max(seal.last);
        self.before = Some(Seal { prints: String::new(), ..seal.clone() });
        Ok(())
    }
}
