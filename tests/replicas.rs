//! Two of the programs that people start, on machines of their own as far as they know, and one PostgreSQL.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use sqlx::Connection;
use support::postgres;
use support::program::{Program, Sweep, free_address};

/// What both have in common.
struct Ground {
    place: tempfile::TempDir,
    store: String,
}

impl Ground {
    /// None where there is no PostgreSQL.
    async fn open() -> Option<Self> {
        let store = postgres::database().await?;
        drop(rustls::crypto::ring::default_provider().install_default());
        let place = tempfile::tempdir().unwrap();
        for name in ["one", "two"] {
            std::fs::create_dir(place.path().join(name)).unwrap();
        }
        let product = PRODUCT.replace("FOLDER", &place.path().join("one/data/sample").display().to_string());
        std::fs::write(place.path().join("two/config.toml"), product).unwrap();
        Some(Self { place, store })
    }

    fn start<'f>(&self, folder: &'f Path, address: SocketAddr) -> Program<'f> {
        let variables =
            [("CHAMBERLAIN__STORE__URL", self.store.as_str()), ("CHAMBERLAIN__ENVIRONMENTS__LOST_AFTER", "1s")];
        Program::start_with(folder, address, &variables)
    }

    /// How often a room was told this.
    async fn count(&self, words: &str) -> i64 {
        let mut conn = sqlx::PgConnection::connect(&self.store).await.unwrap();
        let sql = "SELECT count(*) FROM console_messages WHERE position($1 in body) > 0";
        sqlx::query_scalar(sql).bind(words).fetch_one(&mut conn).await.unwrap()
    }
}

/// The sample product of the first, as the second has it.
const PRODUCT: &str = r#"
[repositories.web]
url = "FOLDER/web"

[repositories.api]
url = "FOLDER/api"

[components.api]
repository = "api"
run = ["{chamberlain}", "sample", "api"]

[components.web]
repository = "web"
run = ["{chamberlain}", "sample", "web"]
variables = ["API_URL={api.url}"]
"#;

/// What a machine's console says at a component's address.
fn load(address: SocketAddr) -> String {
    let host = "web.sprint-1.localhost";
    let client = reqwest::blocking::Client::builder().no_proxy().resolve(host, address).build().unwrap();
    client.get(format!("http://{host}:{}/", address.port())).send().unwrap().text().unwrap()
}

fn load_until(address: SocketAddr, is_it: impl Fn(&str) -> bool) -> String {
    let until = Instant::now() + Duration::from_mins(1);
    loop {
        let page = load(address);
        if is_it(&page) {
            return page;
        }
        assert!(Instant::now() < until, "{page}");
    }
}

#[test]
fn an_environment_stays_on_its_machine_and_is_moved_by_a_person_when_that_is_lost() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let Some(ground) = runtime.block_on(Ground::open()) else { return };
    let _sweep = Sweep(ground.place.path());
    let (one_folder, two_folder) = (ground.place.path().join("one"), ground.place.path().join("two"));
    let (one_at, two_at) = (free_address(), free_address());
    let one = ground.start(&one_folder, one_at);
    assert!(one.say("lobby", "iteration start Sprint 1").contains("has started"));
    one.say_until(("lobby", "iteration show --in sprint-1"), "#sprint-1");
    one.say("sprint-1", "deploy --all-branches feature/pay");
    one.say_until(("sprint-1", "status --all"), "2 of 2 up");

    let two = ground.start(&two_folder, two_at);
    let page = load(one_at);
    assert!(page.contains("Takes Cards"), "{page}");
    assert!(!load(two_at).contains("Takes Cards"), "it runs on the other machine");
    let log = two.say("sprint-1", "logs web");
    assert!(log.contains("Log of `web` in sprint-1") && !log.contains("left no log"), "{log}");
    assert!(two.say("sprint-1", "env move").contains("is at work"));
    two.say("sprint-1", "deploy web@main");
    one.say_until(("sprint-1", "env history"), "2 (should run) succeeded");
    assert!(load(one_at).contains("The Corner Shop<"), "{}", load(one_at));

    assert_eq!(runtime.block_on(ground.count("what runs there is not known")), 0, "its home alone has looked");

    one.kill();
    two.say_until(("sprint-1", "status"), "Nobody has heard of the machine");
    let one = ground.start(&one_folder, one_at);
    let until = Instant::now() + Duration::from_mins(1);
    while two.say("sprint-1", "status").contains("Nobody has heard") {
        assert!(Instant::now() < until, "it is not known to be back");
    }
    assert!(load(one_at).contains("The Corner Shop<"), "it went on without us");
    assert_eq!(runtime.block_on(ground.count("what runs there is not known")), 1);
    assert_eq!(runtime.block_on(ground.count("is heard of again")), 1);

    one.kill();
    two.say_until(("sprint-1", "status"), "Nobody has heard of the machine");
    let told = two.say("sprint-1", "env move");
    assert!(told.contains("is brought up on another machine"), "{told}");
    two.say_until(("sprint-1", "status --all"), "2 of 2 up");
    load_until(two_at, |page| page.contains("The Corner Shop<"));

    let one = ground.start(&one_folder, one_at);
    load_until(one_at, |page| !page.contains("The Corner Shop<"));
    assert!(load(two_at).contains("The Corner Shop<"), "what was moved is left alone");
    assert!(one.say("sprint-1", "logs web").contains("Log of `web`"));
}
