//! Reads a table of the config setting by setting; whatever nobody asked for is a mistake.

use super::item::Item;
use super::key_path::KeyPath;
use super::problem::{Fault, Place, Shown};
use super::raw::{Table, lay_under};
use super::reading::Reading;
use super::wanted::Wanted;

/// A table of the config that is being read. Nothing here fails: what is wrong is noted and a stand-in given, so that
/// the next setting is checked as well.
pub(super) struct Section<'r> {
    path: KeyPath,
    place: Place,
    table: Table,
    reading: &'r mut Reading,
}

impl Section<'_> {
    /// Lets `read` ask for the settings of `table` and notes those that it left.
    pub(super) fn read<T>(
        (path, place): (KeyPath, Place),
        table: Table,
        reading: &mut Reading,
        read: impl FnOnce(&mut Section<'_>) -> T,
    ) -> T {
        let mut section = Section { path, place, table, reading };
        let value = read(&mut section);
        for (key, raw) in section.table {
            section.reading.leave(raw.key_place, section.path.key(&key));
        }
        value
    }

    /// The setting `key`, or `default` when it is not written.
    pub(super) fn take<W: Wanted, T>(&mut self, key: &str, default: T, parse: impl FnOnce(W) -> Result<T, Fault>) -> T {
        self.find(key, parse).unwrap_or(default)
    }

    /// The setting `key`, if it is written.
    pub(super) fn find<W: Wanted, T>(&mut self, key: &str, parse: impl FnOnce(W) -> Result<T, Fault>) -> Option<T> {
        self.item(key)?.parse(parse)
    }

    /// The section `key`; one that is not written is read as an empty one.
    pub(super) fn section<T>(&mut self, key: &str, read: impl FnOnce(&mut Section<'_>) -> T) -> T {
        let place = self.table.get(key).map_or(&self.place, |raw| &raw.place).clone();
        let table = self.item(key).and_then(|mut item| item.wanted()).unwrap_or_default();
        Section::read((self.path.key(key), place), table, self.reading, read)
    }

    /// The sections inside the section `key`, whose names the operator chose.
    pub(super) fn named<T>(&mut self, key: &str, mut read: impl FnMut(&str, &mut Section<'_>) -> T) -> Vec<T> {
        let mut section = |name: &str, item: &mut Item<'_>| item.section(|section| read(name, section));
        self.item(key).map(|mut item| item.entries(&mut section)).unwrap_or_default()
    }

    /// The value of the setting `key`, if it is written.
    pub(super) fn item(&mut self, key: &str) -> Option<Item<'_>> {
        let path = self.path.key(key);
        self.reading.ask(&path);
        let raw = self.table.remove(key)?;
        Some(Item::new(path, raw, self.reading))
    }

    /// Whether the environment gave the setting `key`, if it is written.
    pub(super) fn is_from_variable(&self, key: &str) -> Option<bool> {
        self.table.get(key).map(|raw| raw.place.is_variable())
    }

    /// The name of the environment variable that sets `key`.
    pub(super) fn variable(&self, key: &str) -> String {
        self.path.key(key).variable()
    }

    /// Notes that the setting `key`, for which there is no default, is not written.
    pub(super) fn miss(&mut self, key: &str, hint: &str) {
        let fault = Fault::new("is missing", hint);
        self.reading.miss(fault.at(self.place.clone(), &self.path.key(key), Shown::Nothing));
    }

    /// Whether nothing is written inside the section `key`, which stays to be read.
    pub(super) fn is_empty(&self, key: &str) -> bool {
        self.table.get(key).is_none_or(|raw| Table::find(raw).is_some_and(|table| table.is_empty()))
    }

    /// Adds settings that hold only where nothing is written.
    pub(super) fn lay_under(&mut self, table: Table) {
        lay_under(&mut self.table, table);
    }
}
