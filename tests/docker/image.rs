//! Rules for the Dockerfile: hadolint's, and a few that it does not have.

use crate::{path, text, tool};

/// An instruction and what stands behind it, in one line.
type Instruction = (String, String);
type Rule = (&'static str, fn(&[Instruction]) -> bool, &'static str);

/// What must hold, how it is seen, and a Dockerfile in which it does not.
const RULES: [Rule; 8] = [
    ("every base image has a version", every_base_has_a_version, "FROM debian:stable-slim"),
    (
        "nothing is fetched past the package manager",
        |all| of(all, "ADD").next().is_none(),
        "ADD https://example.org/a /a",
    ),
    ("packages bring no others, and their lists are gone", packages_are_lean, "RUN apt-get install -y git"),
    ("the user is a number, and not root", the_user_is_a_number, "USER chamberlain"),
    (
        "it says whether it is well, without a shell",
        |all| is_exec(all, "HEALTHCHECK"),
        "HEALTHCHECK CMD curl localhost",
    ),
    ("it starts without a shell", |all| is_exec(all, "ENTRYPOINT"), "ENTRYPOINT chamberlain"),
    ("no variable holds a secret", no_secret_is_set, "ENV CHAMBERLAIN__SLACK__BOT_TOKEN=xoxb-1"),
    ("data is a volume", |all| of(all, "VOLUME").next().is_some(), "FROM scratch"),
];

fn instructions(text: &str) -> Vec<Instruction> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
    let joined = lines.join("\n").replace("\\\n", " ");
    let split = |line: &str| {
        let (name, rest) = line.split_once(char::is_whitespace)?;
        Some((name.to_owned(), rest.split_whitespace().collect::<Vec<_>>().join(" ")))
    };
    joined.lines().filter_map(split).collect()
}

fn of<'i>(all: &'i [Instruction], name: &str) -> impl Iterator<Item = &'i str> {
    all.iter().filter(move |(instruction, _)| instruction == name).map(|(_, rest)| rest.as_str())
}

fn every_base_has_a_version(all: &[Instruction]) -> bool {
    of(all, "FROM").all(|from| {
        let tag = from.split(' ').next().and_then(|image| image.split_once(':')).map(|(_, tag)| tag);
        tag.is_some_and(|tag| tag.starts_with(|c: char| c.is_ascii_digit()))
    })
}

fn packages_are_lean(all: &[Instruction]) -> bool {
    of(all, "RUN")
        .filter(|run| run.contains("apt-get install"))
        .all(|run| run.contains("--no-install-recommends") && run.contains("rm -rf /var/lib/apt/lists/*"))
}

fn the_user_is_a_number(all: &[Instruction]) -> bool {
    of(all, "USER").last().is_some_and(|user| user.split(':').all(|id| id.parse().is_ok_and(|id: u32| id > 0)))
}

fn is_exec(all: &[Instruction], name: &str) -> bool {
    of(all, name).last().is_some_and(|rest| rest.rsplit("CMD ").next().is_some_and(|rest| rest.starts_with('[')))
}

fn no_secret_is_set(all: &[Instruction]) -> bool {
    let words = ["TOKEN", "SECRET", "PASSWORD", "STORE__URL"];
    of(all, "ENV").chain(of(all, "ARG")).all(|set| words.iter().all(|word| !set.to_uppercase().contains(word)))
}

#[test]
fn the_dockerfile_keeps_the_rules_and_each_rule_refuses_something() {
    let ours = instructions(&text("Dockerfile"));
    for (rule, holds, bad) in RULES {
        assert!(holds(&ours), "{rule}");
        assert!(!holds(&instructions(bad)), "{rule}: {bad}");
    }
}

#[test]
fn hadolint_finds_nothing() {
    let Some(mut hadolint) = tool::tool("hadolint") else { return };
    let (is_well, told) =
        tool::said(hadolint.args(["--no-color", "--failure-threshold", "style"]).arg(path("Dockerfile")));
    assert!(is_well && told.is_empty(), "{told}");
}

/// Besides what is compiled: cargo goes nowhere without the files of targets that the manifest names without their path.
#[test]
fn what_the_build_needs_is_not_left_out() {
    let read = |name: &str| std::fs::read_to_string(path("..").join(name)).unwrap();
    let ignore = read(".dockerignore");
    let kept: Vec<&str> = ignore.lines().filter_map(|line| line.strip_prefix('!')).collect();
    let manifest: toml::Table = toml::from_str(&read("Cargo.toml")).unwrap();
    let found = [("bench", "benches"), ("test", "tests"), ("example", "examples")].into_iter().filter(|(kind, _)| {
        let targets = manifest.get(*kind).and_then(toml::Value::as_array);
        targets.into_iter().flatten().any(|target| target.get("path").is_none())
    });
    let needed = ["Cargo.lock", "Cargo.toml", "build.rs", "migrations", "skills", "src"];
    for name in needed.into_iter().chain(found.map(|(_, folder)| folder)) {
        assert!(kept.contains(&name), "{name} is left out");
    }
    assert!(ignore.lines().any(|line| line == "*"));
}
