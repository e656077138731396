//! The program at work in a folder, with its log at its loudest, and its commands.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::hunt::Hunt;

/// A start.
pub(crate) struct Start {
    child: Child,
    pub(crate) told: String,
}

fn command(folder: &Path, variables: &[(String, String)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chamberlain"));
    command.current_dir(folder).envs(variables.iter().map(|(name, value)| (name, value)));
    command
}

/// Variables as the program takes them.
pub(crate) fn variables(given: &[(&str, &str)]) -> Vec<(String, String)> {
    given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

impl Start {
    /// Starts it, with everything logged into the file `log` in this format.
    pub(crate) fn new(folder: &Path, given: &[(String, String)], format: &str) -> Self {
        let log = OpenOptions::new().create(true).append(true).open(folder.join(format!("log.{format}"))).unwrap();
        let mut command = command(folder, given);
        command.env("CHAMBERLAIN__LOG__LEVEL", "trace").env("CHAMBERLAIN__LOG__FORMAT", format);
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut told = String::new();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        while !told.contains("Ctrl-C") {
            let line = lines.next().unwrap_or_else(|| panic!("it does not start: {told}")).unwrap();
            told = told + &line + "\n";
        }
        Self { child, told }
    }

    /// SIGTERM, and its end.
    pub(crate) fn stop(mut self) {
        let id = Pid::from_raw(i32::try_from(self.child.id()).unwrap()).unwrap();
        kill_process(id, Signal::TERM).unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Start {
    fn drop(&mut self) {
        // It may have ended.
        self.child.kill().ok();
    }
}

/// Runs a command; all it prints is a place.
pub(crate) fn run(hunt: &mut Hunt, (folder, given): (&Path, &[(String, String)]), arguments: &[&str]) -> String {
    let output = command(folder, given).args(arguments).stdin(File::open("/dev/null").unwrap()).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    hunt.look(&format!("chamberlain {}", arguments.join(" ")), &told);
    told
}
