//! A choice of one: as many options as Slack takes and the message has room for, the chosen one always among them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::actions::plain;
use super::limits;
use super::words::{cut, length, one_line, weight};

/// The select within a length, and what was left out of it; nothing when no option is left.
pub(super) fn select(
    (action, label): (&str, &str),
    (options, chosen): (&[String], Option<&str>),
    room: usize,
) -> Option<(Value, Vec<String>)> {
    let mut select = json!({ "type": "static_select", "action_id": action });
    if action.is_empty() || length(action) > limits::ID {
        return None;
    }
    if !label.is_empty() {
        select["placeholder"] = plain(&cut(label, limits::PLACEHOLDER));
    }
    let mut told = Vec::new();
    let mut seen = BTreeSet::new();
    let mut usable = Vec::new();
    for option in options.iter().filter(|option| seen.insert(option.as_str())) {
        let words = one_line(option);
        if words.is_empty() || length(option) > limits::OPTION_VALUE {
            told.push(format!(
                "of {label}, the option {}",
                if words.is_empty() { "…".into() } else { cut(&words, 40) }
            ));
            continue;
        }
        let json = json!({ "text": plain(&cut(&words, limits::OPTION)), "value": option });
        usable.push((chosen == Some(option.as_str()), weight(&json), json));
    }
    let initial = usable.iter().find(|(is_chosen, ..)| *is_chosen).cloned();
    // What is chosen is written twice: as an option, and as the one shown.
    let fixed = weight(&select) + initial.as_ref().map_or(0, |(_, long, _)| 2 * long);
    let mut room = room.checked_sub(fixed)?;
    let mut places = limits::OPTIONS - usize::from(initial.is_some());
    let all = usable.len();
    usable.retain(|(is_chosen, long, _)| {
        if *is_chosen {
            return true;
        }
        let fits = places > 0 && *long <= room;
        // The first that does not fit ends the list, so that what is shown is its beginning.
        (places, room) = if fits { (places - 1, room - long) } else { (0, 0) };
        fits
    });
    if usable.is_empty() {
        return None;
    }
    if usable.len() < all {
        told.push(format!("options of {label} ({})", all - usable.len()));
    }
    if let Some((.., initial)) = initial {
        select["initial_option"] = initial;
    }
    select["options"] = usable.into_iter().map(|(.., option)| option).collect();
    Some((select, told))
}
