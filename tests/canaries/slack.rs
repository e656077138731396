//! The house in Slack: its tokens, the tickets of its sockets, the addresses that answer commands, and the password of
//! its database.

use std::path::Path;
use std::time::Duration;

use crate::hunt::{Hunt, Nest};
use crate::start::{Start, run, variables};
use crate::support::postgres;
use crate::support::program::Sweep;
use crate::support::slack::api_faults::Fault;
use crate::support::slack::handle::FakeSlack;
use crate::support::slack::{APP_TOKEN, BOT, BOT_TOKEN};

const NESTS: [Nest; 1] = [Nest {
    canary: "way back",
    place: "every table",
    why: "it is good for half an hour, and an answer may wait for as long",
}];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_token_ticket_or_way_back_is_told_whatever_fails() {
    drop(rustls::crypto::ring::default_provider().install_default());
    let slack = FakeSlack::start().await;
    let (alice, _) = (slack.person("alice"), slack.channel("ops", &["alice", BOT]));
    // What a dropped socket held comes again soon, not after a minute.
    slack.set(|settings| settings.retry_delays = vec![Duration::ZERO, Duration::from_secs(1)]);
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    let _sweep = Sweep(folder);
    let mut hunt = Hunt::default();
    let password = hunt.plant("database password");
    let Some(database) = postgres::database().await else { return };
    // A server that trusts everybody asks for no password, and is given one all the same.
    let store = database.replacen("postgres@", &format!("postgres:{password}@"), 1);
    assert_ne!(store, database);
    let api = slack.api_url();
    let given = variables(&[
        ("CHAMBERLAIN__SLACK__API_URL", &api),
        ("CHAMBERLAIN__SLACK__BOT_TOKEN", BOT_TOKEN),
        ("CHAMBERLAIN__SLACK__APP_TOKEN", APP_TOKEN),
        ("CHAMBERLAIN__SERVER__LISTEN", "127.0.0.1:0"),
        ("CHAMBERLAIN__STORE__URL", &store),
    ]);
    for (name, secret) in
        [("bot token", BOT_TOKEN), ("app token", APP_TOKEN), ("socket's ticket", "ticket="), ("way back", "/response/")]
    {
        hunt.know_part(name, secret);
    }
    write_config(folder);
    for format in ["text", "json"] {
        let start = Start::new(folder, &given, format);
        slack.wait_connected(2).await;
        work(&slack, &alice, format).await;
        for arguments in [&["doctor"][..], &["check-config"], &["store", "check"], &["audit", "export"]] {
            run(&mut hunt, (folder, &given), arguments);
        }
        start.stop();
        hunt.look(&format!("the log as {format}"), std::fs::read(folder.join(format!("log.{format}"))).unwrap());
    }
    run(&mut hunt, (folder, &given), &["store", "copy", "config", "sqlite:copy.db"]);
    hunt.look("every table", std::fs::read(folder.join("copy.db")).unwrap());
    hunt.look_below("data", &folder.join("data"));
    slack.look(|world| hunt.look("what Slack shows", format!("{:?}", world.channels)));
    hunt.end(&NESTS);
}

/// Commands that are answered, and calls that go wrong in each way.
async fn work(slack: &FakeSlack, alice: &str, round: &str) {
    slack.says(alice, "ops", &format!("<@{BOT}> iteration start Sprint {round}"));
    slack.wait_for_message("ops", |message| message.text.contains("has started") || message.text.contains(round)).await;
    slack.types_slash(alice, "ops", "/chamberlain status").answer().await;
    slack.wait_quiet().await;
    for fault in [
        Fault::on("chat.postMessage").error("internal_error").times(1),
        Fault::on("chat.postMessage").status(500).times(1),
        Fault::on("chat.postMessage").cut().times(1),
        Fault::on("chat.postMessage").rate_limited(Duration::from_secs(1)).times(1),
        Fault::on("apps.connections.open").error("internal_error").times(1),
    ] {
        slack.api_fault(fault);
        slack.says(alice, "ops", &format!("<@{BOT}> ping"));
    }
    slack.wait_quiet().await;
    slack.drop_connections();
    slack.wait_connected(2).await;
}

fn write_config(folder: &Path) {
    let config = "profile = 'production'\n[people.alice]\nemail = 'alice@fake.test'\n[roles.all]\nallow = [{ commands = ['*'] }]\n\
        [[bindings]]\nrole = 'all'\npeople = ['alice']\n";
    std::fs::write(folder.join("config.toml"), config).unwrap();
}
