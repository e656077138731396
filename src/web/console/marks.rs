//! Small signs that stand in several places of the page: states and times.

use maud::{Markup, html};

use crate::card::model::State;
use crate::domain::Timestamp;

/// A state as a sign; its word stands beside it or is read aloud.
pub(super) fn dot(state: State, word: &str) -> Markup {
    html! { span.dot data-state=(state.word()) title=(word) aria-label=(word) role="img" { (state.sign()) } }
}

/// A moment; the script shows how long ago it was, in the reader's own zone.
pub(super) fn time(at: Timestamp) -> Markup {
    html! { time datetime=(at) { (at) } }
}
