//! What the dev profile brings: people to act as, with different rights, and a product to deploy.

use std::path::Path;

use super::document;
use super::raw::Table;

/// Written as an operator would write it, and read by the same reader.
const SAMPLE: &str = r#"
[people.ana]
name = "Ana"
groups = ["team"]

[people.bo]
name = "Bo"
groups = ["team"]

[people.cy]
name = "Cy"

[roles.lead]
allow = [{ commands = ["*"] }]

[roles.developer]
allow = [{ commands = [
    "help", "ping", "echo", "whoami", "may",
    "iteration list", "iteration show", "iteration add",
    "deploy", "branch", "status", "cancel", "rollback",
    "env show", "env history", "env diff", "env move",
    "logs", "follow", "pin", "hold", "resume",
] }]

[roles.reader]
allow = [{ commands = [
    "help", "ping", "echo", "whoami", "may", "status",
    "iteration list", "iteration show",
    "env show", "env history", "env diff",
] }]

[[bindings]]
role = "lead"
people = ["ana"]

[[bindings]]
role = "developer"
people = ["bo"]

[[bindings]]
role = "reader"
people = ["cy"]
"#;

/// Where the sample product's repositories lie, below the data folder.
pub const SAMPLE_FOLDER: &str = "sample";

/// Two components, each from a repository of its own.
const PRODUCT: &str = r#"
[repositories.web]
url = "FOLDER/web"

[repositories.api]
url = "FOLDER/api"

[components.api]
repository = "api"
run = ["{chamberlain}", "sample", "api"]

[components.web]
repository = "web"
run = ["{chamberlain}", "sample", "web"]
variables = ["API_URL={api.url}"]
"#;

/// The sample product: `web`, which shows what `api` says.
pub(super) fn product(data_dir: &Path) -> Table {
    let folder = std::path::absolute(data_dir.join(SAMPLE_FOLDER)).unwrap_or_else(|_| data_dir.join(SAMPLE_FOLDER));
    let folder = folder.display().to_string().replace('\\', "\\\\").replace('"', "\\\"");
    document::parse(Path::new("sample"), &PRODUCT.replace("FOLDER", &folder)).0
}

/// Ana who leads, Bo who develops, Cy who reads along.
pub(super) fn people_and_rights() -> Table {
    document::parse(Path::new("sample"), SAMPLE).0
}
