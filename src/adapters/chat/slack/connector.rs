//! Slack's methods over our HTTP client, which also tells what the headers of an answer say.

use std::borrow::Cow;
use std::error::Error;
use std::net::IpAddr;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use reqwest::header::DATE;
use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, Response, StatusCode, Url};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use slack_morphism::errors::{
    SlackClientApiError, SlackClientError, SlackClientHttpError, SlackClientSystemError, SlackRateLimitError,
    map_serde_error,
};
use slack_morphism::multipart_form::FileMultipartData;
use slack_morphism::{
    ClientResult, SlackClientApiCallContext, SlackClientHttpConnector, SlackClientId, SlackClientSecret,
};

use super::tls;

/// In which header Slack tells what a token is allowed.
const GRANTED: &str = "x-oauth-scopes";

/// How long it may take until there is a connection.
const CONNECT: Duration = Duration::from_secs(5);

/// What stands in each answer; the rest is read only when it is good.
#[derive(Deserialize)]
struct Verdict<'a> {
    #[serde(default)]
    ok: bool,
    #[serde(default, borrow)]
    error: Option<Cow<'a, str>>,
}

/// Calls the methods below one address. It has no limit of its own: callers wait as long as they like.
#[derive(Debug)]
pub(super) struct Connector {
    http: reqwest::Client,
    api_url: String,
    granted: OnceLock<Vec<String>>,
    answered_at: OnceLock<SystemTime>,
}

/// An HTTP client for what goes to Slack.
///
/// # Errors
/// This machine has nothing to make HTTPS calls with.
pub fn http(api_url: &str) -> ClientResult<reqwest::Client> {
    Connector::new(api_url).map(|connector| connector.http)
}

impl Connector {
    /// A connector without connections. A token goes nowhere but to `api_url`: redirects are not followed.
    pub(super) fn new(api_url: &str) -> ClientResult<Self> {
        Self::of(api_url, reqwest::Client::builder())
    }

    /// One for calls that go on all day: that nothing could be sent is known apart from an answer that is lost.
    pub(super) fn patient(api_url: &str) -> ClientResult<Self> {
        Self::of(api_url, reqwest::Client::builder().connect_timeout(CONNECT))
    }

    fn of(api_url: &str, builder: reqwest::ClientBuilder) -> ClientResult<Self> {
        let builder = builder.redirect(Policy::none());
        // A proxy of the network cannot reach what listens on this machine alone.
        let builder = if is_of_this_machine(api_url) { builder.no_proxy() } else { builder };
        let http = builder.tls_backend_preconfigured(tls::config().map_err(system)?).build().map_err(system)?;
        Ok(Self { http, api_url: api_url.to_owned(), granted: OnceLock::new(), answered_at: OnceLock::new() })
    }

    /// The HTTP client itself: its proxies and certificates serve for everything that goes to Slack.
    pub(super) fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// Posts to an address that Slack gave us for it. It needs no token and gets none.
    pub(super) async fn post_back(&self, address: &str, body: &Value) -> ClientResult<()> {
        let address = given(address).ok_or_else(|| refused("expired_url", None))?;
        read_back(self.http.post(address).json(body).send().await.map_err(system)?).await
    }

    /// Sends a file to an address that Slack gave us for it; like a way back it needs no token and gets none.
    pub(super) async fn upload(&self, address: &str, text: String) -> ClientResult<()> {
        let address = given(address).ok_or_else(|| refused("invalid_upload_url", None))?;
        let (status, text) = received(self.http.post(address).body(text).send().await.map_err(system)?).await?;
        if status == StatusCode::OK {
            return Ok(());
        }
        Err(SlackClientError::HttpError(SlackClientHttpError::new(status).with_http_response_body(text)))
    }

    /// What the token is allowed, if an answer told it.
    pub(super) fn granted(&self) -> Option<&[String]> {
        self.granted.get().map(Vec::as_slice)
    }

    fn call<'a, RS>(
        &'a self,
        request: RequestBuilder,
        context: &SlackClientApiCallContext<'a>,
    ) -> BoxFuture<'a, ClientResult<RS>>
    where
        RS: DeserializeOwned + Send + 'a,
    {
        let request = match context.token {
            Some(token) => request.bearer_auth(&token.token_value.0),
            None => request,
        };
        async move {
            let response = request.send().await.map_err(system)?;
            self.note(&response);
            read(response).await
        }
        .boxed()
    }

    /// When it was at Slack's end, by the first answer that told it.
    pub(super) fn answered_at(&self) -> Option<SystemTime> {
        self.answered_at.get().copied()
    }

    fn note(&self, response: &Response) {
        let date = response.headers().get(DATE).and_then(|date| date.to_str().ok());
        if let Some(date) = date.and_then(|date| httpdate::parse_http_date(date).ok()) {
            self.answered_at.get_or_init(|| date);
        }
        if let Some(scopes) = response.headers().get(GRANTED).and_then(|scopes| scopes.to_str().ok()) {
            self.granted.get_or_init(|| scopes.split(',').map(|scope| scope.trim().to_owned()).collect());
        }
    }
}

impl SlackClientHttpConnector for Connector {
    fn http_get_uri<'a, RS>(
        &'a self,
        full_uri: Url,
        context: SlackClientApiCallContext<'a>,
    ) -> BoxFuture<'a, ClientResult<RS>>
    where
        RS: DeserializeOwned + Send + 'a,
    {
        self.call(self.http.get(full_uri), &context)
    }

    fn http_post_uri<'a, RQ, RS>(
        &'a self,
        full_uri: Url,
        request_body: &'a RQ,
        context: SlackClientApiCallContext<'a>,
    ) -> BoxFuture<'a, ClientResult<RS>>
    where
        RQ: Serialize + Send + Sync,
        RS: DeserializeOwned + Send + 'a,
    {
        self.call(self.http.post(full_uri).json(request_body), &context)
    }

    fn http_get_with_client_secret<'a, RS>(
        &'a self,
        _: Url,
        _: &'a SlackClientId,
        _: &'a SlackClientSecret,
    ) -> BoxFuture<'a, ClientResult<RS>>
    where
        RS: DeserializeOwned + Send + 'a,
    {
        unused()
    }

    fn http_post_uri_multipart_form<'a, 'p, RS, PT, TS>(
        &'a self,
        _: Url,
        _: Option<FileMultipartData<'p>>,
        _: &'p PT,
        _: SlackClientApiCallContext<'a>,
    ) -> BoxFuture<'a, ClientResult<RS>>
    where
        RS: DeserializeOwned + Send + 'a,
        PT: IntoIterator<Item = (&'p str, Option<TS>)> + Clone,
        TS: AsRef<str> + 'p + Send,
    {
        unused()
    }

    fn http_post_uri_binary<'a, 'p, RS>(
        &'a self,
        _: Url,
        _: String,
        _: &'a [u8],
        _: SlackClientApiCallContext<'a>,
    ) -> BoxFuture<'a, ClientResult<RS>>
    where
        RS: DeserializeOwned + Send + 'a,
    {
        unused()
    }

    // The library's own would call the real Slack whatever the address is.
    fn create_method_uri_path(&self, method: &str) -> ClientResult<Url> {
        Ok(format!("{}/{method}", self.api_url).parse()?)
    }
}

/// An address that Slack gave us. It gives none without `s`; what stands in for it on this machine may.
fn given(address: &str) -> Option<Url> {
    let is_private = address.starts_with("https://") || is_of_this_machine(address);
    Url::parse(address).ok().filter(|_| is_private)
}

async fn read<RS: DeserializeOwned>(response: Response) -> ClientResult<RS> {
    let (status, text) = received(response).await?;
    if status != StatusCode::OK {
        return Err(SlackClientError::HttpError(SlackClientHttpError::new(status).with_http_response_body(text)));
    }
    let unread = |cause| map_serde_error(cause, Some(&text));
    match serde_json::from_str(&text).map_err(unread)? {
        Verdict { ok: true, .. } => serde_json::from_str(&text).map_err(unread),
        Verdict { error, .. } => Err(refused(&error.unwrap_or_default(), Some(text.clone()))),
    }
}

/// What a way back answers: `ok` in letters or as JSON, and with a status of its own what it refuses.
async fn read_back(response: Response) -> ClientResult<()> {
    let (status, text) = received(response).await?;
    let answer: Value = serde_json::from_str(&text).unwrap_or_default();
    match answer["error"].as_str() {
        Some(code) if answer["ok"] == false => Err(refused(code, Some(text))),
        _ if status == StatusCode::OK => Ok(()),
        _ if status == StatusCode::NOT_FOUND || status == StatusCode::GONE => Err(refused("expired_url", None)),
        _ => Err(SlackClientError::HttpError(SlackClientHttpError::new(status).with_http_response_body(text))),
    }
}

/// The answer, unless it is that there were too many calls.
async fn received(response: Response) -> ClientResult<(StatusCode, String)> {
    let status = response.status();
    let wait = response.headers().get("retry-after").and_then(|wait| wait.to_str().ok()?.parse().ok());
    let text = response.text().await.map_err(system)?;
    if status == StatusCode::TOO_MANY_REQUESTS {
        let told = SlackRateLimitError::new().opt_retry_after(wait.map(Duration::from_secs));
        return Err(SlackClientError::RateLimitError(told));
    }
    Ok((status, text))
}

fn refused(code: &str, text: Option<String>) -> SlackClientError {
    let told = SlackClientApiError::new(code.to_owned()).opt_http_response_body(text);
    SlackClientError::ApiError(told)
}

fn is_of_this_machine(url: &str) -> bool {
    let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    host == "localhost" || host.trim_matches(['[', ']']).parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

fn system(cause: impl Error + Send + Sync + 'static) -> SlackClientError {
    SlackClientError::SystemError(SlackClientSystemError::new().with_cause(Box::new(cause)))
}

/// Logging in by OAuth and the old way of sending files are no part of what we do in Slack.
fn unused<'a, RS: Send + 'a>() -> BoxFuture<'a, ClientResult<RS>> {
    let told = SlackClientSystemError::new().with_message("this way of calling is not used here".to_owned());
    ready(Err(SlackClientError::SystemError(told))).boxed()
}
