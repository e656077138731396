//! What goes wrong with calls: errors, limits, answers that are lost.

use std::time::Duration;

use super::world::World;

/// A rule by which calls go wrong. `Fault::on("chat.postMessage").error("internal_error").after_effect().times(1)`.
#[derive(Clone, Debug)]
pub struct Fault {
    method: String,
    times: Option<u32>,
    /// Whether the call is carried out nevertheless.
    pub(super) is_after_effect: bool,
    pub(super) how: How,
}

/// How a call goes wrong.
#[derive(Clone, Debug)]
pub(super) enum How {
    Error(String),
    Status(u16),
    RateLimited(Duration),
    /// There is no answer, and the connection stays.
    Hang,
    /// The connection is reset.
    Cut,
}

impl Fault {
    /// For a method, or for all whose names begin so: `conversations.*`.
    pub fn on(method: &str) -> Self {
        let how = How::Error("internal_error".into());
        Self { method: method.into(), times: None, is_after_effect: false, how }
    }

    /// So many calls; without it, all.
    pub fn times(self, times: u32) -> Self {
        Self { times: Some(times), ..self }
    }

    /// The call is carried out, and only its answer is wrong.
    pub fn after_effect(self) -> Self {
        Self { is_after_effect: true, ..self }
    }

    /// `ok: false` with this error.
    pub fn error(self, code: &str) -> Self {
        Self { how: How::Error(code.into()), ..self }
    }

    /// An HTTP status, such as 503.
    pub fn status(self, status: u16) -> Self {
        Self { how: How::Status(status), ..self }
    }

    /// 429, to be tried again after whole seconds.
    pub fn rate_limited(self, retry_after: Duration) -> Self {
        Self { how: How::RateLimited(retry_after), ..self }
    }

    /// No answer ever comes.
    pub fn hang(self) -> Self {
        Self { how: How::Hang, ..self }
    }

    /// The connection is reset instead of an answer.
    pub fn cut(self) -> Self {
        Self { how: How::Cut, ..self }
    }

    fn is_about(&self, method: &str) -> bool {
        let is_left = self.times.is_none_or(|times| times > 0);
        is_left && self.method.strip_suffix('*').map_or(self.method == method, |start| method.starts_with(start))
    }
}

impl World {
    /// The fault that this call meets, if any; it is used up.
    pub(super) fn take_fault(&mut self, method: &str) -> Option<Fault> {
        let fault = self.faults.iter_mut().find(|fault| fault.is_about(method))?;
        if let Some(times) = &mut fault.times {
            *times -= 1;
        }
        Some(fault.clone())
    }
}
