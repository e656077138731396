//! The push hook: a git server hints that a repository has changed, so that it is looked at now and not at the next
//! poll. What it says is not believed, and not even read: the repository itself is looked at.

use axum::RequestExt;
use axum::extract::{Path, Request, State as Shared};
use axum::http::StatusCode;
use http_body_util::BodyExt;

use super::super::error::WebError;
use super::super::state::State;
use crate::domain::component::RepositoryName;
use crate::domain::touch::TouchKey;
use crate::ports::Intake;

/// Has the repository looked at. A wrong key and an unknown repository are told apart by nobody.
pub(in crate::web) async fn hint(
    Shared(state): Shared<State>,
    Path((key, repository)): Path<(String, String)>,
    request: Request,
) -> Result<StatusCode, WebError> {
    let repository = RepositoryName::new(repository);
    if !state.settings.hook_key.is(&key) || !state.settings.repositories.contains(&repository) {
        return Err(state.paces.miss(request.extensions(), WebError::Missing("hook")));
    }
    state.store.touch(TouchKey::Repository(repository)).await?;
    pass_over(request).await;
    Ok(StatusCode::ACCEPTED)
}

/// Reads the body to its end without keeping it: some callers take an answer in the middle of it for a failure. One
/// that is too long, or breaks off, has hinted all the same.
async fn pass_over(request: Request) {
    let mut body = request.with_limited_body().into_body();
    while let Some(Ok(_)) = body.frame().await {}
}
