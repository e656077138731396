//! What tests share: a whole house on a real store, a clock moved by hand, and words to drive them with.
#![expect(dead_code, unreachable_pub, reason = "each test binary uses its part of it")]

pub mod browser;
pub mod cases;
pub mod chat;
pub mod clock;
pub mod desk;
pub mod environment;
pub mod gate;
pub mod house;
pub mod live;
pub mod postgres;
pub mod program;
pub mod required;
pub mod slack;
pub mod source;
