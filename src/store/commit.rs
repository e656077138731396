//! From a decision to the rows that one transaction writes.

use super::audit::Line;
use super::inbox::{Claimed, Ending, Outcome};
use super::outbox::Effect;
use crate::change::{Change, Decision, EffectBody, Parked, Refused, Write};
use crate::domain::spec::EnvironmentName;
use crate::domain::touch::TouchKey;
use crate::domain::{EffectId, EventId, Timestamp, TraceId};
use crate::event::Raw;

/// All that is written when an event is finished.
#[derive(Clone, Debug)]
pub struct Commit {
    pub(super) ending: Ending,
    pub(super) trace: TraceId,
    pub(super) effects: Vec<Effect>,
    pub(super) audit: Option<Line>,
    pub(super) children: Vec<Raw>,
    pub(super) writes: Vec<Write>,
    pub(super) touched: Vec<TouchKey>,
}

/// What came of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Committed {
    /// It is on disk.
    Done,
    /// Something it was decided on has changed: gather and decide again.
    Conflict,
    /// Another process has the event now: stop.
    ClaimLost,
}

impl Commit {
    /// The rows of a decision. `rules` is the version of the rules in force, for the audit line of a refusal.
    pub fn of(claimed: &Claimed, decision: &Decision, now: Timestamp, rules: &str) -> Self {
        let raw = &claimed.raw;
        let ending = |outcome, reason| Ending { outcome, reason, ..Ending::of(claimed) };
        match decision {
            Decision::Changed(change) => Self {
                effects: effects(raw, change.effects(), now),
                audit: Some(changed_line(raw, change, now)),
                writes: change.writes().to_vec(),
                touched: change.touched().to_vec(),
                ..Self::ending(raw, ending(Outcome::Changed, None))
            },
            Decision::Refused(refused) => Self {
                effects: effects(raw, &replies(refused.reply.as_ref()), now),
                audit: Some(refused_line(raw, refused, now, rules)),
                touched: refused.touched.clone(),
                ..Self::ending(raw, ending(Outcome::Refused, None))
            },
            Decision::Nothing(why) => Self::ending(raw, ending(Outcome::Nothing, Some(why.as_str().to_owned()))),
            Decision::Parked(Parked { reason, reply }) => Self {
                effects: effects(raw, &replies(reply.as_ref()), now),
                ..Self::ending(raw, ending(Outcome::Parked, Some(reason.clone())))
            },
        }
    }

    fn ending(raw: &Raw, ending: Ending) -> Self {
        Self {
            ending,
            trace: raw.trace.clone(),
            effects: Vec::new(),
            audit: None,
            children: Vec::new(),
            writes: Vec::new(),
            touched: Vec::new(),
        }
    }

    /// Splits an arrival that holds several events into a row for each: the same body, read for its part alone.
    pub fn split(claimed: &Claimed, parts: usize) -> Self {
        let raw = &claimed.raw;
        let child =
            |number| Raw { id: raw.id.child(number), dedup_key: format!("{}#{number}", raw.dedup_key), ..raw.clone() };
        let ending = Ending { outcome: Outcome::Split, ..Ending::of(claimed) };
        Self { children: (0..parts).map(child).collect(), ..Self::ending(raw, ending) }
    }

    /// Whether it writes state, and so needs a transaction of its own, which may end in a conflict.
    pub(super) fn writes_state(&self) -> bool {
        !self.writes.is_empty() || !self.touched.is_empty()
    }

    /// The environments whose deployments it writes.
    pub(super) fn deploys_in(&self) -> impl Iterator<Item = &EnvironmentName> {
        self.writes.iter().filter_map(|write| match write {
            Write::Deployment(deployment) => Some(&deployment.environment),
            Write::Moved(moved) => Some(&moved.deployment.environment),
            _ => None,
        })
    }

    /// Whether a timer is set anew by it.
    pub(super) fn sets_timer(&self) -> bool {
        self.writes.iter().any(|write| matches!(write, Write::Timer { timer: Some(_), .. }))
    }

    /// The event that is finished.
    pub fn event(&self) -> &EventId {
        &self.ending.id
    }
}

fn replies(reply: Option<&crate::change::Reply>) -> Vec<EffectBody> {
    reply.cloned().map(EffectBody::Reply).into_iter().collect()
}

/// Ids come from the event and the number, so that the same event decided twice cannot do a deed twice.
fn effects(raw: &Raw, bodies: &[EffectBody], now: Timestamp) -> Vec<Effect> {
    let effect = |(number, body): (usize, &EffectBody)| Effect {
        id: EffectId::of(&raw.id, number),
        body: body.clone(),
        trace: raw.trace.clone(),
        created_at: now,
    };
    bodies.iter().enumerate().map(effect).collect()
}

fn changed_line(raw: &Raw, change: &Change, now: Timestamp) -> Line {
    let permit = change.permit();
    Line {
        at: now,
        event: raw.id.clone(),
        actor: permit.actor().to_string(),
        command: Some(permit.action().command.to_string()),
        target: permit.target().name.clone(),
        outcome: Outcome::Changed.as_str().to_owned(),
        reason: None,
        rules: permit.rules().to_owned(),
        trace: raw.trace.clone(),
    }
}

fn refused_line(raw: &Raw, refused: &Refused, now: Timestamp, rules: &str) -> Line {
    Line {
        at: now,
        event: raw.id.clone(),
        actor: refused.actor.to_string(),
        command: refused.command.as_ref().map(ToString::to_string),
        target: refused.target.name.clone(),
        outcome: Outcome::Refused.as_str().to_owned(),
        reason: Some(refused.refusal.to_marked().to_plain()),
        rules: rules.to_owned(),
        trace: raw.trace.clone(),
    }
}
