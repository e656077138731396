//! What follows from newer commits: environments that follow a branch are looked at once the repository has settled.

use super::{Ground, ReactionError};
use crate::change::{Change, Decision, Why, Write};
use crate::domain::component::RepositoryName;
use crate::domain::environment::{Environment, Follows};
use crate::domain::timer::{Timer, TimerKey};
use crate::store::{Reader, environments, revisions, timers};

/// Sets the timer of every environment that follows a branch of the repository; set again, it is put off.
pub(super) async fn changed(ground: &Ground, repository: &RepositoryName) -> Result<Decision, ReactionError> {
    let mut reader = ground.store.reader().await?;
    let Ok(permit) = ground.permit("update", "update", repository.as_str()) else {
        return Ok(Decision::Nothing(Why::Empty));
    };
    let mut change = Change::new(permit);
    let mut is_any = false;
    for name in environments::present(&mut reader).await? {
        let Some(environment) = environments::find(&mut reader, &name).await? else { continue };
        if !follows(ground, (&mut reader, &environment), repository).await? {
            continue;
        }
        let key = TimerKey::Update(name);
        let so_far = timers::find(&mut reader, &key).await?;
        let timer = Timer::settling(so_far.as_ref(), ground.updates.settle, (ground.now, &ground.event));
        change = change.writing(Write::Timer { key, timer: Some(timer) });
        is_any = true;
    }
    Ok(if is_any { Decision::Changed(change) } else { Decision::Nothing(Why::Empty) })
}

async fn follows(
    ground: &Ground,
    (reader, environment): (&mut Reader, &Environment),
    repository: &RepositoryName,
) -> Result<bool, ReactionError> {
    let Some(number) = environment.wish.present() else { return Ok(false) };
    let revision = revisions::find(reader, &environment.name, number).await?;
    let is_of =
        |component: &str| ground.project.component(component).is_some_and(|known| known.repository == *repository);
    Ok(revision.is_some_and(|revision| {
        let mut following = revision.selections.iter().filter(|(_, selection)| selection.follows == Follows::Branch);
        following.any(|(component, _)| is_of(component.as_str()))
    }))
}
