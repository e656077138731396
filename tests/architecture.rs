//! The house's rules that a compiler does not hold: which room may use which, and what is said only in one place.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Each room, and the rooms that it may use; a room may always use itself. The longest matching name counts.
/// `ARCHITECTURE.md` says why.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("event", &["domain"]),
    ("command", &["domain"]),
    ("card", &["domain"]),
    ("policy", &["domain", "command"]),
    ("change", &["domain", "policy", "card::model"]),
    ("ports", &["domain", "event", "card::model"]),
    ("card::build", &["card::model", "card::templates", "domain"]),
    ("card::render", &["card::model", "domain"]),
    ("metrics", &["domain"]),
    ("store", &["domain", "card::model", "change", "event", "metrics", "ports"]),
    ("names", &["domain", "command", "policy", "ports", "store"]),
    ("skills", &["domain", "event", "command", "policy", "change", "card", "names", "ports", "store"]),
    ("reactions", &["domain", "event", "command", "policy", "change", "card", "ports", "store"]),
    ("reconcile", &["domain", "event", "metrics", "policy", "card", "ports", "store"]),
    ("adapters", &["ports", "domain", "event", "card"]),
    ("adapters::chat::console", &["ports", "domain", "event", "card", "store"]),
    ("web", &["domain", "event", "command", "card", "metrics", "names", "policy", "change", "ports", "store"]),
    ("config", &["domain"]),
    // Tries the rooms that outsiders reach, each through the functions that meet what they send; no part of a release.
    ("fuzzing", &["*"]),
    ("runtime", &["*"]),
    ("cli", &["*"]),
    ("main", &["*"]),
    ("lib", &["*"]),
];

/// Words that stand only in some rooms.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("sqlx", &["store"]),
    ("reqwest", &["adapters", "cli", "config", "runtime"]),
    ("slack_morphism", &["adapters::chat::slack", "cli"]),
    ("axum", &["web", "cli::sample", "fuzzing::proxy"]),
    ("maud", &["web", "card::render::html", "cli::sample"]),
    ("handlebars", &["card::templates"]),
    ("prometheus_client", &["metrics"]),
];

#[test]
fn arrows_go_only_where_the_plan_allows() {
    let mut wrong = BTreeSet::new();
    for file in source_files() {
        let module = module_of(&file);
        let room = room_of(&module);
        for path in paths_in(&file, &module) {
            let target = path.join("::");
            if !may_use(&room, &target) {
                wrong.insert(format!("{}: `{room}` may not use `{target}`", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", Vec::from_iter(wrong).join("\n"));
}

#[test]
fn what_belongs_to_one_room_stands_nowhere_else() {
    let mut wrong = BTreeSet::new();
    for file in source_files() {
        let module = module_of(&file).join("::");
        for token in words(tokens(&file)) {
            for (word, rooms) in ONLY_IN {
                let is_at_home = rooms.iter().any(|room| begins_with(&module, room));
                if token == *word && !is_at_home {
                    wrong.insert(format!("{}: `{word}` belongs to {}", file.display(), rooms.join(", ")));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", Vec::from_iter(wrong).join("\n"));
}

#[test]
fn skills_and_reactions_never_use_each_other() {
    for (room, other) in [("skills", "reactions"), ("reactions", "skills")] {
        let allowed = ARROWS.iter().find(|(name, _)| *name == room).unwrap().1;
        assert!(!allowed.contains(&other));
    }
    // Nor does a native skill use another: what several do is a method in `domain`, or stands in the study.
    let shared = ["skills::study", "skills::words", "skills::host"];
    for file in source_files() {
        let module = module_of(&file);
        let is_skill = module.len() == 2 && module[0] == "skills" && !shared.contains(&module.join("::").as_str());
        if !is_skill {
            continue;
        }
        for path in paths_in(&file, &module).into_iter().filter(|path| path[0] == "skills" && path.len() > 2) {
            let target = path[..2].join("::");
            assert!(
                shared.contains(&target.as_str()) || target == module.join("::"),
                "{}: a skill uses {target}",
                file.display()
            );
        }
    }
}

#[test]
fn every_folder_has_a_map_and_no_file_is_a_drawer() {
    for file in source_files() {
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        assert!(
            !["utils", "helpers", "common", "types", "models", "misc"].contains(&name.as_str()),
            "{}: name the idea",
            file.display()
        );
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.starts_with("//! "), "{} does not say what it is for", file.display());
        let lines = text.lines().take_while(|line| !line.contains("#[cfg(test)]")).count();
        assert!(lines <= 400, "{} has {lines} lines: split it", file.display());
    }
}

fn may_use(room: &str, target: &str) -> bool {
    if begins_with(target, room) || begins_with(room, target) {
        return true;
    }
    let allowed = ARROWS.iter().find(|(name, _)| *name == room).unwrap().1;
    allowed.iter().any(|allowed| *allowed == "*" || begins_with(target, allowed))
}

fn begins_with(path: &str, room: &str) -> bool {
    path == room || path.strip_prefix(room).is_some_and(|rest| rest.starts_with("::"))
}

/// The longest room of the table that the module stands in.
fn room_of(module: &[String]) -> String {
    let module = module.join("::");
    let rooms = ARROWS.iter().map(|(room, _)| *room).filter(|room| begins_with(&module, room));
    rooms.max_by_key(|room| room.len()).unwrap_or_else(|| panic!("`{module}` stands in no room of the plan")).to_owned()
}

fn source_files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                files.push(path);
            }
        }
    }
    assert!(files.len() > 20, "the sources are where they were");
    files
}

/// `src/store/inbox.rs` is `["store", "inbox"]`.
fn module_of(file: &Path) -> Vec<String> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src");
    let relative = file.strip_prefix(root).unwrap().with_extension("");
    let parts = relative.iter().map(|part| part.to_str().unwrap().to_owned());
    parts.filter(|part| part != "mod").collect()
}

fn tokens(file: &Path) -> TokenStream {
    TokenStream::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

/// All identifiers, in macros too; comments and strings are none.
fn words(tokens: TokenStream) -> Vec<String> {
    let mut found = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Ident(word) => found.push(word.to_string()),
            TokenTree::Group(group) => found.extend(words(group.stream())),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    found
}

/// The absolute paths that a file names by `crate::…` or `super::…`, in `use` lines, full paths, re-exports, macros.
fn paths_in(file: &Path, module: &[String]) -> BTreeSet<Vec<String>> {
    let mut paths = BTreeSet::new();
    collect(tokens(file), module, &mut paths);
    let declared = children();
    paths.retain(|path| !path.is_empty());
    // A path may end in an item; what counts is the module it stands in, as deep as modules go.
    paths
        .into_iter()
        .map(|path| {
            let depth = (1..=path.len()).rev().find(|depth| declared.contains(&path[..*depth])).unwrap_or(1);
            path[..depth].to_vec()
        })
        .collect()
}

fn children() -> BTreeSet<Vec<String>> {
    let mut modules = BTreeSet::new();
    for file in source_files() {
        let module = module_of(&file);
        for depth in 1..=module.len() {
            modules.insert(module[..depth].to_vec());
        }
    }
    modules
}

fn collect(tokens: TokenStream, module: &[String], paths: &mut BTreeSet<Vec<String>>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut place = 0;
    while place < tokens.len() {
        let word = ident(&tokens[place]);
        if word.as_deref() == Some("crate") && !is_after_colons(&tokens, place) {
            follow(&tokens, place + 1, &[], paths);
        } else if word.as_deref() == Some("super") && !is_after_colons(&tokens, place) {
            let mut base = module[..module.len().saturating_sub(1)].to_vec();
            let mut next = place + 1;
            while next + 2 < tokens.len() && ident(&tokens[next + 2]).as_deref() == Some("super") {
                base.pop();
                next += 3;
            }
            follow(&tokens, next, &base, paths);
        } else if word.as_deref() == Some("mod")
            && let (Some(name), Some(TokenTree::Group(body))) = (tokens.get(place + 1), tokens.get(place + 2))
        {
            let inner: Vec<String> = module.iter().cloned().chain(ident(name)).collect();
            collect(body.stream(), &inner, paths);
            place += 3;
            continue;
        }
        if let TokenTree::Group(group) = &tokens[place] {
            collect(group.stream(), module, paths);
        }
        place += 1;
    }
}

/// Follows `::name::{a, b::c}` from `place` on.
fn follow(tokens: &[TokenTree], mut place: usize, base: &[String], paths: &mut BTreeSet<Vec<String>>) {
    let mut path = base.to_vec();
    while is_colons(tokens, place) {
        match tokens.get(place + 2) {
            Some(TokenTree::Ident(name)) => path.push(name.to_string()),
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                return branches(group.stream(), &path, paths);
            }
            _ => break,
        }
        place += 3;
    }
    paths.insert(path);
}

fn branches(tokens: TokenStream, base: &[String], paths: &mut BTreeSet<Vec<String>>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for branch in tokens.split(|token| matches!(token, TokenTree::Punct(mark) if mark.as_char() == ',')) {
        if let Some(name) = branch.first().and_then(ident) {
            let base: Vec<String> = base.iter().cloned().chain((name != "self").then_some(name)).collect();
            follow(branch, 1, &base, paths);
        }
    }
}

fn ident(token: &TokenTree) -> Option<String> {
    if let TokenTree::Ident(word) = token { Some(word.to_string()) } else { None }
}

fn is_colons(tokens: &[TokenTree], place: usize) -> bool {
    let is_colon = |place: usize| matches!(tokens.get(place), Some(TokenTree::Punct(mark)) if mark.as_char() == ':');
    is_colon(place) && is_colon(place + 1)
}

fn is_after_colons(tokens: &[TokenTree], place: usize) -> bool {
    place >= 2 && is_colons(tokens, place - 2)
}
