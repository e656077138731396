//! The `config.toml` that we ship: complete, and equal to the defaults but for the profile.

use std::collections::BTreeSet;
use std::path::Path;

use super::super::load::read;
use super::super::raw::Value;
use super::super::{Profile, Sources, document, load};
use super::{config, sources, told};

const SHIPPED: &str = include_str!("../../../config.toml");

#[test]
fn it_equals_the_defaults_but_for_the_profile() {
    assert_eq!(config(SHIPPED).profile, Profile::Dev);
    assert_eq!(config(SHIPPED), config("profile = \"dev\"\n"));
    let in_production = SHIPPED.replace("\nprofile = \"dev\"\n", "\nprofile = \"production\"\n");
    assert_eq!(config(&in_production), load(Sources::default()).unwrap());
}

/// Settings that must never stand in a file.
const NEVER_WRITTEN: [&str; 2] = ["slack.app_token", "slack.bot_token"];

/// Settings that name files which do not exist everywhere.
const FILES: [&str; 3] = ["url_file", "bot_token_file", "app_token_file"];

/// It holds one person, one role, one grant and one binding, so that each setting has one path.
#[test]
fn every_setting_stands_in_it() {
    let text = all_switched_on();
    let (_, reading) = read(sources(&text, &[]));
    let asked: BTreeSet<String> = reading.asked().iter().map(ToString::to_string).collect();
    let mut written = BTreeSet::new();
    collect("", &Value::Table(document::parse(Path::new("config.toml"), &text).0), &mut written);
    assert_eq!(asked.difference(&written).collect::<Vec<_>>(), NEVER_WRITTEN);
}

#[test]
fn its_examples_will_do() {
    let text = all_switched_on();
    let (one, other): (Vec<&str>, Vec<&str>) =
        text.lines().partition(|line| !FILES.iter().any(|file| line.starts_with(file)));
    assert_eq!(told(&one.join("\n")), [""; 0]);
    assert_eq!(other.len(), FILES.len());
}

fn collect(path: &str, value: &Value, written: &mut BTreeSet<String>) {
    written.insert(path.trim_start_matches('.').to_owned());
    match value {
        Value::Table(table) => {
            for (key, raw) in table {
                collect(&format!("{path}.{key}"), &raw.value, written);
            }
        }
        Value::List(items) => {
            for (number, raw) in items.iter().enumerate() {
                collect(&format!("{path}[{number}]"), &raw.value, written);
            }
        }
        // These hold no further keys.
        Value::Text(_) | Value::Integer(_) | Value::Boolean(_) | Value::Loose(_) | Value::Other(_) => {}
    }
}

/// The file with every setting switched on that is off.
fn all_switched_on() -> String {
    let is_off = |line: &str| line.starts_with('#') && !line.starts_with("# ") && line.len() > 1;
    let lines = SHIPPED.lines().map(|line| if is_off(line) { &line[1..] } else { line });
    lines.collect::<Vec<_>>().join("\n")
}
