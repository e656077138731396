//! Looks now and then at what stands in the database, for the figures, and says so when something waits for longer than it
//! ever should: an event that is not decided, a deed that is not done.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::domain::Timestamp;
use crate::store::Store;

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(15);
/// An event is decided within a blink; where it is not, people wait for an answer.
const EVENT: Duration = Duration::from_mins(1);
/// A deed waits for the outside, which may ask for patience.
const DEED: Duration = Duration::from_mins(5);
/// How often it is said again.
const AGAIN: Duration = Duration::from_mins(15);

/// Watches until `stop`.
pub(super) async fn run(store: Store, stop: CancellationToken) {
    let (mut event, mut deed) = (Alarm::new("event", EVENT), Alarm::new("deed", DEED));
    loop {
        match store.stock().await {
            Ok(stock) => {
                let now = store.clock().now();
                event.hear(stock.oldest_event, now);
                deed.hear(stock.oldest_effect, now);
                store.metrics().stands(&stock, now);
            }
            Err(cause) => tracing::warn!(error = %cause, "what waits cannot be looked at"),
        }
        let next = store.clock().now().plus(EVERY);
        tokio::select! {
            () = stop.cancelled() => return,
            () = store.clock().sleep_until(next) => {}
        }
    }
}

/// What to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    /// Something has waited for so long.
    Waits(Duration),
    /// Nothing does any more.
    Over,
}

struct Alarm {
    what: &'static str,
    limit: Duration,
    /// When it was last said, while it lasts.
    said_at: Option<Timestamp>,
}

impl Alarm {
    fn new(what: &'static str, limit: Duration) -> Self {
        Self { what, limit, said_at: None }
    }

    fn hear(&mut self, oldest: Option<Timestamp>, now: Timestamp) {
        let what = self.what;
        match self.judge(oldest, now) {
            Some(Word::Waits(time)) => tracing::error!(
                what,
                seconds = time.as_secs(),
                "ALARM: the oldest that waits has waited for too long; whatever holds it up stands above"
            ),
            Some(Word::Over) => tracing::info!(what, "alarm over: nothing has waited for long any more"),
            None => {}
        }
    }

    /// Whether something is to be said: at once, then now and then, and when it is over.
    fn judge(&mut self, oldest: Option<Timestamp>, now: Timestamp) -> Option<Word> {
        let waited = oldest.map(|since| now.since(since)).filter(|waited| *waited >= self.limit);
        let Some(waited) = waited else { return self.said_at.take().map(|_| Word::Over) };
        if self.said_at.is_some_and(|said| now.since(said) < AGAIN) {
            return None;
        }
        self.said_at = Some(now);
        Some(Word::Waits(waited))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_at_once_then_now_and_then_and_when_it_is_over() {
        let at = |seconds: i64| Timestamp::from_millis(seconds * 1000);
        let mut alarm = Alarm::new("event", Duration::from_mins(1));
        let rows = [
            (None, 0, None),
            (Some(0), 59, None),
            (Some(0), 60, Some(Word::Waits(Duration::from_mins(1)))),
            (Some(0), 75, None),
            (Some(0), 960, Some(Word::Waits(Duration::from_mins(16)))),
            (Some(950), 970, Some(Word::Over)),
            (None, 980, None),
            (Some(900), 990, Some(Word::Waits(Duration::from_secs(90)))),
        ];
        for (oldest, now, word) in rows {
            assert_eq!(alarm.judge(oldest.map(at), at(now)), word, "at {now}");
        }
    }
}
