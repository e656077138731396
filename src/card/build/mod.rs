//! From facts to cards: pure, one file a card.

pub mod deploy;
pub mod home;
pub mod lines;
pub mod logs;
pub mod offer;
pub mod room;
pub mod run;
