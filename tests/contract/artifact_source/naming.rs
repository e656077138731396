//! What people may call a version.

use chamberlain::domain::artifact::BranchName;
use chamberlain::ports::{ArtifactSource, SourceError};

use super::site::{Site, missing, web};

#[tokio::test]
async fn a_version_is_named_by_its_tag_its_id_or_the_first_letters() {
    let site = Site::open();
    let first = site.git(&["rev-parse", "HEAD"]);
    site.git(&["tag", "v1.9.0"]);
    site.git(&["tag", "-a", "-m", "Ten", "v1.10.0"]);
    let second = site.commit("Second", &[]);
    for name in ["v1.9.0", "v1.10.0", &first, &first[..4], &first[..12].to_uppercase()] {
        assert_eq!(site.named(name).await.unwrap(), first, "{name}");
    }
    let artifact = site.source.named(&web(), &first).await.unwrap();
    assert_eq!((artifact.label.as_str(), artifact.branch.as_str()), ("v1.10.0", "main"));
    assert_eq!(site.named(&second).await.unwrap(), second);
}

#[tokio::test]
async fn nothing_else_names_a_version() {
    let site = Site::open();
    let id = site.git(&["rev-parse", "HEAD"]);
    let tree = site.git(&["rev-parse", "HEAD^{tree}"]);
    site.git(&["tag", "v1"]);
    site.git(&["tag", "tree", "HEAD^{tree}"]);
    let wrong = ["v2", "", "HEAD", "main", "tree", &tree, &id[..3], "--all", "v1^{commit}", "HEAD~1", "ffffffff"];
    for name in wrong {
        assert!(missing(&site.named(name).await), "{name}");
    }
}

#[tokio::test]
async fn a_version_that_no_branch_of_ours_holds_is_none() {
    let site = Site::open();
    site.git(&["checkout", "--quiet", "-b", "gone"]);
    let gone = site.commit("Gone", &[("page.toml", "gone")]);
    site.git(&["tag", "v0-gone"]);
    site.git(&["checkout", "--quiet", "main"]);
    site.look().await;
    assert_eq!(site.named(&gone).await.unwrap(), gone);
    site.git(&["branch", "-D", "gone"]);
    site.look().await;
    assert!(missing(&site.named(&gone).await));
    assert!(missing(&site.named("v0-gone").await));
}

#[tokio::test]
async fn the_recent_versions_of_a_branch_are_what_it_was_newest_first() {
    let site = Site::open();
    let first = site.git(&["rev-parse", "HEAD"]);
    let second = site.commit("Second", &[]);
    site.git(&["checkout", "--quiet", "-b", "side", &first]);
    site.commit("Aside", &[("side.toml", "side")]);
    site.git(&["checkout", "--quiet", "main"]);
    site.git(&["merge", "--quiet", "--no-ff", "-m", "Third", "side"]);
    let third = site.git(&["rev-parse", "HEAD"]);
    site.look().await;
    let main = BranchName::new("main");
    let recent = site.source.recent(&web(), &main, 2).await.unwrap();
    let told: Vec<_> = recent.iter().map(|one| (one.digest.as_str(), one.subject.as_str())).collect();
    assert_eq!(told, [(third.as_str(), "Third"), (second.as_str(), "Second")]);
    assert_eq!(
        site.source.recent(&web(), &main, 9).await.unwrap().len(),
        3,
        "what was merged in is not a version of it"
    );
    assert!(missing_branch(&site.source.recent(&web(), &BranchName::new("gone"), 2).await));
}

fn missing_branch<T>(result: &Result<T, SourceError>) -> bool {
    matches!(result, Err(SourceError::NoBranch { .. }))
}
