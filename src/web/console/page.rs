//! The home page as HTML.

use maud::{DOCTYPE, Markup, html};

use crate::card::model::Content;
use crate::card::render;
use crate::domain::PersonId;
use crate::domain::person::Person;
use crate::store::console::{Message, Posted, Room};
use crate::web::auth::Visitor;
use crate::web::error::WebError;

/// What the home page shows.
pub(super) struct Page<'p> {
    pub(super) visitor: &'p Visitor,
    pub(super) rooms: &'p [Room],
    pub(super) open: Option<&'p Room>,
    pub(super) messages: &'p [Posted],
    /// Whom one may write as; empty outside the dev profile.
    pub(super) people: &'p [&'p Person],
    /// Whose private answers are shown.
    pub(super) reads: &'p PersonId,
    /// Who is in the room.
    pub(super) members: &'p [PersonId],
}

impl Page<'_> {
    pub(super) fn render(&self) -> Markup {
        let title = self.open.map_or("Chamberlain", |room| room.name.as_str());
        document(
            title,
            &html! {
                nav.rooms aria-label="Rooms" {
                    h1 { "Chamberlain" }
                    @for room in self.rooms {
                        a href={ "/?room=" (room.id) } aria-current=[self.is_open(room).then_some("page")] { "#" (room.name) }
                    }
                }
                main.conversation {
                    @if let Some(room) = self.open {
                        header {
                            h2 { "#" (room.name) }
                            p { (room.topic) @for member in self.members { " @" (member) } }
                        }
                        ol.messages { @for posted in self.messages { (self.message(&posted.message)) } }
                        (self.composer(room))
                    } @else {
                        p { "There is no room yet." }
                    }
                }
            },
        )
    }

    fn is_open(&self, room: &Room) -> bool {
        self.open.is_some_and(|open| open.id == room.id)
    }

    fn message(&self, message: &Message) -> Markup {
        let by_us = message.author.is_none();
        html! {
            li.ours[by_us] #{ "m-" (message.id) } {
                div.by {
                    b { @match &message.author { Some(author) => (author), None => "Chamberlain" } }
                    @if let Some(shown) = &message.acting_as { " as " (shown) }
                    time datetime=(message.posted_at) { (message.posted_at) }
                    @if let Some(reader) = &message.only_for { em { "only " (reader) " sees this" } }
                }
                @match &message.body {
                    Content::Text(_) => (render::html::content(&message.body)),
                    Content::Card(_) => (self.pressable(message)),
                }
            }
        }
    }

    /// A card in the form that its buttons belong to.
    fn pressable(&self, message: &Message) -> Markup {
        html! {
            form method="post" action="/press" {
                input type="hidden" name="room" value=(message.room);
                input type="hidden" name="message" value=(message.id);
                input type="hidden" name="form_key" value=(self.visitor.form_key());
                @if !self.people.is_empty() { input type="hidden" name="as" value=(self.reads); }
                (render::html::content(&message.body))
            }
        }
    }

    fn composer(&self, room: &Room) -> Markup {
        html! {
            form.composer method="post" action="/say" {
                input type="hidden" name="room" value=(room.id);
                input type="hidden" name="form_key" value=(self.visitor.form_key());
                @if !self.people.is_empty() {
                    label { "as "
                        select name="as" {
                            @for person in self.people {
                                option value=(person.id) selected[person.id == *self.reads] { (person.name) }
                            }
                        }
                    }
                }
                input type="text" name="text" aria-label="Message" placeholder="help" autocomplete="off" required autofocus;
                button type="submit" { "Send" }
            }
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
                link rel="stylesheet" href="/assets/console.css";
            }
            body { (body) }
        }
    }
}
