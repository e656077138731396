//! What can be pressed, chosen or filled in on a message or a view, and what was.

use serde_json::{Value, json};

use super::world::World;

/// The elements of a block.
pub(super) fn of_block(block: &Value) -> Vec<Value> {
    match block["type"].as_str() {
        Some("actions") => block["elements"].as_array().cloned().unwrap_or_default(),
        Some("section") => block.get("accessory").cloned().into_iter().collect(),
        Some("input") => block.get("element").cloned().into_iter().collect(),
        _ => Vec::new(),
    }
}

/// Slack gives ids of its own where the app gave none.
pub(super) fn give_ids(blocks: &mut [Value], world: &mut World) {
    for block in blocks {
        give(block, "block_id", world);
        match block["type"].as_str() {
            Some("actions") => {
                for element in block["elements"].as_array_mut().into_iter().flatten() {
                    give(element, "action_id", world);
                }
            }
            Some("section") if block["accessory"].is_object() && block["accessory"]["type"] != "image" => {
                give(&mut block["accessory"], "action_id", world);
            }
            Some("input") if block["element"].is_object() => give(&mut block["element"], "action_id", world),
            _ => {}
        }
    }
}

fn give(object: &mut Value, key: &str, world: &mut World) {
    if object.is_object() && object.get(key).is_none() {
        object[key] = json!(world.fresh_id(""));
    }
}

/// The key under which an element of this type keeps its state; buttons and the like keep none.
pub(super) fn state_key(element: &Value) -> Option<&'static str> {
    Some(match element["type"].as_str().unwrap_or_default() {
        "plain_text_input" | "number_input" | "email_text_input" | "url_text_input" => "value",
        "static_select" | "external_select" | "radio_buttons" => "selected_option",
        "multi_static_select" | "multi_external_select" | "checkboxes" => "selected_options",
        "users_select" => "selected_user",
        "multi_users_select" => "selected_users",
        "conversations_select" => "selected_conversation",
        "channels_select" => "selected_channel",
        "datepicker" => "selected_date",
        "timepicker" => "selected_time",
        "datetimepicker" => "selected_date_time",
        "rich_text_input" => "rich_text_value",
        _ => return None,
    })
}

/// An element's state before anybody touched it.
fn initial_state(element: &Value, key: &str) -> Value {
    let initial = match key {
        "value" => "initial_value",
        "selected_option" => "initial_option",
        "selected_options" => "initial_options",
        "selected_user" => "initial_user",
        "selected_users" => "initial_users",
        "selected_conversation" => "initial_conversation",
        "selected_channel" => "initial_channel",
        "selected_date" => "initial_date",
        "selected_time" => "initial_time",
        _ => "initial_date_time",
    };
    let empty = if key.ends_with('s') { json!([]) } else { Value::Null };
    json!({ "type": element["type"], key: element.get(initial).cloned().unwrap_or(empty) })
}

/// The state of an element in which somebody chose or typed this. An option is named by its value or its text.
pub(super) fn chosen_state(element: &Value, value: &Value) -> Result<Value, String> {
    let key = state_key(element).ok_or("nothing can be chosen there")?;
    let is_external = element["type"] == "external_select" || element["type"] == "multi_external_select";
    let option = |value: &Value| {
        if is_external {
            return Ok(json!({ "text": { "type": "plain_text", "text": value, "emoji": true }, "value": value }));
        }
        let found =
            options(element).into_iter().find(|option| option["value"] == *value || option["text"]["text"] == *value);
        found.ok_or_else(|| format!("there is no option {value} in {element}"))
    };
    let state = match key {
        "selected_option" => option(value)?,
        "selected_options" => {
            let values = value.as_array().ok_or("several are chosen by a list")?;
            json!(values.iter().map(option).collect::<Result<Vec<_>, _>>()?)
        }
        "value" => typed(element, value)?,
        _ => value.clone(),
    };
    Ok(json!({ "type": element["type"], key: state }))
}

fn typed(element: &Value, value: &Value) -> Result<Value, String> {
    let text = value.as_str().map_or_else(|| value.to_string(), Into::into);
    if text.is_empty() || value.is_null() {
        return Ok(Value::Null);
    }
    let length = u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
    let (least, most) = (element["min_length"].as_u64().unwrap_or(0), element["max_length"].as_u64().unwrap_or(3000));
    if length < least || length > most { Err(format!("{length} characters do not fit")) } else { Ok(json!(text)) }
}

/// The options of a select, also those in groups.
pub(super) fn options(element: &Value) -> Vec<Value> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let grouped = list(&element["option_groups"]);
    list(&element["options"]).into_iter().chain(grouped.iter().flat_map(|group| list(&group["options"]))).collect()
}

impl World {
    /// `state.values` of a surface: everything that keeps a state, as it stands.
    pub(super) fn state_values(&self, surface: &str, blocks: &[Value]) -> Value {
        let mut values = json!({});
        for block in blocks {
            for element in of_block(block) {
                let (Some(key), Some(id), Some(action)) =
                    (state_key(&element), block["block_id"].as_str(), element["action_id"].as_str())
                else {
                    continue;
                };
                let chosen = self.choices.get(&(surface.into(), id.into(), action.into())).cloned();
                values[id][action] = chosen.unwrap_or_else(|| initial_state(&element, key));
            }
        }
        values
    }
}
