//! How often somebody may come: so many at once, and then as many as a minute has room for.

use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::http::Extensions;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::error::WebError;
use super::limits::Limits;
use crate::domain::PersonId;

/// Those whom nothing holds back any more are forgotten whenever so many have come.
const SWEEP: u32 = 1024;

/// The paces that are held.
pub(super) struct Paces {
    messages: Pace<PersonId>,
    misses: Pace<IpAddr>,
}

impl Paces {
    pub(super) fn new(limits: &Limits) -> Self {
        Self { messages: Pace::of(limits.messages), misses: Pace::of(limits.misses) }
    }

    /// Counts what a person wants done.
    pub(super) fn take_message(&self, person: &PersonId) -> Result<(), WebError> {
        self.messages.take(person).map_err(WebError::TooMuch)
    }

    /// Counts a secret that is none. Only wrong ones are counted, after they were looked at: a right one passes at any
    /// time, so that nobody can lock out others who come by the same address. No pace finds one of 256 random bits; what
    /// is held is the flood.
    pub(super) fn miss(&self, caller: &Extensions, why: WebError) -> WebError {
        let address = caller.get::<ConnectInfo<SocketAddr>>().map_or(Ipv6Addr::UNSPECIFIED.into(), |peer| peer.0.ip());
        self.misses.take(&neighbourhood(address)).map_or_else(WebError::TooManyMisses, |()| why)
    }
}

/// What counts as one address: an IPv6 host may have all of its network's.
pub(super) fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
        address @ IpAddr::V4(_) => address,
    }
}

struct Pace<K: Hash + Eq + Clone> {
    limiter: DefaultKeyedRateLimiter<K>,
    taken: AtomicU32,
}

impl<K: Hash + Eq + Clone> Pace<K> {
    fn of(a_minute: NonZeroU32) -> Self {
        Self { limiter: RateLimiter::keyed(Quota::per_minute(a_minute)), taken: AtomicU32::default() }
    }

    /// Takes one, or tells how long it is until there is one.
    fn take(&self, who: &K) -> Result<(), Duration> {
        if self.taken.fetch_add(1, Ordering::Relaxed) % SWEEP == SWEEP - 1 {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(who).map_err(|until| until.wait_time_from(DefaultClock::default().now()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_a_pace_of_their_own_and_is_told_how_long_to_wait() {
        let pace = Pace::of(NonZeroU32::new(2).unwrap());
        let taken = |who| (0..3).map(|_| pace.take(who).is_ok()).collect::<Vec<_>>();
        assert_eq!((taken(&"ana"), taken(&"bo")), (vec![true, true, false], vec![true, true, false]));
        let wait = pace.take(&"ana").unwrap_err();
        assert!(wait <= Duration::from_secs(30) && wait > Duration::from_secs(25), "{wait:?}");
    }

    #[test]
    fn who_came_long_ago_is_forgotten() {
        let pace = Pace::of(NonZeroU32::MAX);
        (0..SWEEP * 4).for_each(|who| pace.take(&who).unwrap());
        assert!(pace.limiter.len() < 2 * SWEEP as usize, "{}", pace.limiter.len());
    }

    #[test]
    fn a_network_of_version_six_is_one_address() {
        let same = |a: &str, b: &str| neighbourhood(a.parse().unwrap()) == neighbourhood(b.parse().unwrap());
        assert!(same("2001:db8::1", "2001:db8::2:3") && same("::ffff:192.0.2.1", "192.0.2.1"));
        assert!(!same("2001:db8::1", "2001:db8:0:1::1") && !same("192.0.2.1", "192.0.2.2"));
    }
}
