//! `chamberlain check-config`: tells everything that is wrong with the config, or that nothing is.

use std::io::{self, Write};

use crate::config::{Config, Problem, Sources, load};

/// The exit code for a config that will do.
const FINE: u8 = 0;

/// The exit code for a config that will not; 1 is left to failures of the program itself.
const WRONG: u8 = 2;

/// Writes every problem of the config on a line of its own, or one line that says it is fine; gives the exit code.
///
/// # Errors
/// `out` cannot be written to.
pub fn run(sources: Result<Sources, Vec<Problem>>, out: &mut dyn Write) -> io::Result<u8> {
    let checked = sources.and_then(|sources| {
        let name = sources.file.as_ref().map(|(path, _)| path.display().to_string());
        load(sources).map(|config| (name, config))
    });
    match checked {
        Ok((name, config)) => {
            let name = name.unwrap_or_else(|| "The config without a file".to_owned());
            writeln!(out, "{name} is fine: {}.", summary(&config)).map(|()| FINE)
        }
        Err(problems) => tell(&problems, out),
    }
}

/// Writes every problem on a line of its own; gives the exit code.
///
/// # Errors
/// `out` cannot be written to.
pub(super) fn tell(problems: &[Problem], out: &mut dyn Write) -> io::Result<u8> {
    problems.iter().try_for_each(|problem| writeln!(out, "{problem}")).map(|()| WRONG)
}

fn summary(config: &Config) -> String {
    let people = counted(config.people.len(), "person", "people");
    let roles = counted(config.roles.len(), "role", "roles");
    let bindings = counted(config.bindings.len(), "binding", "bindings");
    let (profile, listen, store) = (config.profile, config.server.listen, &config.store.url);
    format!("profile {profile}, {people}, {roles}, {bindings}, listening on {listen}, {store}")
}

fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(text: &str) -> (u8, String) {
        let file = Some(("config.toml".into(), text.to_owned()));
        let mut out = Vec::new();
        let code = run(Ok(Sources { file, ..Sources::default() }), &mut out).unwrap();
        (code, String::from_utf8(out).unwrap())
    }

    #[test]
    fn a_good_config_is_told_in_one_line() {
        let line = "config.toml is fine: profile dev, 3 people, 3 roles, 3 bindings, listening on 127.0.0.1:7420, SQLite in data/chamberlain.db.\n";
        assert_eq!(checked("profile = \"dev\"\n"), (0, line.to_owned()));
    }

    #[test]
    fn each_problem_is_a_line() {
        let (code, lines) = checked("profil = \"dev\"\n[log]\nlevel = \"\"\n");
        assert_eq!((code, lines.lines().count()), (2, 2));
    }
}
