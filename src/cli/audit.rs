//! `chamberlain audit`: verified, sealed elsewhere, exported.

use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use chrono::{DateTime, NaiveDate, Utc};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::config::Config;
use crate::domain::Timestamp;
use crate::ports::{Clock, SystemClock};
use crate::runtime::Settings;
use crate::store::Url;
use crate::store::keeping;
use crate::store::keeping::audit::{self, Damage, Kept, Only, Verified, Waiting};

/// The exit code when the audit is not what was sealed; 1 says that it could not be looked at.
const BROKEN: u8 = 3;

/// Who asked for what: verified, sealed elsewhere, exported.
#[derive(Debug, Args)]
pub struct Audit {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Tell whether the audit is what was sealed; exit code 3 when it is not. It only reads, also while Chamberlain runs.
    Verify {
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
        /// Seals that were kept elsewhere: files that `audit seal` wrote, or their hashes.
        #[arg(long, value_name = "FILE|HASH", num_args = 1..)]
        from_seal: Vec<String>,
        #[command(flatten)]
        place: Place,
    },
    /// Print the last seal, to be kept where nobody reaches it who can write to the database.
    Seal {
        #[command(flatten)]
        place: Place,
    },
    /// Print the audit, oldest first, each line with what it comes to and the seal that covers it.
    Export {
        /// Only what was decided at this moment or later: 2026-03-02, 2026-03-02T09:00:00Z, or a span of time ago: 7d.
        #[arg(long, value_name = "WHEN")]
        since: Option<String>,
        /// Only what was decided before this moment.
        #[arg(long, value_name = "WHEN")]
        until: Option<String>,
        /// Only what this one asked for, as the audit names them.
        #[arg(long, value_name = "NAME")]
        actor: Option<String>,
        /// Only this command, by its words or its first ones.
        #[arg(long, value_name = "WORDS")]
        command: Option<String>,
        /// The form: one JSON object a line.
        #[arg(long, default_value = "jsonl", value_parser = ["jsonl"])]
        format: String,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Debug, Args)]
struct Place {
    /// The address of another database than the config's, as for `store copy`.
    #[arg(long, value_name = "ADDRESS", default_value = "config")]
    database: String,
}

impl Place {
    fn url(&self, config: &Config) -> anyhow::Result<Url> {
        let address = config.database(&self.database).map_err(|told| anyhow::anyhow!("--database: {told}"))?;
        Ok(Settings::url(&address))
    }
}

/// Does what was asked for; gives the exit code.
pub async fn run(config: &Config, audit: Audit, out: &mut (impl Write + Send)) -> anyhow::Result<ExitCode> {
    match audit.command {
        Command::Verify { json, from_seal, place } => {
            let url = place.url(config)?;
            let kept = from_seal.iter().map(|named| kept(named)).collect::<anyhow::Result<Vec<_>>>()?;
            let verified = audit::verify(&url, kept.clone()).await?;
            let report = Report { name: keeping::name(&url), verified, kept: kept.len(), config };
            if json {
                writeln!(out, "{}", report.to_json())?;
            } else {
                report.tell(out)?;
            }
            Ok(report.code())
        }
        Command::Seal { place } => {
            let url = place.url(config)?;
            let last = audit::last_seal(&url).await?;
            let last = last.with_context(|| format!("{} has no seal yet.", keeping::name(&url)))?;
            writeln!(out, "{}", last.to_json())?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Export { since, until, actor, command, format: _, place } => {
            let url = place.url(config)?;
            let moment = |text: Option<String>| text.map(|text| moment(&text, SystemClock.now())).transpose();
            let only = Only { since: moment(since)?, until: moment(until)?, actor, command };
            let mut out = BufWriter::new(out);
            audit::export(&url, &only, &mut out).await?;
            out.flush()?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// How the audit of the config's database is, in a line.
pub(super) async fn state(url: &Url) -> anyhow::Result<String> {
    let (seal, waiting) = audit::state(url).await?;
    let sealed = match seal {
        Some(Kept { number: Some(number), sealed_at: Some(at), .. }) => format!("sealed by seal {number} of {at}"),
        _ => "not sealed yet".to_owned(),
    };
    Ok(format!("The audit is {sealed}; {}. `chamberlain audit verify` looks at each line.", told(&waiting)))
}

/// A seal that was kept elsewhere: a hash, or a file that holds what was exported.
fn kept(named: &str) -> anyhow::Result<Kept> {
    let text = match Kept::parse(named) {
        Some(kept) => return Ok(kept),
        None => std::fs::read_to_string(Path::new(named)),
    };
    let text = text.with_context(|| format!("--from-seal {named}: it is no hash, and cannot be read as a file"))?;
    Kept::parse(&text)
        .with_context(|| format!("--from-seal {named}: the file holds no seal of `chamberlain audit seal`"))
}

/// A day, a moment, or a span of time ago.
fn moment(text: &str, now: Timestamp) -> anyhow::Result<Timestamp> {
    let day = |day: NaiveDate| day.and_hms_opt(0, 0, 0).map(|at| at.and_utc());
    let at = |at: DateTime<Utc>| Timestamp::from_millis(at.timestamp_millis());
    if let Some(day) = text.parse::<NaiveDate>().ok().and_then(day) {
        return Ok(at(day));
    }
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        return Ok(at(moment.to_utc()));
    }
    let ago = humantime::parse_duration(text).ok();
    ago.map(|ago| now.minus(ago))
        .with_context(|| format!("{text}: no moment. Write 2026-03-02, 2026-03-02T09:00:00Z, or 7d for a week ago."))
}

fn told(waiting: &Waiting) -> String {
    match (waiting.lines, waiting.oldest_at) {
        (0, _) => "no line waits for its seal".to_owned(),
        (1, Some(at)) => format!("1 line waits for its seal, decided at {at}"),
        (lines, Some(at)) => format!("{lines} lines wait for their seal, the first decided at {at}"),
        (lines, None) => format!("{lines} lines wait for their seal"),
    }
}

/// What came of it, for people and for programs.
struct Report<'c> {
    name: String,
    verified: Verified,
    /// How many seals from elsewhere it was compared with.
    kept: usize,
    config: &'c Config,
}

const TO_DO: &str = "Somebody has written to the database past Chamberlain, or its disk fails. Keep it as it is first \
    (`chamberlain store backup FILE`, or pg_dump), then find out who could write there. A backup from before holds what \
    was there: `chamberlain audit export --database sqlite:FILE` prints its lines to compare. Chamberlain can go on \
    meanwhile; what it writes is sealed behind the damage, and the damage stays visible.";

impl Report<'_> {
    fn is_whole(&self) -> bool {
        self.verified.damages.is_empty()
    }

    fn code(&self) -> ExitCode {
        if self.is_whole() { ExitCode::SUCCESS } else { ExitCode::from(BROKEN) }
    }

    fn tell(&self, out: &mut impl Write) -> anyhow::Result<()> {
        let Verified { damages, more, .. } = &self.verified;
        for damage in damages {
            writeln!(out, "problem  {damage}.")?;
        }
        if *more > 0 {
            writeln!(out, "problem  and {more} more like these.")?;
        }
        match (self.is_whole(), self.kept) {
            (true, 0) => writeln!(out, "{}: the audit is what was sealed.", self.name)?,
            (true, 1) => {
                writeln!(
                    out,
                    "{}: the audit is what was sealed, and has the seal that was kept elsewhere.",
                    self.name
                )?;
            }
            (true, kept) => {
                writeln!(out, "{}: the audit is what was sealed, and has the {kept} seals kept elsewhere.", self.name)?;
            }
            (false, _) => writeln!(out, "\n{}: the audit is NOT what was sealed. {TO_DO}", self.name)?,
        }
        for line in self.state() {
            writeln!(out, "{line}")?;
        }
        Ok(())
    }

    /// How far it is sealed, what waits, what retention removed.
    fn state(&self) -> Vec<String> {
        let Verified { sealed, removed, waiting, .. } = &self.verified;
        let mut lines = vec![match sealed {
            None => "Sealed    nothing yet.".to_owned(),
            Some(sealed) => format!(
                "Sealed    up to line {}, by seal {} of {}: {} lines in {} batches.",
                sealed.line.unwrap_or_default(),
                sealed.seal.number.unwrap_or_default(),
                sealed.seal.sealed_at.unwrap_or(Timestamp::ZERO),
                sealed.lines,
                sealed.batches - removed.batches,
            ),
        }];
        lines.push(format!("Waiting   {}.", told(waiting)));
        if let Some(at) = removed.at {
            lines.push(format!(
                "Removed   {} lines in {} batches by retention, last at {at}, when lines were kept for {}. {}",
                removed.lines,
                removed.batches,
                span(removed.kept.unwrap_or_default()),
                match self.config.audit.keep {
                    Some(keep) => format!("The config keeps them for {} now.", humantime::format_duration(keep)),
                    None => "The config keeps them for ever now: ask who had it removed.".to_owned(),
                },
            ));
        }
        lines
    }

    fn to_json(&self) -> Value {
        let Verified { sealed, removed, waiting, damages, more } = &self.verified;
        let damage = |damage: &Damage| {
            json!({
                "seal": damage.seal,
                "kind": damage.kind.word(),
                "lines": damage.kind.lines().map(audit::Ranges::runs),
                "count": damage.kind.lines().map(audit::Ranges::count),
                "told": damage.to_string(),
            })
        };
        json!({
            "database": self.name,
            "is_whole": self.is_whole(),
            "sealed": sealed.as_ref().map(|sealed| json!({
                "seal": sealed.seal.to_json(),
                "line": sealed.line,
                "lines": sealed.lines,
                "batches": sealed.batches,
            })),
            "waiting": { "lines": waiting.lines, "oldest_at": waiting.oldest_at.map(|at| at.to_string()) },
            "removed": {
                "lines": removed.lines,
                "batches": removed.batches,
                "at": removed.at.map(|at| at.to_string()),
                "kept_ms": removed.kept,
            },
            "problems": damages.iter().map(damage).collect::<Vec<_>>(),
            "more": more,
        })
    }
}

fn span(millis: i64) -> String {
    let span = std::time::Duration::from_millis(u64::try_from(millis).unwrap_or_default());
    humantime::format_duration(span).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_people_write_them() {
        let now = Timestamp::from_millis(1_772_442_000_000);
        for (text, wanted) in [
            ("2026-03-02", Some("2026-03-02T00:00:00Z")),
            ("2026-03-02T10:30:00+01:00", Some("2026-03-02T09:30:00Z")),
            ("7d", Some("2026-02-23T09:00:00Z")),
            ("soon", None),
            ("2026-13-02", None),
        ] {
            assert_eq!(moment(text, now).ok().map(|at| at.to_string()).as_deref(), wanted, "{text}");
        }
    }
}
