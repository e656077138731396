//! Why a token is not taken, in plain words, each with what to do.

use std::error::Error;
use std::time::Duration;

use slack_morphism::errors::{SlackClientError, SlackClientSystemError};

use super::auth::Auth;
use super::refusal::Refusal;

/// Why a token is not taken. `Display` is for people and never holds the token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// Slack answered that it does not take it; another try is of no use.
    #[error("{0}")]
    Refused(String),
    /// Slack answered something else, which may pass.
    #[error("{0}")]
    Trouble(String),
    /// No answer came in time.
    #[error(
        "{url} did not answer within {} s. Try again; if it stays so, ask whether a firewall drops what this machine sends there.",
        .limit.as_secs_f32()
    )]
    Late {
        /// Where Slack should be.
        url: String,
        /// How long was waited.
        limit: Duration,
    },
    /// Nothing there could be spoken to.
    #[error("{url} cannot be reached ({why}). Check the network, the name server and `[slack] api_url`.")]
    Unreachable {
        /// Where Slack should be.
        url: String,
        /// The last cause.
        why: String,
    },
    /// The proxy of the network stands in between.
    #[error(
        "the proxy on the way to {url} does not let this through ({why}). Mend HTTPS_PROXY, or except Slack from it in NO_PROXY."
    )]
    Proxy {
        /// Where Slack should be.
        url: String,
        /// The last cause.
        why: String,
    },
    /// What answers cannot prove that it is Slack.
    #[error(
        "{url} shows no certificate that this machine trusts ({why}). Install the system's CA certificates; if a proxy of your network reads along, install its certificate too."
    )]
    Certificate {
        /// Where Slack should be.
        url: String,
        /// The last cause.
        why: String,
    },
    /// Something answers that is not Slack.
    #[error(
        "{url} answers, but not as Slack does ({what}). Is `[slack] api_url` right, or does a proxy answer in its place?"
    )]
    NotSlack {
        /// Where Slack should be.
        url: String,
        /// What came.
        what: String,
    },
    /// Slack wants fewer calls.
    #[error("Slack has had too many calls from this app. Wait {0} s and try again.")]
    Busy(u64),
}

impl AuthError {
    pub(super) fn late(asked: Auth<'_>) -> Self {
        Self::Late { url: asked.api_url.to_owned(), limit: asked.limit }
    }

    /// The library's own words may hold whole answers, so none of them is passed on.
    pub(super) fn of(asked: Auth<'_>, cause: SlackClientError) -> Self {
        let url = asked.api_url.to_owned();
        match cause {
            SlackClientError::ApiError(told) => {
                let refusal = Refusal::of(&told);
                if refusal.is_final() {
                    Self::Refused(refusal.of_a_token())
                } else {
                    Self::Trouble(refusal.of_a_token())
                }
            }
            SlackClientError::RateLimitError(told) => Self::Busy(told.retry_after.map_or(60, |wait| wait.as_secs())),
            SlackClientError::HttpError(told) if told.status_code == 407 => {
                Self::Proxy { url, why: "it asks for a name and a password".to_owned() }
            }
            SlackClientError::HttpError(told) if told.status_code.is_server_error() => {
                Self::Trouble(format!("Slack itself has trouble ({}). Try again in a few minutes.", told.status_code))
            }
            SlackClientError::HttpError(told) => Self::NotSlack { url, what: told.status_code.to_string() },
            SlackClientError::ProtocolError(_) => Self::NotSlack { url, what: "no answer to `auth.test`".to_owned() },
            SlackClientError::SystemError(SlackClientSystemError { cause: Some(cause), .. }) => {
                Self::unreachable(url, cause.as_ref())
            }
            _ => Self::Unreachable { url, why: "the call could not be made".to_owned() },
        }
    }

    fn unreachable(url: String, cause: &(dyn Error + 'static)) -> Self {
        let causes: Vec<String> = std::iter::successors(Some(cause), |cause| (*cause).source())
            .map(|cause| cause.to_string().chars().filter(|letter| !letter.is_control()).collect())
            .collect();
        let why = causes.last().cloned().unwrap_or_default();
        let holds = |word: &str| causes.iter().any(|cause| cause.contains(word));
        if holds("tunnel") || holds("proxy") {
            Self::Proxy { url, why }
        } else if holds("certificate") {
            Self::Certificate { url, why }
        } else {
            Self::Unreachable { url, why }
        }
    }
}
