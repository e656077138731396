//! Rules for the compose files.

use serde_json::{Value, json};

use crate::{documents, text};

const FILES: [&str; 2] = ["compose.yaml", "compose.postgres.yaml"];

/// The keys of a service that are used here; another one is misspelled, or belongs into this list.
const KEYS: [&str; 19] = [
    "build",
    "cap_drop",
    "depends_on",
    "env_file",
    "environment",
    "healthcheck",
    "image",
    "logging",
    "ports",
    "read_only",
    "restart",
    "secrets",
    "security_opt",
    "shm_size",
    "stop_grace_period",
    "tmpfs",
    "user",
    "volumes",
    "command",
];

/// What is wrong with a service.
fn wrong(service: &Value) -> Vec<String> {
    let keys = service.as_object().unwrap().keys();
    let mut wrong: Vec<String> =
        keys.filter(|key| !KEYS.contains(&key.as_str())).map(|key| format!("{key} is no key")).collect();
    let must = [
        ("read_only", json!(true)),
        ("cap_drop", json!(["ALL"])),
        ("security_opt", json!(["no-new-privileges:true"])),
        ("restart", json!("unless-stopped")),
    ];
    wrong.extend(
        must.into_iter().filter(|(key, value)| &service[key] != value).map(|(key, value)| format!("{key}: {value}")),
    );
    let mut need = |holds: bool, what: &str| {
        if !holds {
            wrong.push(what.to_owned());
        }
    };
    let image = service["image"].as_str().unwrap_or_default();
    need(image.contains(':') && !image.ends_with(":latest"), "the image has a version");
    need(image.starts_with("chamberlain:") || service["user"] == "999:999", "it is not root");
    need(service["healthcheck"]["test"][0] == "CMD", "it is asked whether it is well, without a shell");
    let texts = |key: &str| service[key].as_array().cloned().unwrap_or_default();
    need(
        texts("tmpfs").iter().any(|mount| mount.as_str().is_some_and(|mount| mount.starts_with("/tmp"))),
        "it has a /tmp",
    );
    need(
        texts("ports").iter().all(|port| port.as_str().is_some_and(|port| port.starts_with("127.0.0.1:"))),
        "this machine alone",
    );
    let set = service["environment"].to_string();
    need(!set.contains("PASSWORD") && !set.contains("TOKEN"), "secrets stand in files");
    wrong
}

#[test]
fn services_may_do_as_little_as_they_can() {
    for file in FILES {
        let compose = &documents(&text(file))[0];
        for (name, service) in compose["services"].as_object().unwrap() {
            assert_eq!(wrong(service), [""; 0], "{file}: {name}");
        }
    }
}

#[test]
fn each_replica_has_a_data_folder_of_its_own() {
    let compose = &documents(&text("compose.postgres.yaml"))[0];
    let data = |name: &str| compose["services"][name]["volumes"][1].as_str().unwrap().to_owned();
    assert_eq!((data("chamberlain-a"), data("chamberlain-b")), ("data-a:/data".into(), "data-b:/data".into()));
    assert_eq!(compose["volumes"], json!({ "data-a": {}, "data-b": {}, "postgres": {} }));
    let hooks = |name: &str| compose["services"][name]["secrets"][0]["target"].clone();
    assert_eq!([hooks("chamberlain-a"), hooks("chamberlain-b")], ["/data/hooks"; 2], "and the same hook key");
}

#[test]
fn what_is_wrong_is_found() {
    let ours = documents(&text("compose.yaml"))[0]["services"]["chamberlain"].clone();
    let changes = [
        ("read_onyl", json!(true)),
        ("read_only", json!(false)),
        ("cap_drop", json!([])),
        ("image", json!("chamberlain:latest")),
        ("ports", json!(["7420:7420"])),
        ("environment", json!({ "CHAMBERLAIN__SLACK__BOT_TOKEN": "xoxb-1" })),
        ("healthcheck", json!({ "test": "chamberlain health" })),
    ];
    for (key, value) in changes {
        let mut service = ours.clone();
        service[key] = value;
        assert_eq!(wrong(&service).len(), 1, "{key}: {:?}", wrong(&service));
    }
}
