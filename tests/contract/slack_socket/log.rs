//! What is logged while a test runs, on its own thread.

use std::io::{self, Write};
use std::sync::Arc;

use tokio::sync::watch;
use tokio::time::timeout;
use tracing::Level;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt::MakeWriter;

use super::LIMIT;

/// The log of this thread, from now on.
#[derive(Clone, Default)]
pub(super) struct Log(Arc<watch::Sender<String>>);

impl Log {
    pub(super) fn listen() -> (Self, DefaultGuard) {
        let log = Self::default();
        let lines = tracing_subscriber::fmt().with_max_level(Level::DEBUG).with_ansi(false).with_writer(log.clone());
        (log, tracing::subscriber::set_default(lines.finish()))
    }

    /// How many errors hold these words.
    pub(super) fn errors(&self, words: &str) -> usize {
        self.text().lines().filter(|line| line.contains(" ERROR ") && line.contains(words)).count()
    }

    /// Waits until words were said so often.
    pub(super) async fn wait_for(&self, words: &str, times: usize) {
        let mut text = self.0.subscribe();
        let said = text.wait_for(|text| text.matches(words).count() >= times);
        timeout(LIMIT, said).await.unwrap().unwrap();
    }

    pub(super) fn text(&self) -> String {
        self.0.borrow().clone()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.send_modify(|text| text.push_str(&String::from_utf8_lossy(bytes)));
        Ok(bytes.len())
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
