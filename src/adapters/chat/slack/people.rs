//! Who people are in Slack, as far as it vouches for it: by address, and by user group.

use std::collections::{BTreeMap, HashSet};
use std::sync::Mutex;

use futures::future::join_all;
use serde::Deserialize;

use super::adapter::Slack;
use super::calls::{Failed, Kept, Us, locked};
use crate::domain::PersonId;
use crate::domain::person::Person;
use crate::ports::{ChatError, PeopleSeen};

/// Nobody has that address or account, or nobody whom we may see.
const NOBODY: [&str; 3] = ["users_not_found", "user_not_found", "user_not_visible"];

/// How many people are asked about at once: one after the other would keep a large house waiting at each start.
const AT_ONCE: usize = 8;

/// What looks have learnt.
#[derive(Default)]
pub(super) struct Learnt {
    /// By a look that is not at its end: the next one need not ask again, however often Slack wants us to pause.
    accounts: Kept<PersonId, Option<String>>,
    /// Accounts and groups that were told to be no good; once is enough.
    told: Mutex<HashSet<String>>,
}

impl Learnt {
    /// Whether it is told for the first time.
    fn is_news(&self, what: &str) -> bool {
        locked(&self.told).insert(what.to_owned())
    }
}

#[derive(Deserialize)]
struct Holding {
    user: User,
}

#[derive(Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "Slack tells it so")]
struct User {
    id: String,
    #[serde(default)]
    team_id: Option<String>,
    #[serde(default)]
    deleted: bool,
    #[serde(default)]
    is_bot: bool,
    #[serde(default)]
    is_restricted: bool,
    #[serde(default)]
    is_ultra_restricted: bool,
    #[serde(default)]
    is_stranger: bool,
}

/// What an account or an address leads to.
enum Found {
    User(User),
    Nobody,
    /// We may not ask.
    Hidden,
}

#[derive(Deserialize)]
struct Groups {
    #[serde(default)]
    usergroups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    id: String,
    #[serde(default)]
    handle: String,
}

#[derive(Deserialize)]
struct InGroup {
    #[serde(default)]
    users: Vec<String>,
}

impl Slack {
    /// Looks for accounts and groups.
    pub(super) async fn look_for(&self, wanted: &[Person]) -> Result<PeopleSeen, ChatError> {
        let us = self.calls.us().await?;
        let mut seen = PeopleSeen { groups: self.groups().await?, ..PeopleSeen::default() };
        for wanted in wanted.chunks(AT_ONCE) {
            // All of them end, and are remembered, before one that failed ends the look.
            for learnt in join_all(wanted.iter().map(|person| self.learn(person, us))).await {
                seen.accounts.extend(learnt?);
            }
        }
        // The next look begins afresh.
        locked(&self.learnt.accounts).clear();
        Ok(seen)
    }

    /// A person with their account, unless it is not found; asked once a look.
    async fn learn(&self, person: &Person, us: &Us) -> Result<Option<(PersonId, String)>, Failed> {
        let known = locked(&self.learnt.accounts).get(&person.id).cloned();
        let account = match known {
            Some(account) => account,
            None => self.account(person, us).await?,
        };
        locked(&self.learnt.accounts).insert(person.id.clone(), account.clone());
        Ok(account.map(|account| (person.id.clone(), account)))
    }

    /// The account behind a person's address; none when the config tells it, which is only looked after.
    async fn account(&self, person: &Person, us: &Us) -> Result<Option<String>, Failed> {
        if let Some(account) = person.accounts.get(&Self::name()) {
            let is_good = match self.user("users.info", ("user", account)).await? {
                Found::User(user) => !user.deleted,
                Found::Nobody => false,
                Found::Hidden => true,
            };
            if !is_good && self.learnt.is_news(account) {
                tracing::warn!(person = %person.id, account, "this account is no longer good; mend it in the config");
            }
            return Ok(None);
        }
        let Some(email) = &person.email else { return Ok(None) };
        Ok(match self.user("users.lookupByEmail", ("email", email)).await? {
            Found::User(user) if user.is_of(us) => Some(user.id),
            Found::User(_) | Found::Nobody | Found::Hidden => None,
        })
    }

    async fn user(&self, method: &'static str, which: (&str, &str)) -> Result<Found, Failed> {
        match self.calls.get_if_allowed::<Holding>(method, &[which]).await {
            Ok(found) => Ok(found.map_or(Found::Hidden, |found| Found::User(found.user))),
            Err(failed) if failed.is(&NOBODY) => Ok(Found::Nobody),
            Err(failed) => Err(failed),
        }
    }

    /// The accounts in each group that the config names. A group that is not found, or that we may not read, is not
    /// there: that is another thing than a group with nobody in it.
    async fn groups(&self) -> Result<BTreeMap<String, Vec<String>>, Failed> {
        let mut groups = BTreeMap::new();
        for (name, id) in self.group_ids().await? {
            match self.calls.get_if_allowed::<InGroup>("usergroups.users.list", &[("usergroup", &id)]).await {
                Ok(Some(InGroup { users })) => drop(groups.insert(name, users)),
                Ok(None) => {}
                Err(failed) if failed.is(&["no_such_subteam"]) => {
                    if self.learnt.is_news(&id) {
                        tracing::warn!(group = name, id, "there is no such user group in Slack");
                    }
                }
                Err(failed) => return Err(failed),
            }
        }
        Ok(groups)
    }

    /// The user groups' ids; the workspace is asked only when one is named by its handle.
    async fn group_ids(&self) -> Result<Vec<(String, String)>, Failed> {
        let named = |(group, named): (&String, &String)| (group.clone(), named.trim_start_matches('@').to_owned());
        let mut groups: Vec<(String, String)> = self.user_groups.iter().map(named).collect();
        if groups.iter().all(|(_, named)| is_id(named)) {
            return Ok(groups);
        }
        let Some(all) = self.calls.get_if_allowed::<Groups>("usergroups.list", &[]).await? else {
            groups.retain(|(_, named)| is_id(named));
            return Ok(groups);
        };
        groups.retain_mut(|(group, named)| match all.usergroups.iter().find(|one| one.handle == *named) {
            _ if is_id(named) => true,
            Some(one) => {
                named.clone_from(&one.id);
                true
            }
            None => {
                if self.learnt.is_news(named) {
                    tracing::warn!(group, handle = named, "there is no such user group in Slack");
                }
                false
            }
        });
        Ok(groups)
    }
}

impl User {
    /// Whether they belong to the workspace itself: rights are for no others.
    fn is_of(&self, us: &Us) -> bool {
        let is_guest = self.is_restricted || self.is_ultra_restricted || self.is_stranger;
        let is_elsewhere = self.team_id.as_ref().is_some_and(|team| *team != us.team);
        !(self.deleted || self.is_bot || is_guest || is_elsewhere)
    }
}

/// Handles are written small.
fn is_id(named: &str) -> bool {
    named.starts_with('S') && named.chars().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit())
}
