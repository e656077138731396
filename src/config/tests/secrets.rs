//! A secret is seen nowhere: not in the config file, not in problems, not in `{:?}`.

use std::io::Write;

use super::super::{Secret, StoreUrl, load};
use super::{sources, told, told_with};

const URL: &str = "postgres://me:hush@db/house";

#[test]
fn a_secret_in_the_file_is_a_problem_that_does_not_tell_it() {
    let hint = "holds a secret, which must not stand in the config file. Set CHAMBERLAIN__STORE__URL, or name a file that holds it as `url_file`.";
    let expected = [format!("config.toml:2:7: `store.url` (not shown): {hint}")];
    assert_eq!(told(&format!("[store]\nurl = \"{URL}\"\n")), expected);
    assert_eq!(told("[store]\nurl = \"postgres:///house?password=hush\"\n"), expected);
}

#[test]
fn a_secret_in_the_wrong_place_is_not_told() {
    let text = format!("store = \"{URL}\"\n[stor]\nurl = \"{URL}\"\n");
    let variables = [("CHAMBERLAIN__STORE__ULR", URL), ("CHAMBERLAIN__STORE__URL", "postgras://me:hush@db/house")];
    let as_file = format!("[store]\nurl_file = \"{URL}\"\n[log]\nlevel = 3\n");
    for problems in [told(&text), told(&as_file), told_with("", &variables)] {
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(!problems.concat().contains("hush"), "{problems:?}");
    }
}

#[test]
fn a_secret_by_environment_is_never_printed() {
    let config = load(sources("[store]\nurl = \"sqlite\"\n", &[("CHAMBERLAIN__STORE__URL", URL)])).unwrap();
    assert_eq!(config.store.url, StoreUrl::Postgres(Secret::new(URL)));
    assert!(!format!("{config:?} {}", config.store.url).contains("hush"));
    assert_eq!(Secret::new("hush").to_string(), "…");
}

#[test]
fn a_secret_may_lie_in_a_file_of_its_own() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "{URL}").unwrap();
    let path = file.path().to_str().unwrap();

    let config = load(sources(&format!("[store]\nurl_file = {path:?}\n"), &[])).unwrap();
    assert_eq!(config.store.url, StoreUrl::Postgres(Secret::new(URL)));

    let config = load(sources("[store]\nurl = \"sqlite\"\n", &[("CHAMBERLAIN__STORE__URL_FILE", path)])).unwrap();
    assert_eq!(config.store.url, StoreUrl::Postgres(Secret::new(URL)));
}

#[test]
fn a_setting_and_its_file_together_are_a_problem() {
    assert_eq!(
        told("[store]\nurl = \"sqlite\"\nurl_file = \"x\"\n"),
        ["config.toml:3:12: `store.url_file` (not shown): given beside `url`. Keep one of the two."]
    );
}

#[test]
fn a_file_that_cannot_be_read_is_a_problem() {
    let problems = told("[store]\nurl_file = \"no/such/file\"\n");
    assert!(problems[0].starts_with("config.toml:2:12: `store.url_file` (not shown): that file cannot be read:"));
}

#[test]
fn a_slack_token_never_stands_in_the_file() {
    let problems = told("[slack]\nbot_token = \"xoxb-hush\"\napp_token = \"xapp-hush\"\n");
    let hint = |key: &str, variable: &str| {
        format!(
            "`slack.{key}` (not shown): holds a secret, which must not stand in the config file. Set {variable}, or name a file that holds it as `{key}_file`."
        )
    };
    assert_eq!(
        problems,
        [
            format!("config.toml:2:13: {}", hint("bot_token", "CHAMBERLAIN__SLACK__BOT_TOKEN")),
            format!("config.toml:3:13: {}", hint("app_token", "CHAMBERLAIN__SLACK__APP_TOKEN")),
        ]
    );
}

#[test]
fn slack_tokens_come_by_variable_or_from_files() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "xapp-hush").unwrap();
    let text = format!("[slack]\napp_token_file = {:?}\n", file.path());
    let config = load(sources(&text, &[("CHAMBERLAIN__SLACK__BOT_TOKEN", "xoxb-hush")])).unwrap();
    assert_eq!(config.slack.bot_token, Some(Secret::new("xoxb-hush")));
    assert_eq!(config.slack.app_token, Some(Secret::new("xapp-hush")));
    assert!(!format!("{config:?}").contains("hush"));

    let problems = told_with("", &[("CHAMBERLAIN__SLACK__BOT_TOKEN", "xoxb hush")]);
    assert_eq!(problems.len(), 1);
    assert!(!problems[0].contains("hush"), "{problems:?}");
}

#[test]
fn slack_tokens_in_each_others_place_are_found() {
    let swapped = [("CHAMBERLAIN__SLACK__BOT_TOKEN", "xapp-hush"), ("CHAMBERLAIN__SLACK__APP_TOKEN", "xoxb-hush")];
    let problems = told_with("", &swapped);
    assert_eq!(problems.len(), 2);
    for (problem, start) in problems.iter().zip(["xapp-", "xoxb-"]) {
        let wanted = format!("a token of another kind: it should begin with `{start}`");
        assert!(problem.contains(&wanted) && problem.contains("are they swapped?"), "{problem}");
        assert!(!problem.contains("hush"), "{problem}");
    }
}

#[test]
fn slack_is_asked_where_nobody_else_reads_along() {
    let url = |url: &str| load(sources(&format!("[slack]\napi_url = {url:?}\n"), &[]));
    assert_eq!(url("https://slack.com/api/").unwrap().slack.api_url, "https://slack.com/api");
    assert_eq!(url("http://127.0.0.1:8700/api").unwrap().slack.api_url, "http://127.0.0.1:8700/api");
    for wrong in
        ["http://slack.com/api", "slack.com/api", "https://ana:hush@slack.com/api", "https://slack.com/api?a=b"]
    {
        assert_eq!(url(wrong).unwrap_err().len(), 1, "{wrong}");
    }
    assert!(!url("https://ana:hush@slack.com/api").unwrap_err()[0].to_string().contains("hush"));
}
