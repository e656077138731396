//! What an environment takes by itself: `follow` and `pin` for a component, `hold` and `resume` for all of them.

mod follow;
mod hold;

pub(super) use follow::{follow, pin};
pub(super) use hold::{hold, resume};
