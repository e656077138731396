//! The folder in which the program lives: its config, its product, its log; and the program itself, which is started,
//! killed and told to stop there.

use std::fs::{self, File, OpenOptions};
use std::path::PathBuf;
use std::process::{ExitStatus, Output, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::shop::{Shop, component};
use crate::support::program::Sweep;
use crate::workspace::{LIMIT, Workspace};

/// The program at work; it may go on to tell things.
struct Program {
    child: Child,
    _told: Lines<BufReader<ChildStdout>>,
}

/// What never stands in a log: the worlds' tokens, and addresses that need none.
const SECRETS: [&str; 7] = ["xoxb-", "xapp-", "ticket=", "/response/", "/actions/", "/commands/", "/upload/"];

/// A home. Whatever runs in it ends with it.
pub(crate) struct Home {
    pub(crate) shop: Shop,
    /// What each start gets besides its own folder.
    variables: Vec<(String, String)>,
    program: Option<Program>,
    /// How big a file of later starts may be, in kibibytes.
    pub(crate) room: Option<u32>,
    folder: TempDir,
}

impl Home {
    /// A home whose program speaks to a workspace; nothing runs yet.
    pub(crate) fn of(world: &impl Workspace) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let shop = Shop::open(folder.path());
        let (bot, app) = world.tokens();
        let mut variables = vec![("CHAMBERLAIN__SLACK__API_URL".to_owned(), world.api_url())];
        variables.push(("CHAMBERLAIN__SLACK__BOT_TOKEN".to_owned(), bot));
        variables.push(("CHAMBERLAIN__SLACK__APP_TOKEN".to_owned(), app));
        let home = Self { shop, variables, program: None, room: None, folder };
        let config = home.config(world);
        fs::write(home.path("config.toml"), config).unwrap();
        home
    }

    /// The same, with the program at work.
    pub(crate) async fn open(world: &impl Workspace) -> Self {
        let mut home = Self::of(world);
        home.start().await;
        world.connected(2).await;
        home
    }

    fn config(&self, world: &impl Workspace) -> String {
        let (repository, component) = (self.shop.path(), component());
        let people = ["alice", "bob"].map(|person| format!("[people.{person}]\nemail = '{}'\n", world.email(person)));
        let people = people.concat();
        format!(
            "profile = 'production'\n[server]\nlisten = '127.0.0.1:0'\n[environments]\nsettle = '100ms'\ngrace = '1s'\n\
             [repositories.web]\nurl = '{}'\npoll = '1s'\n[components.web]\nrepository = 'web'\nrun = ['{}']\n\
             {people}[roles.all]\nallow = [{{ commands = ['*'] }}]\n\
             [[bindings]]\nrole = 'all'\npeople = ['alice']\n",
            repository.display(),
            component.display()
        )
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Sets a variable of later starts, in place of another of its name; without a value there is none.
    pub(crate) fn set(&mut self, name: &str, value: Option<&str>) {
        self.variables.retain(|(known, _)| known != name);
        self.variables.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    }

    /// A build that does not end before [`Self::let_builds_end`].
    pub(crate) fn hold_builds(&self) {
        let gate = self.path("gate");
        self.build_by(&format!("until [ -e {} ]; do sleep 0.05; done", gate.display()));
    }

    /// Builds run this script, which has no quotes of one stroke.
    pub(crate) fn build_by(&self, script: &str) {
        let build = format!("build = ['bash', '-c', '{script}']\n");
        let config = fs::read_to_string(self.path("config.toml")).unwrap();
        let held = config.replace("repository = 'web'\n", &format!("repository = 'web'\n{build}"));
        assert_ne!(held, config);
        fs::write(self.path("config.toml"), held).unwrap();
    }

    pub(crate) fn let_builds_end(&self) {
        File::create(self.path("gate")).unwrap();
    }

    /// The program, on a disk that has room for so many kibibytes of a file.
    fn command(&self) -> Command {
        let program = env!("CARGO_BIN_EXE_chamberlain");
        let mut command = match self.room {
            None => Command::new(program),
            Some(kibibytes) => {
                // The signal that a write beyond the limit sends is ignored, so that the write fails instead.
                let script = format!("trap '' XFSZ; ulimit -f {kibibytes}; exec \"$0\"");
                let mut command = Command::new("bash");
                command.args(["-c", &script, program]);
                command
            }
        };
        command.current_dir(self.folder.path()).envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Starts it, and waits until it works.
    pub(crate) async fn start(&mut self) {
        let log = OpenOptions::new().create(true).append(true).open(self.path("log")).unwrap();
        let mut child =
            self.command().stdout(Stdio::piped()).stderr(log).kill_on_drop(true).spawn().expect("it is there");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        loop {
            let line = timeout(LIMIT, lines.next_line()).await.expect("it does not start").unwrap();
            let line = line.unwrap_or_else(|| panic!("it ended at once: {}", self.log()));
            if line.contains("Ctrl-C") {
                break;
            }
        }
        self.program = Some(Program { child, _told: lines });
    }

    /// SIGKILL.
    pub(crate) async fn kill(&mut self) {
        self.program.take().unwrap().child.kill().await.unwrap();
    }

    /// SIGTERM, and its end.
    pub(crate) async fn stop(&mut self) -> ExitStatus {
        let mut program = self.program.take().unwrap();
        let id = Pid::from_raw(i32::try_from(program.child.id().unwrap()).unwrap()).unwrap();
        kill_process(id, Signal::TERM).unwrap();
        timeout(LIMIT, program.child.wait()).await.expect("it does not stop").unwrap()
    }

    /// Runs it to its end, which it must find by itself.
    pub(crate) async fn run(&self) -> Output {
        let running = self.command().kill_on_drop(true).output();
        timeout(Duration::from_secs(30), running).await.expect("it does not end").unwrap()
    }

    /// What it logged so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        self.program = None;
        drop(Sweep(self.folder.path()));
        let log = self.log();
        if std::thread::panicking() {
            let lines: Vec<&str> = log.lines().collect();
            eprintln!("the end of the log:\n{}", lines[lines.len().saturating_sub(40)..].join("\n"));
            return;
        }
        for secret in SECRETS {
            assert!(!log.contains(secret), "{secret} stands in the log:\n{log}");
        }
    }
}
