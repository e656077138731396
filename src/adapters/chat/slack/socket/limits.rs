//! How long everything about a socket may take.

use std::time::Duration;

/// How long everything about a socket may take. The default is what Slack and people need; tests shorten it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long Slack may take to tell where to go, and as long again to open the socket there.
    pub dial: Duration,
    /// How long Slack may take to say hello.
    pub hello: Duration,
    /// How often we ask whether somebody is there.
    pub ping: Duration,
    /// How long nothing at all may come: two questions without an answer, well below twenty seconds.
    pub quiet: Duration,
    /// How long one frame may take to be sent.
    pub send: Duration,
    /// How long a socket that Slack wants to close is listened to.
    pub linger: Duration,
    /// How long what was read last may take to be stored and acknowledged once we close, and Slack to agree.
    pub last: Duration,
    /// The first wait after a socket that did not hold; doubled up to the longest, each with up to as much again.
    pub first_wait: Duration,
    /// See there.
    pub longest_wait: Duration,
    /// A socket that lived so long was good: the next one may come at once.
    pub good: Duration,
    /// The wait after Socket Mode was switched off, which only a person can undo.
    pub switched_off: Duration,
    /// The wait after Slack refused one more connection.
    pub too_many: Duration,
    /// So long Slack may count a connection that is gone.
    pub ghost: Duration,
    /// How often we say that somebody else is connected.
    pub remind: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            dial: Duration::from_secs(10),
            hello: Duration::from_secs(10),
            ping: Duration::from_secs(5),
            quiet: Duration::from_secs(12),
            send: Duration::from_secs(5),
            linger: Duration::from_secs(30),
            last: Duration::from_millis(500),
            first_wait: Duration::from_millis(50),
            longest_wait: Duration::from_secs(30),
            good: Duration::from_secs(30),
            switched_off: Duration::from_mins(5),
            too_many: Duration::from_mins(1),
            ghost: Duration::from_mins(5),
            remind: Duration::from_hours(1),
        }
    }
}
