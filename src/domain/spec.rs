//! What a driver is asked to bring about, and what it saw.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::Timestamp;
use super::artifact::Digest;
use super::component::{Component, ComponentName};
use super::ids::text_id;

text_id! {
    /// An environment's name: lower-case letters, digits and `-`, at most 40, never `chamberlain`; part of its
    /// components' addresses.
    EnvironmentName;
    /// A fingerprint of all that makes a component what it is: artifact, commands, variables.
    SpecHash;
}

/// One component as it should run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComponentSpec {
    /// Where.
    pub environment: EnvironmentName,
    /// Which life of the environment; a driver refuses an older one than it has seen.
    pub generation: i64,
    /// What.
    pub component: ComponentName,
    /// Which version.
    pub digest: Digest,
    /// The program and its arguments that build it; none when there is nothing to build.
    pub build: Option<Vec<String>>,
    /// The program and its arguments that run it.
    pub run: Vec<String>,
    /// The user of this machine that it runs as; ours when there is none.
    pub user: Option<String>,
    /// The path that answers 200 when it is healthy.
    pub health_path: String,
    /// How long a start may take until it is healthy.
    pub start_limit: Duration,
    /// Its variables, all resolved.
    pub variables: Vec<(String, String)>,
    /// The fingerprint of all this but the generation.
    pub hash: SpecHash,
}

/// How the addresses of components are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// Where the proxy listens.
    pub port: u16,
}

impl Addresses {
    /// `http://web.sprint-42.localhost:7420/`
    pub fn of(&self, environment: &EnvironmentName, component: &ComponentName) -> String {
        format!("http://{component}.{environment}.localhost:{}/", self.port)
    }
}

impl ComponentSpec {
    /// How `component` should run with this version; `{web.url}` in a variable becomes the address of `web`.
    pub fn of(
        component: &Component,
        digest: &Digest,
        (environment, generation): (&EnvironmentName, i64),
        (addresses, components): (&Addresses, &[Component]),
    ) -> Self {
        let resolve = |value: &str| {
            components.iter().fold(value.to_owned(), |value, other| {
                value.replace(&format!("{{{}.url}}", other.name), &addresses.of(environment, &other.name))
            })
        };
        let variables: Vec<(String, String)> =
            component.variables.iter().map(|(name, value)| (name.clone(), resolve(value))).collect();
        let all = format!(
            "{digest}{:?}{:?}{:?}{}{variables:?}",
            component.build, component.run, component.user, component.health_path
        );
        Self {
            environment: environment.clone(),
            generation,
            component: component.name.clone(),
            digest: digest.clone(),
            build: component.build.clone(),
            run: component.run.clone(),
            user: component.user.clone(),
            health_path: component.health_path.clone(),
            start_limit: component.start_limit,
            variables,
            hash: SpecHash::new(BASE64_URL_SAFE_NO_PAD.encode(&Sha256::digest(all)[..12])),
        }
    }

    /// Whether what was seen is already this.
    pub fn is_up(&self, seen: Option<&SeenState>) -> bool {
        matches!(seen, Some(SeenState::Up { hash, .. }) if *hash == self.hash)
    }
}

/// What a driver saw of one component.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Which component.
    pub component: ComponentName,
    /// How it is.
    pub state: SeenState,
}

/// How a component is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeenState {
    /// Nothing of it runs.
    Missing,
    /// It was started and is not healthy yet.
    Starting,
    /// It runs and is healthy.
    Up {
        /// What it was started from.
        digest: Digest,
        /// All that it was started with.
        hash: SpecHash,
        /// Since when.
        since: Timestamp,
    },
    /// It ended or its health check fails, and the driver has given up for now.
    Broken {
        /// Why, for people.
        why: String,
    },
}
