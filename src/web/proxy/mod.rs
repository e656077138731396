//! The reverse proxy: `<component>.<environment>.localhost` leads to the component's process.

mod forward;
mod headers;
mod open;
mod page;
mod target;
mod upgrade;

pub use forward::{Proxy, proxy};
pub use target::target;

#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use {forward::fit, headers::outward};
