//! The home page as HTML.

use maud::{DOCTYPE, Markup, html};

use super::view::{Entry, Pane, Talk};
use super::{Reader, nav, pane, talk};
use crate::domain::project::Project;
use crate::store::console::Posted;
use crate::web::error::WebError;

/// What the home page shows.
pub(super) struct Page<'p> {
    pub(super) reader: Reader<'p>,
    pub(super) rooms: &'p [Entry],
    pub(super) talk: Option<&'p Talk>,
    pub(super) pane: Option<&'p Pane>,
    /// The open thread: its root, and what stands in it.
    pub(super) thread: Option<(&'p str, &'p [Posted])>,
    pub(super) project: &'p Project,
    /// The newest change when the page was looked up: what comes after it comes live.
    pub(super) changed: i64,
}

impl Page<'_> {
    pub(super) fn render(&self) -> Markup {
        let room = self.talk.map(|talk| &talk.room);
        let title = room.map_or("Chamberlain", |room| room.name.as_str());
        let body = html! {
            div #offline role="status" hidden { "The connection is down. What you see may be old; it goes on by itself." }
            div.panes.has-thread[self.thread.is_some()]
                #live
                data-room=[room.map(|room| &room.id)]
                data-changed=(self.changed)
                data-seq=[self.talk.and_then(|talk| talk.messages.last()).map(|last| last.seq)]
                data-as=[(!self.reader.people.is_empty()).then_some(self.reader.reads)]
                data-form-key=(self.reader.visitor.form_key())
                data-person=(self.reader.visitor.person)
            {
                (nav::nav(self.rooms, room.map(|room| room.id.as_str()), self.reader.acting_as()))
                @match self.talk {
                    Some(talk) => (talk::talk(talk, &self.reader)),
                    None => main.conversation #conversation { p.hint { "There is no room yet." } },
                }
                (pane::pane(self.pane, self.project))
                @if let (Some((root, posted)), Some(room)) = (self.thread, room) {
                    (talk::thread(&room.id, root, posted, &self.reader))
                }
            }
            nav.bar aria-label="Panes" {
                a href="#rooms" { "Rooms" }
                a href="#conversation" { "Talk" }
                a href="#environment" { "Environment" }
            }
            (dialogs())
        };
        document(title, &body)
    }
}

/// What the script opens: hidden without it.
fn dialogs() -> Markup {
    html! {
        dialog #palette aria-label="Go to" {
            input type="text" aria-label="Room, command or environment" placeholder="Go to a room, a command, an environment" autocomplete="off";
            ul role="listbox" {}
        }
        dialog #keys aria-label="Keys" {
            h2 { "Keys" }
            dl {
                div { dt { kbd { "/" } } dd { "write a message" } }
                div { dt { kbd { "Ctrl" } " " kbd { "K" } } dd { "go to a room, a command, an environment" } }
                div { dt { kbd { "↑" } } dd { "bring back what you said before" } }
                div { dt { kbd { "Tab" } } dd { "take the completion" } }
                div { dt { kbd { "Esc" } } dd { "close what is open" } }
                div { dt { kbd { "?" } } dd { "these keys" } }
            }
            button type="button" data-theme-switch="" { "Light, dark or as the system" }
            form method="dialog" { button { "Close" } }
        }
    }
}

/// The page of somebody who is not logged in.
pub(super) fn refused(refusal: &WebError) -> Markup {
    document("Log in", &html! { main.alone { h1 { "Chamberlain" } p { (refusal) } } })
}

fn document(title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · Chamberlain" }
                link rel="icon" href="/assets/icon.svg" type="image/svg+xml";
                link rel="stylesheet" href="/assets/console.css";
                script src="/assets/console.js" {}
            }
            body { (body) }
        }
    }
}
