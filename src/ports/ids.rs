//! Where new ids come from.

use ulid::Ulid;

/// Makes ids that nobody else has. Tests count.
pub trait Ids: Send + Sync {
    /// A new id: letters and digits, sortable by time.
    fn fresh(&self) -> String;
}

/// ULIDs.
#[derive(Clone, Copy, Debug, Default)]
pub struct RandomIds;

impl Ids for RandomIds {
    #[expect(clippy::disallowed_methods, reason = "this is where ids come from")]
    fn fresh(&self) -> String {
        Ulid::new().to_string()
    }
}
