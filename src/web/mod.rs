//! The house's own HTTP: console, API, health.

mod api;
mod asset;
mod auth;
mod console;
mod error;
pub(crate) mod host;
mod messages;
mod presses;
pub mod proxy;
mod router;
mod state;
mod webhooks;

pub use router::{router, serve};
pub use state::{Lookups, Settings, State};
pub use webhooks::HookKey;
