//! The list of rooms, with what is unread and how each iteration's environment is.

use maud::{Markup, html};

use super::address;
use super::marks::dot;
use super::view::Entry;
use crate::card::model::State;
use crate::domain::PersonId;
use crate::domain::iteration::Phase;

/// The list.
pub(super) fn nav(entries: &[Entry], open: Option<&str>, acting_as: Option<&PersonId>) -> Markup {
    let phase = |entry: &&Entry| entry.of.as_ref().map(|of| of.iteration.phase);
    let groups: [(&str, Vec<&Entry>); 4] = [
        ("Rooms", entries.iter().filter(|entry| phase(entry).is_none()).collect()),
        ("Iterations", of_phases(entries, &[Phase::Active, Phase::Planned])),
        ("Closing", of_phases(entries, &[Phase::Closing])),
        ("Closed", of_phases(entries, &[Phase::Closed])),
    ];
    html! {
        nav.rooms #rooms aria-label="Rooms" {
            h1 { "Chamberlain" }
            @for (title, entries) in groups.iter().filter(|(_, entries)| !entries.is_empty()) {
                h2 { (title) }
                ul {
                    @for entry in entries { li { (link(entry, open, acting_as)) } }
                }
            }
            @if entries.iter().all(|entry| entry.of.is_none()) {
                p.hint { "No iteration yet. Say " code { "iteration start Sprint 1" } " to begin one." }
            }
        }
    }
}

fn of_phases<'e>(entries: &'e [Entry], phases: &[Phase]) -> Vec<&'e Entry> {
    let is_of = |entry: &&Entry| entry.of.as_ref().is_some_and(|of| phases.contains(&of.iteration.phase));
    entries.iter().filter(is_of).collect()
}

fn link(entry: &Entry, open: Option<&str>, acting_as: Option<&PersonId>) -> Markup {
    let is_open = open == Some(entry.room.id.as_str());
    let unread = if is_open { 0 } else { entry.unread };
    html! {
        a href=(address(&entry.room.id, acting_as, None)) aria-current=[is_open.then_some("page")] data-room=(entry.room.id) {
            @match &entry.of {
                Some(of) => (dot(State::of(of.phase), of.phase.word())),
                None => span.dot data-state="none" aria-hidden="true" { "#" },
            }
            span.name { (entry.room.name) }
            @if unread > 0 { span.unread aria-label={ (unread) " unread" } { (unread) } }
        }
    }
}
