//! What waits for longer than it ever should is told in the log, and so is its end.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chamberlain::domain::ChatName;
use tracing_subscriber::fmt::MakeWriter;

use crate::support::chat::FakeChat;
use crate::support::house::House;

/// What is logged on this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn has(&self, words: &str) -> bool {
        String::from_utf8_lossy(&self.0.lock().unwrap()).lines().any(|line| line.contains(words))
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Log {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}

/// Lets time pass until it is logged; gives how much.
async fn logged_after(house: &House, log: &Log, words: &str) -> Duration {
    let step = Duration::from_secs(15);
    for steps in 0..60 {
        if log.has(words) {
            return step * steps;
        }
        house.clock.pass(step);
        // Whoever was woken has its turn, and what it asks the database.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{words:?} is never logged")
}

#[tokio::test]
async fn a_deed_that_waits_for_more_than_five_minutes_is_an_alarm_until_it_is_done() {
    let log = Log::default();
    let lines = tracing_subscriber::fmt().with_ansi(false).with_writer(log.clone()).finish();
    let _listening = tracing::subscriber::set_default(lines);
    let chat = Arc::new(FakeChat::default().with_foreign_room("ops"));
    let house = House::with_chat(chat.clone(), "{key}").await;
    chat.state().faults.put_off = Some("one".into());
    house.hears(&ChatName::new("fake"), ("ana", "foreign-ops"), ("m1", "echo one")).await;
    chat.until(|state| state.has_put_off == 1).await;
    let after = logged_after(&house, &log, "ALARM: the oldest that waits has waited for too long").await;
    assert!(after >= Duration::from_mins(5), "said after {after:?}");
    assert!(log.has("what=\"deed\"") && !log.has("what=\"event\""), "it says what waits");
    chat.state().faults.put_off = None;
    logged_after(&house, &log, "alarm over").await;
    assert_eq!(chat.texts("ops"), ["one"]);
}
