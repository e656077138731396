//! A real Chromium without a window, led through its WebDriver: one driver a test binary, one browser a session.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::support::required::leave_out;

/// How long something may take to appear. The driver itself looks again and again meanwhile.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// More browsers at once than this make each other slow.
static PLACES: Semaphore = Semaphore::const_new(2);

static DRIVER: OnceLock<Option<Driver>> = OnceLock::new();

/// A running chromedriver. It ends with our process: see [`start`].
struct Driver {
    address: SocketAddr,
    chromium: PathBuf,
    /// What the browsers write to; gone with the driver.
    folder: PathBuf,
    _shell: Child,
    _output: BufReader<ChildStdout>,
}

/// A browser of its own, with no history and nobody logged in.
pub(crate) struct Browser {
    pub(crate) client: Client,
    driver: &'static Driver,
    session: String,
    _folder: TempDir,
    _place: SemaphorePermit<'static>,
}

impl Browser {
    /// A browser, or nothing (said aloud) where there is no Chromium.
    pub(crate) async fn open() -> Option<Self> {
        Self::in_place(driver()?, PLACES.acquire().await.unwrap(), &json!({})).await
    }

    /// One that runs no script of any page.
    pub(crate) async fn without_script() -> Option<Self> {
        let preferences = json!({ "profile.managed_default_content_settings.javascript": 2 });
        Self::in_place(driver()?, PLACES.acquire().await.unwrap(), &preferences).await
    }

    /// Two that know nothing of each other.
    pub(crate) async fn two() -> Option<[Self; 2]> {
        let driver = driver()?;
        // Both places at once: with one each, two tests would wait for each other.
        let mut one = PLACES.acquire_many(2).await.unwrap();
        let other = one.split(1).unwrap();
        let nothing = json!({});
        Some([Self::in_place(driver, one, &nothing).await?, Self::in_place(driver, other, &nothing).await?])
    }

    async fn in_place(driver: &'static Driver, place: SemaphorePermit<'static>, preferences: &Value) -> Option<Self> {
        let folder = tempfile::tempdir_in(&driver.folder).unwrap();
        let capabilities = capabilities(&driver.chromium, folder.path(), preferences);
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities.as_object().unwrap().clone());
        let client = builder.connect(&format!("http://{}", driver.address)).await.unwrap();
        let session = client.session_id().await.unwrap().unwrap();
        Some(Self { client, driver, session, _folder: folder, _place: place })
    }
}

impl Drop for Browser {
    /// Closes it, also when its test has failed.
    fn drop(&mut self) {
        let Driver { address, .. } = self.driver;
        if let Ok(mut stream) = TcpStream::connect(address) {
            let limit = stream.set_read_timeout(Some(Duration::from_secs(10)));
            let asked = write!(stream, "DELETE /session/{} HTTP/1.1\r\nHost: {address}\r\n\r\n", self.session);
            // The answer comes when it is closed. What hangs ends with the driver.
            limit.and(asked).and_then(|()| stream.read(&mut [0])).ok();
        }
    }
}

fn capabilities(chromium: &Path, folder: &Path, preferences: &Value) -> Value {
    let folder = format!("--user-data-dir={}", folder.display());
    let mut arguments = vec!["--headless=new", "--disable-gpu", "--disable-quic", "--no-first-run"];
    arguments.extend(["--disable-background-networking", "--disable-component-update", "--disable-sync"]);
    arguments.extend([
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
        "--no-proxy-server",
        "--window-size=1280,800",
        &folder,
    ]);
    // It dies with its driver, however that dies.
    arguments.push("--remote-debugging-pipe");
    if rustix::process::geteuid().is_root() {
        arguments.push("--no-sandbox");
    }
    json!({
        "goog:chromeOptions": { "binary": chromium, "args": arguments, "prefs": preferences },
        "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        "timeouts": { "implicit": PATIENCE.as_millis(), "script": PATIENCE.as_millis() },
    })
}

fn driver() -> Option<&'static Driver> {
    DRIVER.get_or_init(start).as_ref()
}

fn start() -> Option<Driver> {
    let chromium = on_path(&["chromium", "chromium-browser", "google-chrome"]);
    let (Some(chromium), Some(tool)) = (chromium, on_path(&["chromedriver"])) else {
        leave_out("the browser", "no `chromium` with its `chromedriver` was found on PATH");
        return None;
    };
    let folder = std::env::temp_dir().join(format!("chamberlain-test-browser-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    // Statics are never dropped: a shell waits for the end of our side of its input, and ends the driver.
    // A browser that is just dying may still write where is being cleared.
    let script = "\"$1\" --port=0 & read -r end; kill $!; wait $!; until rm -rf \"$2\"; do :; done";
    let mut shell = Command::new("sh");
    shell.args(["-c", script, "sh"]).arg(tool).arg(&folder).env("HOME", &folder).env("TMPDIR", &folder);
    shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0);
    let mut shell = shell.spawn().unwrap();
    let mut output = BufReader::new(shell.stdout.take().unwrap());
    let told = output.by_ref().lines().map_while(Result::ok).find(|line| line.contains("started successfully"));
    let told = told.expect("chromedriver starts");
    let port = told.trim_end_matches('.').rsplit(' ').next().and_then(|port| port.parse::<u16>().ok()).unwrap();
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    Some(Driver { address, chromium, folder, _shell: shell, _output: output })
}

#[expect(clippy::disallowed_methods, reason = "tests read the environment of their own run")]
fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|file| file.is_file())
}
