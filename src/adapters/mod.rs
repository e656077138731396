//! The outside, one folder a seam.

pub mod chat;
