//! The conversation: messages, living cards, threads, and the line that one types into.

use maud::{Markup, html};

use super::marks::time;
use super::view::Talk;
use super::{Reader, address};
use crate::card::model::Content;
use crate::card::render;
use crate::store::console::{Message, Posted};

/// The conversation of the open room.
pub(super) fn talk(talk: &Talk, reader: &Reader<'_>) -> Markup {
    let room = &talk.room;
    html! {
        main.conversation #conversation {
            header {
                h2 { "#" (room.name) }
                p { (room.topic) }
            }
            div.scroll tabindex="0" aria-label={ "Messages of " (room.name) } {
                div.fill role="log" aria-label="Messages" {
                    @if let Some(earlier) = talk.earlier {
                        a.earlier href={ (address(&room.id, reader.acting_as(), None)) "&before=" (earlier) } { "Earlier messages" }
                    }
                    @if talk.messages.is_empty() {
                        p.hint { "Nothing was said here yet. " code { "help" } " lists what you may say." }
                    }
                    ol.messages {
                        @for posted in &talk.messages {
                            (message(&posted.message, reader, talk.replies.get(&posted.message.id).copied()))
                        }
                    }
                }
            }
            (composer(&room.id, reader, None))
        }
    }
}

/// One message; `replies` stand in its thread.
pub(super) fn message(message: &Message, reader: &Reader<'_>, replies: Option<i64>) -> Markup {
    let by_us = message.author.is_none();
    html! {
        li.ours[by_us] .private[message.only_for.is_some()] #{ "m-" (message.id) } {
            div.by {
                b { @match &message.author { Some(author) => (author), None => "Chamberlain" } }
                @if let Some(shown) = &message.acting_as { span.acting { " as " (shown) } }
                (time(message.posted_at))
                @if let Some(person) = &message.only_for { em { "only " (person) " sees this" } }
            }
            @match &message.body {
                Content::Card(_) => (pressable(message, reader)),
                Content::Text(_) | Content::Log(_) | Content::File(_) => (render::html::content(&message.body)),
            }
            @if let Some(replies) = replies {
                a.replies href=(address(&message.room, reader.acting_as(), Some(&message.id))) {
                    (replies) @if replies == 1 { " reply" } @else { " replies" }
                }
            }
        }
    }
}

/// A card in the form that its buttons belong to.
fn pressable(message: &Message, reader: &Reader<'_>) -> Markup {
    html! {
        form.press method="post" action="/press" {
            input type="hidden" name="room" value=(message.room);
            input type="hidden" name="message" value=(message.id);
            input type="hidden" name="form_key" value=(reader.visitor.form_key());
            @if !reader.people.is_empty() { input type="hidden" name="as" value=(reader.reads); }
            (render::html::content(&message.body))
        }
    }
}

/// A thread: the message that it stands under, and its replies.
pub(super) fn thread(room: &str, first: &str, posted: &[Posted], reader: &Reader<'_>) -> Markup {
    html! {
        aside.thread #thread aria-label="Thread" data-thread=(first) {
            header {
                h2 { "Thread" }
                a.close href=(address(room, reader.acting_as(), None)) aria-label="Close the thread" { "✕" }
            }
            div.scroll {
                div.fill role="log" aria-label="Replies" {
                    ol.messages {
                        @for posted in posted { (message(&posted.message, reader, None)) }
                    }
                }
            }
            (composer(room, reader, Some(first)))
        }
    }
}

fn composer(room: &str, reader: &Reader<'_>, thread: Option<&str>) -> Markup {
    html! {
        form.composer method="post" action="/say" {
            input type="hidden" name="room" value=(room);
            input type="hidden" name="form_key" value=(reader.visitor.form_key());
            @if let Some(thread) = thread { input type="hidden" name="thread" value=(thread); }
            @if !reader.people.is_empty() {
                select name="as" aria-label="Write as" title="Write as" {
                    @for person in reader.people {
                        option value=(person.id) selected[person.id == *reader.reads] { (person.name) }
                    }
                }
            }
            div.line {
                input type="text" name="text" aria-label="Message" placeholder=(if thread.is_some() { "Reply" } else { "Say something, or a command: help" })
                    autocomplete="off" maxlength="16000" required autofocus[thread.is_none()];
                p.note role="status" {}
            }
            button.primary type="submit" { "Send" }
        }
    }
}
