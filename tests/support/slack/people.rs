//! Who is in the workspace.

use serde_json::{Value, json};

use super::args::{Answered, ApiError, Args};
use super::world::World;
use super::{APP, BOT, BOT_ID, TEAM};

/// Somebody, or the bot.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: String,
    pub name: String,
    pub email: Option<String>,
    pub is_bot: bool,
    /// A guest: `is_restricted`.
    pub is_guest: bool,
    /// Deactivated: `deleted`.
    pub is_gone: bool,
}

impl Person {
    /// Somebody ordinary.
    pub fn named(name: &str) -> Self {
        Self {
            id: format!("U0{}", name.to_uppercase()),
            name: name.into(),
            email: Some(format!("{name}@fake.test")),
            is_bot: false,
            is_guest: false,
            is_gone: false,
        }
    }

    /// The bot itself.
    pub(super) fn bot() -> Self {
        Self { id: BOT.into(), email: None, is_bot: true, ..Self::named("chamberlain") }
    }

    fn json(&self, with_email: bool) -> Value {
        let mut profile = json!({
            "real_name": self.name, "real_name_normalized": self.name,
            "display_name": self.name, "display_name_normalized": self.name, "team": TEAM,
        });
        if let Some(email) = self.email.as_ref().filter(|_| with_email) {
            profile["email"] = json!(email);
        }
        if self.is_bot {
            profile["bot_id"] = json!(BOT_ID);
            profile["api_app_id"] = json!(APP);
        }
        json!({
            "id": self.id, "team_id": TEAM, "name": self.name, "real_name": self.name, "deleted": self.is_gone,
            "profile": profile, "tz": "Etc/UTC", "tz_label": "UTC", "tz_offset": 0,
            "is_admin": false, "is_owner": false, "is_primary_owner": false,
            "is_restricted": self.is_guest, "is_ultra_restricted": false, "is_bot": self.is_bot, "is_app_user": false,
            "updated": 0, "is_email_confirmed": true,
        })
    }
}

/// A user group.
#[derive(Clone, Debug)]
pub struct Group {
    pub id: String,
    pub handle: String,
    pub users: Vec<String>,
}

impl World {
    /// Somebody, by id or name.
    pub fn find_person(&self, key: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.id == key || person.name == key)
    }

    /// The id of somebody who must be there.
    pub(super) fn person_id(&self, key: &str) -> String {
        self.find_person(key).unwrap_or_else(|| panic!("there is no {key}")).id.clone()
    }

    pub(super) fn has_person(&self, id: &str) -> bool {
        self.people.iter().any(|person| person.id == id)
    }

    /// Takes somebody in, or finds the one who has the name.
    pub(super) fn take_in(&mut self, person: Person) -> String {
        let id = person.id.clone();
        if !self.has_person(&id) {
            self.people.push(person);
        }
        id
    }

    fn person_json(&self, person: &Person) -> Value {
        person.json(self.scopes.contains("users:read.email"))
    }

    pub(super) fn users_info(&self, args: &Args) -> Answered {
        let person = args.text("user").and_then(|id| self.people.iter().find(|person| person.id == id));
        Ok(json!({ "user": self.person_json(person.ok_or("user_not_found")?) }))
    }

    pub(super) fn users_list(&self, args: &Args) -> Answered {
        let people: Vec<Value> = self.people.iter().map(|person| self.person_json(person)).collect();
        let (members, next) = args.page(&people, people.len(), 1000)?;
        Ok(json!({ "members": members, "cache_ts": 0, "response_metadata": { "next_cursor": next } }))
    }

    pub(super) fn users_lookup_by_email(&self, args: &Args) -> Answered {
        let sought = args.text("email").ok_or(ApiError::from("users_not_found"))?.to_lowercase();
        let person = self.people.iter().find(|person| !person.is_gone && person.email.as_ref() == Some(&sought));
        Ok(json!({ "user": self.person_json(person.ok_or("users_not_found")?) }))
    }

    pub(super) fn usergroups_list(&self, args: &Args) -> Value {
        let groups = self.groups.iter().map(|group| {
            let mut json = json!({
                "id": group.id, "team_id": TEAM, "is_usergroup": true, "is_subteam": true, "name": group.handle,
                "description": "", "handle": group.handle, "is_external": false, "date_create": 0, "date_update": 0,
                "date_delete": 0, "created_by": BOT, "updated_by": BOT, "deleted_by": null, "auto_type": null,
                "prefs": { "channels": [], "groups": [] }, "user_count": group.users.len(),
            });
            if args.flag("include_users") {
                json["users"] = json!(group.users);
            }
            json
        });
        json!({ "usergroups": groups.collect::<Vec<_>>() })
    }

    pub(super) fn usergroups_users_list(&self, args: &Args) -> Answered {
        let group = self.groups.iter().find(|group| args.text("usergroup") == Some(&group.id));
        Ok(json!({ "users": group.ok_or("no_such_subteam")?.users }))
    }
}
