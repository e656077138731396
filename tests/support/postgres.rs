//! A throw-away PostgreSQL: one server a test binary, one database a test; or a server that a test has to itself.

use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{Connection, PgConnection};

use super::required::leave_out;

static SHARED: OnceLock<Option<Server>> = OnceLock::new();
static NEXT: AtomicU32 = AtomicU32::new(0);

/// The address of a fresh database, or nothing (said aloud) where there is no PostgreSQL.
pub async fn database() -> Option<String> {
    Some(SHARED.get_or_init(Server::start_new).as_ref()?.database().await)
}

/// A server, which may be stopped and started again at the same address.
pub struct Server {
    port: u16,
    tools: PathBuf,
    folder: PathBuf,
    owner: Option<u32>,
    /// Whether a commit is on disk when it is told.
    is_durable: bool,
}

impl Server {
    /// A server of one's own, or nothing (said aloud) where there is no PostgreSQL.
    pub fn start_new() -> Option<Self> {
        Self::make(false)
    }

    /// The same, where a commit survives a power cut.
    pub fn start_durable() -> Option<Self> {
        Self::make(true)
    }

    fn make(is_durable: bool) -> Option<Self> {
        let Some(tools) = tools() else {
            leave_out("PostgreSQL", "no `initdb` was found on PATH or below /usr/lib/postgresql");
            return None;
        };
        let number = NEXT.fetch_add(1, Ordering::SeqCst);
        let folder = std::env::temp_dir().join(format!("chamberlain-test-pg-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        // The server refuses to run as root, so there it runs as nobody.
        let is_root = rustix::process::geteuid().is_root();
        let owner = is_root.then_some(65534);
        if let Some(owner) = owner {
            std::os::unix::fs::chown(&folder, Some(owner), Some(owner)).unwrap();
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Self { port, tools, folder, owner, is_durable };
        let mut initdb = server.tool("initdb");
        initdb.arg("-D").arg(server.data());
        initdb.args(["-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale=C"]);
        assert!(initdb.status().unwrap().success());
        server.start();
        server.stop_after_us();
        Some(server)
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The address of a fresh database.
    pub async fn database(&self) -> String {
        let name = format!("test_{}", NEXT.fetch_add(1, Ordering::SeqCst));
        let address = format!("postgres://postgres@127.0.0.1:{}/", self.port);
        let mut conn = PgConnection::connect(&format!("{address}postgres")).await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut conn).await.unwrap();
        format!("{address}{name}")
    }

    /// Starts it again; returns when it takes connections.
    pub fn start(&self) {
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories={} -c fsync={} -c max_connections=200",
            self.port,
            self.folder.display(),
            if self.is_durable { "on" } else { "off" }
        );
        let mut start = self.tool("pg_ctl");
        start.arg("-D").arg(self.data()).args(["-w", "-o", &options, "-l"]).arg(self.folder.join("log")).arg("start");
        assert!(start.status().unwrap().success());
    }

    /// Stops it as a crash would: nobody's transaction is ended, and nobody is told.
    pub fn stop(&self) {
        let mut stop = self.tool("pg_ctl");
        stop.arg("-D").arg(self.data()).args(["-w", "-m", "immediate", "stop"]);
        assert!(stop.status().unwrap().success());
    }

    /// A shell that waits for the end of our process stops it, since statics are never dropped.
    fn stop_after_us(&self) {
        let script = "while [ -d /proc/$1 ]; do sleep 0.2; done; \"$2\" -D \"$3\" -m immediate stop; rm -rf \"$4\"";
        let mut watcher = Command::new("sh");
        watcher
            .args(["-c", script, "sh", &std::process::id().to_string()])
            .arg(self.tools.join("pg_ctl"))
            .arg(self.data())
            .arg(&self.folder);
        watcher.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        if let Some(owner) = self.owner {
            watcher.uid(owner).gid(owner);
        }
        // It outlives us; the system takes it when we are gone.
        drop(watcher.spawn().unwrap());
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn tool(&self, name: &str) -> Command {
        let mut command = Command::new(self.tools.join(name));
        command.current_dir(&self.folder).stdout(Stdio::null()).stderr(Stdio::null());
        if let Some(owner) = self.owner {
            command.uid(owner).gid(owner);
        }
        command
    }
}

#[expect(clippy::disallowed_methods, reason = "tests read the environment of their own run")]
fn tools() -> Option<PathBuf> {
    let path = std::env::var("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).collect::<Vec<_>>();
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = debian.map(|version| version.path().join("bin")).collect();
    folders.sort();
    folders.reverse();
    folders.into_iter().chain(on_path).find(|folder| folder.join("initdb").exists())
}
