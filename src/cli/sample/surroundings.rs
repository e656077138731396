//! What the environment driver tells a component of the sample product.

use anyhow::Context;

/// Read once at the start.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// Where to listen.
    pub port: u16,
    /// The environment's name.
    pub environment: Option<String>,
    /// The component's name.
    pub component: Option<String>,
    /// The commit that runs.
    pub commit: Option<String>,
    /// Where `api` answers.
    pub api_url: Option<String>,
}

impl Surroundings {
    /// Reads the variables; only PORT is needed.
    pub fn read() -> anyhow::Result<Self> {
        let port = variable("PORT").context("PORT is not set; set it to the port to listen on")?;
        let port = port.parse().with_context(|| format!("PORT is `{port}`, which is no port"))?;
        Ok(Self {
            port,
            environment: variable("CHAMBERLAIN_ENVIRONMENT"),
            component: variable("CHAMBERLAIN_COMPONENT"),
            commit: variable("CHAMBERLAIN_COMMIT"),
            api_url: variable("API_URL"),
        })
    }
}

#[expect(clippy::disallowed_methods, reason = "a component is told everything by its environment, it has no config")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
