//! One value of the config on its way to being checked.

use super::key_path::KeyPath;
use super::name::check_name;
use super::problem::{Fault, Shown};
use super::raw::{Raw, Table};
use super::reading::Reading;
use super::section::Section;
use super::wanted::Wanted;

/// One value: a setting, an item of a list or an entry of a table. Whatever is wrong with it is noted, and then
/// nothing is given.
pub(super) struct Item<'r> {
    path: KeyPath,
    raw: Raw,
    reading: &'r mut Reading,
}

impl<'r> Item<'r> {
    /// The value `raw` of the setting `path`.
    pub(super) fn new(path: KeyPath, raw: Raw, reading: &'r mut Reading) -> Self {
        reading.ask(&path);
        Self { path, raw, reading }
    }

    /// The value as `parse` takes it.
    pub(super) fn parse<W: Wanted, T>(&mut self, parse: impl FnOnce(W) -> Result<T, Fault>) -> Option<T> {
        let parsed = parse(self.wanted()?);
        parsed.map_err(|fault| self.complain(fault)).ok()
    }

    /// The value as `parse` takes it; a problem does not tell the value.
    pub(super) fn parse_hidden<W: Wanted, T>(&mut self, parse: impl FnOnce(W) -> Result<T, Fault>) -> Option<T> {
        let parsed = parse(self.wanted()?);
        parsed.map_err(|fault| self.complain_hidden(fault)).ok()
    }

    /// Reads the table behind the value as a section; what `read` did not ask for is noted as unknown.
    pub(super) fn section<T>(&mut self, read: impl FnOnce(&mut Section<'_>) -> T) -> Option<T> {
        let table: Table = self.wanted()?;
        Some(Section::read((self.path.clone(), self.raw.place.clone()), table, self.reading, read))
    }

    /// Reads each item of the list.
    pub(super) fn list<T>(&mut self, mut read: impl FnMut(&mut Item<'_>) -> Option<T>) -> Vec<T> {
        let items: Vec<Raw> = self.wanted().unwrap_or_default();
        let mut read = |(index, raw)| read(&mut Item::new(self.path.index(index), raw, self.reading));
        items.into_iter().enumerate().filter_map(&mut read).collect()
    }

    /// Reads each item of the list, gives each value once and notes those that come twice.
    pub(super) fn distinct<T: PartialEq>(&mut self, read: impl Fn(&mut Item<'_>) -> Option<T>) -> Vec<T> {
        let mut kept: Vec<T> = Vec::new();
        self.list(|item| {
            let value = read(item)?;
            if kept.contains(&value) {
                item.complain(Fault::new("listed twice", "Keep one of them."));
            } else {
                kept.push(value);
            }
            Some(())
        });
        kept
    }

    /// Reads each entry of a table whose keys the operator chose.
    pub(super) fn entries<T>(&mut self, mut read: impl FnMut(&str, &mut Item<'_>) -> Option<T>) -> Vec<T> {
        let entries: Table = self.wanted().unwrap_or_default();
        let read = |(name, raw): (String, Raw)| {
            let mut item = Item::new(self.path.name(&name), raw, self.reading);
            item.check_own_name(&name);
            read(&name, &mut item)
        };
        entries.into_iter().filter_map(read).collect()
    }

    /// Notes that the list is empty, if it is, and what to write instead.
    pub(super) fn must_not_be_empty(&mut self, hint: &str) {
        if Vec::<Raw>::find(&self.raw).is_some_and(|items| items.is_empty()) {
            self.complain_showing(Shown::Nothing, Fault::new("is an empty list", hint));
        }
    }

    /// Notes that the value will not do.
    pub(super) fn complain(&mut self, fault: Fault) {
        self.complain_showing(self.raw.shown(), fault);
    }

    /// Notes that the value will not do, without telling it.
    pub(super) fn complain_hidden(&mut self, fault: Fault) {
        self.complain_showing(Shown::Hidden, fault);
    }

    /// Notes that the value names something that is not there.
    pub(super) fn miss(&mut self, fault: Fault) {
        self.reading.miss(fault.at(self.raw.place.clone(), &self.path, self.raw.shown()));
    }

    /// The value, if it is of the wanted kind. A wrong kind is told without the value: it may hold a secret.
    pub(super) fn wanted<W: Wanted>(&mut self) -> Option<W> {
        let found = W::find(&self.raw);
        if found.is_none() {
            let reason = format!("is {} and should be {}", self.raw.kind(), W::KIND);
            self.complain_showing(Shown::Nothing, Fault::new(reason, W::HINT));
        }
        found
    }

    /// Whether the environment gave it.
    pub(super) fn is_from_variable(&self) -> bool {
        self.raw.place.is_variable()
    }

    fn check_own_name(&mut self, name: &str) {
        if let Err(Fault { reason, hint }) = check_name(name) {
            let fault = Fault::new(format!("is {reason}"), hint);
            self.reading.complain(fault.at(self.raw.key_place.clone(), &self.path, Shown::Nothing));
        }
    }

    fn complain_showing(&mut self, shown: Shown, fault: Fault) {
        self.reading.complain(fault.at(self.raw.place.clone(), &self.path, shown));
    }
}
