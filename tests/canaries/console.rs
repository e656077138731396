//! The console's house: logins, tokens, hooks, repositories with a password, components with variables.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use reqwest::blocking::{Client, Response};

use crate::hunt::{Hunt, Nest};
use crate::start::{Start, run, variables};
use crate::support::program::{Sweep, free_address};

/// Where secrets may be: they are kept there, or somebody wanted to read them there.
const NESTS: [Nest; 10] = [
    Nest { canary: "login link", place: "the start text", why: "it is printed for whoever starts it" },
    Nest { canary: "session", place: "the login's answer", why: "the browser's cookie" },
    Nest { canary: "API token", place: "data/token", why: "for `say`, readable to its owner alone" },
    Nest { canary: "hook key", place: "data/hooks", why: "it lasts, readable to its owner alone" },
    Nest { canary: "hook key", place: "chamberlain hooks", why: "the command that prints it" },
    Nest { canary: "talk", place: "data/chamberlain.db", why: "what people say is kept" },
    Nest { canary: "talk", place: "GET /", why: "and read" },
    Nest { canary: "output", place: "data/", why: "the logs of components, and what was shown of them" },
    Nest { canary: "output", place: "chamberlain say --room sprint-1 logs web", why: "the command that shows them" },
    Nest { canary: "output", place: "GET /", why: "it answered there" },
];

#[test]
fn nothing_that_is_secret_gets_out() {
    drop(rustls::crypto::ring::default_provider().install_default());
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    let _sweep = Sweep(folder);
    let mut hunt = Hunt::default();
    let address = free_address();
    let figures = free_address();
    let given = plant(&mut hunt, folder, (address, figures));
    let first = Start::new(folder, &given, "text");
    hunt.look("the start text", &first.told);
    let mut visitor = Visitor::login(&mut hunt, &first, (folder, address));
    let talk = hunt.plant("talk");
    visitor.live_a_day(&mut hunt, (folder, &given), &talk);
    visitor.read_everything(&mut hunt);
    first.stop();
    let second = Start::new(folder, &given, "json");
    visitor.token = kept(folder, "token");
    hunt.know("API token", &visitor.token);
    visitor.guess(&mut hunt);
    visitor.read_everything(&mut hunt);
    let told = run(&mut hunt, (folder, &given), &["doctor"]);
    assert!(told.contains("does not let us in"), "{told}");
    for arguments in
        [&["check-config"][..], &["store", "check"], &["audit", "export"], &["audit", "verify"], &["hooks"]]
    {
        run(&mut hunt, (folder, &given), arguments);
    }
    for path in ["metrics", "readyz"] {
        let told = visitor.http.get(format!("http://{figures}/{path}")).send().unwrap().text().unwrap();
        assert!(!told.is_empty());
        hunt.look(path, told);
    }
    second.stop();
    for format in ["text", "json"] {
        let log = std::fs::read(folder.join(format!("log.{format}"))).unwrap();
        assert!(log.len() > 10_000, "it is not loud");
        hunt.look(&format!("the log as {format}"), log);
    }
    hunt.look_below("data", &folder.join("data"));
    hunt.end(&NESTS);
}

/// Writes the config, and gives the variables of each start. A repository is guarded by a password that is wrong.
fn plant(hunt: &mut Hunt, folder: &Path, (address, figures): (SocketAddr, SocketAddr)) -> Vec<(String, String)> {
    let (user, password) = (hunt.plant("git user"), hunt.plant("git password"));
    let (variable, ours) = (hunt.plant("variable"), hunt.plant("variable of ours"));
    let output = hunt.plant("output");
    let server = refuse_git();
    std::fs::create_dir(folder.join("shop")).unwrap();
    git(folder, &["init", "--quiet", "--initial-branch=main"]);
    std::fs::write(folder.join("shop/a"), "a").unwrap();
    git(folder, &["add", "--all"]);
    git(folder, &["commit", "--quiet", "--message=One"]);
    let people =
        "[people.ana]\n[roles.all]\nallow = [{ commands = ['*'] }]\n[[bindings]]\nrole = 'all'\npeople = ['ana']\n";
    let config = format!(
        "profile = 'dev'\n[repositories.shop]\nurl = 'shop'\n\
         [repositories.far]\nurl = 'http://{user}:{password}@{server}/far.git'\npoll = '1s'\n\
         [components.web]\nrepository = 'shop'\nbuild = ['bash', '-c', 'echo built {output}']\n\
         run = ['bash', '-c', 'echo runs {output}; exec sleep 100']\nstart_limit = '1s'\nvariables = ['API_KEY={variable}']\n\
         {people}"
    );
    std::fs::write(folder.join("config.toml"), config).unwrap();
    variables(&[
        ("CHAMBERLAIN__SERVER__LISTEN", &address.to_string()),
        ("CHAMBERLAIN__METRICS__LISTEN", &figures.to_string()),
        ("SOME_SECRET", &ours),
    ])
}

fn git(folder: &Path, arguments: &[&str]) {
    let mut command = std::process::Command::new("git");
    command.current_dir(folder.join("shop")).args(["-c", "user.name=Ana", "-c", "user.email=ana@example.org"]);
    assert!(command.args(arguments).env("GIT_CONFIG_GLOBAL", "/dev/null").status().unwrap().success());
}

/// A git server that asks for a password and then finds it wrong. What it says repeats what it was sent.
fn refuse_git() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
            let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
            let sent = head.iter().find(|line| line.starts_with("Authorization")).cloned();
            let (status, more) = match &sent {
                Some(_) => ("403 Forbidden", ""),
                None => ("401 Unauthorized", "WWW-Authenticate: Basic realm=\"far\"\r\n"),
            };
            let told = format!("remote: no, {}", sent.unwrap_or_default());
            let length = told.len();
            // The caller may be gone.
            write!(stream, "HTTP/1.1 {status}\r\n{more}Content-Type: text/plain\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{told}").ok();
        }
    });
    address
}

/// Somebody who is logged in, and whose answers are all places.
struct Visitor {
    http: Client,
    base: String,
    cookie: String,
    token: String,
    hook: String,
}

impl Visitor {
    fn login(hunt: &mut Hunt, start: &Start, (folder, address): (&Path, SocketAddr)) -> Self {
        let http = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        let http = http.resolve("chamberlain.localhost", address).build().unwrap();
        let link = start.told.split_whitespace().find(|word| word.contains("/login?key=")).unwrap();
        hunt.know("login link", link.split_once("key=").unwrap().1);
        let answer = http.get(link).send().unwrap();
        let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        hunt.know("session", cookie.split_once('=').unwrap().1);
        hunt.look("the login's answer", &cookie);
        let (token, hook) = (kept(folder, "token"), kept(folder, "hooks"));
        hunt.know("API token", &token);
        hunt.know("hook key", &hook);
        let base = format!("http://chamberlain.localhost:{}", address.port());
        Self { http, base, cookie, token, hook }
    }

    /// Works, and fails: what is planted is used.
    fn live_a_day(&self, hunt: &mut Hunt, at: (&Path, &[(String, String)]), talk: &str) {
        let mut say = |room: &str, text: &str| run(hunt, at, &["say", "--room", room, text]);
        say("lobby", "iteration start Sprint 1");
        let until = Instant::now() + Duration::from_mins(1);
        while !say("lobby", "iteration show --in sprint-1").contains("#sprint-1") {
            assert!(Instant::now() < until, "its room does not open");
        }
        let ordered = say("sprint-1", "deploy web");
        loop {
            let history = say("sprint-1", "env history");
            if history.contains("failed") {
                break;
            }
            assert!(Instant::now() < until, "it does not fail: {ordered}{history}");
        }
        say("sprint-1", "logs web");
        self.post(
            hunt,
            "/api/v1/messages",
            &format!(r#"{{"room": "lobby", "text": "pay https://me:{talk}@far/", "is_talk": true}}"#),
        );
        let link = self.post(hunt, "/api/v1/login-links", "{}");
        assert_eq!(link, StatusCode::OK);
        let hooked = self.http.post(format!("{}/hooks/push/{}/far", self.base, self.hook)).body("x").send().unwrap();
        seen(hunt, "POST /hooks", hooked);
    }

    /// Tries secrets that are none; those are planted, too.
    fn guess(&self, hunt: &mut Hunt) {
        let wrong = hunt.plant("wrong secret");
        let address = |path: &str| format!("{}{path}", self.base);
        let guesses = [
            self.http.get(address(&format!("/login?key={wrong}"))),
            self.http.get(address("/api/v1/rooms")).bearer_auth(&wrong),
            self.http.get(address("/")).header("cookie", format!("chamberlain_session={wrong}")),
            self.http.post(address(&format!("/hooks/push/{wrong}/shop"))),
            self.http
                .post(address("/say"))
                .header("cookie", &self.cookie)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(format!("room=lobby&text=x&form_key={wrong}")),
            self.http.post(address("/api/v1/messages")).bearer_auth(&self.token).body(wrong.clone()),
        ];
        for guess in guesses {
            seen(hunt, "a guess's answer", guess.send().unwrap());
        }
    }

    fn read_everything(&self, hunt: &mut Hunt) {
        let paths = [
            "/",
            "/?room=sprint-1",
            "/preview/slack",
            "/api/v1/rooms",
            "/api/v1/palette",
            "/api/v1/complete?text=deploy",
            "/api/v1/rooms/lobby/messages?most=500",
            "/api/v1/rooms/sprint-1/messages?most=500",
            "/nowhere",
        ];
        for path in paths {
            let by_script = self.http.get(format!("{}{path}", self.base)).bearer_auth(&self.token).send().unwrap();
            seen(hunt, &format!("GET {path}"), by_script);
            let by_browser =
                self.http.get(format!("{}{path}", self.base)).header("cookie", &self.cookie).send().unwrap();
            seen(hunt, &format!("GET {path}"), by_browser);
        }
    }

    fn post(&self, hunt: &mut Hunt, path: &str, body: &str) -> StatusCode {
        let request = self.http.post(format!("{}{path}", self.base)).bearer_auth(&self.token);
        let answer = request.header("content-type", "application/json").body(body.to_owned()).send().unwrap();
        let status = answer.status();
        seen(hunt, &format!("POST {path}"), answer);
        status
    }
}

/// What the house keeps in a file of its own.
fn kept(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join("data").join(name)).unwrap().trim().to_owned()
}

/// An answer is a place.
fn seen(hunt: &mut Hunt, place: &str, answer: Response) {
    let head = format!("{} {:?}\n", answer.status(), answer.headers());
    hunt.look(place, head + &answer.text().unwrap());
}

#[test]
fn a_config_that_will_not_do_is_told_without_its_secrets() {
    let mut hunt = Hunt::default();
    let [database, bot, app, variable, repository, unreachable] = [
        "database password",
        "bot token",
        "app token",
        "variable",
        "git password",
        "password of a database that is away",
    ]
    .map(|name| hunt.plant(name));
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    let config = format!(
        "[store]\nurl = 'postgres://user:{database}@127.0.0.1:1/x'\n[slack]\nbot_token = 'xoxb-{bot}'\napp_token = '{app}'\n\
         [repositories.shop]\nurl = '-{repository}'\n[components.web]\nrepository = 'shop'\nrun = ['x']\nvariables = ['{variable}']\n"
    );
    std::fs::write(folder.join("config.toml"), config).unwrap();
    let commands = [&["check-config"][..], &["doctor"], &["store", "check"], &["audit", "export"], &["hooks"], &[]];
    for arguments in commands {
        let told = run(&mut hunt, (folder, &[]), arguments);
        assert!(told.contains("config.toml:"), "{arguments:?}: {told}");
    }
    let away = format!("postgres://user:{unreachable}@127.0.0.1:1/x");
    let given = variables(&[("CHAMBERLAIN__STORE__URL", &away), ("CHAMBERLAIN__LOG__LEVEL", "trace")]);
    std::fs::write(folder.join("config.toml"), "").unwrap();
    for arguments in commands {
        run(&mut hunt, (folder, &given), arguments);
    }
    hunt.end(&[]);
}
