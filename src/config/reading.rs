//! What gathers while the config is read: problems, and which settings there are.

use std::collections::BTreeSet;

use super::key_path::KeyPath;
use super::problem::{Place, Problem};
use super::unknown;

/// What gathers while the config is read.
#[derive(Default)]
pub(super) struct Reading {
    /// What is wrong so far.
    problems: Vec<Problem>,
    /// Every setting that the program asked for, written or not.
    asked: BTreeSet<KeyPath>,
    /// What was written and never asked for, with the place of its key.
    left: Vec<(Place, KeyPath)>,
    /// Lines of the file that are no TOML: what was read from them is a guess.
    torn: BTreeSet<usize>,
}

impl Reading {
    /// Notes the lines that are no TOML.
    pub(super) fn tear(&mut self, problems: Vec<Problem>) {
        self.torn.extend(problems.iter().filter_map(|problem| problem.place.line()));
        self.problems.extend(problems);
    }

    /// Notes a problem; not on a line that is no TOML, where it would tell the same slip again.
    pub(super) fn complain(&mut self, problem: Problem) {
        if !self.is_torn(&problem.place) {
            self.problems.push(problem);
        }
    }

    /// Notes that something should be there and is not; not when it may stand on a line that is no TOML.
    pub(super) fn miss(&mut self, problem: Problem) {
        if self.torn.is_empty() {
            self.complain(problem);
        }
    }

    /// Notes that the program knows the setting `key`.
    pub(super) fn ask(&mut self, key: &KeyPath) {
        self.asked.insert(key.clone());
    }

    /// Notes that nobody asked for the setting `key`, whose name stands at `place`.
    pub(super) fn leave(&mut self, place: Place, key: KeyPath) {
        if !self.is_torn(&place) {
            self.left.push((place, key));
        }
    }

    /// Every setting that the program asked for.
    #[cfg(test)]
    pub(super) fn asked(&self) -> &BTreeSet<KeyPath> {
        &self.asked
    }

    /// All problems, in the order in which an operator would go through them.
    pub(super) fn finish(mut self) -> Vec<Problem> {
        self.problems.extend(unknown::problems(&self.left, &self.asked));
        self.problems.sort_by(|one, other| one.place.cmp(&other.place));
        self.problems
    }

    fn is_torn(&self, place: &Place) -> bool {
        place.line().is_some_and(|line| self.torn.contains(&line))
    }
}
