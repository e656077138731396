//! Programs that look through files of theirs; `.ci/run` installs them.

use std::path::PathBuf;
use std::process::Command;

use crate::required::leave_out;

/// The program that the variable `CHAMBERLAIN_TEST_<NAME>` names or that is on the `PATH`, or nothing (said aloud).
#[expect(clippy::disallowed_methods, reason = "tests read the environment of their own run")]
pub(crate) fn tool(name: &str) -> Option<Command> {
    let variable = format!("CHAMBERLAIN_TEST_{}", name.to_uppercase().replace('-', "_"));
    let path = std::env::var("PATH").unwrap_or_default();
    let mut on_path = std::env::split_paths(&path).map(|folder| folder.join(name));
    let found = std::env::var(&variable).ok().map(PathBuf::from).or_else(|| on_path.find(|file| file.exists()));
    if found.is_none() {
        leave_out(name, &format!("it is not on PATH, and {variable} names none"));
    }
    found.map(Command::new)
}

/// Whether it found nothing wrong, and what it said.
pub(crate) fn said(command: &mut Command) -> (bool, String) {
    let output = command.output().unwrap();
    let told = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(told).unwrap())
}
