//! From the config's sections to the settings of the parts.

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::house::Iterations;
use super::telemetry::Format;
use super::wiring::Settings;
use super::workshops::Workshops;
use crate::config::{Config, LogFormat, Profile, StoreUrl, Synchronous};
use crate::domain::ChatName;
use crate::domain::project::Project;
use crate::domain::spec::Addresses;
use crate::policy::Rules;
use crate::ports::{RandomIds, SystemClock};
use crate::skills::{self, host};
use crate::{store, web};

impl Settings {
    /// The settings that a config asks for, on the machine's own clock. Skill folders that cannot be used are left
    /// out, with a line in the log.
    pub fn of(config: &Config, workshops: Workshops) -> Self {
        let (skills, problems) = host::load(&config.skills.dir, skills::NATIVE);
        for problem in problems {
            tracing::error!(error = %problem, "a skill is left out");
        }
        Self {
            url: match &config.store.url {
                StoreUrl::Sqlite(path) => store::Url::Sqlite(path.clone()),
                StoreUrl::Postgres(address) => store::Url::Postgres(address.reveal().to_owned()),
            },
            synchronous: match config.store.synchronous {
                Synchronous::Full => store::Synchronous::Full,
                Synchronous::Normal => store::Synchronous::Normal,
            },
            rules: Self::rules_of(config),
            skills,
            iterations: Iterations { chat: ChatName::console(), room_name: config.rooms.name.clone() },
            project: Project {
                name: config.project.name.clone(),
                class: config.environments.class.clone(),
                components: config.components.clone(),
                addresses: Addresses { port: config.server.listen.port() },
            },
            workshops,
            web: web::Settings {
                host: config.server.host.clone(),
                listen: config.server.listen,
                may_act_as_others: config.profile == Profile::Dev,
            },
            clock: Arc::new(SystemClock),
            ids: Arc::new(RandomIds),
            chats: Vec::new(),
        }
    }

    /// The rights that a config grants, with their fingerprint.
    pub fn rules_of(config: &Config) -> Rules {
        let (people, roles, bindings) = (&config.people, &config.roles, &config.bindings);
        let fingerprint = Sha256::digest(format!("{people:?}{roles:?}{bindings:?}"));
        Rules {
            version: BASE64_URL_SAFE_NO_PAD.encode(&fingerprint[..6]),
            people: people.iter().map(|person| (person.id.clone(), person.clone())).collect(),
            roles: roles.clone(),
            bindings: bindings.clone(),
        }
    }
}

impl From<LogFormat> for Format {
    fn from(format: LogFormat) -> Self {
        match format {
            LogFormat::Text => Self::Text,
            LogFormat::Json => Self::Json,
        }
    }
}
