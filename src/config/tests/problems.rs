//! Mistakes are told all at once, each with its place and what would be right.

use super::{told, told_with};

#[test]
fn five_mistakes_are_five_problems() {
    let text = r#"
profle = "dev"

[server]
listen = "localhost"
host = 7

[log]
format = "jsn"

[people.ana]
email = "ana"
"#;
    assert_eq!(
        told(text),
        [
            "config.toml:2:1: `profle` is no setting that I know. Did you mean `profile`?",
            "config.toml:5:10: `server.listen` is \"localhost\": not an address with a port. Write for example \"127.0.0.1:7420\".",
            "config.toml:6:8: `server.host` is a number and should be a text. Put it in double quotes.",
            "config.toml:9:10: `log.format` is \"jsn\": no word for this setting. Did you mean `json`?",
            "config.toml:12:9: `people.ana.email` is \"ana\": no mail address. Write for example \"ana@example.org\".",
        ]
    );
}

#[test]
fn unknown_settings_are_told_with_the_meant_one() {
    let text = "listen = \"127.0.0.1:1\"\n[server]\nlisten_on = 1\n[people.ana]\nemial = \"a@b\"\n[metric]\n";
    assert_eq!(
        told(text),
        [
            "config.toml:1:1: `listen` is no setting that I know. Did you mean `metrics.listen` or `server.listen`?",
            "config.toml:3:1: `server.listen_on` is no setting that I know. Settings here: `connections`, `connections_each`, `host`, `listen`, `messages_per_minute`.",
            "config.toml:5:1: `people.ana.emial` is no setting that I know. Did you mean `people.ana.email`?",
            "config.toml:6:2: `metric` is no setting that I know. Did you mean `metrics`?",
        ]
    );
}

#[test]
fn what_is_no_toml_is_told_along_with_the_rest() {
    let text = "data_dir = data\n[server]\nlisten = 7420\nhost \n[[bindings]]\nrole = \"lead\"\n";
    assert_eq!(
        told(text),
        [
            "config.toml:1:12: not valid TOML: string values must be quoted, expected literal string. A section is written [name], a setting key = value, a text \"in quotes\".",
            "config.toml:3:10: `server.listen` is a number and should be a text. Put it in double quotes.",
            "config.toml:4:6: not valid TOML: key with no value, expected `=`. A section is written [name], a setting key = value, a text \"in quotes\".",
        ]
    );
}

#[test]
fn a_setting_written_twice_is_told() {
    let problems = told("data_dir = \"a\"\ndata_dir = \"b\"\n");
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].starts_with("config.toml:2:1: not valid TOML: duplicate key"), "{problems:?}");
}

#[test]
fn names_that_lead_nowhere_are_told() {
    let text = r#"
[people.ana]
groups = ["team", "team"]
accounts = { slack = "U1" }
[people.Bo]
accounts = { slack = "U1" }
[roles.lead]
allow = [{ commands = ["*", "Deploy web"], projects = ["*", "shop"] }, {}]
[[bindings]]
role = "laed"
people = ["anna"]
groups = ["crew"]
"#;
    assert_eq!(
        told(text),
        [
            "config.toml:3:19: `people.ana.groups[1]` is \"team\": listed twice. Keep one of them.",
            "config.toml:4:22: `people.ana.accounts.slack` is \"U1\": also the account of Bo. Each account belongs to one person.",
            "config.toml:5:9: `people.Bo` is no name I can use. Use lower-case letters, digits, `-` and `_`, at most 40 of them.",
            "config.toml:8:29: `roles.lead.allow[0].commands[1]` is \"Deploy web\": no command. Write its words, then maybe ` *` for all below it; `*` alone is all.",
            "config.toml:8:55: `roles.lead.allow[0].projects` is a list: `*` beside names. `*` means everything: keep it alone, or the names.",
            "config.toml:8:72: `roles.lead.allow[1].commands` is missing. Write the commands that are allowed: [\"deploy\", \"iteration *\"].",
            "config.toml:10:8: `bindings[0].role` is \"laed\": no role. Did you mean `lead`?",
            "config.toml:11:11: `bindings[0].people[0]` is \"anna\": nobody in `[people]`. Did you mean `ana`?",
            "config.toml:12:11: `bindings[0].groups[0]` is \"crew\": a group to which nobody in `[people]` belongs. There is `team`.",
        ]
    );
}

#[test]
fn what_is_out_of_range_is_told() {
    let long = "a".repeat(41);
    let text =
        format!("[people.{long}]\n[server]\nlisten = \"127.0.0.1:70000\"\nhost = \"-x\"\n[log]\nlevel = \"inof\"\n");
    assert_eq!(
        told(&text),
        [
            format!("config.toml:1:9: `people.{long}` is too long a name. Use lower-case letters, digits, `-` and `_`, at most 40 of them."),
            "config.toml:3:10: `server.listen` is \"127.0.0.1:70000\": not an address with a port. Write for example \"127.0.0.1:7420\".".to_owned(),
            "config.toml:4:8: `server.host` is \"-x\": not a lower-case DNS name. Write for example \"chamberlain.localhost\", without scheme and port.".to_owned(),
            "config.toml:6:9: `log.level` is \"inof\": no log filter. Write off, error, warn, info, debug or trace, or for example \"info,chamberlain=debug\".".to_owned(),
        ]
    );
}

#[test]
fn a_folder_that_cannot_be_is_told_where_it_is_written() {
    assert_eq!(
        told("profile = \"dev\"\ndata_dir = \"a\\u0000b\"\n"),
        [
            "config.toml:2:12: `data_dir` is \"a\\0b\": no path. Write a path on one line, relative to the working folder or absolute."
        ]
    );
}

#[test]
fn the_dev_profile_stays_on_this_machine() {
    let text = "profile = \"dev\"\n[server]\nlisten = \"0.0.0.0:7420\"\n";
    assert_eq!(
        told(text),
        [
            "config.toml:3:10: `server.listen` is \"0.0.0.0:7420\": others can reach it, and in the dev profile anyone who reaches the page can act as anyone. Write for example \"127.0.0.1:7420\", or set `profile` to \"production\"."
        ]
    );
    assert!(told("[server]\nlisten = \"0.0.0.0:7420\"\n").is_empty());
    assert!(told("profile = \"dev\"\n[server]\nlisten = \"[::1]:7420\"\n").is_empty());
}

#[test]
fn problems_of_variables_name_the_variable() {
    let variables = [
        ("CHAMBERLAIN__SERVER__LISTEN", "nowhere"),
        ("CHAMBERLAIN__SERVER__HSOT", "x"),
        ("CHAMBERLAIN__LOG", "loud"),
        ("CHAMBERLAIN__BINDINGS__0__ROLE", "lead"),
    ];
    assert_eq!(
        told_with(
            "[server]\nlisten = \"127.0.0.1:1\"\n[skills]\ndir = 3\n[[bindings]]\nrole = \"x\"\n[roles.x]\n",
            &variables
        ),
        [
            "config.toml:4:7: `skills.dir` is a number and should be a text. Put it in double quotes.",
            "config.toml:5:1: `bindings[0].people` is missing. Write who holds the role, as `people` or `groups`.",
            "CHAMBERLAIN__BINDINGS__0__ROLE: sets a part of something that is no table. Set the whole by one variable.",
            "CHAMBERLAIN__LOG: `log` is a text and should be a table. Write { key = value }, or in the file its name in brackets and its settings below.",
            "CHAMBERLAIN__SERVER__HSOT: `server.hsot` is no setting that I know. Did you mean `server.host`?",
            "CHAMBERLAIN__SERVER__LISTEN: `server.listen` is \"nowhere\": not an address with a port. Write for example \"127.0.0.1:7420\".",
        ]
    );
}
