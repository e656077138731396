//! What a component and its build see of the world: an empty environment plus what is listed here.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::inner::Inner;
use super::key::Key;
use super::stragglers::MARK;
use crate::domain::spec::ComponentSpec;
use crate::ports::DriverError;

/// In the place of a program's name: this Chamberlain's own program.
const OURSELVES: &str = "{chamberlain}";

impl Inner {
    /// All variables that a process of this component gets. The declared ones stand behind `PATH` and `HOME`, which
    /// they may replace, and before ours, which they may not.
    pub(super) fn variables(
        &self,
        spec: &ComponentSpec,
        instance: &str,
        port: Option<u16>,
    ) -> Result<Vec<(OsString, OsString)>, DriverError> {
        let home = self.grounds.component(&Key::of(spec))?;
        let mut variables = vec![named("PATH", &self.settings.path), named("HOME", home)];
        variables.extend(spec.variables.iter().map(|(name, value)| named(name, value)));
        variables.extend(port.map(|port| named("PORT", port.to_string())));
        variables.extend([
            named("CHAMBERLAIN_ENVIRONMENT", spec.environment.as_str()),
            named("CHAMBERLAIN_COMPONENT", spec.component.as_str()),
            named("CHAMBERLAIN_COMMIT", spec.digest.as_str()),
            named(MARK, instance),
        ]);
        Ok(variables)
    }

    /// The program that `name` means in `folder`: with a `/` it lies there, else it is found on the `PATH`.
    pub(super) fn program(&self, name: &str, folder: &Path) -> OsString {
        if name == OURSELVES {
            self.settings.supervisor.first().cloned().unwrap_or_default()
        } else if name.contains('/') {
            PathBuf::from(folder).join(name).into_os_string()
        } else {
            name.into()
        }
    }
}

fn named(name: &str, value: impl AsRef<OsStr>) -> (OsString, OsString) {
    (name.into(), value.as_ref().to_owned())
}
