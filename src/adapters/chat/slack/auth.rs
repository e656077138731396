//! Whether Slack takes a token, and whose it is.

use std::time::{Duration, SystemTime};

use slack_morphism::{SlackApiToken, SlackClient};

use super::connector::Connector;
use super::scopes::{Needs, Scope, scopes};
use super::words::AuthError;
use crate::event::chat::slack::Us;

/// What to ask.
#[derive(Clone, Copy)]
pub struct Auth<'a> {
    /// Where Slack's methods are, without a slash at the end: `https://slack.com/api`.
    pub api_url: &'a str,
    /// The token.
    pub token: &'a str,
    /// What of Slack is used.
    pub needs: Option<Needs>,
    /// How long the answer may take; the library has no limit of its own.
    pub limit: Duration,
}

/// Whose token it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bot {
    /// The workspace.
    pub team: String,
    /// The bot in it.
    pub name: String,
    /// Who it is there.
    pub us: Us,
    /// What time it was at Slack's end, if the answer told it.
    pub answered_at: Option<SystemTime>,
    /// What it is not allowed of what is used; empty as well when the answer does not tell.
    pub missing: Vec<Scope>,
}

/// Asks Slack whose token it is.
///
/// # Errors
/// Slack does not take it, or cannot be asked; the error says what to do.
pub async fn auth(asked: Auth<'_>) -> Result<Bot, AuthError> {
    let connector = Connector::new(asked.api_url).map_err(|cause| AuthError::of(asked, cause))?;
    let (client, token) = (SlackClient::new(connector), SlackApiToken::new(asked.token.into()));
    let session = client.open_session(&token);
    let answer = tokio::time::timeout(asked.limit, session.auth_test()).await;
    let answer = answer.map_err(|_| AuthError::late(asked))?.map_err(|cause| AuthError::of(asked, cause))?;
    let granted = client.http_api.connector.granted();
    let is_missing = |scope: &Scope| granted.is_some_and(|granted| !granted.iter().any(|one| one == scope.name));
    let wanted = asked.needs.map(scopes).unwrap_or_default();
    Ok(Bot {
        team: answer.team,
        name: answer.user.unwrap_or_else(|| answer.user_id.to_string()),
        us: Us { user: answer.user_id.to_string(), bot: answer.bot_id.map(|bot| bot.to_string()) },
        answered_at: client.http_api.connector.answered_at(),
        missing: wanted.into_iter().filter(is_missing).collect(),
    })
}
