//! Our sockets to Slack: several at once, each replaced before Slack closes it, none held up by what is done with what
//! it brings.
//!
//! The library's own client acknowledges after the work, has no limits, and ends a connection before it opens the
//! next; so its listener trait alone is used, as the seam between sockets and the inbox.

mod dial;
mod doorman;
mod keeper;
mod limits;
mod live;
mod share;
mod slots;
mod tally;

pub use dial::{DialError, Dialler};
pub use doorman::{Doorman, Hints};
pub use keeper::{Keeper, keep};
pub use limits::Limits;
pub use share::Share;
