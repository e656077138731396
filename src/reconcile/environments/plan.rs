//! What differs between the wish and what was seen: pure.

use crate::domain::Timestamp;
use crate::domain::component::{Component, ComponentName};
use crate::domain::deployment::Deployment;
use crate::domain::environment::{Environment, Revision};
use crate::domain::project::Project;
use crate::domain::repair::{NextTry, Repair, next_try};
use crate::domain::spec::{ComponentSpec, Seen, SeenState};

/// What a deployment does about one component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PlanStep {
    /// It is up as it should be.
    Leave(ComponentName),
    /// Bring it to this.
    Bring(Box<ComponentSpec>),
    /// It is no part of the product any more.
    End(ComponentName),
}

/// How a component keeps while no deployment runs, and what is to be done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Upkeep {
    /// As it should be, or as the last deployment left it.
    Well,
    /// Down: bring it up again; the tries with this one.
    Repair(Box<ComponentSpec>, Repair),
    /// Down or coming up: look again then.
    LookAt(Timestamp),
    /// Down, and tried often enough; the tries so far.
    GivenUp(Repair),
    /// It runs something else than it should.
    Drifted,
    /// It ended, and the last deployment had not brought it about: a person says what it should be.
    LeftDown,
    /// It is no part of the product any more.
    Stray,
}

/// What is wished, and what became of it so far.
#[derive(Clone, Copy)]
pub(super) struct Wished<'w> {
    pub(super) project: &'w Project,
    pub(super) environment: &'w Environment,
    pub(super) revision: &'w Revision,
}

impl<'w> Wished<'w> {
    /// The steps that bring the environment to its revision.
    pub(super) fn deploying(self, seen: &[Seen]) -> Vec<PlanStep> {
        let mut steps = Vec::new();
        for spec in self.specs() {
            if spec.is_up(state_of(seen, &spec.component)) {
                steps.push(PlanStep::Leave(spec.component));
            } else {
                steps.push(PlanStep::Bring(Box::new(spec)));
            }
        }
        steps.extend(self.strays(seen).map(PlanStep::End));
        steps
    }

    /// How each component keeps; `last` is the newest deployment that began.
    pub(super) fn keeping(
        self,
        last: Option<&Deployment>,
        seen: &[Seen],
        now: Timestamp,
    ) -> Vec<(ComponentName, Upkeep)> {
        let mut keeps: Vec<_> = self
            .specs()
            .map(|spec| {
                let was_brought = last.is_none_or(|last| last.has_brought(&spec.component));
                let state = state_of(seen, &spec.component);
                (spec.component.clone(), self.keep(spec, (state, was_brought), now))
            })
            .collect();
        keeps.extend(self.strays(seen).map(|component| (component, Upkeep::Stray)));
        keeps
    }

    fn keep(self, spec: ComponentSpec, (state, was_brought): (Option<&SeenState>, bool), now: Timestamp) -> Upkeep {
        let was_up = matches!(self.environment.seen_of(&spec.component), Some(SeenState::Up { .. }));
        match state {
            Some(SeenState::Up { .. }) if spec.is_up(state) || !was_brought => Upkeep::Well,
            Some(SeenState::Up { .. }) => Upkeep::Drifted,
            Some(SeenState::Starting) => Upkeep::LookAt(now.plus(super::SOON)),
            None | Some(SeenState::Missing | SeenState::Broken { .. }) if !was_brought => {
                if was_up {
                    Upkeep::LeftDown
                } else {
                    Upkeep::Well
                }
            }
            None | Some(SeenState::Missing | SeenState::Broken { .. }) => {
                let so_far = self.environment.repairs.get(&spec.component);
                match (next_try(so_far, now), so_far) {
                    (NextTry::Now(repair), _) => Upkeep::Repair(Box::new(spec), repair),
                    (NextTry::At(due), _) => Upkeep::LookAt(due),
                    (NextTry::GiveUp, Some(repair)) => Upkeep::GivenUp(*repair),
                    (NextTry::GiveUp, None) => Upkeep::Well,
                }
            }
        }
    }

    /// Each component of the revision, as it should run.
    fn specs(self) -> impl Iterator<Item = ComponentSpec> + use<'w> {
        let Self { project, environment, revision } = self;
        let wished = move |component: &Component| {
            let selection = revision.selections.get(&component.name)?;
            let life = (&environment.name, environment.generation);
            let grounds = (&project.addresses, project.components.as_slice());
            Some(ComponentSpec::of(component, &selection.artifact.digest, life, grounds))
        };
        project.components.iter().filter_map(wished)
    }

    fn strays<'s>(self, seen: &'s [Seen]) -> impl Iterator<Item = ComponentName> + use<'s, 'w> {
        let is_stray = move |seen: &&Seen| self.project.component(seen.component.as_str()).is_none();
        seen.iter().filter(is_stray).map(|seen| seen.component.clone())
    }
}

fn state_of<'s>(seen: &'s [Seen], component: &ComponentName) -> Option<&'s SeenState> {
    seen.iter().find(|seen| seen.component == *component).map(|seen| &seen.state)
}
