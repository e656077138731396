//! `iteration …`: starts iterations, lists and shows them, adds and removes people.

mod people;
mod show;
mod start;

pub(super) use people::{add, remove};
pub(super) use show::{list, show};
pub(super) use start::start;
