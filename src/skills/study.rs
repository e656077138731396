//! What a skill decides by: one command, and one snapshot of rights and skills.

use std::sync::Arc;

use serde::Serialize;
use serde_json::{Value, json};

use super::host::Skills;
use crate::card::templates::TemplateError;
use crate::change::{Change, Content, Decision, Refused, Reply};
use crate::command::{Invocation, nearest};
use crate::domain::iteration::{Iteration, IterationKey};
use crate::domain::marked::Marked;
use crate::domain::person::{Actor, Person};
use crate::domain::project::Project;
use crate::domain::{ChatName, CommandName, EventId, PersonId, Refusal, Timestamp};
use crate::event::chat::Said;
use crate::policy::{self, Action, Permit, Rules, Target};
use crate::ports::ArtifactSource;
use crate::store::{Store, StoreError, iterations, rooms};

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
    /// The chat that keeps the rooms of new iterations.
    pub room_chat: ChatName,
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
        let known: Vec<String> =
            iterations::all(&mut reader).await?.into_iter().map(|iteration| iteration.key.to_string()).collect();
        Ok(Err(match named {
            Some(name) => {
                let near = nearest(&name, known.iter().map(String::as_str));
                Refusal::UnknownIteration { near: near.into_iter().map(str::to_owned).collect(), name }
            }
            None => Refusal::WhichIteration { known },
        }))
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
            only_for: self.actor.person().filter(|_| self.is_private).cloned(),
            content: Content::Text(self.shaped(words, "text")),
        }
    }

    /// The call, refused, in words that its asker alone reads.
    pub fn refused(&self, refusal: Refusal, target: &Target) -> Box<Refused> {
        let words = self.shaped(refusal.to_marked(), "refused");
        Box::new(Refused {
            actor: self.actor.clone(),
            command: Some(self.command().clone()),
            target: target.clone(),
            reply: Some(self.said.privately(self.actor.person(), words)),
            refusal,
            touched: Vec::new(),
        })
    }

    fn shaped(&self, words: Marked, key: &str) -> Marked {
        if !self.invocation.as_json {
            return words;
        }
        Marked::plain(&json!({ "command": self.command(), key: words.to_plain() }).to_string())
    }
}

impl Said {
    /// An answer that one person reads. A stranger has no id of ours, so the room reads it.
    pub(super) fn privately(&self, person: Option<&PersonId>, words: Marked) -> Reply {
        Reply {
            to: self.room.clone(),
            thread: self.thread.clone(),
            only_for: person.cloned(),
            content: Content::Text(words),
        }
    }
}
