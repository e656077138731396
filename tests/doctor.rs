//! `chamberlain doctor`: the program in a folder of its own, and a Slack of ours that answers as Slack does.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use chamberlain::adapters::chat::slack::{Auth, AuthError, Bot, Needs, Privacy, auth, scopes};
use chamberlain::domain::{ChatName, Lane, Timestamp};
use chamberlain::event::{Arrival, Source};
use chamberlain::metrics::Metrics;
use chamberlain::ports::{Clock, Intake, RandomIds, SystemClock};
use chamberlain::store::{Home, Opening, Store, StoreTime, Synchronous, Url};
use serde_json::json;
use tokio::task::JoinSet;

/// The program in a folder; port 0 is always free.
fn chamberlain(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chamberlain"));
    command.current_dir(folder).env("CHAMBERLAIN__SERVER__LISTEN", "127.0.0.1:0");
    command
}

/// The exit code, and what was told.
fn told(command: &mut Command) -> (i32, String) {
    let output = command.arg("doctor").output().unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

fn doctor(folder: &Path) -> (i32, String) {
    told(&mut chamberlain(folder))
}

/// What stands in the only line about `subject`, with its word.
fn line<'t>(told: &'t str, subject: &str) -> &'t str {
    let mut lines = told.lines().filter(|line| line.get(9..).is_some_and(|rest| rest.starts_with(subject)));
    let line = lines.next().unwrap_or_else(|| panic!("no line about {subject}: {told}"));
    assert_eq!(lines.next(), None);
    line
}

fn with_repository(folder: &Path, name: &str) {
    let config = format!("[repositories.{name}]\nurl = '{}'\n", folder.join(name).display());
    std::fs::write(folder.join("config.toml"), config).unwrap();
}

fn git(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.current_dir(folder).args(["-c", "user.name=Ana", "-c", "user.email=ana@example.org"]);
    let output = command.args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_sound_installation_is_well_and_stays_as_it_is() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    with_repository(folder, "shop");
    git(folder, &["init", "--quiet", "--initial-branch=main", "shop"]);
    git(&folder.join("shop"), &["commit", "--quiet", "--allow-empty", "--message=One"]);
    let (code, told) = doctor(folder);
    assert_eq!(code, 0, "{told}");
    assert!(told.ends_with("\nAll is well.\n"), "{told}");
    assert_eq!(line(&told, "data folder"), "ok       data folder  data/ is made at the first start.");
    assert_eq!(line(&told, "repository"), "ok       repository   `shop` answers: 1 branch.");
    assert_eq!(line(&told, "slack"), "ok       slack        no Slack token: the console alone is used.");
    let left: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn a_broken_repository_is_told_with_what_to_do() {
    let place = tempfile::tempdir().unwrap();
    with_repository(place.path(), "shop");
    let (code, told) = doctor(place.path());
    assert_eq!(code, 1);
    let line = line(&told, "repository");
    assert!(
        line.starts_with("problem  repository   the repository `shop` cannot be read: there is nothing at"),
        "{line}"
    );
    assert!(line.ends_with("mend the path in the config."), "{line}");
    assert!(told.ends_with("\n1 problem.\n"), "{told}");

    std::fs::create_dir(place.path().join("shop")).unwrap();
    assert!(doctor(place.path()).1.contains("there is no git repository at"));
    git(place.path(), &["init", "--quiet", "shop"]);
    let (code, told) = doctor(place.path());
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("note     repository   `shop` answers, and has no branch yet."), "{told}");
}

#[test]
fn a_data_folder_that_cannot_be_written_is_told() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("data"), "").unwrap();
    let (code, told) = doctor(place.path());
    assert_eq!(code, 1);
    let line = line(&told, "data folder");
    assert!(line.starts_with("problem  data folder  data/ cannot be written: "), "{line}");
    assert!(line.ends_with("or choose another folder as `data_dir`."), "{line}");
}

#[test]
fn all_problems_of_a_config_are_told() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("config.toml"), "profil = \"dev\"\n[slack]\nbot_token = \"xoxb-hush\"\n").unwrap();
    let (code, told) = doctor(place.path());
    assert_eq!(code, 1);
    assert!(told.starts_with("problem  config       config.toml:1:1: `profil` is no setting"), "{told}");
    assert!(told.contains("\nproblem  config       config.toml:3:13: `slack.bot_token` (not shown): holds a secret"));
    assert!(told.ends_with("\n2 problems.\n") && !told.contains("hush"), "{told}");
}

#[test]
fn a_port_of_another_program_is_told() {
    let place = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    // It hangs up on everybody.
    std::thread::spawn(move || taken.incoming().for_each(drop));
    let (code, told) = told(chamberlain(place.path()).env("CHAMBERLAIN__SERVER__LISTEN", &address));
    assert_eq!(code, 1);
    let line = line(&told, "server");
    assert!(line.starts_with(&format!("problem  server       another program listens on {address}:")), "{line}");
}

#[test]
fn git_that_is_not_there_is_told() {
    let place = tempfile::tempdir().unwrap();
    let (code, told) = told(chamberlain(place.path()).env("PATH", place.path()));
    assert_eq!(code, 1);
    assert_eq!(line(&told, "git"), "problem  git          the program `git` is not there; install it, or mend PATH.");
}

/// A Chamberlain at work; killed at the end of the test.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.kill().and_then(|()| self.0.wait()).ok();
    }
}

fn serve(command: &mut Command) -> Serving {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let serving = Serving(child);
    assert!(lines.map_while(Result::ok).any(|line| line.contains("Ctrl-C")), "it does not start");
    serving
}

#[test]
fn a_chamberlain_at_work_is_known_by_its_token_or_its_words() {
    let (place, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let here = |folder: &Path, profile: &str| {
        let mut command = chamberlain(folder);
        command.env("CHAMBERLAIN__SERVER__LISTEN", &address).env("CHAMBERLAIN__PROFILE", profile);
        command
    };
    let serving = serve(&mut here(place.path(), "dev"));
    let (code, ours) = told(&mut here(place.path(), "dev"));
    assert_eq!(code, 0, "{ours}");
    assert!(line(&ours, "server").ends_with("with this data folder."), "{ours}");
    assert!(line(&ours, "database").ends_with("is used by the Chamberlain that serves."), "{ours}");

    let (code, another) = told(&mut here(elsewhere.path(), "dev"));
    assert_eq!(code, 1, "{another}");
    assert!(line(&another, "server").contains("another Chamberlain listens on"), "{another}");

    let (code, moved) = doctor(place.path());
    assert_eq!(code, 1, "{moved}");
    assert!(line(&moved, "database").contains("is used by a process that does not serve at 127.0.0.1:0"), "{moved}");
    drop(serving);

    let (code, killed) = told(&mut here(place.path(), "dev"));
    assert_eq!(code, 0, "{killed}");
    assert!(line(&killed, "database").ends_with(" opens."), "{killed}");
    let serving = serve(&mut here(place.path(), "production"));
    std::fs::remove_file(place.path().join("data/token")).unwrap();
    let (code, without_token) = told(&mut here(place.path(), "production"));
    assert_eq!(code, 0, "{without_token}");
    assert!(line(&without_token, "server").starts_with("ok "), "{without_token}");
    drop(serving);
}

/// A clock that is a day ahead.
struct Ahead;

#[async_trait::async_trait]
impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        SystemClock.now().plus(Duration::from_hours(24))
    }

    async fn sleep_until(&self, _: Timestamp) {
        std::future::pending::<()>().await;
    }
}

#[tokio::test]
async fn a_clock_behind_the_newest_row_is_told() {
    let place = tempfile::tempdir().unwrap();
    let url = Url::Sqlite(place.path().join("data/chamberlain.db"));
    let opening = Opening {
        url,
        synchronous: Synchronous::Normal,
        home: Home::take(&place.path().join("data"), &RandomIds).unwrap(),
        time: StoreTime::default(),
        clock: Arc::new(Ahead),
        ids: Arc::new(RandomIds),
        metrics: Metrics::default(),
    };
    let (store, writer, handover) = Store::open(opening).await.unwrap();
    let mut writing = JoinSet::new();
    writing.spawn(writer.run());
    let source = Source::Chat(ChatName::new("test"));
    let arrival = Arrival {
        source,
        dedup_key: "1".into(),
        lane: Lane::new("1"),
        body: "to come".into(),
        talk: None,
        trace: None,
    };
    store.arrive(arrival).await.unwrap();
    drop((store, handover));
    writing.join_next().await;
    let (code, told) = doctor(place.path());
    assert_eq!(code, 1, "{told}");
    assert!(line(&told, "clock").starts_with("problem  clock        it is "), "{told}");
}

/// What a config without people uses of Slack.
const NEEDS: Needs = Needs { rooms: Some(Privacy::Public), mail: false, groups: false };

/// Gives the address of a socket, as Slack does.
async fn connections_open(State(address): State<SocketAddr>, headers: HeaderMap) -> Response {
    let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if token == "Bearer xapp-1-hush" {
        return Json(json!({ "ok": true, "url": format!("ws://{address}/link/?ticket=once&app_id=A1") }))
            .into_response();
    }
    Json(json!({ "ok": false, "error": "invalid_auth" })).into_response()
}

/// Answers `auth.test` by the token, as Slack does.
async fn auth_test(headers: HeaderMap) -> Response {
    let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let refused = |code: &str| json!({ "ok": false, "error": code });
    let good = json!({
        "ok": true, "url": "https://house.slack.com/", "team": "House", "user": "butler",
        "team_id": "T1", "user_id": "U1", "bot_id": "B1", "is_enterprise_install": false,
    });
    match token.strip_prefix("Bearer ") {
        Some("xoxb-good") => {
            let granted: Vec<&str> = scopes(NEEDS).iter().map(|scope| scope.name).collect();
            ([("x-oauth-scopes", granted.join(","))], Json(good)).into_response()
        }
        Some("xoxb-poor") => ([("x-oauth-scopes", "chat:write,commands")], Json(good)).into_response(),
        Some("xoxb-untold") => Json(good).into_response(),
        Some("xoxb-scope") => {
            let told = json!({ "ok": false, "error": "missing_scope", "needed": "users:read", "provided": "commands" });
            Json(told).into_response()
        }
        Some("xoxb-gone") => Json(refused("account_inactive")).into_response(),
        Some("xoxb-busy") => {
            (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "7")], Json(refused("ratelimited"))).into_response()
        }
        Some("xoxb-down") => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Some("xoxb-page") => "<html>Please log in to the network</html>".into_response(),
        Some("xoxb-away") => (StatusCode::FOUND, [(header::LOCATION, "/api/elsewhere")]).into_response(),
        Some("xoxb-hang") => std::future::pending().await,
        _ => Json(refused("invalid_auth")).into_response(),
    }
}

/// A Slack on a port of its own, for as long as the tasks live.
async fn slack() -> (SocketAddr, JoinSet<()>) {
    drop(rustls::crypto::ring::default_provider().install_default());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let routes = Router::new()
        .route("/api/auth.test", get(auth_test).post(auth_test))
        .route("/api/apps.connections.open", post(connections_open))
        .with_state(address);
    let mut tasks = JoinSet::new();
    tasks.spawn(async move { axum::serve(listener, routes).await.unwrap() });
    (address, tasks)
}

#[tokio::test]
async fn slack_is_asked_whose_a_token_is_and_what_it_may() {
    let (address, _tasks) = slack().await;
    let api_url = format!("http://{address}/api");
    let ask = async |token: &str| {
        auth(Auth { api_url: &api_url, token, needs: Some(NEEDS), limit: Duration::from_secs(10) }).await
    };
    let Bot { team, name, us, missing, .. } = ask("xoxb-good").await.unwrap();
    assert_eq!(
        (team.as_str(), name.as_str(), us.user.as_str(), us.bot.as_deref()),
        ("House", "butler", "U1", Some("B1"))
    );
    assert_eq!(missing, []);
    assert_eq!(ask("xoxb-untold").await.unwrap().missing, []);
    let poor = ask("xoxb-poor").await.unwrap().missing;
    assert_eq!(poor.len(), scopes(NEEDS).len() - 2);
    assert!(poor.iter().any(|scope| scope.name == "users:read") && !poor.iter().any(|scope| scope.name == "commands"));
}

#[tokio::test]
async fn each_way_that_slack_says_no_is_told_apart() {
    let (address, _tasks) = slack().await;
    let api_url = format!("http://{address}/api");
    let ask = async |token: &str| {
        let asked = Auth { api_url: &api_url, token, needs: None, limit: Duration::from_secs(10) };
        let told = auth(asked).await.unwrap_err();
        assert!(!told.to_string().contains(token) && !format!("{told:?}").contains(token), "{told}");
        told
    };
    assert!(matches!(ask("xoxb-wrong").await, AuthError::Refused(told) if told.contains("`invalid_auth`")));
    assert!(matches!(ask("xoxb-gone").await, AuthError::Refused(told) if told.contains("`account_inactive`")));
    assert!(matches!(ask("xoxb-scope").await, AuthError::Refused(told) if told.contains("`users:read`")));
    assert!(matches!(ask("xoxb-down").await, AuthError::Trouble(told) if told.contains("trouble (503")));
    assert_eq!(ask("xoxb-busy").await, AuthError::Busy(7));
    assert!(matches!(ask("xoxb-page").await, AuthError::NotSlack { .. }));
    assert!(matches!(ask("xoxb-away").await, AuthError::NotSlack { what, .. } if what.starts_with("302")));
}

#[tokio::test]
async fn a_slack_that_is_silent_or_not_there_is_not_waited_for() {
    let (address, tasks) = slack().await;
    let api_url = format!("http://{address}/api");
    let limit = Duration::from_millis(50);
    let late = auth(Auth { api_url: &api_url, token: "xoxb-hang", needs: None, limit }).await;
    assert_eq!(late, Err(AuthError::Late { url: api_url.clone(), limit }));
    drop(tasks);
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let asked = Auth {
        api_url: &format!("http://{nobody}/api"),
        token: "xoxb-good",
        needs: None,
        limit: Duration::from_secs(10),
    };
    assert!(matches!(auth(asked).await, Err(AuthError::Unreachable { why, .. }) if why.contains("refused")));
}

#[tokio::test]
async fn a_proxy_that_lets_nothing_through_is_told() {
    let place = tempfile::tempdir().unwrap();
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut command = chamberlain(place.path());
    command.env("HTTPS_PROXY", format!("http://{nobody}")).env_remove("NO_PROXY").env_remove("no_proxy");
    let (code, told) = told(command.env("CHAMBERLAIN__SLACK__BOT_TOKEN", "xoxb-good"));
    assert_eq!(code, 1);
    assert!(told.contains("the proxy on the way to https://slack.com/api does not let this through"), "{told}");
}

/// The program is started off the test's own threads: the Slack that it asks lives there.
async fn asked(folder: &Path, address: SocketAddr, token: &'static str) -> (i32, String) {
    let mut command = chamberlain(folder);
    command.env("CHAMBERLAIN__SLACK__API_URL", format!("http://{address}/api/"));
    command.env("CHAMBERLAIN__SLACK__BOT_TOKEN", token).env("CHAMBERLAIN__SLACK__APP_TOKEN", "xapp-1-hush");
    tokio::task::spawn_blocking(move || told(&mut command)).await.unwrap()
}

#[tokio::test]
async fn the_program_tells_of_its_tokens_and_never_prints_them() {
    let (address, _tasks) = slack().await;
    let place = tempfile::tempdir().unwrap();
    let (code, good) = asked(place.path(), address, "xoxb-good").await;
    assert_eq!(code, 0, "{good}");
    assert!(
        good.contains("ok       slack        the bot token is that of `butler` in the workspace `House`, and may all that is used."),
        "{good}"
    );
    let (code, poor) = asked(place.path(), address, "xoxb-poor").await;
    assert_eq!(code, 1, "{poor}");
    assert!(poor.contains("and lacks the scopes `app_mentions:read` (hearing mentions), "), "{poor}");
    let (code, wrong) = asked(place.path(), address, "xoxb-wrong").await;
    assert_eq!(code, 1, "{wrong}");
    assert!(wrong.contains("problem  slack        bot token: Slack does not know this token."), "{wrong}");
    for told in [good, poor, wrong] {
        assert!(!told.contains("xoxb-good") && !told.contains("xoxb-wrong") && !told.contains("hush"), "{told}");
    }
}
