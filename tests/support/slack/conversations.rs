//! `conversations.*`: making channels, who is in them, what they are called.

use serde_json::{Value, json};

use super::BOT;
use super::args::{Answered, ApiError, Args};
use super::channels::{Channel, Kind};
use super::messages::Message;
use super::world::World;

const LONGEST_NAME: usize = 80;
const LONGEST_TOPIC: usize = 250;

impl World {
    pub(super) fn conversations(&mut self, method: &str, args: &Args) -> Answered {
        match method {
            "conversations.create" => self.conversations_create(args),
            "conversations.info" => {
                let channel = self.channel_of(args)?;
                let is_counted = args.flag("include_num_members");
                Ok(json!({ "channel": if is_counted { channel.counted_json() } else { channel.json() } }))
            }
            "conversations.list" => self.list_of(args, |_| true),
            "users.conversations" => {
                let person = args.text("user").unwrap_or(BOT).to_owned();
                self.list_of(args, |channel| channel.has(&person))
            }
            "conversations.members" => {
                let members: Vec<Value> = self.channel_of(args)?.members.iter().map(|member| json!(member)).collect();
                let (members, next) = args.page(&members, 100, 1000)?;
                Ok(json!({ "members": members, "response_metadata": { "next_cursor": next } }))
            }
            "conversations.invite" => self.conversations_invite(args),
            "conversations.kick" => self.conversations_kick(args),
            "conversations.archive" => self.conversations_archive(args),
            "conversations.unarchive" => self.conversations_unarchive(args),
            "conversations.join" => self.conversations_join(args),
            "conversations.leave" => self.conversations_leave(args),
            "conversations.rename" => self.conversations_rename(args),
            "conversations.setTopic" => self.set_words(args, "topic"),
            "conversations.setPurpose" => self.set_words(args, "purpose"),
            "conversations.open" => self.conversations_open(args),
            _ => Err(ApiError::with("unknown_method", json!({ "req_method": method }))),
        }
    }

    fn conversations_create(&mut self, args: &Args) -> Answered {
        let name = self.free_name(args, None)?;
        let kind = if args.flag("is_private") { Kind::Private } else { Kind::Public };
        let id = self.make_channel(&name, kind, vec![BOT.into()]);
        let channel = self.channel(&id).json();
        if kind == Kind::Public {
            let event = json!({ "type": "channel_created", "channel": channel });
            self.emit(&event, Some(&id));
        }
        Ok(json!({ "channel": channel }))
    }

    /// A name that may be given. Archived channels and private ones that nobody here sees hold theirs.
    fn free_name(&self, args: &Args, own: Option<&str>) -> Result<String, ApiError> {
        let name = args.text("name").ok_or("invalid_name_required")?.trim_start_matches('#');
        let is_letter = |letter: char| (letter.is_alphanumeric() && !letter.is_uppercase()) || "-_".contains(letter);
        if name.chars().count() > LONGEST_NAME {
            return Err("invalid_name_maxlength".into());
        }
        if !name.chars().all(is_letter) {
            return Err("invalid_name_specials".into());
        }
        if !name.chars().any(char::is_alphanumeric) {
            return Err("invalid_name_punctuation".into());
        }
        if self.channels.iter().any(|channel| channel.name == name && own != Some(&channel.id)) {
            return Err("name_taken".into());
        }
        Ok(name.into())
    }

    fn list_of(&self, args: &Args, is_wanted: impl Fn(&Channel) -> bool) -> Answered {
        let mut kinds = Vec::new();
        for kind in args.text("types").unwrap_or("public_channel").split(',').map(str::trim) {
            match kind {
                "public_channel" => kinds.push(Kind::Public),
                "private_channel" => kinds.push(Kind::Private),
                "im" => kinds.push(Kind::Direct),
                "mpim" => {}
                _ => return Err("invalid_types".into()),
            }
        }
        let is_seen = |channel: &&Channel| {
            kinds.contains(&channel.kind)
                && is_wanted(channel)
                && (channel.kind == Kind::Public || channel.has(BOT))
                && !(args.flag("exclude_archived") && channel.is_archived)
        };
        let channels: Vec<Value> = self.channels.iter().filter(is_seen).map(Channel::counted_json).collect();
        let (channels, next) = args.page(&channels, 100, 1000)?;
        Ok(json!({ "channels": channels, "response_metadata": { "next_cursor": next } }))
    }

    fn conversations_invite(&mut self, args: &Args) -> Answered {
        let id = self.changeable(args)?;
        let people = args.list("users");
        if people.is_empty() {
            return Err("no_user".into());
        }
        if people.len() > 1000 {
            return Err("too_many_users".into());
        }
        let channel = self.channel(&id);
        let refusal = |person: &String| match self.find_person(person) {
            Some(found) if found.id != *person => Some("user_not_found"),
            None => Some("user_not_found"),
            Some(_) if person == BOT => Some("cant_invite_self"),
            Some(_) if channel.has(person) => Some("already_in_channel"),
            Some(found) if found.is_gone => Some("cant_invite"),
            Some(_) => None,
        };
        let errors: Vec<(String, &str)> =
            people.iter().filter_map(|person| Some((person.clone(), refusal(person)?))).collect();
        let told: Vec<Value> =
            errors.iter().map(|(person, error)| json!({ "user": person, "ok": false, "error": error })).collect();
        let is_any_good = errors.len() < people.len();
        if let Some((_, first)) = errors.first()
            && !(args.flag("force") && is_any_good)
        {
            return Err(ApiError::with(first, json!({ "errors": told })));
        }
        for person in people.iter().filter(|person| errors.iter().all(|(refused, _)| refused != *person)) {
            self.come_in(&id, person, Some(BOT));
        }
        let mut answer = json!({ "channel": self.channel(&id).json() });
        if !told.is_empty() {
            answer["errors"] = json!(told);
        }
        Ok(answer)
    }

    fn conversations_kick(&mut self, args: &Args) -> Answered {
        let id = self.changeable(args)?;
        let person = args.text("user").filter(|person| self.has_person(person)).ok_or("user_not_found")?;
        if person == BOT {
            return Err("cant_kick_self".into());
        }
        if !self.channel(&id).has(person) {
            return Err("not_in_channel".into());
        }
        self.go_out(&id, person);
        Ok(json!({ "errors": {} }))
    }

    fn conversations_archive(&mut self, args: &Args) -> Answered {
        let channel = self.channel_of(args)?;
        let id = channel.id.clone();
        if channel.kind == Kind::Direct {
            return Err("method_not_supported_for_channel_type".into());
        }
        if channel.is_archived {
            return Err("already_archived".into());
        }
        self.own_channel_of(args)?;
        self.put_away(&id, BOT, true);
        Ok(Value::Null)
    }

    fn conversations_unarchive(&mut self, args: &Args) -> Answered {
        let channel = self.channel_of(args)?;
        let id = channel.id.clone();
        if !channel.is_archived {
            return Err("not_archived".into());
        }
        if let Some(refusal) = self.settings.refuses_unarchive {
            return Err(refusal.into());
        }
        self.put_away(&id, BOT, false);
        Ok(Value::Null)
    }

    fn conversations_join(&mut self, args: &Args) -> Answered {
        let channel = self.channel_of(args)?;
        let (id, was_in) = (channel.id.clone(), channel.has(BOT));
        if channel.kind != Kind::Public {
            return Err("method_not_supported_for_channel_type".into());
        }
        if channel.is_archived {
            return Err("is_archived".into());
        }
        self.come_in(&id, BOT, None);
        let mut answer = json!({ "channel": self.channel(&id).json() });
        if was_in {
            answer["warning"] = json!("already_in_channel");
            answer["response_metadata"] = json!({ "warnings": ["already_in_channel"] });
        }
        Ok(answer)
    }

    fn conversations_leave(&mut self, args: &Args) -> Answered {
        let channel = self.channel_of(args)?;
        let (id, was_in) = (channel.id.clone(), channel.has(BOT));
        if channel.is_archived {
            return Err("is_archived".into());
        }
        self.go_out(&id, BOT);
        Ok(if was_in { Value::Null } else { json!({ "not_in_channel": true }) })
    }

    fn conversations_rename(&mut self, args: &Args) -> Answered {
        let channel = self.own_channel_of(args)?;
        let id = channel.id.clone();
        let name = self.free_name(args, Some(&id))?;
        if channel.creator != BOT {
            return Err("not_authorized".into());
        }
        self.call_it(&id, &name);
        Ok(json!({ "channel": self.channel(&id).json() }))
    }

    fn set_words(&mut self, args: &Args, what: &str) -> Answered {
        let id = self.changeable(args)?;
        let words = args.text(what).unwrap_or_default();
        if words.chars().count() > LONGEST_TOPIC {
            return Err("too_long".into());
        }
        let channel = self.channel_mut(&id);
        *(if what == "topic" { &mut channel.topic } else { &mut channel.purpose }) = words.into();
        let mut line = Message::system(&format!("channel_{what}"), BOT);
        line.text = format!("<@{BOT}> set the channel {what}: {words}");
        line.more.insert(what.into(), json!(words));
        self.post(&id, line);
        Ok(json!({ "channel": self.channel(&id).json(), what: words }))
    }

    fn conversations_open(&mut self, args: &Args) -> Answered {
        let (id, was_there) = if args.text("channel").is_some() {
            (self.channel_of(args)?.id.clone(), true)
        } else {
            let people = args.list("users");
            let [person] = people.as_slice() else {
                return Err(if people.is_empty() { "users_list_not_supplied" } else { "too_many_users" }.into());
            };
            let found = self.people.iter().find(|known| known.id == *person).ok_or("user_not_found")?;
            if found.is_gone {
                return Err("user_disabled".into());
            }
            if found.is_bot {
                return Err("cannot_dm_bot".into());
            }
            self.direct(person)
        };
        let channel = if args.flag("return_im") { self.channel(&id).json() } else { json!({ "id": id }) };
        let mut answer = json!({ "channel": channel });
        if was_there {
            answer["no_op"] = json!(true);
            answer["already_open"] = json!(true);
        }
        Ok(answer)
    }

    /// A channel that the bot is in and that is not archived.
    pub(super) fn changeable(&self, args: &Args) -> Result<String, ApiError> {
        let channel = self.own_channel_of(args)?;
        if channel.is_archived {
            return Err("is_archived".into());
        }
        if channel.kind == Kind::Direct {
            return Err("method_not_supported_for_channel_type".into());
        }
        Ok(channel.id.clone())
    }
}
