//! The product of the tests: a repository with a branch to choose, and a component that runs from it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A repository called `web`, in a folder.
pub(crate) struct Shop(PathBuf);

impl Shop {
    /// One with `main` and `feature/pay`.
    pub(crate) fn open(folder: &Path) -> Self {
        let shop = Self(folder.join("web"));
        fs::create_dir(&shop.0).unwrap();
        shop.git(&["init", "--quiet", "--initial-branch=main", "--template="]);
        shop.write("well");
        shop.git(&["add", "--all"]);
        shop.git(&["commit", "--quiet", "--message=Open the shop"]);
        shop.git(&["switch", "--quiet", "--create", "feature/pay"]);
        shop.commit("Let people pay");
        shop
    }

    /// A further commit on `feature/pay`.
    pub(crate) fn commit(&self, subject: &str) {
        self.write(&format!("well\n{subject}"));
        self.git(&["commit", "--quiet", "--all", "--message", subject]);
    }

    /// A further commit on `feature/pay` that does not stay up.
    pub(crate) fn commit_broken(&self, subject: &str) {
        self.write("exit");
        self.git(&["commit", "--quiet", "--all", "--message", subject]);
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    fn write(&self, behaviour: &str) {
        fs::write(self.0.join("behaviour"), behaviour).unwrap();
    }

    fn git(&self, arguments: &[&str]) {
        let mut command = Command::new("git");
        command.current_dir(&self.0).args(["-c", "user.name=Ana", "-c", "user.email=ana@example.org"]).args(arguments);
        let output = command.env("GIT_CONFIG_GLOBAL", "/dev/null").output().unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// The program that runs as a component.
pub(crate) fn component() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let path = own.ancestors().nth(2).unwrap().join("examples").join("test_component");
    assert!(path.exists(), "`cargo test --test slack` alone builds no examples: `cargo build --examples` first");
    path
}
