//! What follows from what our own stewards saw.

use super::{Ground, ReactionError, deployment, environment, repository, room};
use crate::change::Decision;
use crate::event::outcome::Outcome;

/// Decides what follows.
pub async fn seen(ground: &Ground, outcome: &Outcome) -> Result<Decision, ReactionError> {
    match outcome {
        Outcome::RoomOpened { iteration } => room::opened(ground, iteration).await,
        Outcome::RoomRefused { iteration, why, .. } => room::refused(ground, iteration, why).await,
        Outcome::RoomSucceeded { iteration, former } => room::succeeded(ground, iteration, former).await,
        Outcome::FormerRoomBack { iteration, room } => room::former_is_back(ground, iteration, room).await,
        Outcome::RoomStands { iteration, standing, .. } => room::stands(ground, iteration, *standing).await,
        Outcome::RoomRenamed { iteration, before, after, .. } => {
            room::renamed(ground, iteration, (before, after)).await
        }
        Outcome::DeploymentTried { deployment, .. } => deployment::tried(ground, deployment).await,
        Outcome::DeploymentLost { deployment, .. } => deployment::lost(ground, deployment).await,
        Outcome::Drifted { environment, components, .. } => environment::drifted(ground, environment, components).await,
        Outcome::Repaired { environment, component, end, .. } => {
            environment::repaired(ground, (environment, component), end).await
        }
        Outcome::LeftDown { environment, component, .. } => {
            environment::left_down(ground, (environment, component)).await
        }
        Outcome::EnvironmentGone { environment, generation } => {
            environment::gone(ground, environment, *generation).await
        }
        Outcome::RemovalStuck { environment, why, .. } => environment::stuck(ground, environment, why).await,
        Outcome::HomeLost { environment, home, .. } => environment::home_lost(ground, environment, home).await,
        Outcome::HomeBack { environment, home, .. } => environment::home_back(ground, environment, home).await,
        Outcome::RepositoryChanged { repository, .. } => repository::changed(ground, repository).await,
    }
}
