//! The sample product.

use chamberlain::adapters::artifact::sample;
use chamberlain::domain::artifact::BranchName;
use chamberlain::ports::{ArtifactSource, SystemClock};

use super::site::{LIMIT, git, path, repository, source, web};

#[tokio::test]
async fn the_sample_product_is_made_once_and_can_be_followed() {
    let folder = tempfile::tempdir().unwrap();
    let product = folder.path().join("sample");
    std::fs::create_dir_all(product.join(".draft-web/half")).unwrap();
    sample::make(&product, &path(), &SystemClock).await.unwrap();
    let page = product.join("web/page.toml");
    std::fs::write(&page, "mine").unwrap();
    sample::make(&product, &path(), &SystemClock).await.unwrap();
    assert_eq!(std::fs::read_to_string(&page).unwrap(), "mine");
    assert_eq!(std::fs::read_dir(&product).unwrap().count(), 2);
    git(&product.join("web"), &["checkout", "--quiet", "--", "page.toml"]);
    for (name, branches) in [("web", vec!["feature/dark", "feature/pay", "main"]), ("api", vec!["feature/pay", "main"])]
    {
        let theirs = product.join(name);
        let source = source(&folder.path().join(name), theirs.to_str().unwrap(), LIMIT);
        let found = source.look(&repository()).await.unwrap();
        assert_eq!(found.iter().map(|branch| branch.name.as_str()).collect::<Vec<_>>(), branches);
        let main = source.newest(&web(), &BranchName::new("main")).await.unwrap();
        assert_eq!((main.label.as_str(), main.subject.as_str()), ("v1.0.0", "Open the shop"));
        assert_eq!(git(&theirs, &["log", "-1", "--format=%an <%ae>"]), "Sample <sample@chamberlain.localhost>");
        assert_eq!(git(&theirs, &["branch", "--show-current"]), "main");
        assert_eq!(git(&theirs, &["status", "--porcelain"]), "");
    }
}
