//! Hearing of what other processes wrote to the same server. It only wakes: whoever is woken looks for itself, and looks
//! now and then when nobody wakes it.

use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::PgListener;

use super::db::Url;
use super::signals::Signals;
use crate::domain::WorkerId;

/// Where it is told.
pub(super) const CHANNEL: &str = "chamberlain";

/// The wait before another try to listen.
const AGAIN: Duration = Duration::from_secs(2);

/// What is told of a transaction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'w> {
    /// By whom.
    pub(super) worker: &'w WorkerId,
    /// What is in it.
    pub(super) news: News,
}

/// What a transaction has for others: any of the kinds below.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct News(u8);

impl News {
    /// Nothing that somebody waits for.
    pub(super) const NONE: Self = Self(0);
    /// Keys for stewards.
    pub(super) const TOUCHED: Self = Self(1);
    /// Timers.
    pub(super) const TIMED: Self = Self(2);
    /// Work in nobody's hand.
    pub(super) const FREED: Self = Self(4);
    /// Questions.
    pub(super) const ASKED: Self = Self(8);
    /// Whatever there may be.
    pub(super) const ALL: Self = Self(15);

    /// Each kind as it is told.
    const LETTERS: [(char, Self); 4] =
        [('t', Self::TOUCHED), ('m', Self::TIMED), ('f', Self::FREED), ('q', Self::ASKED)];

    /// These, and if so the others as well.
    pub(super) fn with(self, others: Self, is_so: bool) -> Self {
        if is_so { Self(self.0 | others.0) } else { self }
    }

    /// Whether all of a kind is in it.
    pub(super) fn has(self, kind: Self) -> bool {
        self.0 & kind.0 == kind.0
    }
}

impl Word<'_> {
    pub(super) fn to_text(self) -> String {
        let told = News::LETTERS.iter().filter(|(_, kind)| self.news.has(*kind));
        let letters: String = told.map(|(letter, _)| letter).collect();
        format!("{} {letters}", self.worker)
    }
}

/// Who told it, and what: what a later release adds is left.
fn read(text: &str) -> (&str, News) {
    let (worker, letters) = text.split_once(' ').unwrap_or((text, ""));
    let add = |news: News, (letter, kind): &(char, News)| news.with(*kind, letters.contains(*letter));
    (worker, News::LETTERS.iter().fold(News::NONE, add))
}

/// Listens for as long as it is run.
pub(super) async fn run(url: Url, signals: Arc<Signals>) {
    let Url::Postgres(address) = url else { return std::future::pending().await };
    loop {
        if let Err(cause) = listen(&address, &signals).await {
            tracing::debug!(error = %cause, "what others write is not heard");
        }
        tokio::time::sleep(AGAIN).await;
    }
}

async fn listen(address: &str, signals: &Signals) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect(address).await?;
    listener.listen(CHANNEL).await?;
    // Whatever was told before.
    signals.tell(News::ALL);
    loop {
        // None: the connection was lost, and something may have been missed.
        let Some(told) = listener.try_recv().await? else { return Ok(()) };
        let (worker, news) = read(told.payload());
        if worker != signals.lease.term().worker().as_str() {
            signals.tell(news);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_read_as_it_was_told() {
        let worker = WorkerId::new("01ABC");
        for kinds in 0..16_u8 {
            let news = News(kinds);
            assert_eq!(read(&Word { worker: &worker, news }.to_text()), ("01ABC", news));
        }
        assert_eq!(read("01ABC"), ("01ABC", News::NONE));
        assert_eq!(read("01ABC tz later"), ("01ABC", News::TOUCHED), "what nobody knows yet is left");
    }
}
