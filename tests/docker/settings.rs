//! Every setting in `docker/` is one that the config knows, and every config there will do.

use std::collections::BTreeSet;
use std::path::Path;

use chamberlain::config::{Profile, Sources, load};

use crate::{documents, path, text};

/// The variables of `docker/`, each with a value that it may have.
const KNOWN: [(&str, &str); 6] = [
    ("CHAMBERLAIN__DATA_DIR", "/data"),
    ("CHAMBERLAIN__METRICS__LISTEN", "0.0.0.0:7421"),
    ("CHAMBERLAIN__SERVER__LISTEN", "0.0.0.0:7420"),
    ("CHAMBERLAIN__SLACK__APP_TOKEN", "xapp-1-A0-1-a"),
    ("CHAMBERLAIN__SLACK__BOT_TOKEN", "xoxb-1-a"),
    ("CHAMBERLAIN__STORE__URL", "postgres://chamberlain:a@postgres/chamberlain"),
];

fn problems(file: Option<&str>, environment: &[(&str, &str)]) -> Vec<String> {
    let file = file.map(|text| ("config.toml".into(), text.to_owned()));
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    match load(Sources { file, environment }) {
        Ok(config) => {
            (config.profile != Profile::Production).then(|| "it is not for production".into()).into_iter().collect()
        }
        Err(problems) => problems.iter().map(ToString::to_string).collect(),
    }
}

fn collect(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, names);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let words = text.split(|c: char| !c.is_ascii_uppercase() && c != '_');
        names.extend(words.filter(|word| word.starts_with("CHAMBERLAIN__")).map(str::to_owned));
    }
}

#[test]
fn every_variable_is_a_setting() {
    let mut named = BTreeSet::new();
    collect(&path(""), &mut named);
    for name in named {
        let value = KNOWN.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value);
        assert_eq!(problems(None, &[(&name, value)]), [""; 0], "{name}");
    }
    assert_ne!(problems(None, &[("CHAMBERLAIN__STORE__URI", "sqlite")]), [""; 0]);
}

#[test]
fn every_config_will_do_in_the_image() {
    let image = [("CHAMBERLAIN__DATA_DIR", "/data"), ("CHAMBERLAIN__SERVER__LISTEN", "0.0.0.0:7420")];
    for (name, value) in image {
        assert!(text("Dockerfile").contains(&format!("{name}={value}")), "{name}");
    }
    let manifests = documents(&text("kubernetes/chamberlain.yaml"));
    let map = manifests.iter().find(|object| object["kind"] == "ConfigMap").unwrap();
    assert_eq!(problems(map["data"]["config.toml"].as_str(), &image), [""; 0]);
    let compose = text("config.toml");
    let on: Vec<&str> = compose
        .lines()
        .map(|line| line.strip_prefix('#').unwrap_or(line))
        .filter(|line| !line.starts_with(' '))
        .collect();
    for config in [&compose, &on.join("\n")] {
        assert_eq!(problems(Some(config), &image), [""; 0], "{config}");
    }
}
