//! The house's own HTTP: console, API, health.

mod api;
mod asset;
mod auth;
mod console;
mod door;
mod error;
pub(crate) mod host;
mod limits;
mod listener;
mod messages;
mod pace;
mod presses;
pub mod proxy;
mod router;
mod state;
mod webhooks;

pub use limits::Limits;
pub use listener::serve;
pub use router::router;
pub use state::{Lookups, Settings, State};
pub use webhooks::HookKey;
