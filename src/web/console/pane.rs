//! The environment beside the conversation: what should run, what does, and what would change.

use maud::{Markup, html};

use super::marks::{dot, time};
use super::view::Pane;
use crate::card::model::State;
use crate::domain::component::ComponentName;
use crate::domain::environment::{Follows, Revision, Selection};
use crate::domain::project::Project;
use crate::domain::spec::SeenState;

/// The pane of the open room; teaches what to say where nothing is deployed.
pub(super) fn pane(pane: Option<&Pane>, project: &Project) -> Markup {
    html! {
        aside.environment #environment aria-label="Environment" {
            @match pane {
                None => p.hint { "Rooms of iterations show their environment here." },
                Some(pane) => (of_iteration(pane, project)),
            }
        }
    }
}

fn of_iteration(pane: &Pane, project: &Project) -> Markup {
    let phase = pane.phase();
    html! {
        header {
            h2 { (pane.key()) }
            p.phase data-state=(State::of(phase).word()) { (dot(State::of(phase), phase.word())) " " (phase.word()) }
        }
        @match &pane.wished {
            None => p.hint { "Nothing is deployed yet. Press Deploy on the room's card, or say " code { "deploy" } "." },
            Some(wished) => {
                ul.components { @for component in project.component_names() { (self::component(pane, wished, &component, project)) } }
                (facts(pane, wished))
                (draft(pane, wished))
                (timeline(pane))
            },
        }
        @if !pane.members.is_empty() {
            h3 { "In this room" }
            p.members { @for member in &pane.members { span.mention { "@" (member) } " " } }
        }
    }
}

fn component(pane: &Pane, wished: &Revision, component: &ComponentName, project: &Project) -> Markup {
    let environment = &pane.record.environment;
    let selection = wished.selections.get(component);
    let seen = environment.seen_of(component);
    let (state, word) = match seen {
        None | Some(SeenState::Missing) => (State::Idle, "not running"),
        Some(SeenState::Starting) => (State::Running, "starting"),
        Some(SeenState::Broken { .. }) => (State::Failed, "broken"),
        Some(SeenState::Up { digest, .. }) => {
            let is_wished = selection.is_some_and(|selection| selection.artifact.digest == *digest);
            if is_wished { (State::Ok, "up") } else { (State::Attention, "up with another version") }
        }
    };
    html! {
        li data-state=(state.word()) {
            div.name {
                (dot(state, word)) " " b { (component) }
                @if matches!(seen, Some(SeenState::Up { .. })) {
                    a.open href=(project.addresses.of(&environment.name, component)) rel="noopener noreferrer" target="_blank" { "Open ↗" }
                }
            }
            div.version {
                @if let Some(selection) = selection { code { (selection.told()) } @if selection.follows == Follows::Pinned { " pinned" } }
            }
            div.since {
                (word)
                @if let Some(SeenState::Up { since, .. }) = seen { " since " (time(*since)) }
            }
        }
    }
}

fn facts(pane: &Pane, wished: &Revision) -> Markup {
    let record = &pane.record;
    html! {
        dl {
            div { dt { "Wished" } dd { "revision " (wished.number) " by " (wished.by) } }
            @if let Some(running) = &record.running { div { dt { "Running" } dd { "deployment of revision " (running.revision) } } }
            @if let Some(queued) = &record.queued { div { dt { "Waiting" } dd { "deployment of revision " (queued.revision) } } }
            @if let Some(hold) = &record.environment.hold {
                div { dt { "Hold" } dd {
                    "no updates by themselves"
                    @if let Some(until) = hold.until { " until " (time(until)) }
                    @if let Some(reason) = &hold.reason { " (" (reason) ")" }
                } }
            }
            @if let Some(at) = record.environment.seen_at { div { dt { "Seen" } dd { (time(at)) } } }
        }
    }
}

/// One line of what the open choice would change.
fn draft(pane: &Pane, wished: &Revision) -> Markup {
    let changes = &pane.record.environment.draft.changes;
    let differs = |(component, to): &(&ComponentName, &Selection)| wished.selections.get(*component) != Some(*to);
    html! {
        @if changes.iter().any(|change| differs(&change)) {
            p.draft { "Deploy now would change: " @for (component, to) in changes.iter().filter(differs) { b { (component) } " to " code { (to.told()) } " " } }
        }
    }
}

fn timeline(pane: &Pane) -> Markup {
    html! {
        h3 { "Revisions" }
        ol.timeline {
            @for revision in &pane.revisions {
                li { b { (revision.number) } " " (revision.by) " " (time(revision.at)) br; span.why { (revision.why) } }
            }
        }
    }
}
