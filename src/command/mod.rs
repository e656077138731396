//! The command grammar, made from skill manifests: one for chat, and later for slash commands and pull-request
//! comments too. It knows no platform.

mod argument;
pub mod complete;
mod form;
mod grammar;
mod invocation;
pub mod manifest;
mod parse;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod promises;
mod suggest;
mod usage;
mod words;

pub use form::form;
pub use grammar::{Grammar, Spec};
pub use invocation::{Invocation, Value};
pub use manifest::Manifest;
pub use parse::Misread;
pub use suggest::nearest;
pub use usage::usage;
pub use words::quoted_if_needed;
