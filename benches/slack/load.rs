//! The messages of one measurement: when each was sent, acknowledged and answered.

use std::time::{Duration, Instant};

/// A message of a person.
#[derive(Default)]
pub(super) struct Message {
    pub(super) ts: String,
    pub(super) attempts: usize,
    /// When its first try, and its last, was handed to a socket.
    pub(super) sent: Option<Instant>,
    last_sent: Option<Instant>,
    pub(super) acked: Option<Instant>,
    /// When each answer arrived.
    pub(super) answers: Vec<Instant>,
    ack_took: Option<Duration>,
}

/// The messages of one measurement.
#[derive(Default)]
pub(super) struct Load {
    /// Which measurement it is.
    pub(super) number: usize,
    pub(super) messages: Vec<Message>,
    /// How many messages there will be, when the next one waits for an answer to another.
    pub(super) of: usize,
    /// How many have an answer that was carried out.
    pub(super) answered: usize,
    pub(super) last_answer: Option<Instant>,
}

impl Load {
    /// The load that comes after this one.
    pub(super) fn next(&self, of: usize) -> Self {
        Self { number: self.number + 1, of, ..Self::default() }
    }

    /// One more message; gives its number.
    pub(super) fn said(&mut self, ts: String) -> usize {
        self.messages.push(Message { ts, ..Message::default() });
        self.messages.len() - 1
    }

    /// A message is handed to a socket.
    pub(super) fn sent(&mut self, number: usize) {
        if let Some(message) = self.messages.get_mut(number) {
            message.last_sent = Some(Instant::now());
            message.sent = message.sent.or(message.last_sent);
        }
    }

    /// An envelope is acknowledged; its id has the load, the message and the try.
    pub(super) fn acked(&mut self, id: &str) {
        let mut parts = id.split('.').map(str::parse);
        let (Some(Ok(load)), Some(Ok(number))) = (parts.next(), parts.next()) else { return };
        let (true, Some(message)) = (load == self.number, self.messages.get_mut::<usize>(number)) else { return };
        if message.acked.is_none() {
            message.acked = Some(Instant::now());
            message.ack_took = message.last_sent.map(|sent| sent.elapsed());
        }
    }

    /// An answer has arrived; gives its message's number, if it is of this load.
    pub(super) fn answered(&mut self, text: &str, at: Instant) -> Option<usize> {
        let mut parts = text.split_once("token-")?.1.split('-').map(str::parse);
        let (Some(Ok(load)), Some(Ok(number))) = (parts.next(), parts.next()) else { return None };
        if load != self.number {
            return None;
        }
        let message = self.messages.get_mut::<usize>(number)?;
        message.answers.push(at);
        if message.answers.len() == 1 {
            self.answered += 1;
            self.last_answer = Some(Instant::now());
        }
        Some(number)
    }

    /// From the first try until the answer arrived.
    pub(super) fn latencies(&self) -> Vec<Duration> {
        let of = |message: &Message| Some(message.answers.first()?.saturating_duration_since(message.sent?));
        self.messages.iter().filter_map(of).collect()
    }

    /// From the last try until the acknowledgement.
    pub(super) fn acks(&self) -> Vec<Duration> {
        self.messages.iter().filter_map(|message| message.ack_took).collect()
    }

    /// The longest time without a first answer.
    pub(super) fn silence(&self) -> Duration {
        let mut answers: Vec<Instant> =
            self.messages.iter().filter_map(|message| message.answers.first().copied()).collect();
        answers.sort_unstable();
        answers.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or_default()
    }

    pub(super) fn count(&self, is_so: impl Fn(&Message) -> bool) -> usize {
        self.messages.iter().filter(|message| is_so(message)).count()
    }
}
