//! Who may do what: the one place that grants rights, closed by default.

mod decide;
mod rules;

pub use decide::{Action, Permit, Target, could, decide, roles_of};
pub use rules::Rules;
