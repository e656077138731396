//! Who may have how many connections open at once.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::limits::Limits;
use super::pace::neighbourhood;

/// How many connections are told at once that there are too many; further ones are closed without a word.
const TOLD: usize = 64;

/// Counts connections.
pub(super) struct Door {
    all: Arc<Semaphore>,
    told: Arc<Semaphore>,
    each: Arc<Each>,
    most_each: usize,
    spares_own: bool,
}

/// What came to the door.
pub(super) enum Entry {
    /// Let in.
    Welcome(Place),
    /// There are too many, and there is time to say so.
    Full(OwnedSemaphorePermit),
    /// There are too many.
    Closed,
}

/// A connection's place, until its last clone is dropped. What goes over to another protocol keeps one.
#[derive(Clone)]
pub(in crate::web) struct Place {
    _held: Arc<(OwnedSemaphorePermit, Option<OneOf>)>,
}

#[derive(Default)]
struct Each(Mutex<HashMap<IpAddr, usize>>);

/// One of an address's connections.
struct OneOf {
    each: Arc<Each>,
    address: IpAddr,
}

impl Door {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            all: Arc::new(Semaphore::new(limits.connections)),
            told: Arc::new(Semaphore::new(TOLD)),
            each: Arc::default(),
            most_each: limits.connections_each,
            spares_own: limits.spares_own,
        }
    }

    /// Finds a place for a connection from this address.
    pub(super) fn enter(&self, from: IpAddr) -> Entry {
        match self.place(from) {
            Some(place) => Entry::Welcome(place),
            None => self.told.clone().try_acquire_owned().map_or(Entry::Closed, Entry::Full),
        }
    }

    fn place(&self, from: IpAddr) -> Option<Place> {
        let permit = self.all.clone().try_acquire_owned().ok()?;
        let is_spared = self.spares_own && from.to_canonical().is_loopback();
        let one = if is_spared { None } else { Some(self.each.one(neighbourhood(from), self.most_each)?) };
        Some(Place { _held: Arc::new((permit, one)) })
    }
}

impl Each {
    fn one(self: &Arc<Self>, address: IpAddr, most: usize) -> Option<OneOf> {
        let mut counts = self.counts();
        let count = counts.entry(address).or_default();
        let has_room = *count < most;
        *count += usize::from(has_room);
        has_room.then(|| OneOf { each: self.clone(), address })
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for OneOf {
    fn drop(&mut self) {
        let mut counts = self.each.counts();
        match counts.get_mut(&self.address) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(counts.remove(&self.address)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn door(spares_own: bool) -> Door {
        Door::new(&Limits { connections: 4, connections_each: 2, spares_own, ..Limits::default() })
    }

    fn let_in(door: &Door, addresses: &[&str]) -> Vec<Option<Place>> {
        addresses.iter().map(|address| door.place(address.parse().unwrap())).collect()
    }

    #[test]
    fn nobody_has_more_than_their_share_and_all_together_no_more_than_there_are() {
        let door = door(true);
        let places = let_in(&door, &["192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"]);
        let is_in: Vec<bool> = places.iter().map(Option::is_some).collect();
        assert_eq!(is_in, [true, true, false, true, true, false]);
        drop(places);
        assert!(door.each.counts().is_empty(), "who left is forgotten");
        assert_eq!(let_in(&door, &["192.0.2.4"; 3]).iter().flatten().count(), 2);
    }

    #[test]
    fn a_place_is_free_when_its_last_holder_is_gone() {
        let door = door(true);
        let first = door.place("192.0.2.1".parse().unwrap());
        let socket = first.clone();
        drop(first);
        assert_eq!(let_in(&door, &["192.0.2.1"; 2]).iter().flatten().count(), 1);
        drop(socket);
        assert_eq!(let_in(&door, &["192.0.2.1"; 2]).iter().flatten().count(), 2);
    }

    #[test]
    fn what_calls_from_this_machine_may_speak_for_many() {
        assert_eq!(
            let_in(&door(true), &["127.0.0.1", "127.0.0.1", "::1", "::ffff:127.0.0.1", "127.0.0.1"])
                .iter()
                .flatten()
                .count(),
            4
        );
        assert_eq!(let_in(&door(false), &["127.0.0.1"; 3]).iter().flatten().count(), 2);
    }
}
