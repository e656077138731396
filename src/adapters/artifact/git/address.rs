//! Where a repository is, and how that is told without its secrets.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// A repository's place, as the config names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Address {
    /// A folder of this machine, absolute.
    Folder(PathBuf),
    /// A URL, or the short form `user@host:path`.
    Remote(String),
}

impl Address {
    /// Reads it as git does: a colon before the first slash makes it remote. A relative folder is made absolute here, so
    /// that it never begins with `-`.
    pub(super) fn read(text: &str) -> Self {
        let before_slash = text.split('/').next().unwrap_or_default();
        if before_slash.contains(':') || text.is_empty() {
            return Self::Remote(text.to_owned());
        }
        Self::Folder(std::path::absolute(text).unwrap_or_else(|_| Path::new("/").join(text)))
    }

    /// As git takes it.
    pub(super) fn to_argument(&self) -> OsString {
        match self {
            Self::Folder(folder) => folder.clone().into_os_string(),
            Self::Remote(remote) => OsStr::new(remote).to_owned(),
        }
    }

    /// As people may read it.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Folder(folder) => folder.display().to_string(),
            Self::Remote(remote) => masked_address(remote),
        }
    }

    /// Words of git without the secrets of this address, nor of any other in them.
    pub(super) fn mask(&self, words: &str) -> String {
        let Self::Remote(remote) = self else { return mask_all(words) };
        let words = words.replace(remote, &self.shown());
        mask_all(&match secret(remote) {
            Some(secret) => words.replace(secret, "***"),
            None => words,
        })
    }
}

fn masked_address(address: &str) -> String {
    match secret(address) {
        Some(secret) => address.replacen(&format!("{secret}@"), "***@", 1),
        None => address.to_owned(),
    }
}

/// What stands between `://` and the last `@`: a password may hold an `@` or a `/` that nobody encoded. The user of an
/// ssh address is no secret when there is no password.
fn secret(address: &str) -> Option<&str> {
    let (scheme, rest) = address.split_once("://")?;
    let (inside, _) = rest.rsplit_once('@')?;
    let is_secret = inside.contains(':') || scheme.starts_with("http");
    (is_secret && !inside.is_empty()).then_some(inside)
}

/// Masks every `://…@` of a text word by word.
fn mask_all(words: &str) -> String {
    words.split_inclusive([' ', '\'', '"', '\n']).map(masked_address).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked() {
        let shown = |text| Address::read(text).shown();
        assert_eq!(shown("https://ana:s3cret@git.example/web.git"), "https://***@git.example/web.git");
        assert_eq!(shown("https://ghp_token@git.example/web.git"), "https://***@git.example/web.git");
        assert_eq!(shown("https://ana:p@ss/w@git.example/web"), "https://***@git.example/web");
        assert_eq!(shown("ssh://git@git.example:22/web"), "ssh://git@git.example:22/web");
        assert_eq!(shown("git@git.example:team/web.git"), "git@git.example:team/web.git");
    }

    #[test]
    fn secrets_in_the_words_of_git_are_masked() {
        let address = Address::read("https://ana:s3cret@git.example/web.git");
        let said = "fatal: unable to access 'https://ana:s3cret@git.example/web.git/': ana:s3cret, see http://u:p@x/";
        assert_eq!(
            address.mask(said),
            "fatal: unable to access 'https://***@git.example/web.git/': ***, see http://***@x/"
        );
    }

    #[test]
    fn a_folder_becomes_absolute() {
        let Address::Folder(folder) = Address::read("-upload-pack=x") else { panic!("is a folder") };
        assert!(folder.is_absolute());
        assert!(matches!(Address::read("ext::sh -c id"), Address::Remote(_)));
    }
}
