//! Forms of commands: opened with what is known, judged while they are filled in, and answered like the line that says
//! the same.

mod open;
mod sent;
mod suggest;

pub use open::open;
pub use sent::{judged, submitted};
pub use suggest::suggest;

use super::study::Study;
use crate::domain::CommandName;
use crate::domain::form::Account;
use crate::policy::{self, Action};

impl Study {
    /// Whether they may run its command on anything at all.
    fn could_fill(&self, by: &Account, command: &CommandName) -> bool {
        policy::could(&self.rules, &self.behind(by), &Action { command: command.clone() })
    }
}
