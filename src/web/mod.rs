//! The house's own HTTP: console, API, health.

mod api;
mod asset;
mod auth;
mod console;
mod door;
mod error;
mod health;
pub(crate) mod host;
mod limits;
mod listener;
mod measure;
mod messages;
mod pace;
mod presses;
pub mod proxy;
mod router;
mod state;
mod webhooks;

pub use health::serve_metrics;
pub use limits::Limits;
pub use listener::serve;
pub use router::router;
pub use state::{Connections, Lookups, Settings, State};
pub use webhooks::HookKey;
