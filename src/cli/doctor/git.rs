//! Whether git is there and new enough, and whether every repository answers.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures::future::join_all;

use super::report::Finding;
use crate::adapters::artifact::git::check::{self, OLDEST};
use crate::adapters::artifact::{GitSettings, GitSource};
use crate::cli::serve::search_path;
use crate::config::{Config, Repository, SAMPLE_FOLDER};
use crate::ports::{Ids, RandomIds};
use crate::runtime::git_settings;

/// How long a repository may take to tell its branches; nothing is fetched.
const LIMIT: Duration = Duration::from_secs(20);

/// A folder for git's own config, gone when it is dropped: the data folder stays as it is, and may be unwritable.
struct Home(PathBuf);

impl Home {
    fn make() -> std::io::Result<Self> {
        let folder = std::env::temp_dir().join(format!("chamberlain-doctor-{}", RandomIds.fresh()));
        DirBuilder::new().mode(0o700).create(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // What stays is an empty config in a folder for what may be lost.
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// Asks git, and then every repository.
pub(super) async fn look(config: &Config) -> Vec<(String, Finding)> {
    let subject = || "git".to_owned();
    let home = match Home::make() {
        Ok(home) => home,
        Err(cause) => {
            let folder = std::env::temp_dir();
            let told = format!("{} cannot be written: {cause}. Mend it, or name another as TMPDIR.", folder.display());
            return vec![(subject(), Finding::Problem(told))];
        }
    };
    let settings = GitSettings {
        mirrors: home.0.clone(),
        limit: LIMIT.min(config.environments.fetch_limit),
        ..git_settings(config, Path::new(""), search_path())
    };
    let git = match check::version(&settings).await {
        Ok((version, numbers)) => of_version(&version, numbers),
        Err(why) => return vec![(subject(), Finding::Problem(format!("{why}.")))],
    };
    let source = GitSource::new(settings);
    let asked = config.repositories.iter().map(|repository| reach(config, &source, repository));
    std::iter::once((subject(), git)).chain(join_all(asked).await).collect()
}

fn of_version(version: &str, numbers: (u32, u32)) -> Finding {
    let (first, second) = OLDEST;
    if numbers >= OLDEST {
        Finding::Fine(format!("{version} is there."))
    } else {
        Finding::Problem(format!("{version} is too old. Install {first}.{second} or newer."))
    }
}

async fn reach(config: &Config, source: &GitSource, repository: &Repository) -> (String, Finding) {
    let name = &repository.name;
    let is_to_come = config.has_sample && !config.data_dir.join(SAMPLE_FOLDER).exists();
    let finding = if is_to_come {
        Finding::Fine(format!("`{name}` of the sample product is made at the first start."))
    } else {
        match source.reach(name).await {
            Ok(0) => {
                Finding::Note(format!("`{name}` answers, and has no branch yet. Push one; then it can be deployed."))
            }
            Ok(1) => Finding::Fine(format!("`{name}` answers: 1 branch.")),
            Ok(branches) => Finding::Fine(format!("`{name}` answers: {branches} branches.")),
            Err(why) => Finding::Problem(format!("{why}.")),
        }
    };
    ("repository".to_owned(), finding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_git_is_told() {
        assert_eq!(of_version("2.47.3", (2, 47)), Finding::Fine("2.47.3 is there.".into()));
        assert_eq!(of_version("3.0.1", (3, 0)), Finding::Fine("3.0.1 is there.".into()));
        assert_eq!(of_version("2.25.1", (2, 25)), Finding::Problem("2.25.1 is too old. Install 2.32 or newer.".into()));
    }
}
