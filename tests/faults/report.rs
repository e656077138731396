//! How many faults were tried, and how many survived: a line a class.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// The counts of all classes.
#[derive(Clone, Default)]
pub(crate) struct Report(Arc<Mutex<BTreeMap<String, Tally>>>);

#[derive(Default)]
struct Tally {
    tried: usize,
    survived: usize,
    notes: Vec<String>,
}

/// Counts faults of one class.
pub(crate) struct Class {
    name: String,
    report: Report,
}

impl Report {
    pub(crate) fn class(&self, name: &str) -> Class {
        Class { name: name.to_owned(), report: self.clone() }
    }

    pub(crate) fn told(&self) -> String {
        let classes = self.0.lock().unwrap();
        let line = |(name, Tally { tried, survived, notes }): (&String, &Tally)| {
            format!("  {name:<44} {tried:>5} {survived:>5}  {}", notes.join("; "))
        };
        let lines: Vec<String> = classes.iter().map(line).collect();
        let tried: usize = classes.values().map(|tally| tally.tried).sum();
        let survived: usize = classes.values().map(|tally| tally.survived).sum();
        let all = format!("  {:<44} {tried:>5} {survived:>5}", "all");
        format!("faults tried and survived, by class:\n{}\n{all}", lines.join("\n"))
    }
}

impl Class {
    /// A fault was made.
    pub(crate) fn tried(&self) {
        self.tally(|tally| tally.tried += 1);
    }

    /// All that were made so far did no harm.
    pub(crate) fn survived(&self) {
        self.tally(|tally| tally.survived = tally.tried);
    }

    /// What else is worth knowing.
    pub(crate) fn note(&self, note: String) {
        self.tally(|tally| tally.notes.push(note));
    }

    fn tally(&self, change: impl FnOnce(&mut Tally)) {
        change(self.report.0.lock().unwrap().entry(self.name.clone()).or_default());
    }
}
