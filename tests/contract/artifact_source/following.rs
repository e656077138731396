//! What the source sees of branches that come, move and go.

use chamberlain::domain::artifact::BranchName;
use chamberlain::ports::{ArtifactSource, SourceError};

use super::site::{LIMIT, Site, missing, repository, source, web};

#[tokio::test]
async fn a_new_commit_is_seen_after_a_look_and_not_before() {
    let site = Site::open();
    let first = site.newest("main").await;
    let second = site.commit("Go on\n\nAt length.", &[("page.toml", "two")]);
    assert_eq!(site.newest("main").await, first);
    assert_eq!(site.look().await, ["main"]);
    let artifact = site.source.newest(&web(), &BranchName::new("main")).await.unwrap();
    assert_eq!((artifact.digest.as_str(), artifact.subject.as_str()), (second.as_str(), "Go on"));
    assert_eq!((artifact.label.as_str(), artifact.branch.as_str()), (&second[..7], "main"));
    assert!(artifact.made_at.as_millis() > 1_600_000_000_000);
}

#[tokio::test]
async fn a_forced_branch_is_followed_and_the_old_commit_can_still_be_laid_out() {
    let site = Site::open();
    let old = site.commit("Wrong", &[("page.toml", "wrong")]);
    site.look().await;
    site.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    let new = site.commit("Right", &[("page.toml", "right")]);
    site.look().await;
    assert_eq!(site.newest("main").await, new);
    assert!(missing(&site.named(&old).await));
    assert!(missing(&site.named(&old[..10]).await));
    let folder = site.lay_out(&old, "old").await.unwrap();
    assert_eq!(std::fs::read_to_string(folder.join("page.toml")).unwrap(), "wrong");
}

#[tokio::test]
async fn a_removed_branch_is_gone_even_when_a_folder_of_branches_takes_its_name() {
    let site = Site::open();
    site.git(&["branch", "feature"]);
    assert_eq!(site.look().await, ["feature", "main"]);
    site.git(&["branch", "-D", "feature"]);
    site.git(&["branch", "feature/pay"]);
    assert_eq!(site.look().await, ["feature/pay", "main"]);
    let refused = site.source.newest(&web(), &BranchName::new("feature/pya")).await.unwrap_err();
    assert_eq!(refused, SourceError::NoBranch { branch: "feature/pya".into(), near: vec!["feature/pay".into()] });
}

#[tokio::test]
async fn a_look_tells_what_was_pushed_forced_renamed_and_removed() {
    let site = Site::open();
    let begun = site.git(&["rev-parse", "HEAD"]);
    site.git(&["branch", "pay"]);
    assert_eq!(site.heads().await, [("main", &begun), ("pay", &begun)].map(told));
    let wrong = site.commit("Wrong", &[("page.toml", "wrong")]);
    assert_eq!(site.heads().await, [("main", &wrong), ("pay", &begun)].map(told));
    site.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    let right = site.commit("Right", &[("page.toml", "right")]);
    assert_eq!(site.heads().await, [("main", &right), ("pay", &begun)].map(told), "another commit, not a newer one");
    site.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    assert_eq!(site.heads().await, [("main", &begun), ("pay", &begun)].map(told), "and back to an older one");
    site.git(&["branch", "-m", "pay", "pay-later"]);
    assert_eq!(site.heads().await, [("main", &begun), ("pay-later", &begun)].map(told));
    let gone = site.source.newest(&web(), &BranchName::new("pay")).await.unwrap_err();
    assert_eq!(gone, SourceError::NoBranch { branch: "pay".into(), near: vec!["pay-later".into()] });
    site.git(&["branch", "-D", "pay-later"]);
    assert_eq!(site.heads().await, [("main", &begun)].map(told));
    assert_eq!(site.heads().await, [("main", &begun)].map(told), "nothing new is nothing new");
}

#[tokio::test]
async fn the_branch_that_was_checked_out_may_be_renamed_or_removed() {
    let site = Site::open();
    let id = site.git(&["rev-parse", "HEAD"]);
    site.look().await;
    site.git(&["branch", "-m", "main", "trunk"]);
    assert_eq!(site.heads().await, [("trunk", &id)].map(told));
    site.git(&["update-ref", "-d", "refs/heads/trunk"]);
    assert!(site.look().await.is_empty());
    let gone = site.source.newest(&web(), &BranchName::new("trunk")).await.unwrap_err();
    assert_eq!(gone, SourceError::NoBranch { branch: "trunk".into(), near: Vec::new() });
    assert!(site.lay_out(&id, "gone").await.unwrap().join("page.toml").exists(), "what ran can run on");
}

fn told((branch, head): (&str, &String)) -> (String, String) {
    (branch.to_owned(), head.clone())
}

#[tokio::test]
async fn any_name_that_git_allows_is_a_branch() {
    let site = Site::open();
    let long = format!("l{}", "o".repeat(198) + "ng");
    let names = ["Feature/PAY-7#2", "修复/登录", "it's;$(id)`&|", "deadbeef", "HEAD", "refs/heads/main", &long];
    for name in names {
        site.git(&["update-ref", &format!("refs/heads/{name}"), "HEAD"]);
    }
    site.git(&["update-ref", "refs/heads/--upload-pack=touch", "HEAD"]);
    let id = site.git(&["rev-parse", "refs/heads/main"]);
    let found = site.look().await;
    for name in names.into_iter().chain(["--upload-pack=touch"]) {
        assert!(found.iter().any(|found| found == name), "{name} in {found:?}");
        assert_eq!(site.newest(name).await, id, "{name}");
    }
    assert_eq!(site.named(&id).await.unwrap(), id);
    assert!(missing(&site.named("deadbeef").await));
}

#[tokio::test]
async fn many_may_ask_at_once() {
    let site = Site::open();
    let one = site.git(&["rev-parse", "HEAD"]);
    let asked = tokio::join!(site.look(), site.newest("main"), site.look(), site.named(&one), site.lay_out(&one, "x"));
    let (first, newest, second, named, laid) = asked;
    assert_eq!((first, second), (vec!["main".to_owned()], vec!["main".to_owned()]));
    assert_eq!((newest, named.unwrap()), (one.clone(), one.clone()));
    let (left, right) = tokio::join!(site.lay_out(&one, "y"), site.lay_out(&one, "y"));
    assert!(laid.unwrap().join("page.toml").exists() && left.unwrap() == right.unwrap());
}

#[tokio::test]
async fn an_empty_repository_has_no_branches() {
    let site = Site::empty("sha1");
    assert!(site.look().await.is_empty());
    let refused = site.source.newest(&web(), &BranchName::new("main")).await.unwrap_err();
    assert_eq!(refused, SourceError::NoBranch { branch: "main".into(), near: Vec::new() });
    let first = site.commit("First", &[]);
    site.look().await;
    assert_eq!(site.newest("main").await, first);
}

#[tokio::test]
async fn long_ids_are_followed_too() {
    let site = Site::empty("sha256");
    let first = site.commit("First", &[("page.toml", "long")]);
    assert_eq!((first.len(), site.newest("main").await), (64, first.clone()));
    assert_eq!(site.named(&first[..9]).await.unwrap(), first);
    assert!(site.lay_out(&first, "long").await.unwrap().join("page.toml").exists());
}

#[tokio::test]
async fn a_changed_address_is_looked_at_anew() {
    let site = Site::open();
    site.git(&["branch", "only-here"]);
    site.look().await;
    let other = Site::open();
    let moved = source(site.folder.path(), other.theirs().to_str().unwrap(), LIMIT);
    let branches = moved.branches(&repository()).await.unwrap();
    assert_eq!(branches.iter().map(|branch| branch.name.as_str()).collect::<Vec<_>>(), ["main"]);
}
