//! Takes a request to the component that its host names, and the answer back.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::http::uri::{Authority, PathAndQuery, Scheme};
use axum::http::{StatusCode, Uri, Version};
use axum::response::Response;
use http_body::Body as _;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio_util::sync::CancellationToken;
use tower_http::timeout::TimeoutBody;

use super::headers;
use super::open::Open;
use super::page::{self, Name};
use super::target::{port, target};
use super::upgrade::{Browser, Sockets};
use crate::domain::component::ComponentName;
use crate::domain::spec::EnvironmentName;
use crate::ports::Routes;
use crate::web::host::named;

/// How long a process of this machine may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(2);

/// How long an answer's head may take: longer than any long poll we know of.
const ANSWER: Duration = Duration::from_mins(5);

/// Unused connections are closed before the other side does it: some servers close after 5 s, in the very moment
/// that a request is sent.
const IDLE: Duration = Duration::from_secs(2);

/// Leads requests to components.
pub struct Proxy {
    routes: Arc<dyn Routes>,
    client: Client<HttpConnector, Body>,
    sockets: Sockets,
    /// How long nothing may come of a body.
    pause: Duration,
}

/// A proxy on these ways. Its open sockets end on `stop`; a body is given up when nothing comes of it for `pause`.
pub fn proxy(routes: Arc<dyn Routes>, (stop, pause): (CancellationToken, Duration)) -> Proxy {
    let mut connector = HttpConnector::new();
    connector.set_connect_timeout(Some(CONNECT));
    connector.set_nodelay(true);
    let client =
        Client::builder(TokioExecutor::new()).pool_idle_timeout(IDLE).pool_timer(TokioTimer::new()).build(connector);
    Proxy { routes, client, sockets: Sockets::new(stop), pause }
}

impl Proxy {
    /// Forwards a request whose host is a component's.
    ///
    /// # Errors
    /// Gives the request back when its host is no component's: it is for the console, or for nobody.
    pub async fn answer(&self, request: Request) -> Result<Response, Box<Request>> {
        let Some((component, environment)) = target(named(request.headers())) else { return Err(Box::new(request)) };
        Ok(self.forward(request, &environment, &component).await)
    }

    /// Forwards a request to a component, and tells people in plain words when it does not answer. Bodies flow
    /// through in both directions; none is held in memory.
    pub async fn forward(
        &self,
        request: Request,
        environment: &EnvironmentName,
        component: &ComponentName,
    ) -> Response {
        let name = (environment, component);
        let Some(open) = self.find(name) else {
            return page::unknown(name, &self.routes.known(), port(named(request.headers())));
        };
        self.carry(request, open, name).await
    }

    /// The way, with this request counted on it. Looked up again after counting: a swap counts after it changed the
    /// way, so that either it sees this request or this request sees the new way.
    fn find(&self, (environment, component): Name<'_>) -> Option<Open> {
        loop {
            let route = self.routes.find(environment, component)?;
            let open = Open::on(route);
            if self.routes.find(environment, component).is_some_and(|now| open.is_on(&now)) {
                return Some(open);
            }
        }
    }

    async fn carry(&self, mut request: Request, open: Open, name: Name<'_>) -> Response {
        let wanted = headers::upgrade(request.headers());
        // Before the request is moved: afterwards the browser's side cannot be had any more.
        let browser = wanted.is_some().then(|| (hyper::upgrade::on(&mut request), request.extensions().get().cloned()));
        if !request.body().is_end_stream() {
            request = request.map(|body| Body::new(TimeoutBody::new(self.pause, body)));
        }
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
        let Some(request) = fit(request, open.address(), peer) else { return page::silent(name) };
        let answer = match tokio::time::timeout(ANSWER, self.client.request(request)).await {
            Ok(Ok(answer)) => answer.map(Body::new),
            Ok(Err(cause)) => {
                tracing::debug!(%cause, environment = %name.0, component = %name.1, "a component did not answer");
                return page::silent(name);
            }
            Err(_) => return page::slow(name),
        };
        self.give(answer, browser, open)
    }

    /// Makes the component's answer ours.
    fn give(&self, mut answer: Response, browser: Option<Browser>, open: Open) -> Response {
        let agreed = headers::upgrade(answer.headers());
        headers::outward(answer.headers_mut());
        *answer.version_mut() = Version::default();
        if let (StatusCode::SWITCHING_PROTOCOLS, Some(protocol), Some(browser)) = (answer.status(), agreed, browser) {
            self.sockets.join(browser, &mut answer);
            headers::say_upgrade(answer.headers_mut(), protocol);
            return answer;
        }
        answer.map(|body| open.until_end_of(body))
    }
}

/// The request as the component gets it: HTTP/1.1, by path, with the headers that pass.
pub(crate) fn fit(mut request: Request, address: SocketAddr, peer: Option<IpAddr>) -> Option<Request> {
    let wanted = headers::upgrade(request.headers());
    headers::inward(request.headers_mut(), peer);
    if let Some(protocol) = wanted {
        headers::say_upgrade(request.headers_mut(), protocol);
    }
    let path = request.uri().path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
    let authority = Authority::try_from(address.to_string()).ok()?;
    *request.uri_mut() = Uri::builder().scheme(Scheme::HTTP).authority(authority).path_and_query(path).build().ok()?;
    *request.version_mut() = Version::HTTP_11;
    Some(request)
}
