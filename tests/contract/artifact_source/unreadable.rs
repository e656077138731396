//! Repositories that cannot be read.

use std::time::Duration;

use chamberlain::domain::artifact::BranchName;
use chamberlain::domain::component::ComponentName;
use chamberlain::ports::{ArtifactSource, SourceError};

use super::site::{LIMIT, Site, repository, source, web};

fn why(error: SourceError) -> String {
    match error {
        SourceError::Unreadable { why, .. } => why,
        other => panic!("{other:?} is not about an unreadable repository"),
    }
}

#[tokio::test]
async fn an_unreadable_repository_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("plain")).unwrap();
    let missing = folder.path().join("missing").display().to_string();
    let plain = folder.path().join("plain").display().to_string();
    let cases = [
        (missing.as_str(), "there is nothing at"),
        (&plain, "there is no git repository at"),
        ("-upload-pack=touch", "there is nothing at `/"),
        ("-oProxyCommand=touch:x", "is no address"),
        ("ext::sh -c touch", "is no address that is used here"),
        ("http://127.0.0.1:9/web.git", "does not answer; check the address"),
        ("", "is no address"),
    ];
    for (address, told) in cases {
        let source = source(folder.path(), address, LIMIT);
        let told_really = why(source.look(&repository()).await.unwrap_err());
        assert!(told_really.contains(told), "{address}: {told_really}");
        assert!(source.branches(&repository()).await.is_err(), "{address}");
    }
    let source = source(folder.path(), &plain, LIMIT);
    let unknown = source.newest(&ComponentName::new("lost"), &BranchName::new("main")).await.unwrap_err();
    assert_eq!(unknown, SourceError::Unconfigured("lost".into()));
}

#[tokio::test]
async fn a_repository_that_does_not_answer_in_time_is_given_up() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://ana:s3cret@{}/web.git", silent.local_addr().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let source = source(folder.path(), &address, Duration::from_millis(400));
    let told = why(source.look(&repository()).await.unwrap_err());
    assert_eq!(told, "it took longer than 0.4 s; try again, or raise the limit");
}

#[tokio::test]
async fn credentials_are_never_told() {
    let folder = tempfile::tempdir().unwrap();
    let source = source(folder.path(), "http://ana:s3cret@127.0.0.1:9/web.git", LIMIT);
    let error = source.look(&repository()).await.unwrap_err();
    let told = format!("{error} {error:?}");
    assert!(told.contains("http://***@127.0.0.1:9/web.git") && !told.contains("s3cret"), "{told}");
}

#[tokio::test]
async fn a_damaged_copy_is_named_and_may_be_deleted() {
    let site = Site::open();
    site.look().await;
    let copy = site.folder.path().join("mirrors/web");
    std::fs::remove_dir_all(copy.join("objects")).unwrap();
    let told = why(site.source.newest(&web(), &BranchName::new("main")).await.unwrap_err());
    assert!(told.contains(&format!("delete `{}`", copy.display())), "{told}");
    std::fs::remove_dir_all(copy).unwrap();
    assert_eq!(site.newest("main").await, site.git(&["rev-parse", "HEAD"]));
}
