//! The deployable parts of a product, as the config names them.

use std::time::Duration;

use super::artifact::BranchName;
use super::ids::text_id;

text_id! {
    /// A component's name: `web`.
    ComponentName;
    /// A repository's name in the config; several components may be built from one.
    RepositoryName;
}

/// A deployable part of a product, built from one repository. Everything that is run stands here: nothing from chat
/// or a repository's listing becomes a program or an argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Component {
    /// Its name.
    pub name: ComponentName,
    /// What it is built from.
    pub repository: RepositoryName,
    /// The branch that it runs until somebody chooses another.
    pub default_branch: BranchName,
    /// The program and its arguments that build it in its folder; none when there is nothing to build.
    pub build: Option<Vec<String>>,
    /// The program and its arguments that run it in its folder.
    pub run: Vec<String>,
    /// The user of this machine that it runs as; ours when there is none.
    pub user: Option<String>,
    /// The path that answers 200 when it is healthy.
    pub health_path: String,
    /// How long a start may take until it is healthy.
    pub start_limit: Duration,
    /// Variables it gets besides `PORT`, `CHAMBERLAIN_ENVIRONMENT` and `CHAMBERLAIN_COMPONENT`. In a value,
    /// `{web.url}` stands for the address of the component `web` of the same environment.
    pub variables: Vec<(String, String)>,
}
