//! How much of the house one caller may take: how long, how many at once, how often.

use std::num::NonZeroU32;
use std::time::Duration;

/// What one caller may take.
#[derive(Clone, Debug)]
pub struct Limits {
    /// How long a request's head may take, and how long a connection may stay open without a request.
    pub head: Duration,
    /// How long a request to the console, the API or a hook may take until its answer begins, its body and the longest
    /// wait of the API included.
    pub request: Duration,
    /// How long nothing may come of a body that is on its way to a component.
    pub pause: Duration,
    /// How long what is under way may still take once we close.
    pub closing: Duration,
    /// How many connections are open at once.
    pub connections: usize,
    /// How many of them may come from one address.
    pub connections_each: usize,
    /// Whether this machine's own addresses may have all of them: a proxy before us speaks for many, and calls from here.
    pub spares_own: bool,
    /// How many messages and presses one person may send in a minute.
    pub messages: NonZeroU32,
    /// How often in a minute one address may come with a secret that is none.
    pub misses: NonZeroU32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(30),
            request: Duration::from_mins(1),
            pause: Duration::from_mins(1),
            closing: Duration::from_secs(30),
            // A process has 1,024 descriptors unless it is given more; the rest is for the database, git and builds.
            connections: 512,
            connections_each: 128,
            spares_own: true,
            messages: NonZeroU32::new(600).unwrap_or(NonZeroU32::MIN),
            misses: NonZeroU32::new(60).unwrap_or(NonZeroU32::MIN),
        }
    }
}
