//! What follows when it is time for something.

use super::{Ground, ReactionError, update};
use crate::change::Decision;
use crate::domain::timer::TimerKey;

/// Decides what follows.
pub async fn fired(ground: &Ground, key: &TimerKey) -> Result<Decision, ReactionError> {
    match key {
        TimerKey::Update(environment) => update::due(ground, environment).await,
        TimerKey::HoldEnds(environment) => update::hold_ends(ground, environment).await,
    }
}
