//! What a repository gives to be deployed.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::Timestamp;
use super::component::ComponentName;
use super::ids::text_id;

text_id! {
    /// A branch's name as the repository has it: any letters, also `/`, `#`, CJK, up to 200 and more.
    BranchName;
    /// What tells an artifact from all others: for git the full commit id.
    Digest;
}

impl Digest {
    /// Its start, as people name a commit.
    pub fn short(&self) -> String {
        self.as_str().chars().take(7).collect()
    }
}

/// A built or buildable version of a component.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifact {
    /// Of which component.
    pub component: ComponentName,
    /// The branch it was found on.
    pub branch: BranchName,
    /// Which.
    pub digest: Digest,
    /// How people name it: the tag, else the short id.
    pub label: String,
    /// The commit's first line, cut to 120 letters.
    pub subject: String,
    /// When it was made.
    pub made_at: Timestamp,
}

/// A branch and its newest commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// Its name.
    pub name: BranchName,
    /// Its newest commit.
    pub head: Digest,
}

/// What tells the branches of a repository and their newest commits from any others.
pub fn fingerprint(branches: &[Branch]) -> String {
    let mut digest = Sha256::new();
    for Branch { name, head } in branches {
        // A name holds no newline: git forbids it.
        digest.update(format!("{name}\n{head}\n"));
    }
    BASE64_URL_SAFE_NO_PAD.encode(digest.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_of_a_branch_changes_the_fingerprint() {
        let branch = |name: &str, head: &str| Branch { name: BranchName::new(name), head: Digest::new(head) };
        let looks = [
            vec![],
            vec![branch("main", "1")],
            vec![branch("main", "2")],
            vec![branch("trunk", "1")],
            vec![branch("main", "1"), branch("next", "1")],
        ];
        let prints: std::collections::BTreeSet<String> = looks.iter().map(|look| fingerprint(look)).collect();
        assert_eq!(prints.len(), looks.len());
    }
}
