//! Who is asking: a browser by its cookie, a script by its token.

use axum::extract::{FromRequestParts, Query, State as Shared};
use axum::http::{Extensions, HeaderMap, header, request::Parts};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use subtle::ConstantTimeEq;

use super::error::WebError;
use super::state::{SESSION_LIFE, State, hash};
use crate::domain::PersonId;
use crate::store::credentials::{self, Kind};

const COOKIE: &str = "chamberlain_session";

/// Somebody logged in.
#[derive(Clone, Debug)]
pub(super) struct Visitor {
    /// Who.
    pub(super) person: PersonId,
    /// The key of this browser's forms; none for scripts, whose requests carry no cookie.
    form_key: Option<String>,
}

impl Visitor {
    /// What the forms of this visitor's pages send back.
    pub(super) fn form_key(&self) -> &str {
        self.form_key.as_deref().unwrap_or_default()
    }

    /// Refuses what another site's page may have sent with this browser's cookie.
    pub(super) fn check_form(&self, sent: Option<&str>) -> Result<(), WebError> {
        let Some(expected) = &self.form_key else { return Ok(()) };
        let is_ours = sent.is_some_and(|sent| bool::from(sent.as_bytes().ct_eq(expected.as_bytes())));
        if is_ours { Ok(()) } else { Err(WebError::Foreign) }
    }
}

impl FromRequestParts<State> for Visitor {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, WebError> {
        let (secret, kind) = match bearer(&parts.headers) {
            Some(token) => (token, Kind::Token),
            None => (cookie(&parts.headers).ok_or(WebError::NotLoggedIn)?, Kind::Session),
        };
        if kind == Kind::Session && !is_own_origin(&parts.headers, state) {
            return Err(WebError::Foreign);
        }
        let mut reader = state.store.reader().await?;
        let person = credentials::holder(&mut reader, &hash(&secret), kind, state.now()).await?;
        let form_key = (kind == Kind::Session).then(|| hash(&format!("form:{secret}")));
        let person = person.ok_or_else(|| state.paces.miss(&parts.extensions, WebError::NotLoggedIn))?;
        Ok(Self { person, form_key })
    }
}

/// Browsers name the page's origin with every request that changes something; an absent one is a plain visit.
fn is_own_origin(headers: &HeaderMap, state: &State) -> bool {
    headers.get(header::ORIGIN).is_none_or(|origin| origin.as_bytes() == state.origin().as_bytes())
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ").map(str::to_owned)
}

fn cookie(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value.to_owned())
}

/// What a login link carries.
#[derive(Deserialize)]
pub(super) struct Login {
    key: String,
}

/// Turns a login link into a session, once. The cookie has no `Domain`: components on their own names never see it.
/// Looked up before it is used up: a wrong one costs no write.
pub(super) async fn login(
    Shared(state): Shared<State>,
    Query(login): Query<Login>,
    caller: Extensions,
) -> Result<Response, WebError> {
    let (key, now) = (hash(&login.key), state.now());
    let miss = || state.paces.miss(&caller, WebError::NotLoggedIn);
    credentials::holder(&mut state.store.reader().await?, &key, Kind::LoginLink, now).await?.ok_or_else(miss)?;
    let used = state
        .store
        .write(move |tx| Box::pin(async move { credentials::use_up(tx, &key, Kind::LoginLink, now).await }))
        .await?;
    let person = used.ok_or(WebError::NotLoggedIn)?;
    let secret = state.issue(&person, Kind::Session, SESSION_LIFE).await?;
    let life = SESSION_LIFE.as_secs();
    let cookie = format!("{COOKIE}={secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age={life}");
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response())
}
