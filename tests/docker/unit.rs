//! The unit, as systemd itself reads it.

use std::process::Command;

use crate::{text, tool};

/// What systemd says to the unit in which `from` is replaced; nothing (said aloud) where there is no systemd.
fn verified(arguments: &[&str], (from, to): (&str, &str)) -> Option<(bool, String)> {
    let mut analyze: Command = tool::tool("systemd-analyze")?;
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("chamberlain.service");
    let unit = text("systemd/chamberlain.service").replace(from, to);
    // Whether the program can be run is looked at too.
    std::fs::write(&file, unit.replace("/usr/local/bin/chamberlain", env!("CARGO_BIN_EXE_chamberlain"))).unwrap();
    Some(tool::said(analyze.args(arguments).arg(&file)))
}

#[test]
fn systemd_understands_every_line() {
    let Some(told) = verified(&["verify"], ("", "")) else { return };
    assert_eq!(told, (true, String::new()));
    let (_, told) = verified(&["verify"], ("NoNewPrivileges", "NoNewPrivilege")).unwrap();
    assert!(told.contains("Unknown key") && told.contains("'NoNewPrivilege'"), "{told}");
}

/// From 0, shut in, to 100: 92 without a line about it.
#[test]
fn it_is_shut_in() {
    let at_most = ["security", "--offline=yes", "--no-pager", "--threshold=20"];
    let Some((is_well, told)) = verified(&at_most, ("", "")) else { return };
    assert!(is_well, "{told}");
    assert!(!verified(&at_most, ("ProtectSystem=strict\nProtectHome=yes", "")).unwrap().0);
}

/// What environments run outlives the bot.
#[test]
fn what_runs_outlives_a_stop() {
    let unit = text("systemd/chamberlain.service");
    let lines: Vec<&str> = unit.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(lines.contains(&"KillMode=process") && lines.contains(&"OOMPolicy=continue"));
    assert!(
        !lines.iter().any(|line| ["DynamicUser", "PrivateTmp", "RemoveIPC"].iter().any(|key| line.starts_with(key)))
    );
}
