//! The people and rights that the dev profile brings, so that there is somebody to act as.

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
    "env show", "env history", "env diff",
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

/// Ana who leads, Bo who develops, Cy who reads along.
pub(super) fn people_and_rights() -> Table {
    document::parse(Path::new("sample"), SAMPLE).0
}
