//! Whether the database opens, who has it, and whether the clock goes with it.

use std::time::Duration;

use super::report::Finding;
use super::server::Listener;
use crate::config::{Config, StoreUrl};
use crate::domain::Timestamp;
use crate::ports::{Clock, SystemClock};
use crate::runtime::Settings;
use crate::store::StoreError;
use crate::store::peek::{self, Peek};

/// How long a database server may take to answer.
const LIMIT: Duration = Duration::from_secs(10);

/// How far the clock may be behind: a row may be written while we look, by a machine with a clock of its own.
const TOLERANCE: Duration = Duration::from_mins(1);

/// What a look at the database gave: nothing when it is still to be made.
pub(super) struct Peeked(Result<Option<Peek>, String>);

impl Peeked {
    /// Whether it is sure that no process uses it; of a server's database that cannot be told.
    pub(super) fn is_free(&self, config: &Config) -> bool {
        let is_held = self.0.as_ref().map(|seen| seen.as_ref().is_some_and(|peek| peek.is_held));
        is_held == Ok(false) && matches!(config.store.url, StoreUrl::Sqlite(_))
    }
}

/// Looks at the database.
pub(super) async fn peek(config: &Config) -> Peeked {
    let url = Settings::url_of(config);
    Peeked(match tokio::time::timeout(LIMIT, peek::peek(&url)).await {
        Ok(seen) => seen.map_err(|cause| told(config, &cause)),
        Err(_) => Err(format!(
            "{} did not answer within {} s. Check that its server runs and can be reached, and `[store] url`.",
            config.store.url,
            LIMIT.as_secs()
        )),
    })
}

fn told(config: &Config, cause: &StoreError) -> String {
    let url = &config.store.url;
    match (cause, url) {
        (StoreError::Newer { .. }, _) => format!("{cause}."),
        (StoreError::File { cause, .. }, _) => {
            format!("{url} cannot be used: {cause}. Let the user that runs Chamberlain read and write there.")
        }
        (_, StoreUrl::Sqlite(_)) => format!(
            "{url} cannot be opened: {cause}. Check that the user who runs Chamberlain owns the file; if it is damaged, restore a backup."
        ),
        (_, StoreUrl::Postgres(_)) => {
            format!(
                "{url} cannot be opened: {cause}. Check that its server runs, and name and password in `[store] url`."
            )
        }
    }
}

/// What the look means, beside who listens.
pub(super) fn finding(config: &Config, peeked: &Peeked, listener: Listener) -> Finding {
    let url = &config.store.url;
    let seen = match &peeked.0 {
        Ok(Some(seen)) => seen,
        Ok(None) => return Finding::Fine(format!("{url}: made at the first start.")),
        Err(told) => return Finding::Problem(told.clone()),
    };
    let serves = matches!(listener, Listener::Ours | Listener::Chamberlain | Listener::Another);
    match seen {
        Peek { is_held: true, .. } if serves => Finding::Fine(format!("{url} is used by the Chamberlain that serves.")),
        Peek { is_held: true, .. } => Finding::Problem(format!(
            "{url} is used by a process that does not serve at {}. Was it started with another config? Stop it, or give this one a `data_dir` of its own.",
            config.server.listen
        )),
        Peek { is_older: true, .. } => Finding::Fine(format!("{url} opens; the next start brings it up to date.")),
        Peek { .. } => Finding::Fine(format!("{url} opens.")),
    }
}

/// Whether the clock goes with the newest row.
pub(super) fn clock(peeked: &Peeked) -> Finding {
    let newest = peeked.0.as_ref().ok().and_then(Option::as_ref).and_then(|seen| seen.newest);
    compare(SystemClock.now(), newest)
}

fn compare(now: Timestamp, newest: Option<Timestamp>) -> Finding {
    match newest {
        Some(newest) if newest.since(now) > TOLERANCE => Finding::Problem(format!(
            "it is {now} by this machine's clock, and the newest row of the database is of {newest}. Set the clock (`timedatectl` tells whether it is kept in time): timers and leases go by it."
        )),
        Some(_) => Finding::Fine(format!("{now}, and nothing in the database is of later.")),
        None => Finding::Fine(format!("{now}; the database has nothing to compare it with.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_fell_back_is_told() {
        let now = Timestamp::from_millis(1_800_000_000_000);
        let row = |ahead: u64| compare(now, Some(now.plus(Duration::from_secs(ahead))));
        assert!(matches!(row(0), Finding::Fine(_)) && matches!(row(60), Finding::Fine(_)));
        let Finding::Problem(told) = row(3600) else { panic!("an hour is too much") };
        assert!(told.starts_with("it is 2027-01-15T08:00:00Z by this machine's clock, and the newest row of the database is of 2027-01-15T09:00:00Z. Set the clock"), "{told}");
        assert!(matches!(compare(now, None), Finding::Fine(_)));
    }
}
