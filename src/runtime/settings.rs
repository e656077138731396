//! From the config's sections to the settings of the parts.

use std::num::NonZeroU32;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::house::{Iterations, Upkeep};
use super::slack::Slack;
use super::telemetry::Format;
use super::wiring::Settings;
use super::workshops::Workshops;
use crate::adapters::chat::slack::{self, Needs, Privacy, Shortcut};
use crate::command::Spec;
use crate::config::{self, AfterFailedUpdate, Config, LogFormat, Profile, StoreUrl, Synchronous, Visibility};
use crate::domain::ChatName;
use crate::domain::person::Person;
use crate::domain::project::{Project, Repository};
use crate::domain::spec::Addresses;
use crate::policy::Rules;
use crate::ports::{RandomIds, SystemClock};
use crate::reactions::{AfterFailure, Updates};
use crate::skills;
use crate::skills::host::{self, Skills};
use crate::store::Home;
use crate::web::HookKey;
use crate::{store, web};

impl Settings {
    /// The settings that a config asks for, on the machine's own clock. Skill folders that cannot be used are left
    /// out, with a line in the log.
    pub fn of(config: &Config, home: Home, workshops: Workshops, hook_key: HookKey) -> Self {
        let (skills, problems) = host::load(&config.skills.dir, skills::NATIVE);
        for problem in problems {
            tracing::error!(error = %problem, "a skill is left out");
        }
        let slack = slack_of(config, &skills);
        Self {
            home,
            url: Self::url_of(config),
            synchronous: match config.store.synchronous {
                Synchronous::Full => store::Synchronous::Full,
                Synchronous::Normal => store::Synchronous::Normal,
            },
            rules: Self::rules_of(config),
            skills,
            iterations: Iterations { chat: room_chat(slack.as_ref()), room_name: config.rooms.name.clone() },
            project: Project {
                name: config.project.name.clone(),
                class: config.environments.class.clone(),
                repositories: config.repositories.iter().map(known_as).collect(),
                components: config.components.clone(),
                addresses: Addresses { port: config.server.listen.port() },
            },
            upkeep: Upkeep {
                updates: Updates {
                    settle: config.environments.settle,
                    after_failure: match config.environments.after_failed_update {
                        AfterFailedUpdate::TakeBack => AfterFailure::TakeBack,
                        AfterFailedUpdate::Stay => AfterFailure::Stay,
                    },
                },
                check_every: config.environments.check_every,
                lost_after: config.environments.lost_after,
                polls: config.repositories.iter().map(|known| (known.name.clone(), known.poll)).collect(),
            },
            keep_audit: config.audit.keep,
            workshops,
            web: web::Settings {
                host: config.server.host.clone(),
                listen: config.server.listen,
                may_act_as_others: config.profile == Profile::Dev,
                hook_key,
                repositories: config.repositories.iter().map(|known| known.name.clone()).collect(),
                limits: limits(&config.server),
            },
            clock: Arc::new(SystemClock),
            ids: Arc::new(RandomIds),
            chats: Vec::new(),
            slack,
        }
    }

    /// The database that a config names.
    pub fn url_of(config: &Config) -> store::Url {
        Self::url(&config.store.url)
    }

    /// The database at an address.
    pub fn url(address: &StoreUrl) -> store::Url {
        match address {
            StoreUrl::Sqlite(path) => store::Url::Sqlite(path.clone()),
            StoreUrl::Postgres(address) => store::Url::Postgres(address.reveal().to_owned()),
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

fn limits(server: &config::Server) -> web::Limits {
    let many = |number: NonZeroU32| usize::try_from(number.get()).unwrap_or(usize::MAX);
    web::Limits {
        connections: many(server.connections),
        connections_each: many(server.connections_each),
        messages: server.messages_per_minute,
        ..web::Limits::default()
    }
}

/// Slack keeps the rooms as soon as it is used.
fn room_chat(slack: Option<&Slack>) -> ChatName {
    if slack.is_some() { slack::Slack::name() } else { ChatName::console() }
}

fn slack_of(config: &Config, skills: &Skills) -> Option<Slack> {
    let written = &config.slack;
    let (bot_token, app_token) = (written.bot_token.clone()?, written.app_token.clone()?);
    Some(Slack {
        api_url: written.api_url.clone(),
        bot_token,
        app_token,
        connections: written.connections,
        is_private: written.rooms == Visibility::Private,
        user_groups: written.user_groups.clone(),
        needs: needs(config, skills),
    })
}

/// What is used of Slack, as the config and the skills have it.
pub fn slack_needs(config: &Config) -> Needs {
    let (skills, _) = host::load(&config.skills.dir, skills::NATIVE);
    needs(config, &skills)
}

fn needs(config: &Config, skills: &Skills) -> Needs {
    let is_looked_up = |person: &Person| person.email.is_some() && !person.accounts.contains_key(&slack::Slack::name());
    Needs {
        rooms: skills.grammar.find("iteration start").map(|_| match config.slack.rooms {
            Visibility::Public => Privacy::Public,
            Visibility::Private => Privacy::Private,
        }),
        mail: config.people.iter().any(is_looked_up),
        groups: !config.slack.user_groups.is_empty(),
    }
}

/// The shortcuts that the skills declare.
pub fn slack_shortcuts(config: &Config) -> Vec<Shortcut> {
    let (skills, _) = host::load(&config.skills.dir, skills::NATIVE);
    let of = |spec: &Arc<Spec>| {
        let form = spec.command.form.as_ref();
        let names = form.map_or([None, None], |form| [form.shortcut.clone(), form.message_shortcut.clone()]);
        let (command, summary) = (spec.name.clone(), spec.command.summary.clone());
        names.into_iter().zip([false, true]).filter_map(move |(name, is_at_messages)| {
            Some(Shortcut { name: name?, command: command.clone(), summary: summary.clone(), is_at_messages })
        })
    };
    skills.grammar.commands().iter().flat_map(of).collect()
}

fn known_as(repository: &crate::config::Repository) -> Repository {
    let (name, aliases) = (repository.name.clone(), repository.aliases.clone());
    Repository { name, aliases, page: page(&repository.url) }
}

/// The page of a repository on the web: what git fetches over HTTPS, people can look at.
fn page(url: &str) -> Option<String> {
    let url = url.strip_prefix("https://").filter(|rest| !rest.contains('@'))?;
    Some(format!("https://{}", url.trim_end_matches('/').trim_end_matches(".git")))
}

impl From<LogFormat> for Format {
    fn from(format: LogFormat) -> Self {
        match format {
            LogFormat::Text => Self::Text,
            LogFormat::Json => Self::Json,
        }
    }
}
