//! The audit as lines of JSON: each line of it with what it comes to and the seal that covers it, and each seal after its
//! lines. Whoever has all of them can verify them with a program of their own: docs/audit.md.

use std::io::Write;

use serde_json::{Value, json};

use super::walk::{self, Visit};
use crate::domain::Timestamp;
use crate::store::audit::Line;
use crate::store::db::Url;
use crate::store::error::StoreError;
use crate::store::keeping::{KeepingError, look};
use crate::store::seals::Seal;
use crate::store::seals::canon;
use crate::store::seals::read::Numbered;

/// Which lines are wanted; all of them by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Only {
    /// Decided at this moment or later.
    pub since: Option<Timestamp>,
    /// Decided before this moment.
    pub until: Option<Timestamp>,
    /// Asked for by this one, as the audit names them; `ana` is `ana as bo` too.
    pub actor: Option<String>,
    /// For this command; `iteration` is `iteration start` too.
    pub command: Option<String>,
}

impl Only {
    fn is_all(&self) -> bool {
        *self == Self::default()
    }

    fn has(&self, line: &Line) -> bool {
        let begins = |text: &str, wanted: &String| {
            text.strip_prefix(wanted.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        };
        self.since.is_none_or(|since| line.at >= since)
            && self.until.is_none_or(|until| line.at < until)
            && self.actor.as_ref().is_none_or(|actor| begins(&line.actor, actor))
            && self.command.as_ref().is_none_or(|wanted| line.command.as_deref().is_some_and(|it| begins(it, wanted)))
    }
}

/// Writes the lines that are wanted to `out`; gives how many. Of an export of all lines every seal is written, otherwise
/// those alone that cover what was written.
///
/// # Errors
/// It cannot be used, is none of Chamberlain's, or not of this release; or `out` takes no more.
pub async fn export(url: &Url, only: &Only, out: &mut (impl Write + Send)) -> Result<u64, KeepingError> {
    let mut looker = look::open(url).await?;
    looker.hold_still().await?;
    let mut export = Export { only, out, lines: 0, of_seal: 0, unwritten: None };
    let walked = walk::walk(&mut looker.tx(), &mut export).await;
    let (lines, unwritten) = (export.lines, export.unwritten);
    match (walked, unwritten) {
        (_, Some(cause)) => Err(KeepingError::Unwritten(cause)),
        (Err(cause), None) => Err(looker.failed(cause)),
        (Ok(()), None) => Ok(lines),
    }
}

struct Export<'e, W> {
    only: &'e Only,
    out: &'e mut W,
    lines: u64,
    /// How many lines of the seal at hand were written.
    of_seal: i64,
    unwritten: Option<std::io::Error>,
}

impl<W: Write> Export<'_, W> {
    fn write(&mut self, value: &Value) -> Result<(), StoreError> {
        writeln!(self.out, "{value}").map_err(|cause| {
            let told = cause.to_string();
            self.unwritten = Some(cause);
            StoreError::Failed(told)
        })
    }
}

impl<W: Write> Visit for Export<'_, W> {
    fn begin(&mut self, _seal: &Seal) -> Result<(), StoreError> {
        self.of_seal = 0;
        Ok(())
    }

    /// What is old is passed over without being read.
    fn wants(&self, seals: &[Seal]) -> bool {
        let newest = seals.iter().filter_map(|seal| seal.newest_at).max();
        match (self.only.since, newest) {
            (Some(since), Some(newest)) => newest >= since.as_millis(),
            _ => true,
        }
    }

    fn line(&mut self, seal: Option<&Seal>, numbered: &Numbered) -> Result<(), StoreError> {
        let Some(line) = &numbered.line else {
            // Somebody has written past Chamberlain; `verify` tells more.
            return self
                .write(&json!({ "kind": "unreadable", "seq": numbered.seq, "seal": seal.map(|seal| seal.number) }));
        };
        if !self.only.has(line) {
            return Ok(());
        }
        (self.lines, self.of_seal) = (self.lines + 1, self.of_seal + 1);
        let digest = canon::hex(&canon::line(numbered.seq, line));
        self.write(&json!({
            "kind": "line",
            "seq": numbered.seq,
            "at": line.at.as_millis(),
            "time": line.at.to_string(),
            "event": line.event.as_str(),
            "actor": line.actor,
            "command": line.command,
            "target": line.target,
            "outcome": line.outcome,
            "reason": line.reason,
            "rules": line.rules,
            "trace": line.trace.as_str(),
            "digest": digest,
            "seal": seal.map(|seal| seal.number),
        }))
    }

    fn end(&mut self, seal: &Seal) -> Result<(), StoreError> {
        if !self.only.is_all() && self.of_seal == 0 {
            return Ok(());
        }
        self.write(&json!({
            "kind": "seal",
            "number": seal.number,
            "sealed_at": seal.sealed_at,
            "time": Timestamp::from_millis(seal.sealed_at).to_string(),
            "first": seal.first,
            "last": seal.last,
            "lines": seal.lines,
            "newest_at": seal.newest_at,
            "removed_through": seal.removed_through,
            "kept": seal.kept,
            "body": seal.body,
            "hash": seal.hash,
            "here": self.of_seal,
        }))
    }
}
