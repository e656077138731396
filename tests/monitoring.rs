//! What watches the program from outside: its health, its figures, and the rules and the dashboard that read them.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "support/program.rs"]
#[expect(dead_code, unreachable_pub, reason = "each test binary uses its part of it")]
mod program;
#[path = "support/required.rs"]
#[expect(unreachable_pub, reason = "each test binary uses its part of it")]
mod required;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use program::{Program, Sweep, free_address};
use serde_json::{Value, json};

/// Words that stand in the program: no label has any other.
const WORDS: &str = "+Inf 0.1.0 2xx 3xx 4xx 5xx again asked at_rest card change_room changed component console done \
    environment failed find former house look_at members none note nothing ok open_room parked people post refused reply \
    repository room slack split succeeded timer update";

fn files() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docker/monitoring")
}

fn client() -> reqwest::blocking::Client {
    // Fails only when there is one already, and then there is one.
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::blocking::Client::new()
}

fn get(address: SocketAddr, path: &str) -> (u16, String) {
    let answer = client().get(format!("http://{address}{path}")).send().unwrap();
    (answer.status().as_u16(), answer.text().unwrap())
}

/// The program with a command answered, another refused, and a component deployed.
fn at_work(folder: &Path) -> (Program<'_>, SocketAddr) {
    let figures = free_address();
    let listen = figures.to_string();
    let program = Program::start_with(folder, free_address(), &[("CHAMBERLAIN__METRICS__LISTEN", listen.as_str())]);
    assert!(program.say("lobby", "ping").contains("pong"));
    program.say("lobby", "nonsense-that-nobody-knows");
    program.say("lobby", "iteration start Secret Plan");
    program.say_until(("secret-plan", "deploy web@main"), "on its way");
    program.say_until(("secret-plan", "status"), "web: `main@v1.0.0`, up since");
    (program, figures)
}

/// The types of the figures, by name.
fn types(figures: &str) -> BTreeMap<&str, &str> {
    let of = |line: &'_ str| -> Option<(usize, usize)> { line.find(' ').map(|at| (at, line.len())) };
    figures
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE "))
        .map(|line| line.split_at(of(line).unwrap().0))
        .map(|(name, kind)| (name, kind.trim()))
        .collect()
}

/// A figure as people call it.
fn named(name: &str, kind: &str) -> String {
    match kind {
        "counter" => format!("{name}_total"),
        "info" => format!("{name}_info"),
        _ => name.to_owned(),
    }
}

/// The names that a query may use.
fn names(figures: &str) -> BTreeSet<String> {
    let of = |(name, kind): (&str, &str)| -> Vec<String> {
        let endings: &[&str] = if kind == "histogram" { &["_bucket", "_sum", "_count"] } else { &[""] };
        endings.iter().map(|ending| named(name, kind) + ending).collect()
    };
    types(figures).into_iter().flat_map(of).collect()
}

/// The names that a text uses.
fn used(text: &str) -> BTreeSet<String> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let words = text.split(|letter| !is_part(letter)).filter(|word| {
        word.starts_with("process_") || word.strip_prefix("chamberlain_").is_some_and(|rest| !rest.is_empty())
    });
    words.map(str::to_owned).collect()
}

#[test]
fn it_tells_how_it_is_and_what_it_does_and_nothing_of_the_teams() {
    let folder = tempfile::tempdir().unwrap();
    let _sweep = Sweep(folder.path());
    let (program, figures) = at_work(folder.path());
    for address in [program.address, figures] {
        assert_eq!(get(address, "/healthz"), (200, "ok\n".to_owned()));
        assert_eq!(get(address, "/readyz"), (200, "ready\nhouse: at work\ndatabase: answers\n".to_owned()));
    }
    let asked = client().get(format!("http://{}/metrics", program.address)).header("host", "chamberlain.localhost");
    assert_eq!(asked.send().unwrap().status(), 404, "where people come in, nobody reads figures");
    let (status, told) = get(figures, "/metrics");
    assert_eq!(status, 200);
    for (figure, least) in [
        ("chamberlain_events_total{source=\"console\",outcome=\"changed\"} ", 4.0),
        ("chamberlain_events_total{source=\"console\",outcome=\"refused\"} ", 1.0),
        ("chamberlain_deployments_total{cause=\"asked\",state=\"succeeded\"} ", 1.0),
        ("chamberlain_chat_calls_total{chat=\"console\",call=\"open_room\",end=\"ok\"} ", 1.0),
        ("process_resident_memory_bytes ", 1e6),
    ] {
        let value = told.lines().find_map(|line| line.strip_prefix(figure));
        let value: f64 = value.unwrap_or_else(|| panic!("{figure} is missing in\n{told}")).parse().unwrap();
        assert!(value >= least, "{figure}{value}");
    }
    let known: BTreeSet<&str> = WORDS.split_whitespace().collect();
    let values = told.lines().filter(|line| !line.starts_with('#')).flat_map(|line| line.split('"').skip(1).step_by(2));
    let is_known = |value: &&str| known.contains(value) || value.starts_with('/') || value.parse::<f64>().is_ok();
    assert_eq!(values.filter(|value| !is_known(value)).collect::<BTreeSet<_>>(), BTreeSet::new());
    assert!(!told.to_lowercase().contains("secret"), "no name of the team's");
}

#[test]
fn what_is_told_of_figures_is_so() {
    let folder = tempfile::tempdir().unwrap();
    let _sweep = Sweep(folder.path());
    let (_program, figures) = at_work(folder.path());
    let told = get(figures, "/metrics").1;
    let figures: BTreeSet<String> = types(&told).into_iter().map(|(name, kind)| named(name, kind)).collect();
    let page = std::fs::read_to_string(files().join("../../docs/monitoring.md")).unwrap();
    let mut documented = used(&page);
    // Only a chat with sockets has connections.
    assert!(documented.remove("chamberlain_chat_connections"));
    assert_eq!(documented.symmetric_difference(&figures).collect::<Vec<_>>(), Vec::<&String>::new());
    let mut known = names(&told);
    known.insert("chamberlain_chat_connections".to_owned());
    // In a text, a part of a figure stands for all of it.
    known.extend(figures);
    for file in ["alerts.yml", "alerts_test.yml", "dashboard.json"] {
        let used = used(&std::fs::read_to_string(files().join(file)).unwrap());
        assert!(used.len() > 5, "{file}");
        assert_eq!(used.difference(&known).collect::<Vec<_>>(), Vec::<&String>::new(), "{file}");
    }
}

/// A program of Prometheus', unless it is left out.
fn tool(name: &str, arguments: &[&str]) -> Option<Command> {
    if Command::new(name).arg("--version").output().is_err() {
        required::leave_out("Prometheus", &format!("there is no {name} (Debian: prometheus)"));
        return None;
    }
    let mut command = Command::new(name);
    command.args(arguments).current_dir(files());
    Some(command)
}

fn assert_done(command: Option<Command>) {
    let Some(mut command) = command else { return };
    let done = command.output().unwrap();
    let told = [done.stdout, done.stderr].map(|told| String::from_utf8(told).unwrap()).concat();
    assert!(done.status.success(), "{told}");
}

#[test]
fn promtool_takes_the_configuration_and_every_rule_says_what_it_should() {
    assert_done(tool("promtool", &["check", "config", "prometheus.yml"]));
    assert_done(tool("promtool", &["test", "rules", "alerts_test.yml"]));
}

#[test]
fn promtool_reads_every_question_of_the_dashboard() {
    let text = std::fs::read_to_string(files().join("dashboard.json")).unwrap();
    let text = text.replace("$__rate_interval", "5m").replace("$instance", ".*");
    let dashboard: Value = serde_json::from_str(&text).unwrap();
    let targets = dashboard["panels"].as_array().unwrap().iter().flat_map(|panel| panel["targets"].as_array().unwrap());
    let rules: Vec<Value> = targets.map(|target| json!({"record": "a:question", "expr": target["expr"]})).collect();
    assert!(rules.len() > 20);
    let mut names = 0;
    let rules = rules.into_iter().map(|mut rule| {
        names += 1;
        rule["record"] = json!(format!("a:question{names}"));
        rule
    });
    let rules = json!({"groups": [{"name": "dashboard", "rules": rules.collect::<Vec<_>>()}]});
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("dashboard.yml");
    // JSON is YAML.
    std::fs::write(&file, rules.to_string()).unwrap();
    assert_done(tool("promtool", &["check", "rules", file.to_str().unwrap()]));
}

/// A Prometheus at work; it ends with the test.
struct Prometheus(Child);

impl Drop for Prometheus {
    fn drop(&mut self) {
        // Fails only when it has ended by itself.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

#[test]
fn prometheus_reads_the_figures() {
    let folder = tempfile::tempdir().unwrap();
    let _sweep = Sweep(folder.path());
    let (_program, figures) = at_work(folder.path());
    let config = folder.path().join("prometheus.yml");
    let scrape = json!({"job_name": "chamberlain", "static_configs": [{"targets": [figures.to_string()]}]});
    let whole = json!({"global": {"scrape_interval": "1s", "scrape_timeout": "1s"}, "scrape_configs": [scrape]});
    std::fs::write(&config, whole.to_string()).unwrap();
    let address = free_address();
    let arguments = [
        format!("--config.file={}", config.display()),
        format!("--storage.tsdb.path={}", folder.path().join("series").display()),
        format!("--web.listen-address={address}"),
    ];
    let Some(mut command) = tool("prometheus", &arguments.each_ref().map(String::as_str)) else { return };
    let _prometheus = Prometheus(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    let ask = |question: &str| -> Option<Value> {
        let url = format!("http://{address}/api/v1/query?query={question}");
        let answer: Value = serde_json::from_str(&client().get(url).send().ok()?.text().ok()?).ok()?;
        answer["data"]["result"].as_array()?.first().cloned()
    };
    let until = Instant::now() + Duration::from_mins(1);
    let told = loop {
        if let Some(told) = ask("sum(chamberlain_events_total{outcome=\"changed\"})") {
            break told;
        }
        assert!(Instant::now() < until, "{:?}", ask("up"));
        std::thread::sleep(Duration::from_millis(100));
    };
    let counted: f64 = told["value"][1].as_str().unwrap().parse().unwrap();
    assert!(counted >= 4.0, "{told}");
    for figure in ["chamberlain_build_info", "chamberlain_event_seconds_bucket", "process_cpu_seconds_total"] {
        assert!(ask(figure).is_some(), "{figure}");
    }
}
