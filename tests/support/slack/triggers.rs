//! Trigger ids: what somebody did just now, and which modal may be opened for it.

use tokio::time::Instant;

use super::args::{ApiError, Args};
use super::world::World;

/// Something that somebody did.
#[derive(Clone, Debug)]
pub(super) struct Trigger {
    pub(super) user: String,
    at: Instant,
    is_used: bool,
}

impl World {
    pub(super) fn fresh_trigger(&mut self, user: &str) -> String {
        let key = self.fresh_id("trigger.");
        self.triggers.insert(key.clone(), Trigger { user: user.into(), at: Instant::now(), is_used: false });
        key
    }

    /// The one who did it, if it may still be answered.
    pub(super) fn check_trigger(&self, args: &Args) -> Result<(String, String), ApiError> {
        let key = args.needed("trigger_id")?;
        let trigger = self.triggers.get(key).ok_or("invalid_trigger_id")?;
        if trigger.is_used {
            return Err("exchanged_trigger_id".into());
        }
        if trigger.at.elapsed() >= self.settings.trigger_lifetime {
            return Err("expired_trigger_id".into());
        }
        Ok((key.into(), trigger.user.clone()))
    }

    pub(super) fn use_up(&mut self, key: &str) {
        if let Some(trigger) = self.triggers.get_mut(key) {
            trigger.is_used = true;
        }
    }
}
