//! Cards and texts, neutral; how they are built from facts, and how each surface shows them.

pub mod build;
pub mod model;
pub mod render;
pub mod samples;
pub mod templates;
