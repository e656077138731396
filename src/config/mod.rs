//! What the operator may set, read once at the start and trusted from then on.
//!
//! Built-in defaults, then `config.toml`, then the environment (`CHAMBERLAIN__SERVER__LISTEN`): the later wins. The
//! layers are joined as raw values that remember where they were written; one file a section turns them into
//! [`Config`] through a `Section`, which collects every problem instead of stopping at the first.
//!
//! To add a section: write its file with a struct and a `read(&mut Section)`, add its line to `load.rs` and its keys to
//! `config.toml`. A test fails until the last is done.

mod audit;
mod binding;
mod choice;
mod components;
mod document;
mod environment;
mod environments;
mod item;
mod key_path;
mod load;
mod log;
mod metrics;
mod name;
mod person;
mod problem;
mod profile;
mod project;
mod raw;
mod reading;
mod repositories;
mod role;
mod rooms;
mod sample;
mod scope;
mod secret;
mod section;
mod server;
mod skills;
mod slack;
mod sources;
mod store;
mod store_address;
mod store_url;
#[cfg(test)]
mod tests;
mod unknown;
mod wanted;

use std::path::PathBuf;

use crate::domain::component::Component;
use crate::domain::person::Person;
use crate::domain::rights::{Binding, Role};

pub use self::audit::Audit;
pub use self::environments::{AfterFailedUpdate, Environments};
pub use self::load::load;
pub use self::log::{Log, LogFormat};
pub use self::metrics::Metrics;
pub use self::problem::{Place, Problem, Shown};
pub use self::profile::Profile;
pub use self::project::Project;
pub use self::repositories::Repository;
pub use self::rooms::Rooms;
pub use self::sample::SAMPLE_FOLDER;
pub use self::secret::Secret;
pub use self::server::Server;
pub use self::skills::Skills;
pub use self::slack::{Slack, Visibility};
pub use self::sources::Sources;
pub use self::store::{Store, Synchronous};
pub use self::store_url::StoreUrl;

/// Everything that can be set, parsed and checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Whether this is the real house or one to try things in.
    pub profile: Profile,
    /// Folder for what Chamberlain itself keeps; relative to the working folder.
    pub data_dir: PathBuf,
    /// Where the console and the webhooks are served.
    pub server: Server,
    /// Where the state lives.
    pub store: Store,
    /// How long it is kept who asked for what.
    pub audit: Audit,
    /// What is written to the log, and how.
    pub log: Log,
    /// Where figures are served for Prometheus.
    pub metrics: Metrics,
    /// What the iterations belong to.
    pub project: Project,
    /// The rooms of iterations.
    pub rooms: Rooms,
    /// How environments are run.
    pub environments: Environments,
    /// Where components are built from.
    pub repositories: Vec<Repository>,
    /// The deployable parts of the product, by name.
    pub components: Vec<Component>,
    /// Whether the product is the sample that the dev profile brings.
    pub has_sample: bool,
    /// Where the team's own skills lie.
    pub skills: Skills,
    /// The way to Slack.
    pub slack: Slack,
    /// Everybody who may have rights, by id.
    pub people: Vec<Person>,
    /// Named sets of rights, by name.
    pub roles: Vec<Role>,
    /// Who holds which role, in the order written.
    pub bindings: Vec<Binding>,
}
