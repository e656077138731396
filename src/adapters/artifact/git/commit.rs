//! From a commit to the artifact that people read about.

use super::mirror::Mirror;
use super::refs::{self, Named};
use crate::domain::Timestamp;
use crate::domain::artifact::{Artifact, BranchName, Digest};
use crate::domain::component::ComponentName;
use crate::ports::SourceError;

/// As the seam promises.
const SUBJECT_LIMIT: usize = 120;

/// How much of an id people read.
const SHORT: usize = 7;

/// Of each commit its id, its time and the whole message, with NUL between commits. Only what the branch itself was.
const LOG: [&str; 7] =
    ["log", "-z", "--first-parent", "--no-show-signature", "--no-notes", "--encoding=UTF-8", "--format=%H%n%ct%n%B"];

/// Reads the artifact of `component` at a commit that was found in a listing.
pub(super) async fn artifact(
    mirror: &Mirror,
    component: &ComponentName,
    branch: &str,
    commit: Digest,
) -> Result<Artifact, SourceError> {
    let read = artifacts(mirror, component, (branch, &commit), 1).await?;
    read.into_iter().next().ok_or_else(|| SourceError::NoArtifact(commit.to_string()))
}

/// The same for the commits before it too, newest first; at most `most`.
pub(super) async fn artifacts(
    mirror: &Mirror,
    component: &ComponentName,
    (branch, commit): (&str, &Digest),
    most: usize,
) -> Result<Vec<Artifact>, SourceError> {
    let most = format!("-{most}");
    let written = mirror.read(LOG.into_iter().chain([most.as_str(), commit.as_str(), "--"])).await?;
    let tags = refs::tags(mirror).await?;
    let read = |record: &[u8]| {
        let record = String::from_utf8_lossy(record).into_owned();
        let (id, rest) = record.split_once('\n')?;
        let (seconds, message) = rest.split_once('\n').unwrap_or((rest, ""));
        let seconds: i64 = seconds.trim().parse().unwrap_or(0);
        let digest = Digest::new(id);
        Some(Artifact {
            component: component.clone(),
            branch: BranchName::new(branch),
            label: label(&digest, &tags),
            digest,
            subject: subject(message),
            made_at: Timestamp::from_millis(seconds.saturating_mul(1000)),
        })
    };
    Ok(written.split(|byte| *byte == 0).filter_map(read).collect())
}

/// The tag on the commit, of several the one that reads as the newest version; else the short id.
fn label(commit: &Digest, tags: &[Named]) -> String {
    let here = tags.iter().filter(|tag| tag.commit == *commit);
    match here.max_by_key(|tag| (version(&tag.name), &tag.name)) {
        Some(tag) => tag.name.clone(),
        None => commit.as_str().chars().take(SHORT).collect(),
    }
}

/// The numbers of `v1.2.3`, whether it is a release rather than `v1.2.3-rc.1`, and what tells its drafts apart.
fn version(tag: &str) -> Option<(Vec<u64>, bool, &str)> {
    let tag = tag.strip_prefix('v').unwrap_or(tag);
    let (numbers, draft) = tag.split_once('-').unwrap_or((tag, ""));
    let numbers = numbers.split('.').map(|number| number.parse().ok()).collect::<Option<_>>()?;
    Some((numbers, draft.is_empty(), draft))
}

/// The message's first line, without letters that would change how the words around it are shown.
fn subject(message: &str) -> String {
    let line = message.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    line.chars().filter(|letter| !letter.is_control() && !turns_text(*letter)).take(SUBJECT_LIMIT).collect()
}

/// The letters with which Unicode turns the direction of reading.
fn turns_text(letter: char) -> bool {
    matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_tag_names_it() {
        let commit = Digest::new("0123456789abcdef");
        let tag = |name: &&str| Named { name: (*name).to_owned(), commit: commit.clone() };
        let tags = |names: &[&str]| names.iter().map(tag).collect::<Vec<_>>();
        assert_eq!(label(&commit, &tags(&["latest", "v1.10.0", "v1.9.0", "v1.10.0-rc.1"])), "v1.10.0");
        assert_eq!(label(&commit, &tags(&["demo"])), "demo");
        assert_eq!(label(&Digest::new("fedcba9876543210"), &tags(&["v1"])), "fedcba9");
    }

    #[test]
    fn a_subject_is_one_short_harmless_line() {
        assert_eq!(subject("\n  Pay\u{7} with \u{202e}cards\r\nmore"), "Pay with cards");
        assert_eq!(subject(&"分".repeat(300)).chars().count(), SUBJECT_LIMIT);
        assert_eq!(subject(""), "");
    }
}
