//! What the sockets of one app know of each other: how many there are, and what a person was told already.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::limits::Limits;
use crate::event::chat::slack::Leaving;

/// What the sockets know of each other.
#[derive(Debug, Default)]
pub(super) struct Tally(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    open: usize,
    /// When one was last lost, which Slack may count on.
    lost_at: Option<Instant>,
    /// When it was last said that somebody else is connected.
    foreign_at: Option<Instant>,
    /// Whether Slack ever let one in.
    was_let_in: bool,
    /// Why Slack turned us away, until it lets us in again.
    turned_away: Option<Leaving>,
}

impl Tally {
    /// One more is being opened.
    pub(super) fn begin(&self) {
        self.state().open += 1;
    }

    /// One ended.
    pub(super) fn end(&self, is_lost: bool) {
        let mut state = self.state();
        state.open -= 1;
        if is_lost {
            state.lost_at = Some(Instant::now());
        }
    }

    /// Slack let one in, and told how many it has, of which `others` may be of those who share the app with us. Gives how
    /// many are ours, when that is to be told to a person.
    pub(super) fn greet(&self, connections: Option<usize>, others: usize, limits: &Limits) -> Option<usize> {
        let mut state = self.state();
        state.turned_away = None;
        state.was_let_in = true;
        let within = |at: Option<Instant>, limit| at.is_some_and(|at| at.elapsed() < limit);
        let is_foreign = connections.is_some_and(|connections| connections > state.open + others);
        if !is_foreign || within(state.lost_at, limits.ghost) || within(state.foreign_at, limits.remind) {
            return None;
        }
        state.foreign_at = Some(Instant::now());
        Some(state.open)
    }

    /// Whether Slack ever let one in.
    pub(super) fn was_let_in(&self) -> bool {
        self.state().was_let_in
    }

    /// Slack turned one away; tells whether that is news.
    pub(super) fn turn_away(&self, why: Leaving) -> bool {
        self.state().turned_away.replace(why) != Some(why)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
