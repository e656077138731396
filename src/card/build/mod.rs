//! From facts to cards: pure, one file a card.

pub mod deploy;
pub mod room;
pub mod run;
