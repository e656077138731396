//! Chamberlain: a ChatOps bot that keeps a room for every iteration.
//!
//! What comes in is stored before it is acknowledged ([`store`]), read into events ([`event`]), decided by skills
//! ([`skills`]) under one policy ([`policy`]), committed whole ([`change`]), and carried outside by couriers
//! ([`runtime`]). `ARCHITECTURE.md` is the map; these hold everywhere:
//!
//! * Nothing is acknowledged that is not stored; nothing stored is silently dropped.
//! * State, effects, audit and "inbox done" change in one transaction, or not at all.
//! * Only [`policy`] makes a permit, and only a permit makes a change.
//! * Only [`store`] knows SQL, only [`adapters`] call platforms, only [`ports::Clock`] knows the time.

pub mod adapters;
pub mod card;
pub mod change;
pub mod cli;
pub mod command;
pub mod config;
pub mod domain;
pub mod event;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
pub mod metrics;
pub mod names;
pub mod policy;
pub mod ports;
pub mod reactions;
pub mod reconcile;
pub mod runtime;
pub mod skills;
pub mod store;
pub mod web;
