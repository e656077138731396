//! Rooms: made, found again, looked at and changed as channels.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::adapter::Slack;
use super::calls::{Done, Failed};
use super::pace::{Rank, Turn};
use super::plain::{escaped, unescaped};
use super::refusal::Refused;
use crate::domain::room::Intent;
use crate::domain::{PersonId, RoomId};
use crate::ports::{ChatError, RoomChange, RoomSeen, Standing};

/// Slack's clock may be behind ours by so much.
const SKEW: Duration = Duration::from_mins(1);
/// The longest topic and purpose.
const LONGEST: usize = 250;
/// How many are invited by one call.
const AT_ONCE: usize = 100;

/// Codes of one account in an invitation that mean it is in already; nobody invites themselves.
const IN_ALREADY: [&str; 2] = ["already_in_channel", "cant_invite_self"];
/// Codes that turn away an account and not the call.
const OF_AN_ACCOUNT: [&str; 9] = [
    "user_not_found",
    "user_disabled",
    "user_is_restricted",
    "user_is_ultra_restricted",
    "cant_invite",
    "ura_max_channels",
    "no_external_invite_permission",
    "org_user_not_in_team",
    "user_team_not_in_channel",
];

/// Codes that mean that people can open a channel again, and we cannot.
const STAYS_CLOSED: [&str; 6] = [
    "not_in_channel",
    "channel_not_found",
    "not_authorized",
    "user_is_bot",
    "user_is_restricted",
    "method_not_supported_for_channel_type",
];

#[derive(Deserialize)]
struct Holding {
    channel: Channel,
}

#[derive(Deserialize)]
struct Channel {
    id: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    created: i64,
    #[serde(default)]
    creator: String,
    #[serde(default)]
    is_archived: bool,
    /// Conversations between two tell nothing of it: who sees one is in it.
    #[serde(default)]
    is_member: Option<bool>,
    #[serde(default)]
    topic: Option<Words>,
    #[serde(default)]
    purpose: Option<Words>,
}

#[derive(Deserialize)]
struct Words {
    #[serde(default)]
    value: String,
}

#[derive(Deserialize)]
struct Invited {
    #[serde(default)]
    errors: Vec<Refused>,
}

impl Slack {
    /// Makes a channel of this very name.
    pub(super) async fn create(&self, intent: &Intent) -> Result<RoomId, ChatError> {
        let body = json!({ "name": intent.name, "is_private": self.is_private });
        match self.calls.post::<Holding>("conversations.create", &body).await {
            Ok(made) => Ok(RoomId::new(&Self::name(), &made.channel.id)),
            Err(failed) if failed.is(&["name_taken"]) => Err(ChatError::NameTaken),
            Err(failed) => Err(failed.into()),
        }
    }

    /// Looks for it among the channels that we made and are still in.
    pub(super) async fn find_own(&self, intent: &Intent) -> Result<Option<RoomId>, ChatError> {
        let us = self.calls.us().await?.account.clone();
        let since = intent.at.minus(SKEW).as_millis() / 1000;
        let query = [("types", "public_channel,private_channel"), ("exclude_archived", "false"), ("limit", "200")];
        let ours = |channel: Channel| {
            let is_it = channel.creator == us && channel.name == intent.name && channel.created >= since;
            is_it.then(|| RoomId::new(&Self::name(), &channel.id))
        };
        Ok(self.calls.search("users.conversations", &query, ours).await?)
    }

    /// How a channel is. What hangs on its walls is looked at as well, but not in every look: those calls are few, and
    /// whoever asks about people asks often.
    pub(super) async fn look_into(&self, channel: &str) -> Result<RoomSeen, ChatError> {
        let seen = match self.calls.get::<Holding>("conversations.info", &[("channel", channel)]).await {
            Ok(seen) => seen.channel,
            Err(failed) if failed.is(&["channel_not_found"]) => return Ok(standing(Standing::Lost)),
            Err(failed) => return Err(failed.into()),
        };
        if seen.is_archived {
            return Ok(standing(Standing::Archived));
        }
        if seen.is_member == Some(false) {
            return Ok(standing(Standing::Lost));
        }
        let (members, (pinned, bookmarks)) = futures::try_join!(self.members(channel), self.furniture(channel))?;
        let words = |words: Option<Words>| words.map(|words| unescaped(&words.value));
        Ok(RoomSeen {
            standing: Standing::Open,
            name: Some(seen.name).filter(|name| !name.is_empty()),
            members,
            pinned,
            topic: words(seen.topic),
            purpose: words(seen.purpose),
            bookmarks,
        })
    }

    async fn members(&self, channel: &str) -> Result<Vec<PersonId>, Failed> {
        let mut members = Vec::new();
        let known = |account: String| {
            members.extend(self.accounts.person(&account));
            None::<()>
        };
        self.calls.search("conversations.members", &[("channel", channel), ("limit", "1000")], known).await?;
        Ok(members)
    }

    /// Changes a channel. It takes one turn there, however many calls it needs: a change that began ends.
    pub(super) async fn change(&self, channel: &str, change: &RoomChange) -> Result<(), ChatError> {
        self.calls.turn(Turn { channel, who: "furniture", rank: Rank::Furniture })?;
        match change {
            RoomChange::Invite(people) => self.invite(channel, people).await,
            RoomChange::Remove(person) => self.remove(channel, person).await,
            RoomChange::Pin(message) => self.pin(channel, message).await,
            RoomChange::Topic(words) => {
                let body = json!({ "channel": channel, "topic": escaped(words, LONGEST) });
                self.once("conversations.setTopic", &body, &[]).await
            }
            RoomChange::Purpose(words) => {
                let body = json!({ "channel": channel, "purpose": escaped(words, LONGEST) });
                self.once("conversations.setPurpose", &body, &[]).await
            }
            RoomChange::Bookmark(bookmark) => self.bookmark(channel, bookmark).await,
            RoomChange::Archive => {
                self.once("conversations.archive", &json!({ "channel": channel }), &["already_archived"]).await
            }
            RoomChange::Unarchive => self.unarchive(channel).await,
        }
    }

    /// Opens a channel again. Archiving has taken us out of it, so that Slack mostly leaves this to people.
    async fn unarchive(&self, channel: &str) -> Result<(), ChatError> {
        match self.calls.post::<Done>("conversations.unarchive", &json!({ "channel": channel })).await {
            Err(failed) if failed.is(&["not_archived"]) => Ok(()),
            Err(failed) => match failed.refusal() {
                Some(refusal) if refusal.is(&STAYS_CLOSED) || refusal.is_restricted() => {
                    Err(ChatError::Closed(format!("Slack lets only people unarchive the channel (`{}`)", refusal.code)))
                }
                _ => Err(failed.into()),
            },
            Ok(_) => Ok(()),
        }
    }

    /// Calls a method; that it is so already is as good.
    pub(super) async fn once(&self, method: &'static str, body: &Value, already: &[&str]) -> Result<(), ChatError> {
        match self.calls.post::<Done>(method, body).await {
            Err(failed) if !failed.is(already) => Err(failed.into()),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    async fn remove(&self, channel: &str, person: &PersonId) -> Result<(), ChatError> {
        // Whoever has no account is not in.
        let Some(user) = self.accounts.of(person) else { return Ok(()) };
        let gone = ["not_in_channel", "user_not_found"];
        self.once("conversations.kick", &json!({ "channel": channel, "user": user }), &gone).await
    }

    async fn invite(&self, channel: &str, people: &[PersonId]) -> Result<(), ChatError> {
        let us = self.calls.us().await?.account.clone();
        let mut unreached = Vec::new();
        let mut accounts = BTreeMap::new();
        for person in people {
            match self.accounts.of(person) {
                Some(account) if account == us => {}
                Some(account) => drop(accounts.insert(account, person.clone())),
                None => unreached.push(person.clone()),
            }
        }
        let all: Vec<&str> = accounts.keys().map(String::as_str).collect();
        for some in all.chunks(AT_ONCE) {
            for refused in self.bring_in(channel, some).await? {
                let person = accounts.get(&refused.user);
                tracing::warn!(?person, account = refused.user, code = refused.error, "Slack does not let somebody in");
                unreached.extend(person.cloned());
            }
        }
        if unreached.is_empty() { Ok(()) } else { Err(ChatError::Unreached(unreached)) }
    }

    /// Invites these, and tells who cannot come in.
    async fn bring_in(&self, channel: &str, accounts: &[&str]) -> Result<Vec<Refused>, ChatError> {
        let body = json!({ "channel": channel, "users": accounts.join(","), "force": true });
        let errors = match self.calls.post::<Invited>("conversations.invite", &body).await {
            Ok(invited) => invited.errors,
            Err(failed) => match (failed.refusal(), accounts) {
                (Some(refusal), _) if !refusal.each.is_empty() => refusal.each.clone(),
                (Some(refusal), [account]) if refusal.is(&OF_AN_ACCOUNT) || refusal.is(&IN_ALREADY) => {
                    vec![Refused { user: (*account).to_owned(), error: refusal.code.clone() }]
                }
                // Slack names nobody: each by itself.
                (Some(refusal), [_, _, ..]) if refusal.is(&OF_AN_ACCOUNT) || refusal.is(&IN_ALREADY) => {
                    return self.bring_in_one_by_one(channel, accounts).await;
                }
                _ => return Err(failed.into()),
            },
        };
        Ok(errors.into_iter().filter(|one| !IN_ALREADY.contains(&one.error.as_str())).collect())
    }

    async fn bring_in_one_by_one(&self, channel: &str, accounts: &[&str]) -> Result<Vec<Refused>, ChatError> {
        let mut refused = Vec::new();
        for account in accounts {
            refused.extend(Box::pin(self.bring_in(channel, &[account])).await?);
        }
        Ok(refused)
    }
}

fn standing(standing: Standing) -> RoomSeen {
    RoomSeen { standing, ..RoomSeen::default() }
}
