//! Opens one socket: asks Slack where to, and goes there.

use std::time::Duration;

use reqwest::header::{
    CONNECTION, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use reqwest::{StatusCode, Upgraded, Url};
use slack_morphism::api::SlackApiAppsConnectionOpenRequest;
use slack_morphism::errors::SlackClientError;
use slack_morphism::{SlackApiToken, SlackClient};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;

use crate::adapters::chat::slack::auth::Auth;
use crate::adapters::chat::slack::connector::Connector;
use crate::adapters::chat::slack::words::AuthError;

/// How long each step of a trial may take.
const LIMIT: Duration = Duration::from_secs(10);

/// A socket that has been opened; Slack has not said hello yet.
pub(super) type Socket = WebSocketStream<Upgraded>;

/// Why there is no socket. `Display` is for people and never holds a token.
#[derive(Debug, thiserror::Error)]
pub enum DialError {
    /// Slack does not take the token: trying on is of no use.
    #[error("{0}")]
    Refused(String),
    /// Slack took the token once and does so no more: trying on is of no use.
    #[error("{0}")]
    TakenAway(String),
    /// Slack wants fewer calls.
    #[error("Slack wants fewer connections to be asked for")]
    Busy(Duration),
    /// It may go better later.
    #[error("{0}")]
    Unreached(String),
}

/// Opens sockets for an app token.
pub struct Dialler {
    api_url: String,
    client: SlackClient<Connector>,
    token: SlackApiToken,
}

impl Dialler {
    /// One for the app with this token, `xapp-…`.
    ///
    /// # Errors
    /// The TLS library cannot be set up.
    pub fn new(api_url: &str, token: &str) -> Result<Self, DialError> {
        let connector = Connector::new(api_url).map_err(|cause| DialError::Unreached(cause.to_string()))?;
        let client = SlackClient::new(connector);
        Ok(Self { api_url: api_url.to_owned(), client, token: SlackApiToken::new(token.into()) })
    }

    /// Whether a socket could be opened: Slack takes the token, and the machine that it names for sockets answers. None is
    /// opened, for that would take a part of what people say.
    ///
    /// # Errors
    /// As when one is opened.
    pub async fn try_out(&self) -> Result<(), DialError> {
        let late = |_| DialError::Unreached(format!("no answer within {} s", LIMIT.as_secs()));
        let mut address = tokio::time::timeout(LIMIT, self.address()).await.map_err(late)??;
        address.set_path("/");
        address.set_query(None);
        let answer = tokio::time::timeout(LIMIT, self.client.http_api.connector.http().get(address.clone()).send());
        match answer.await.map_err(late)? {
            Ok(_) => Ok(()),
            Err(cause) => {
                let host = address.host_str().unwrap_or_default().to_owned();
                let cause = cause.without_url();
                Err(DialError::Unreached(format!("{host}, where sockets are opened, cannot be reached ({cause})")))
            }
        }
    }

    /// Opens a socket; each of its two steps may take so long. The address that Slack gives for it is good once and for
    /// a short time, so each call asks anew.
    pub(super) async fn dial(&self, limit: Duration) -> Result<Socket, DialError> {
        let late = |_| DialError::Unreached(format!("no answer within {} s", limit.as_secs_f32()));
        let address = tokio::time::timeout(limit, self.address()).await.map_err(late)??;
        tokio::time::timeout(limit, self.open(address)).await.map_err(late)?
    }

    async fn address(&self) -> Result<Url, DialError> {
        let session = self.client.open_session(&self.token);
        let opened = session.apps_connections_open(&SlackApiAppsConnectionOpenRequest::new()).await;
        let opened = opened.map_err(|cause| self.told(cause))?;
        // It is a request like any other to our HTTP client, until it is taken over as a socket.
        let mut address = opened.url.0;
        let scheme = if address.scheme() == "ws" { "http" } else { "https" };
        address
            .set_scheme(scheme)
            .map_err(|()| DialError::Unreached("Slack gave no address of a socket".to_owned()))?;
        Ok(address)
    }

    fn told(&self, cause: SlackClientError) -> DialError {
        match AuthError::of(Auth { api_url: &self.api_url, token: "", needs: None, limit: LIMIT }, cause) {
            AuthError::Busy(seconds) => DialError::Busy(Duration::from_secs(seconds)),
            AuthError::Refused(why) => DialError::Refused(format!("app token: {why}")),
            other => DialError::Unreached(other.to_string()),
        }
    }

    /// The address holds a ticket, so that no error of it is passed on as it is.
    async fn open(&self, address: Url) -> Result<Socket, DialError> {
        let unreached = |what: &str| DialError::Unreached(format!("the socket cannot be opened: {what}"));
        let key = generate_key();
        let request = self.client.http_api.connector.http().get(address);
        let request = request.header(CONNECTION, "Upgrade").header(UPGRADE, "websocket");
        let request = request.header(SEC_WEBSOCKET_VERSION, "13").header(SEC_WEBSOCKET_KEY, key.as_str());
        let response = request.send().await.map_err(|cause| unreached(&cause.without_url().to_string()))?;
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            return Err(unreached(&format!("Slack answered {}", response.status())));
        }
        let accepted = response.headers().get(SEC_WEBSOCKET_ACCEPT).map(HeaderValue::as_bytes);
        if accepted != Some(derive_accept_key(key.as_bytes()).as_bytes()) {
            return Err(unreached("what answers does not speak WebSocket"));
        }
        let line = response.upgrade().await.map_err(|cause| unreached(&cause.without_url().to_string()))?;
        Ok(WebSocketStream::from_raw_socket(line, Role::Client, None).await)
    }
}
