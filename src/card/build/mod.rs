//! From facts to cards: pure, one file a card.

pub mod room;
