//! From git's complaints to one sentence that says what to do.

use std::io;
use std::path::Path;

use super::address::Address;
use crate::adapters::artifact::program::GitError;

/// The longest piece of git's own words that people see.
const QUOTE_LIMIT: usize = 200;

/// Why nothing could be fetched from `address`.
pub(super) fn why(address: &Address, error: &GitError) -> String {
    let GitError::Failed(said) = error else { return error.to_string() };
    let place = address.shown();
    let holds = |needles: &[&str]| needles.iter().any(|needle| said.contains(needle));
    if holds(&["Authentication failed", "could not read Username", "could not read Password", "error: 403"])
        || holds(&["Permission denied", "Host key verification failed"])
    {
        return format!("`{place}` does not let us in; check the key or token, and that it may read");
    }
    if holds(&["not found", "does not appear to be a git repository"]) {
        return format!("there is no git repository at `{place}`; mend the address, or run `git init` there");
    }
    if holds(&["strange pathname", "strange hostname", "transport '"]) {
        return format!("`{place}` is no address that is used here; give a folder, or an https or ssh URL");
    }
    if holds(&["unable to access", "Could not resolve", "Connection refused", "timed out", "unable to connect"]) {
        return format!("`{place}` does not answer; check the address and the network");
    }
    if holds(&["File name too long"]) {
        return "a branch has a longer name than files may have here; rename that branch".to_owned();
    }
    format!("git could not fetch `{place}`: {}", quote(address, said))
}

/// Why our own copy of it could not be read.
pub(super) fn why_copy(address: &Address, copy: &Path, error: &GitError) -> String {
    let GitError::Failed(said) = error else { return error.to_string() };
    let copy = copy.display();
    format!("our copy of it is damaged ({}); delete `{copy}`, and it is fetched anew", quote(address, said))
}

/// Why the disk refused.
pub(super) fn why_disk(doing: &str, cause: &io::Error) -> String {
    format!("{doing} failed: {cause}; make room, or let us write there")
}

/// Git's first real complaint, masked, without control characters. What a server says (`remote: …`) is not quoted.
fn quote(address: &Address, said: &str) -> String {
    let complaint = said.lines().find_map(|line| line.strip_prefix("fatal: ").or(line.strip_prefix("error: ")));
    let words = address.mask(complaint.unwrap_or("it gave no reason"));
    words.chars().filter(|letter| !letter.is_control()).take(QUOTE_LIMIT).collect()
}
