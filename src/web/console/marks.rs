//! Small signs that stand in several places of the page: states and times.

use maud::{Markup, html};

use crate::card::model::State;
use crate::domain::Timestamp;
use crate::domain::phase::Phase;

/// A state as a sign; its word stands beside it or is read aloud.
pub(super) fn dot(state: State, word: &str) -> Markup {
    html! { span.dot data-state=(state.word()) title=(word) aria-label=(word) role="img" { (state.sign()) } }
}

/// How an environment's phase looks.
pub(super) fn state_of(phase: Phase) -> State {
    match phase {
        Phase::Empty | Phase::Gone => State::Idle,
        Phase::Deploying | Phase::Removing => State::Running,
        Phase::Unknown | Phase::Down => State::Attention,
        Phase::Unfinished => State::Failed,
        Phase::Up => State::Ok,
    }
}

/// A moment; the script shows how long ago it was, in the reader's own zone.
pub(super) fn time(at: Timestamp) -> Markup {
    html! { time datetime=(at) { (at) } }
}
