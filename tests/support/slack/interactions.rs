//! Clicks, choices, commands, modals and shortcuts: what people do with what the bot shows. Each is sent at once; await
//! it for the bot's answer.

use serde_json::{Value, json};

use super::channels::{Channel, Kind};
use super::elements::{chosen_state, of_block, options, state_key};
use super::envelopes::{After, Fresh, INTERACTIVE, SLASH_COMMANDS};
use super::handle::FakeSlack;
use super::messages::{Message, no_message};
use super::sent::Sent;
use super::views::{View, no_view};
use super::world::World;
use super::{APP, TEAM, TEAM_DOMAIN, VERIFICATION};

/// Where something is shown.
#[derive(Clone, Debug)]
pub enum Surface {
    /// A message, by channel and stamp.
    Message(String, String),
    /// A modal or a home tab, by id.
    View(String),
}

impl From<(&str, &str)> for Surface {
    fn from((channel, ts): (&str, &str)) -> Self {
        Self::Message(channel.into(), ts.into())
    }
}

impl From<&View> for Surface {
    fn from(view: &View) -> Self {
        Self::View(view.id.clone())
    }
}

/// What is pressed or chosen.
#[derive(Clone, Debug)]
pub enum Which {
    /// A button, by its text, value or action id.
    Button(String),
    /// Something to choose from, by its action id, and what is chosen: an option's value or text, a list of them, a
    /// date, somebody's id.
    Choice(String, Value),
}

impl From<&str> for Which {
    fn from(button: &str) -> Self {
        Self::Button(button.into())
    }
}

impl From<(&str, &str)> for Which {
    fn from((action, option): (&str, &str)) -> Self {
        Self::Choice(action.into(), json!(option))
    }
}

/// A surface as it stands.
struct Shown {
    key: String,
    blocks: Vec<Value>,
    /// What the payload says of it.
    fields: Value,
}

impl FakeSlack {
    /// Somebody presses a button or makes a choice.
    pub fn clicks(&self, user: &str, on: impl Into<Surface>, which: impl Into<Which>) -> Sent {
        let (on, which) = (on.into(), which.into());
        self.sends(|world| {
            let user = world.person_id(user);
            world.click(&user, &on, &which)
        })
    }

    /// Somebody types into a select that the bot fills; the answer's payload holds the options.
    pub fn suggests(&self, user: &str, on: impl Into<Surface>, (action, typed): (&str, &str)) -> Sent {
        let on = on.into();
        self.sends(|world| {
            let user = world.person_id(user);
            let shown = world.shown(&user, &on);
            let (block, _) = found(&shown.blocks, |element| element["action_id"] == action);
            let mut payload = world.interaction("block_suggestion", &user);
            extend(&mut payload, shown.fields);
            let own = json!({ "action_id": action, "block_id": block["block_id"], "value": typed });
            extend(&mut payload, own);
            Fresh { kind: INTERACTIVE, payload, accepts: true, after: After::Nothing }
        })
    }

    /// Somebody types a command and what follows it: `/chamberlain status`. The answer's message is shown.
    pub fn types_slash(&self, user: &str, channel: &str, typed: &str) -> Sent {
        self.sends(|world| {
            let (user, channel) = (world.person_id(user), world.channel_id(channel));
            let (command, text) = typed.split_once(' ').unwrap_or((typed, ""));
            let (key, response_url) = world.fresh_response_url(&user, &channel, None);
            let channel = world.channel(&channel);
            let channel_name = match channel.kind {
                Kind::Public => channel.name.as_str(),
                Kind::Private => "privategroup",
                Kind::Direct => "directmessage",
            };
            let name = world.find_person(&user).map(|person| person.name.clone());
            let payload = json!({
                "token": VERIFICATION, "team_id": TEAM, "team_domain": TEAM_DOMAIN, "channel_id": channel.id,
                "channel_name": channel_name, "user_id": user, "user_name": name, "command": command, "text": text,
                "api_app_id": APP, "is_enterprise_install": "false", "response_url": response_url,
                "trigger_id": world.fresh_trigger(&user),
            });
            Fresh { kind: SLASH_COMMANDS, payload, accepts: true, after: After::Command(key) }
        })
    }

    /// Somebody fills a modal in and submits it: each value by its action id or block id. What the answer says is done
    /// to the modal.
    pub fn submits(&self, user: &str, view: &str, values: &[(&str, Value)]) -> Sent {
        let filled = self.shared.change(|world| {
            let user = world.person_id(user);
            world.fill_in(&user, view, values)
        });
        match filled {
            Err(refusal) => Sent::refused(self, refusal),
            Ok(payload) => {
                let after = After::Submission(view.into());
                self.sends(|_| Fresh { kind: INTERACTIVE, payload, accepts: true, after })
            }
        }
    }

    /// Somebody closes a modal; the app hears of it if it wanted to.
    pub fn closes_view(&self, user: &str, view: &str) -> Option<Sent> {
        let is_told = self.shared.change(|world| {
            let body = world.view_mut(view).unwrap_or_else(|| no_view(view)).body.clone();
            world.close(view);
            if body["clear_on_close"] == true {
                let user = world.person_id(user);
                world.close_all(&user);
            }
            body["notify_on_close"] == true
        });
        is_told.then(|| {
            self.sends(|world| {
                let user = world.person_id(user);
                let mut payload = world.interaction("view_closed", &user);
                let view = world.view_mut(view).map(|view| view.json());
                extend(&mut payload, json!({ "view": view, "is_cleared": false }));
                Fresh { kind: INTERACTIVE, payload, accepts: false, after: After::Nothing }
            })
        })
    }

    /// Somebody uses a shortcut of the app.
    pub fn shortcut(&self, user: &str, callback: &str) -> Sent {
        self.sends(|world| {
            let user = world.person_id(user);
            let mut payload = world.interaction("shortcut", &user);
            let ts = world.fresh_ts();
            extend(&mut payload, json!({ "callback_id": callback, "action_ts": ts }));
            Fresh { kind: INTERACTIVE, payload, accepts: false, after: After::Nothing }
        })
    }

    /// Somebody uses a shortcut on a message.
    pub fn message_shortcut(&self, user: &str, (channel, ts): (&str, &str), callback: &str) -> Sent {
        self.sends(|world| {
            let (user, channel) = (world.person_id(user), world.channel_id(channel));
            let mut payload = world.interaction("message_action", &user);
            let (_, response_url) = world.fresh_response_url(&user, &channel, Some(ts));
            let action_ts = world.fresh_ts();
            let channel = world.channel(&channel);
            let message = channel.message(ts).unwrap_or_else(|| no_message(ts)).json();
            let own = json!({
                "callback_id": callback, "action_ts": action_ts, "message": message, "message_ts": ts,
                "channel": { "id": channel.id, "name": channel.name }, "response_url": response_url,
            });
            extend(&mut payload, own);
            Fresh { kind: INTERACTIVE, payload, accepts: false, after: After::Nothing }
        })
    }

    fn sends(&self, make: impl FnOnce(&mut World) -> Fresh) -> Sent {
        let (number, payload) = self.shared.change(|world| {
            let fresh = make(world);
            let payload = fresh.payload.clone();
            (world.dispatch(fresh), payload)
        });
        Sent::as_envelope(self, number, payload)
    }
}

impl World {
    /// What every interaction says.
    fn interaction(&mut self, kind: &str, user: &str) -> Value {
        let name = self.find_person(user).map(|person| person.name.clone());
        let mut payload = json!({
            "type": kind, "user": { "id": user, "username": name, "name": name, "team_id": TEAM },
            "api_app_id": APP, "token": VERIFICATION, "team": { "id": TEAM, "domain": TEAM_DOMAIN },
            "enterprise": null, "is_enterprise_install": false,
        });
        if !["block_suggestion", "view_closed"].contains(&kind) {
            payload["trigger_id"] = json!(self.fresh_trigger(user));
        }
        payload
    }

    /// A surface that somebody looks at.
    fn shown(&mut self, user: &str, on: &Surface) -> Shown {
        match on {
            Surface::View(id) => {
                let view = self.views.iter().find(|view| view.id == *id).unwrap_or_else(|| no_view(id));
                assert_eq!(view.user, user, "another one sees that view");
                let (key, blocks) = (format!("view {id}"), view.blocks());
                let mut json = view.json();
                json["state"] = json!({ "values": self.state_values(&key, &blocks) });
                let fields = json!({ "container": { "type": "view", "view_id": id }, "view": json });
                Shown { key, blocks, fields }
            }
            Surface::Message(channel, ts) => {
                let channel = self.channel(channel);
                let message = channel.any_message(ts).unwrap_or_else(|| no_message(ts));
                assert!(message.reader.as_ref().is_none_or(|reader| reader == user), "another one sees that message");
                let key = format!("message {} {ts}", channel.id);
                let blocks = message.all_blocks();
                let fields = self.message_fields(channel, message);
                Shown { key, blocks, fields }
            }
        }
    }

    fn message_fields(&self, channel: &Channel, message: &Message) -> Value {
        let is_ephemeral = message.reader.is_some();
        let key = format!("message {} {}", channel.id, message.ts);
        let name = if channel.kind == Kind::Direct { "directmessage" } else { &channel.name };
        let mut fields = json!({
            "container": {
                "type": "message", "message_ts": message.ts, "channel_id": channel.id, "is_ephemeral": is_ephemeral,
            },
            "channel": { "id": channel.id, "name": name },
            "state": { "values": self.state_values(&key, &message.all_blocks()) },
        });
        if let Some(thread) = &message.thread_ts {
            fields["container"]["thread_ts"] = json!(thread);
        }
        if !is_ephemeral {
            fields["message"] = message.json();
        }
        fields
    }

    fn click(&mut self, user: &str, on: &Surface, which: &Which) -> Fresh {
        let Shown { key, blocks, .. } = self.shown(user, on);
        let (block, element) = match which {
            Which::Button(name) => found(&blocks, |element| {
                let is_it = |field: &Value| *field == **name;
                element["type"] == "button"
                    && (is_it(&element["text"]["text"]) || is_it(&element["value"]) || is_it(&element["action_id"]))
            }),
            Which::Choice(action, _) => found(&blocks, |element| element["action_id"] == **action),
        };
        let mut action = json!({
            "type": element["type"], "action_id": element["action_id"], "block_id": block["block_id"],
            "action_ts": self.fresh_ts(),
        });
        match which {
            Which::Button(_) => {
                for field in ["text", "value", "style", "url"].into_iter().filter(|field| element.get(field).is_some())
                {
                    action[field] = element[field].clone();
                }
            }
            Which::Choice(_, value) if element["type"] == "overflow" => {
                let option = options(&element).into_iter().find(|option| option["value"] == *value);
                action["selected_option"] = option.unwrap_or_else(|| panic!("there is no option {value}"));
            }
            Which::Choice(_, value) => {
                let state = chosen_state(&element, value).unwrap_or_else(|wrong| panic!("{wrong}"));
                extend(&mut action, state.clone());
                self.choices.insert((key, text(&block["block_id"]), text(&element["action_id"])), state);
            }
        }
        let mut payload = self.interaction("block_actions", user);
        extend(&mut payload, self.shown(user, on).fields);
        payload["actions"] = json!([action]);
        if let Surface::Message(channel, ts) = on {
            let channel = self.channel_id(channel);
            payload["response_url"] = json!(self.fresh_response_url(user, &channel, Some(ts)).1);
        }
        Fresh { kind: INTERACTIVE, payload, accepts: false, after: After::Nothing }
    }

    /// Fills a modal in; a client does not submit one with required fields left empty.
    fn fill_in(&mut self, user: &str, view: &str, values: &[(&str, Value)]) -> Result<Value, String> {
        let on = Surface::View(view.into());
        let Shown { key, blocks, .. } = self.shown(user, &on);
        for (name, value) in values {
            let (block, element) = blocks
                .iter()
                .flat_map(|block| of_block(block).into_iter().map(move |element| (block, element)))
                .find(|(block, element)| element["action_id"] == **name || block["block_id"] == **name)
                .unwrap_or_else(|| panic!("there is no {name} in the view"));
            let state = chosen_state(&element, value)?;
            self.choices.insert((key.clone(), text(&block["block_id"]), text(&element["action_id"])), state);
        }
        let shown = self.shown(user, &on);
        let values = &shown.fields["view"]["state"]["values"];
        for block in blocks.iter().filter(|block| block["type"] == "input" && block["optional"] != true) {
            let element = &block["element"];
            let state = &values[text(&block["block_id"])][text(&element["action_id"])];
            let value = state_key(element).map_or(&Value::Null, |key| &state[key]);
            if value.is_null() || *value == json!([]) {
                return Err(format!("{} must be filled in", block["block_id"]));
            }
        }
        let mut payload = self.interaction("view_submission", user);
        extend(&mut payload, json!({ "view": shown.fields["view"], "response_urls": [] }));
        Ok(payload)
    }
}

/// The first element of that kind, with its block.
fn found(blocks: &[Value], is_it: impl Fn(&Value) -> bool) -> (Value, Value) {
    let mut all = blocks.iter().flat_map(|block| of_block(block).into_iter().map(move |element| (block, element)));
    let found = all.find(|(_, element)| is_it(element));
    let (block, element) = found.unwrap_or_else(|| panic!("there is no such element in {}", json!(blocks)));
    (block.clone(), element)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().into()
}

fn extend(payload: &mut Value, more: Value) {
    if let (Some(payload), Value::Object(more)) = (payload.as_object_mut(), more) {
        payload.extend(more);
    }
}
