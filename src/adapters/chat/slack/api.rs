//! Slack's methods, each called within a limit, and what a call may come to instead of an answer.

use std::error::Error;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::Value;
use slack_morphism::errors::{SlackClientError, SlackClientSystemError};
use slack_morphism::{ClientResult, SlackApiToken, SlackClient};

use super::connector::Connector;
use super::refusal::Refusal;
use crate::domain::answer::WayBack;

/// How long a call may take; the library has no limit of its own.
const LIMIT: Duration = Duration::from_secs(10);

/// The wait when Slack wants one and does not say how long.
const WAIT: Duration = Duration::from_secs(30);

/// Slack's own troubles: what was asked may have been done.
const TROUBLE: [&str; 4] = ["internal_error", "fatal_error", "service_unavailable", "request_timeout"];

/// A bot's token, `xoxb-…`. Shown nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct BotToken(String);

impl BotToken {
    /// Takes the token.
    pub fn new(token: impl Into<String>) -> Self {
        Self(token.into())
    }
}

impl std::fmt::Debug for BotToken {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("BotToken(…)")
    }
}

/// There can be no HTTP client.
#[derive(Debug, thiserror::Error)]
#[error("no calls to Slack can be made: {0}")]
pub struct NoClient(String);

/// What a call came to instead of an answer. Nothing in it is secret.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum CallError {
    /// Slack wants fewer calls.
    RateLimited {
        /// Its wish, or ours for it.
        after: Duration,
    },
    /// Surely not done: nothing was sent, or something on the way turned it away.
    NotDone(String),
    /// Perhaps done: the answer was lost, or Slack has trouble.
    Unknown(String),
    /// Slack will not do this.
    Refused(Refusal),
    /// Slack will do nothing with this token.
    Token(Refusal),
}

/// Calls methods with one token.
pub(super) struct Api {
    client: SlackClient<Connector>,
    token: SlackApiToken,
    limit: Duration,
}

impl Api {
    /// An API without connections.
    pub(super) fn new(api_url: &str, token: &BotToken) -> Result<Self, NoClient> {
        let connector = Connector::patient(api_url).map_err(|cause| NoClient(words(&cause)))?;
        let token = SlackApiToken::new(token.0.as_str().into());
        Ok(Self { client: SlackClient::new(connector), token, limit: LIMIT })
    }

    /// Calls a method that reads; those take their arguments only as a query.
    pub(super) async fn get<A>(&self, method: &str, query: &[(&str, &str)]) -> Result<A, CallError>
    where
        A: DeserializeOwned + Send,
    {
        let query: Vec<(&str, Option<&str>)> = query.iter().map(|(name, value)| (*name, Some(*value))).collect();
        let session = self.client.open_session(&self.token);
        self.limited(session.http_session_api.http_get(method, &query, None)).await
    }

    /// Calls a method that changes something.
    pub(super) async fn post<A>(&self, method: &str, body: &Value) -> Result<A, CallError>
    where
        A: DeserializeOwned + Send,
    {
        let session = self.client.open_session(&self.token);
        self.limited(session.http_session_api.http_post(method, body, None)).await
    }

    /// Answers over the way back that came with a command or a press; it needs no token and gets none.
    pub(super) async fn back(&self, way: &WayBack, body: &Value) -> Result<(), CallError> {
        self.limited(self.client.http_api.connector.post_back(way.reveal(), body)).await
    }

    /// Sends a file to the address that Slack gave for it.
    pub(super) async fn upload(&self, address: &str, text: String) -> Result<(), CallError> {
        self.limited(self.client.http_api.connector.upload(address, text)).await
    }

    async fn limited<A>(&self, call: impl Future<Output = ClientResult<A>>) -> Result<A, CallError> {
        match tokio::time::timeout(self.limit, call).await {
            Ok(answer) => answer.map_err(CallError::of),
            Err(_) => Err(CallError::Unknown(format!("no answer within {} s", self.limit.as_secs()))),
        }
    }
}

impl CallError {
    /// The library's own words may hold whole answers and addresses, so none of them is passed on.
    fn of(cause: SlackClientError) -> Self {
        match cause {
            SlackClientError::ApiError(told) => {
                let refusal = Refusal::of(&told);
                match &refusal {
                    refusal if refusal.is(&["ratelimited", "rate_limited"]) => Self::RateLimited { after: WAIT },
                    refusal if refusal.is(&TROUBLE) => Self::Unknown(format!("Slack has trouble (`{}`)", refusal.code)),
                    refusal if refusal.is_of_the_token() => Self::Token(refusal.clone()),
                    _ => Self::Refused(refusal),
                }
            }
            SlackClientError::RateLimitError(told) => Self::RateLimited { after: told.retry_after.unwrap_or(WAIT) },
            SlackClientError::HttpError(told) if told.status_code.is_server_error() => {
                Self::Unknown(format!("Slack has trouble ({})", told.status_code))
            }
            SlackClientError::HttpError(told) => {
                Self::NotDone(format!("the call was turned away ({})", told.status_code))
            }
            SlackClientError::SystemError(SlackClientSystemError { cause: Some(ref cause), .. }) => {
                let is_unsent = |cause: &reqwest::Error| cause.is_connect() || cause.is_builder();
                let why = last(cause.as_ref());
                if cause.downcast_ref::<reqwest::Error>().is_some_and(is_unsent) {
                    Self::NotDone(format!("Slack cannot be reached ({why})"))
                } else {
                    Self::Unknown(format!("the connection was lost ({why})"))
                }
            }
            _ => Self::Unknown("what came is no answer of Slack's".to_owned()),
        }
    }
}

/// What the innermost cause says; the outermost of an HTTP client names the address that was called.
fn last(cause: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(Some(cause), |cause| (*cause).source()).skip(1);
    let words = causes.last().map_or_else(|| "no cause is told".to_owned(), ToString::to_string);
    words.chars().filter(|letter| !letter.is_control()).collect()
}

fn words(cause: &SlackClientError) -> String {
    match cause {
        SlackClientError::SystemError(SlackClientSystemError { cause: Some(cause), .. }) => last(cause.as_ref()),
        _ => "the HTTP client cannot be made".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use slack_morphism::errors::{SlackClientApiError, SlackClientHttpError, SlackRateLimitError};
    use tokio::io::AsyncReadExt;
    use tokio::net::TcpListener;

    use super::*;

    fn told(code: &str) -> CallError {
        CallError::of(SlackClientError::ApiError(SlackClientApiError::new(code.to_owned())))
    }

    #[test]
    fn each_code_is_of_its_kind() {
        assert_eq!(told("ratelimited"), CallError::RateLimited { after: WAIT });
        assert_eq!(told("rate_limited"), CallError::RateLimited { after: WAIT });
        for code in TROUBLE {
            assert!(matches!(told(code), CallError::Unknown(why) if why.contains(code)), "{code}");
        }
        for code in ["invalid_auth", "token_revoked", "account_inactive", "not_authed"] {
            assert!(matches!(told(code), CallError::Token(refusal) if refusal.code == code), "{code}");
        }
        for code in ["not_in_channel", "missing_scope", "never_heard_of"] {
            assert!(matches!(told(code), CallError::Refused(refusal) if refusal.code == code), "{code}");
        }
    }

    #[test]
    fn a_status_tells_whether_it_may_have_been_done() {
        let status = |code: u16| {
            let told = SlackClientHttpError::new(reqwest::StatusCode::from_u16(code).unwrap());
            CallError::of(SlackClientError::HttpError(told.with_http_response_body("hush".into())))
        };
        assert_eq!(status(503), CallError::Unknown("Slack has trouble (503 Service Unavailable)".into()));
        assert_eq!(status(302), CallError::NotDone("the call was turned away (302 Found)".into()));
        let asked = SlackRateLimitError::new().opt_retry_after(Some(Duration::from_secs(7)));
        let asked = CallError::of(SlackClientError::RateLimitError(asked));
        assert_eq!(asked, CallError::RateLimited { after: Duration::from_secs(7) });
    }

    /// An API at this address that waits no longer than this.
    fn api(listener: &TcpListener, limit: Duration) -> Api {
        drop(rustls::crypto::ring::default_provider().install_default());
        let url = format!("http://{}/api", listener.local_addr().unwrap());
        Api { limit, ..Api::new(&url, &BotToken::new("xoxb-hush")).unwrap() }
    }

    async fn called(api: &Api) -> CallError {
        api.post::<Value>("chat.postMessage", &Value::Null).await.unwrap_err()
    }

    #[tokio::test]
    async fn who_never_answers_may_have_done_it() {
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api = api(&silent, Duration::from_millis(50));
        assert!(matches!(called(&api).await, CallError::Unknown(why) if why.starts_with("no answer within")));
    }

    #[tokio::test]
    async fn a_connection_that_is_lost_is_told_apart_from_one_that_never_was() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api = api(&listener, LIMIT);
        let hang_up = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.read_exact(&mut [0; 16]).await.unwrap();
        };
        let (lost, ()) = tokio::join!(called(&api), hang_up);
        assert!(matches!(&lost, CallError::Unknown(why) if why.starts_with("the connection was lost")), "{lost:?}");
        drop(listener);
        let never = called(&api).await;
        assert!(matches!(&never, CallError::NotDone(why) if why.starts_with("Slack cannot be reached")), "{never:?}");
    }
}
