//! What the handlers share.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use arc_swap::access::DynAccess;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::limits::Limits;
use super::pace::Paces;
use super::proxy::{Proxy, proxy};
use super::webhooks::HookKey;
use crate::card::templates::Templates;
use crate::command::Grammar;
use crate::domain::component::RepositoryName;
use crate::domain::project::Project;
use crate::domain::{PersonId, Timestamp};
use crate::policy::Rules;
use crate::ports::{ArtifactSource, Clock, Ids, Routes};
use crate::store::credentials::{self, Credential, Kind};
use crate::store::{Store, StoreError};

/// How the console is reached, and what it allows.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The name that the console is opened by; components have other names, so that cookies stay apart.
    pub host: String,
    /// Where it listens; its port stands in addresses.
    pub listen: SocketAddr,
    /// Dev profile only: acting as other people is allowed.
    pub may_act_as_others: bool,
    /// The secret in the hooks' addresses.
    pub hook_key: HookKey,
    /// What can be hinted at.
    pub repositories: BTreeSet<RepositoryName>,
    /// What one caller may take.
    pub limits: Limits,
}

/// What the handlers look up in the rest of the house.
#[derive(Clone)]
pub struct Lookups {
    /// The rights in force.
    pub rules: Arc<ArcSwap<Rules>>,
    /// What people may type, as it is in force.
    pub grammar: Arc<dyn DynAccess<Grammar> + Send + Sync>,
    /// The texts of the cards, as they are in force.
    pub templates: Arc<dyn DynAccess<Arc<Templates>> + Send + Sync>,
    /// What they work on.
    pub project: Arc<Project>,
    /// Where versions come from.
    pub source: Arc<dyn ArtifactSource>,
    /// How many connections are open to each chat that has any.
    pub connections: Connections,
}

/// How many connections are open, by chat.
pub type Connections = Arc<Vec<(&'static str, watch::Receiver<usize>)>>;

/// The handlers' state; cheap to clone.
#[derive(Clone)]
pub struct State {
    pub(super) store: Store,
    pub(super) rules: Arc<ArcSwap<Rules>>,
    pub(super) grammar: Arc<dyn DynAccess<Grammar> + Send + Sync>,
    pub(super) templates: Arc<dyn DynAccess<Arc<Templates>> + Send + Sync>,
    pub(super) project: Arc<Project>,
    pub(super) source: Arc<dyn ArtifactSource>,
    pub(super) connections: Connections,
    pub(super) ids: Arc<dyn Ids>,
    pub(super) proxy: Arc<Proxy>,
    pub(super) closing: CancellationToken,
    pub(super) settings: Arc<Settings>,
    pub(super) paces: Arc<Paces>,
}

/// How long a login link waits to be opened.
const LINK_LIFE: Duration = Duration::from_hours(24);
/// How long a browser stays logged in.
pub(super) const SESSION_LIFE: Duration = Duration::from_hours(30 * 24);

impl State {
    /// Joins the parts.
    pub fn new(
        store: &Store,
        lookups: Lookups,
        (ids, routes): (Arc<dyn Ids>, Arc<dyn Routes>),
        settings: Settings,
    ) -> Self {
        let Lookups { rules, grammar, templates, project, source, connections } = lookups;
        let closing = CancellationToken::new();
        let proxy = Arc::new(proxy(routes, (closing.clone(), settings.limits.pause)));
        let (paces, settings) = (Arc::new(Paces::new(&settings.limits)), Arc::new(settings));
        let store = store.clone();
        Self { store, rules, grammar, templates, project, source, connections, ids, proxy, closing, settings, paces }
    }

    /// The console's address, without a slash at its end.
    pub fn origin(&self) -> String {
        format!("http://{}:{}", self.settings.host, self.settings.listen.port())
    }

    /// A link that logs `person` in, once.
    pub async fn login_link(&self, person: &PersonId) -> Result<String, StoreError> {
        let secret = self.issue(person, Kind::LoginLink, LINK_LIFE).await?;
        Ok(format!("{}/login?key={secret}", self.origin()))
    }

    /// A token for scripts, in the place of the one `before` and of all that have expired.
    pub async fn token(&self, person: &PersonId, before: Option<&str>) -> Result<String, StoreError> {
        let (before, now) = (before.map(hash), self.now());
        let dropped = self.store.write(move |tx| {
            Box::pin(async move {
                if let Some(before) = before {
                    credentials::use_up(tx, &before, Kind::Token, now).await?;
                }
                credentials::forget_expired(tx, now).await
            })
        });
        dropped.await?;
        self.issue(person, Kind::Token, SESSION_LIFE).await
    }

    pub(super) async fn issue(&self, person: &PersonId, kind: Kind, life: Duration) -> Result<String, StoreError> {
        let secret = secret();
        let now = self.now();
        let credential = Credential {
            hash: hash(&secret),
            kind,
            person: person.clone(),
            created_at: now,
            expires_at: now.plus(life),
        };
        self.store.write(move |tx| Box::pin(async move { credentials::add(tx, &credential).await })).await?;
        Ok(secret)
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock().now()
    }

    pub(super) fn clock(&self) -> &Arc<dyn Clock> {
        self.store.clock()
    }
}

/// 256 random bits, for a link, a cookie or a header.
fn secret() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// What is stored of a secret. It is random and long, so a plain hash cannot be guessed back.
pub(super) fn hash(secret: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(secret))
}
