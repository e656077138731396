//! All that a decision about an environment needs to know of it.

use super::card::CardRow;
use super::component::ComponentName;
use super::deployment::{Cause, Deployment};
use super::environment::{Environment, Revision, Selection};
use super::revise::Basis;

/// An environment with what was chosen for it and what goes on in it.
#[derive(Clone, Debug)]
pub struct Record {
    /// The environment, with its draft; a new one before anything was deployed.
    pub environment: Environment,
    /// The revision that differences are laid over: the queued deployment's, else the one that was wished last.
    pub base: Option<Revision>,
    /// The newest revision number given so far.
    pub revisions: i64,
    /// The newest deployment number given so far.
    pub deployments: i64,
    /// The deployment under way.
    pub running: Option<Deployment>,
    /// The deployment that waits.
    pub queued: Option<Deployment>,
    /// The newest deployment that began, running or ended.
    pub last: Option<Deployment>,
    /// The open deploy card.
    pub open_card: Option<CardRow>,
}

impl Record {
    /// What a revision is made from; `defaults` is what runs where nobody chose.
    pub fn basis<'r>(&'r self, defaults: &'r [Selection], components: &'r [ComponentName]) -> Basis<'r> {
        Basis { environment: &self.environment, base: self.base.as_ref(), newest: self.revisions, defaults, components }
    }

    /// Whether what is wished was tried and did not come through, and nothing else is on its way.
    pub fn is_unfinished(&self) -> bool {
        self.queued.is_none() && self.last.as_ref().is_some_and(|last| last.state.has_ended_badly())
    }

    /// Whether something that a person asked for waits: nothing that comes of itself takes its place.
    pub fn has_persons_turn(&self) -> bool {
        self.queued.as_ref().is_some_and(|queued| queued.cause == Cause::Asked)
    }
}
