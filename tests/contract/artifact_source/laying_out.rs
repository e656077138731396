//! Files of a version, laid out.

use std::path::{Path, PathBuf};

use chamberlain::ports::ArtifactSource;

use super::site::{Site, missing, repository};

#[tokio::test]
async fn files_are_laid_out_whole_or_not_at_all() {
    let site = Site::open();
    let one = site.git(&["rev-parse", "HEAD"]);
    std::fs::create_dir(site.theirs().join("deep")).unwrap();
    let two = site.commit("Two", &[("page.toml", "two"), ("deep/leaf", "leaf")]);
    let read = |folder: PathBuf, name| std::fs::read_to_string(folder.join(name)).unwrap();
    assert_eq!(read(site.lay_out(&one, "one").await.unwrap(), "page.toml"), "one");
    let folder = site.lay_out(&two, "two").await.unwrap();
    assert_eq!(read(folder.clone(), "page.toml"), "two");
    assert_eq!(read(folder.clone(), "deep/leaf"), "leaf");
    assert!(!folder.join(".git").exists());
    std::fs::write(folder.join("page.toml"), "touched").unwrap();
    assert_eq!(read(site.lay_out(&two, "two").await.unwrap(), "page.toml"), "touched");
    for wrong in ["0".repeat(40), one[..12].to_owned(), "--all".to_owned(), String::new()] {
        assert!(missing(&site.lay_out(&wrong, "wrong").await), "{wrong}");
    }
    let laid = std::fs::read_dir(site.folder.path().join("laid")).unwrap().count();
    assert_eq!(laid, 2, "no draft stays behind");
}

#[tokio::test]
async fn what_a_crash_left_behind_is_cleared() {
    let site = Site::open();
    let one = site.newest("main").await;
    let draft = site.folder.path().join(format!("laid/.draft-web-{one}/files"));
    std::fs::create_dir_all(&draft).unwrap();
    std::fs::write(draft.join("half"), "half").unwrap();
    assert!(!site.lay_out(&one, "one").await.unwrap().join("half").exists());

    let mirror = site.folder.path().join("mirrors/web");
    let leftovers = ["packed-refs.lock", "refs/heads/main.lock", "config.lock", "objects/pack/tmp_pack_x"]
        .map(|name| mirror.join(name));
    for leftover in &leftovers {
        std::fs::write(leftover, "").unwrap();
    }
    let two = site.commit("Two", &[]);
    site.look().await;
    assert_eq!(site.newest("main").await, two);
    assert!(leftovers.iter().all(|leftover| !leftover.exists()));

    std::fs::remove_file(mirror.join("looked-at")).unwrap();
    std::fs::write(mirror.join("config.lock"), "").unwrap();
    assert_eq!(site.newest("main").await, two);
}

#[cfg(unix)]
#[tokio::test]
async fn a_hostile_repository_runs_nothing_and_writes_nowhere_else() {
    let site = Site::open();
    let trap = site.folder.path().join("sprung");
    let spring = format!("touch '{}'", trap.display());
    for hook in ["post-checkout", "post-index-change", "reference-transaction", "pre-upload"] {
        let hook = site.theirs().join(".git/hooks").join(hook);
        std::fs::create_dir_all(hook.parent().unwrap()).unwrap();
        std::fs::write(&hook, format!("#!/bin/sh\n{spring}\n")).unwrap();
        std::fs::set_permissions(&hook, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    }
    std::os::unix::fs::symlink("/etc", site.theirs().join("outside")).unwrap();
    let modules = "[submodule \"x\"]\n\tpath = x\n\turl = ext::sh\n";
    let id = site.commit("Trap", &[(".gitattributes", "* filter=trap diff=trap\n"), (".gitmodules", modules)]);
    assert!(trap.exists(), "the trap works where hooks run");
    for key in ["filter.trap.smudge", "core.fsmonitor", "uploadpack.packObjectsHook", "core.sshCommand"] {
        site.git(&["config", key, &spring]);
    }
    std::fs::remove_file(&trap).unwrap();
    site.look().await;
    let folder = site.lay_out(&id, "hostile").await.unwrap();
    assert!(!trap.exists());
    assert_eq!(std::fs::read_link(folder.join("outside")).unwrap(), Path::new("/etc"));
    assert!(site.source.look(&repository()).await.is_ok());
}
