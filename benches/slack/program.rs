//! The released program, set up for Slack in a folder of its own.

use std::fmt::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use rustix::thread::{CpuSet, sched_setaffinity};

use crate::workspace::Workspace;
use crate::world::{USERS, user};

/// The cores of the bot and of the bench; on a machine with one, both share it.
const BOTS: usize = 0;
pub(super) const OURS: usize = 1;

/// The clock of `/proc`: ticks a second on every Linux.
const TICKS: u64 = 100;

/// Keeps this thread, and what it starts, to a core.
pub(super) fn pin(core: usize) {
    let mut cores = CpuSet::new();
    cores.set(core);
    // Without that core there is nothing to choose.
    sched_setaffinity(None, &cores).ok();
}

/// Where and how the program is started.
#[derive(Clone)]
pub(super) struct Ground {
    folder: PathBuf,
    api_url: String,
    synchronous: &'static str,
    people: usize,
    /// Another database than the file in its folder.
    store: Option<String>,
}

impl Ground {
    pub(super) fn new(folder: &Path, workspace: &Workspace) -> Self {
        Self {
            folder: folder.to_owned(),
            api_url: workspace.api_url(),
            synchronous: "full",
            people: USERS,
            store: None,
        }
    }

    /// The same with an empty database of its own.
    pub(super) fn fresh(&self, name: &str) -> Self {
        let folder = self.folder.join(name);
        std::fs::create_dir_all(&folder).unwrap();
        Self { folder, ..self.clone() }
    }

    /// The same with so many people in the config.
    pub(super) fn of(self, people: usize) -> Self {
        Self { people, ..self }
    }

    /// The same with another answer to what a commit survives.
    pub(super) fn synchronous(self, synchronous: &'static str) -> Self {
        Self { synchronous, ..self }
    }

    /// The same on a server's database.
    pub(super) fn on(self, store: Option<String>) -> Self {
        Self { store, ..self }
    }

    /// Has the grammar know so many commands: `echo`'s manifest is laid over with one that tells of others before it.
    /// Nobody answers for those, and nobody types them.
    pub(super) fn with_commands(&self, commands: usize) {
        let folder = self.folder.join("skills/echo");
        std::fs::create_dir_all(&folder).unwrap();
        let mut text = "summary = \"Say it again\"\ngroup = \"The bot\"\n".to_owned();
        for number in 1..commands {
            writeln!(text, "[[command]]\nname = \"family-{} act-{}\"\nsummary = \"Act\"", number / 10, number % 10)
                .unwrap();
        }
        text.push_str(
            "[[command]]\nname = \"echo\"\nsummary = \"Repeat\"\nargument = [{ name = \"text\", type = \"text\", help = \"the words\", many = true, required = true }]\n[samples.answer]\ntext = \"hello\"\n",
        );
        std::fs::write(folder.join("skill.toml"), text).unwrap();
    }

    fn write_config(&self) {
        let listen = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let store = self.store.as_ref().map(|url| format!("url = \"{url}\"\n")).unwrap_or_default();
        let mut text = format!(
            "profile = \"production\"\n[server]\nlisten = \"{listen}\"\n[store]\nsynchronous = \"{}\"\n{}[log]\nlevel = \"error\"\n[slack]\napi_url = \"{}\"\n[roles.all]\nallow = [{{ commands = [\"*\"] }}]\n[[bindings]]\nrole = \"all\"\ngroups = [\"team\"]\n",
            self.synchronous, store, self.api_url
        );
        for number in 0..self.people {
            writeln!(text, "[people.p{number}]\ngroups = [\"team\"]\naccounts = {{ slack = \"{}\" }}", user(number))
                .unwrap();
        }
        std::fs::write(self.folder.join("config.toml"), text).unwrap();
    }
}

/// The time that a process has had of the machine, by itself and in the kernel for it.
pub(super) fn cpu_of(process: &str) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    // Behind the name, which may hold anything: user and system are the 14th and 15th field of the line.
    let (_, rest) = stat.rsplit_once(')').unwrap();
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks: u64 = fields[11..13].iter().map(|field| field.parse::<u64>().unwrap()).sum();
    Duration::from_millis(ticks * 1000 / TICKS)
}

/// A start of the program.
pub(super) struct Program {
    child: Child,
    /// When it was started.
    pub(super) started: Instant,
}

impl Program {
    /// Starts it; it connects when it can.
    pub(super) fn start(ground: &Ground) -> Self {
        ground.write_config();
        pin(BOTS);
        let started = Instant::now();
        let child = Command::new(env!("CARGO_BIN_EXE_chamberlain"))
            .current_dir(&ground.folder)
            .env("CHAMBERLAIN__SLACK__BOT_TOKEN", "xoxb-bench")
            .env("CHAMBERLAIN__SLACK__APP_TOKEN", "xapp-bench")
            .stdout(Stdio::null())
            .spawn();
        pin(OURS);
        Self { child: child.unwrap(), started }
    }

    /// The time that it has had of the machine.
    pub(super) fn cpu(&self) -> Duration {
        cpu_of(&self.child.id().to_string())
    }

    pub(super) fn tell_memory(&self, what: &str) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let of = |field: &str| -> f64 {
            let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
            line.trim_start_matches(':').trim_end_matches("kB").trim().parse::<f64>().unwrap() / 1024.0
        };
        let (all, own, most) = (of("VmRSS"), of("RssAnon"), of("VmHWM"));
        println!("{what:44} {all:8.1} MB resident, {own:.1} MB of it its own (not of files), {most:.1} MB at most");
    }

    /// Has it end in order, as a service manager does; gives how long that took.
    pub(super) fn end(mut self) -> Duration {
        let told = Instant::now();
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        assert!(self.child.wait().unwrap().success());
        told.elapsed()
    }

    /// Kills it.
    pub(super) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Program {
    /// A measurement that failed leaves nothing running.
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
