//! The house's own HTTP: console, API, health.

mod api;
mod asset;
mod auth;
mod console;
mod error;
mod health;
pub(crate) mod host;
mod measure;
mod messages;
mod presses;
pub mod proxy;
mod router;
mod state;
mod webhooks;

pub use health::serve_metrics;
pub use router::{router, serve};
pub use state::{Connections, Lookups, Settings, State};
pub use webhooks::HookKey;
