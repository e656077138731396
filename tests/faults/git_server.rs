//! A git server: what was pushed there it hints at, also doubled and with a wrong key, until a bot takes the hint.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::{Client, StatusCode};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How long a call may take before it is made again, to another bot if there is one.
const LIMIT: Duration = Duration::from_secs(2);
/// The wait between two calls that were not taken.
const AGAIN: Duration = Duration::from_millis(100);

/// The address that a bot's hooks are called at, and a token of ana's; they change with every life.
#[derive(Clone, Debug, Default)]
pub(crate) struct Door(Arc<Mutex<(String, String)>>);

impl Door {
    pub(crate) fn open(&self, (hooks, token): (&str, &str)) {
        *self.0.lock().unwrap() = (hooks.to_owned(), token.to_owned());
    }

    fn hooks(&self) -> String {
        self.0.lock().unwrap().0.clone()
    }

    /// Where the API listens, and the token.
    pub(crate) fn api(&self) -> (SocketAddr, String) {
        let (hooks, token) = self.0.lock().unwrap().clone();
        (hooks.split('/').nth(2).unwrap().parse().unwrap(), token)
    }
}

/// How the calls ended.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Calls {
    /// Bots took the hint.
    pub(crate) taken: usize,
    /// A wrong key was turned away.
    pub(crate) turned_away: usize,
    /// A wrong key was taken for the right one.
    pub(crate) forged: usize,
    /// Nobody answered, or they could not store it.
    pub(crate) lost: usize,
}

/// The server.
pub(crate) struct GitServer {
    /// Where the bots' sources look.
    folders: Vec<PathBuf>,
    pushes: watch::Sender<usize>,
    /// The last push that a bot was told of, and took.
    told: Arc<Mutex<(usize, Calls)>>,
    _calling: JoinSet<()>,
}

impl GitServer {
    pub(crate) fn of(bots: impl Iterator<Item = (PathBuf, Door)>) -> Self {
        let (folders, doors): (Vec<PathBuf>, Vec<Door>) = bots.unzip();
        let (pushes, heard) = watch::channel(0);
        let told = Arc::default();
        let mut calling = JoinSet::new();
        calling.spawn(hint(doors, heard, Arc::clone(&told)));
        Self { folders, pushes, told, _calling: calling }
    }

    /// Somebody pushes to the branch that moves; gives its newest commit.
    pub(crate) fn push(&self) -> String {
        let commit = format!("m{}x", *self.pushes.borrow() + 1);
        for folder in &self.folders {
            let next = folder.join("moving.next");
            std::fs::write(&next, &commit).unwrap();
            std::fs::rename(next, folder.join("moving")).unwrap();
        }
        self.pushes.send_modify(|pushes| *pushes += 1);
        commit
    }

    /// Whether every hint was taken.
    pub(crate) fn is_heard(&self) -> bool {
        self.told.lock().unwrap().0 == *self.pushes.borrow()
    }

    pub(crate) fn calls(&self) -> Calls {
        self.told.lock().unwrap().1
    }
}

/// Calls for each push until somebody takes the hint; several pushes in between share one.
async fn hint(doors: Vec<Door>, mut pushed: watch::Receiver<usize>, told: Arc<Mutex<(usize, Calls)>>) {
    let client = Client::builder().no_proxy().timeout(LIMIT).build().unwrap();
    let mut bots = doors.iter().cycle();
    while pushed.changed().await.is_ok() {
        let push = *pushed.borrow_and_update();
        loop {
            let (first, second) = (bots.next().unwrap().hooks(), bots.next().unwrap().hooks());
            let forged = first.replace("/push/", "/push/x");
            let calls = [call(&client, &first), call(&client, &second), call(&client, &forged)];
            let answers = futures::future::join_all(calls).await;
            if count(&mut told.lock().unwrap().1, &answers) {
                told.lock().unwrap().0 = push;
                break;
            }
            tokio::time::sleep(AGAIN).await;
        }
    }
}

/// Counts two right calls and a forged one; whether a right one was taken.
fn count(calls: &mut Calls, answers: &[Option<StatusCode>]) -> bool {
    let (right, forged) = answers.split_at(2);
    let taken = right.iter().filter(|status| **status == Some(StatusCode::ACCEPTED)).count();
    calls.taken += taken;
    calls.lost += right.len() - taken;
    match forged[0] {
        Some(StatusCode::NOT_FOUND) => calls.turned_away += 1,
        Some(status) if status.is_success() => calls.forged += 1,
        _ => {}
    }
    taken > 0
}

/// None when nobody answers.
async fn call(client: &Client, hooks: &str) -> Option<StatusCode> {
    let body = r#"{"ref": "refs/heads/moving"}"#;
    client.post(format!("{hooks}beta")).body(body).send().await.ok().map(|answer| answer.status())
}
