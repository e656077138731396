//! What a skill decides by: one command, and one snapshot of rights and skills.

mod environment;
mod present;
mod versions;

pub(super) use environment::not_active;
pub(super) use present::{Present, or_false, told_age};
pub(super) use versions::Changes;
pub(super) use versions::no_version;

use std::sync::Arc;

use serde::Serialize;
use serde_json::{Value, json};

use super::host::Skills;
use crate::card::model::Card;
use crate::card::render;
use crate::card::templates::TemplateError;
use crate::change::{Change, Content, Decision, Refused, Reply};
use crate::command::{Invocation, nearest};
use crate::domain::form::Account;
use crate::domain::iteration::{Iteration, IterationKey};
use crate::domain::marked::Marked;
use crate::domain::person::{Actor, Person};
use crate::domain::project::Project;
use crate::domain::{ChatName, CommandName, EventId, PersonId, Refusal, Timestamp};
use crate::event::chat::Said;
use crate::names::Names;
use crate::policy::{self, Action, Permit, Rules, Target};
use crate::ports::{ArtifactSource, EnvironmentDriver};
use crate::store::{Store, StoreError, iterations, members, rooms};

/// How many of what may be meant are named, each with a button.
pub(super) const MOST_CHOICES: usize = 5;

/// A snapshot that one event is decided by.
#[derive(Clone)]
pub struct Study {
    /// The rights in force.
    pub rules: Arc<Rules>,
    /// The commands and texts in force.
    pub skills: Arc<Skills>,
    /// Where facts are looked up; a skill only reads.
    pub store: Store,
    /// When the event was taken in.
    pub said_at: Timestamp,
    /// When it is decided.
    pub now: Timestamp,
    /// The event that is decided; new ids are made from it, so that deciding twice makes the same ones.
    pub event: EventId,
    /// What iterations work on.
    pub project: Arc<Project>,
    /// Where versions come from; looking changes nothing.
    pub source: Arc<dyn ArtifactSource>,
    /// Where environments run; here only their logs are read.
    pub driver: Arc<dyn EnvironmentDriver>,
    /// The chat that keeps the rooms of new iterations.
    pub room_chat: ChatName,
}

impl Names {
    /// As a study sees them.
    pub(super) fn of_study(study: &Study) -> Self {
        let (rules, project) = (study.rules.clone(), study.project.clone());
        Self { rules, project, source: study.source.clone(), store: study.store.clone() }
    }
}

/// One command that somebody gave.
#[derive(Clone, Debug)]
pub struct Call {
    /// In whose name.
    pub actor: Actor,
    /// Where and in which words.
    pub said: Said,
    /// What it means.
    pub invocation: Invocation,
    /// Whether its asker alone reads the answer.
    pub is_private: bool,
}

/// Why there is no decision.
#[derive(Debug, thiserror::Error)]
pub enum GatherError {
    /// The store failed; the event waits and is tried again.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A text could not be made: a mistake of ours or of a folder's.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// A command without a handler: a mistake of ours.
    #[error("no handler answers `{0}`")]
    Unanswered(CommandName),
}

/// An iteration with the right to do something to it, or the refusal.
pub(super) type Found = Result<(Iteration, Permit), Box<Refused>>;

impl Study {
    /// The person behind an account. Acting as another is passed on only by a front door that allows it.
    pub fn actor(&self, said: &Said) -> Actor {
        let speaker = &said.by;
        let Some(person) = self.rules.person_by_account(&said.room.chat(), &speaker.account) else {
            return Actor::Stranger(speaker.account.clone());
        };
        match &speaker.acting_as {
            Some(shown) if shown != &person.id => Actor::Acting { shown: shown.clone(), really: person.id.clone() },
            _ => Actor::Person(person.id.clone()),
        }
    }

    /// The same, where nothing is said: a form is open before them, or their own page.
    pub(super) fn behind(&self, by: &Account) -> Actor {
        let person = self.rules.person_by_account(&by.chat, &by.id);
        person.map_or_else(|| Actor::Stranger(by.id.clone()), |person| Actor::Person(person.id.clone()))
    }

    /// Asks for the right to carry the call out; a refusal comes with its private answer.
    pub fn permit(&self, call: &Call, target: &Target) -> Result<Permit, Box<Refused>> {
        let action = Action { command: call.command().clone() };
        policy::decide(&self.rules, &call.actor, &action, target).map_err(|refusal| call.refused(refusal, target))
    }

    /// What is done to: an iteration, or something in the project.
    pub fn target(&self, iteration: Option<&Iteration>) -> Target {
        Target {
            project: Some(iteration.map_or(&self.project.name, |iteration| &iteration.project).clone()),
            class: None,
            name: iteration.map(|iteration| iteration.key.to_string()),
        }
    }

    /// The environment of an iteration as what is done to.
    pub fn environment_target(&self, iteration: Option<&Iteration>) -> Target {
        Target { class: Some(self.project.class.clone()), ..self.target(iteration) }
    }

    /// The iteration that a call is about (`--in`, else the room's), and the right to carry the call out on it.
    /// Whoever has no right anywhere is told that, and not which iterations there are.
    pub(super) async fn on_iteration(&self, call: &Call) -> Result<Found, GatherError> {
        let found = self.find_iteration(call).await?;
        let target = self.target(found.as_ref().ok());
        Ok(self.permitted(call, found, &target))
    }

    /// The same, where the call is about the iteration's environment.
    pub(super) async fn on_environment(&self, call: &Call) -> Result<Found, GatherError> {
        let found = self.find_iteration(call).await?;
        let target = self.environment_target(found.as_ref().ok());
        Ok(self.permitted(call, found, &target))
    }

    fn permitted(&self, call: &Call, found: Result<Iteration, Refusal>, target: &Target) -> Found {
        let permit = self.permit(call, target)?;
        match found {
            Ok(iteration) => Ok((iteration, permit)),
            Err(refusal) => Err(call.refused(refusal, target)),
        }
    }

    async fn find_iteration(&self, call: &Call) -> Result<Result<Iteration, Refusal>, GatherError> {
        let mut reader = self.store.reader().await?;
        let named = call.invocation.text("in").map(str::to_owned);
        let key = match &named {
            Some(name) => Some(IterationKey::new(name.trim_start_matches('#').to_lowercase())),
            None => rooms::iteration_of(&mut reader, &call.said.room).await?,
        };
        let found = match &key {
            Some(key) => iterations::find(&mut reader, key).await?,
            None => None,
        };
        if let Some(iteration) = found {
            return Ok(Ok(iteration));
        }
        let all = iterations::all(&mut reader).await?;
        if let Some(name) = named {
            let near = nearest(&name, all.iter().map(|iteration| iteration.key.as_str()));
            let near = near.into_iter().map(str::to_owned).collect();
            return Ok(Err(Refusal::UnknownIteration { near, name }));
        }
        let theirs = match call.actor.person() {
            Some(person) => members::iterations_of(&mut reader, person).await?,
            None => Vec::new(),
        };
        Ok(Err(which(all, &theirs)))
    }

    /// The person that an argument names, by id or name.
    pub fn person(&self, call: &Call, argument: &str) -> Result<&Person, Refusal> {
        let typed = call.invocation.text(argument).unwrap_or_default();
        let by_name = || self.rules.people.values().find(|person| person.name.eq_ignore_ascii_case(typed));
        self.rules.person(&PersonId::new(typed.to_lowercase())).or_else(by_name).ok_or_else(|| {
            let near = nearest(typed, self.rules.people.keys().map(PersonId::as_str));
            Refusal::UnknownPerson {
                name: typed.chars().take(40).collect(),
                near: near.into_iter().map(str::to_owned).collect(),
            }
        })
    }

    /// A text of the call's skill.
    pub fn say(&self, call: &Call, template: &str, context: &impl Serialize) -> Result<Marked, TemplateError> {
        self.skills.templates.render(&call.invocation.spec.skill, template, context)
    }

    /// Answers a call that changes nothing but is judged like any other; `facts` are looked up only when it is allowed.
    pub fn answer_permitted(
        &self,
        call: &Call,
        template: &str,
        facts: impl FnOnce() -> Value,
    ) -> Result<Decision, GatherError> {
        let permit = match self.permit(call, &Target::default()) {
            Ok(permit) => permit,
            Err(refused) => return Ok(Decision::Refused(refused)),
        };
        let words = self.say(call, template, &facts())?;
        Ok(Decision::Changed(Change::new(permit).answering(call.reply(words))))
    }
}

/// Asks which of the open iterations is meant: first those whose room the asker is in, of these the newest first.
fn which(all: Vec<Iteration>, theirs: &[IterationKey]) -> Refusal {
    let mut open: Vec<Iteration> = all.into_iter().filter(Iteration::is_open).collect();
    open.sort_by_key(|iteration| !theirs.contains(&iteration.key));
    let known = open.iter().take(MOST_CHOICES).map(|one| (one.key.to_string(), one.name.clone())).collect();
    Refusal::WhichIteration { known, more: open.len().saturating_sub(MOST_CHOICES) }
}

impl Call {
    /// The command.
    pub fn command(&self) -> &CommandName {
        &self.invocation.spec.name
    }

    /// An answer; as JSON when the call asked for that.
    pub fn reply(&self, words: Marked) -> Reply {
        Reply {
            to: self.said.room.clone(),
            thread: self.said.thread.clone(),
            only_for: self.actor.reader().filter(|_| self.is_private),
            back: self.said.back.clone(),
            content: Content::Text(self.shaped(words, "text")),
        }
    }

    /// An answer as a card, seen by its asker alone unless it is for all; as JSON when the call asked for that.
    pub fn reply_card(&self, card: Card, is_for_all: bool) -> Reply {
        let card = Content::Card(Box::new(card));
        let content = if self.invocation.as_json {
            Content::Text(self.shaped(Marked::plain(&render::text::content(&card)), "text"))
        } else {
            card
        };
        Reply {
            to: self.said.room.clone(),
            thread: self.said.thread.clone(),
            only_for: self.actor.reader().filter(|_| !is_for_all || self.is_private),
            back: self.said.back.clone(),
            content,
        }
    }

    /// The call, refused, in words that its asker alone reads.
    pub fn refused(&self, refusal: Refusal, target: &Target) -> Box<Refused> {
        let words = self.shaped(refusal.to_marked(), "refused");
        Box::new(Refused {
            actor: self.actor.clone(),
            command: Some(self.command().clone()),
            target: target.clone(),
            reply: Some(self.said.privately(&self.actor, words)),
            refusal,
            touched: Vec::new(),
        })
    }

    fn shaped(&self, words: Marked, key: &str) -> Marked {
        if self.invocation.as_json { shaped_as_json(Some(self.command()), (key, &words)) } else { words }
    }
}

/// An answer for a script.
pub(super) fn shaped_as_json(command: Option<&CommandName>, (key, words): (&str, &Marked)) -> Marked {
    Marked::plain(&json!({ "command": command, key: words.to_plain() }).to_string())
}

impl Said {
    /// An answer that its asker alone reads.
    pub(super) fn privately(&self, actor: &Actor, words: Marked) -> Reply {
        Reply {
            to: self.room.clone(),
            thread: self.thread.clone(),
            only_for: actor.reader(),
            back: self.back.clone(),
            content: Content::Text(words),
        }
    }
}
