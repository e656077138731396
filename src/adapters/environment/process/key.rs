//! Which component of which environment.

use std::fmt;

use crate::domain::component::ComponentName;
use crate::domain::spec::{ComponentSpec, EnvironmentName};

/// A component of an environment.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key {
    /// Where.
    pub(super) environment: EnvironmentName,
    /// What.
    pub(super) component: ComponentName,
}

impl Key {
    pub(super) fn new(environment: &EnvironmentName, component: &ComponentName) -> Self {
        Self { environment: environment.clone(), component: component.clone() }
    }

    pub(super) fn of(spec: &ComponentSpec) -> Self {
        Self::new(&spec.environment, &spec.component)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.environment, self.component)
    }
}
