//! What is written is what the config says, and the later layer wins.

use std::path::PathBuf;

use crate::domain::{ChatName, CommandName, PersonId};

use super::super::{LogFormat, Profile, Sources, StoreUrl, Synchronous, load};
use super::{config, sources};
use crate::domain::rights::{CommandPattern, Scope};

#[test]
fn nothing_written_means_the_defaults() {
    let config = load(Sources::default()).unwrap();
    assert_eq!(config.profile, Profile::Production);
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:7420");
    assert_eq!(config.store.url, StoreUrl::Sqlite("data/chamberlain.db".into()));
    assert_eq!(config.store.synchronous, Synchronous::Full);
    assert!(config.people.is_empty() && config.roles.is_empty() && config.bindings.is_empty());
}

#[test]
fn the_environment_beats_the_file() {
    let text = "data_dir = \"here\"\n[server]\nlisten = \"nonsense\"\nhost = \"a.example\"\n[people.bo]\n";
    let variables = [
        ("CHAMBERLAIN__SERVER__LISTEN", "127.0.0.1:9000"),
        ("chamberlain__log__format", "\"json\""),
        ("CHAMBERLAIN__PEOPLE", r#"{ana={name="Ana", groups=["team"]}}"#),
        ("CHAMBERLAIN__PEOPLE__ANA__GROUPS", r#"["crew"]"#),
        ("CHAMBERLAIN__STORE__URL", "sqlite:7"),
        ("CHAMBERLAIN_CONFIG", "elsewhere.toml"),
    ];
    let config = load(sources(text, &variables)).unwrap();
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:9000");
    assert_eq!(config.server.host, "a.example");
    assert_eq!(config.log.format, LogFormat::Json);
    assert_eq!(config.people.len(), 1);
    assert_eq!((config.people[0].name.as_str(), config.people[0].groups.as_slice()), ("Ana", &["crew".to_owned()][..]));
    assert_eq!(config.store.url, StoreUrl::Sqlite("7".into()));
    assert_eq!(config.data_dir, PathBuf::from("here"));
}

#[test]
fn a_text_that_looks_like_a_number_is_a_text_where_a_text_is_wanted() {
    let config = load(sources("", &[("CHAMBERLAIN__DATA_DIR", "2024")])).unwrap();
    assert_eq!(config.data_dir, PathBuf::from("2024"));
}

#[test]
fn people_rights_and_bindings_are_read() {
    let config = config(
        r#"
[people.ana]
email = "ana@example.org"
accounts = { slack = "U1", lark = "ou_1" }
[roles.lead]
allow = [{ commands = ["deploy", "iteration  *"], classes = ["test"] }, { commands = ["*"], projects = ["shop"] }]
[[bindings]]
role = "lead"
people = ["ana"]
"#,
    );
    let ana = &config.people[0];
    assert_eq!((ana.name.as_str(), ana.email.as_deref()), ("ana", Some("ana@example.org")));
    assert_eq!(ana.accounts[&ChatName::new("lark")], "ou_1");
    let [first, second] = config.roles[0].allow.as_slice() else { panic!("not two grants") };
    let commands = ["deploy", "iteration"].map(CommandName::new);
    let [deploy, iteration] = commands;
    assert_eq!(first.commands, [CommandPattern::Exactly(deploy), CommandPattern::Below(iteration)]);
    assert_eq!((&first.projects, &first.classes), (&Scope::All, &Scope::Only(vec!["test".to_owned()])));
    assert_eq!((&second.commands[..], &second.classes), (&[CommandPattern::Every][..], &Scope::All));
    assert_eq!(config.bindings[0].people, [PersonId::new("ana")]);
}

#[test]
fn sample_people_come_with_the_dev_profile_alone() {
    let dev = config("profile = \"dev\"\n");
    let ids: Vec<_> = dev.people.iter().map(|person| person.id.as_str()).collect();
    assert_eq!(ids, ["ana", "bo", "cy"]);
    assert_eq!((dev.roles.len(), dev.bindings.len()), (3, 3));

    let own = config("profile = \"dev\"\n[people.dee]\n");
    assert_eq!((own.people.len(), own.roles.len(), own.bindings.len()), (1, 0, 0));
    assert!(config("profile = \"production\"\n").people.is_empty());
}

#[test]
fn a_database_is_named_in_several_ways() {
    let url = |text: &str| config(&format!("data_dir = \"/var\"\n[store]\nurl = \"{text}\"\n")).store.url;
    assert_eq!(url("sqlite"), StoreUrl::Sqlite("/var/chamberlain.db".into()));
    assert_eq!(url("sqlite:a/b.db"), StoreUrl::Sqlite("a/b.db".into()));
    assert_eq!(url("sqlite:///a/b.db"), StoreUrl::Sqlite("/a/b.db".into()));
    assert!(matches!(url("postgres://me@db/house"), StoreUrl::Postgres(_)));
}

#[test]
fn the_sample_does_not_stand_in_for_people_that_cannot_be_read() {
    let problems = load(sources("profile = \"dev\"\npeople = 3\n", &[])).unwrap_err();
    assert_eq!(problems.len(), 1, "{problems:?}");
}
