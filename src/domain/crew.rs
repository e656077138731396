//! Those who are at work on one database.

/// A process among those who share its database with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crew {
    /// How many there are, itself among them.
    pub count: u32,
    /// How many of them come before it, in an order that all agree on.
    pub rank: u32,
    /// Whether the others have had time to hear of it.
    pub is_settled: bool,
}

impl Crew {
    /// Nobody else is there.
    pub const ALONE: Self = Self { count: 1, rank: 0, is_settled: true };
}
