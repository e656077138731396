//! A throw-away PostgreSQL: one server a test binary, one database a test.

use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{Connection, PgConnection};

use super::required::leave_out;

struct Server {
    port: u16,
    tools: PathBuf,
    folder: PathBuf,
    owner: Option<u32>,
}

static SERVER: OnceLock<Option<Server>> = OnceLock::new();
static NEXT: AtomicU32 = AtomicU32::new(0);

/// The address of a fresh database, or nothing (said aloud) where there is no PostgreSQL.
pub async fn database() -> Option<String> {
    let server = SERVER.get_or_init(start).as_ref()?;
    let name = format!("test_{}", NEXT.fetch_add(1, Ordering::SeqCst));
    let address = format!("postgres://postgres@127.0.0.1:{}/", server.port);
    let mut conn = PgConnection::connect(&format!("{address}postgres")).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut conn).await.unwrap();
    Some(format!("{address}{name}"))
}

fn start() -> Option<Server> {
    let Some(tools) = tools() else {
        leave_out("PostgreSQL", "no `initdb` was found on PATH or below /usr/lib/postgresql");
        return None;
    };
    let folder = std::env::temp_dir().join(format!("chamberlain-test-pg-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    // The server refuses to run as root, so there it runs as nobody.
    let is_root = rustix::process::geteuid().is_root();
    let owner = is_root.then_some(65534);
    if let Some(owner) = owner {
        std::os::unix::fs::chown(&folder, Some(owner), Some(owner)).unwrap();
    }
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let server = Server { port, tools, folder, owner };
    let data = server.folder.join("data");
    let made = server
        .tool("initdb")
        .arg("-D")
        .arg(&data)
        .args(["-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale=C"])
        .status();
    assert!(made.unwrap().success());
    let options = format!(
        "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={} -c fsync=off -c max_connections=200",
        server.folder.display()
    );
    let started = server
        .tool("pg_ctl")
        .arg("-D")
        .arg(&data)
        .args(["-w", "-o", &options, "-l"])
        .arg(server.folder.join("log"))
        .arg("start")
        .status();
    assert!(started.unwrap().success());
    stop_after_us(&server, &data);
    Some(server)
}

/// Statics are never dropped: a shell that waits for the end of our process stops the server.
fn stop_after_us(server: &Server, data: &Path) {
    let script = "while [ -d /proc/$1 ]; do sleep 0.2; done; \"$2\" -D \"$3\" -m immediate stop; rm -rf \"$4\"";
    let mut watcher = Command::new("sh");
    watcher
        .args(["-c", script, "sh", &std::process::id().to_string()])
        .arg(server.tools.join("pg_ctl"))
        .arg(data)
        .arg(&server.folder);
    watcher.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    if let Some(owner) = server.owner {
        watcher.uid(owner).gid(owner);
    }
    // It outlives us; the system takes it when we are gone.
    drop(watcher.spawn().unwrap());
}

impl Server {
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
