//! What a repository gives to be deployed.

use serde::{Deserialize, Serialize};

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
