//! `iteration …`: starts iterations, lists and shows them, opens their rooms again, adds and removes people.

mod people;
mod reopen;
mod show;
mod start;

pub(super) use people::{add, remove};
pub(super) use reopen::reopen;
pub(super) use show::{list, show};
pub(super) use start::start;
