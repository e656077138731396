//! The product that iterations work on, as the config has it.

use super::component::{Component, ComponentName};
use super::spec::Addresses;

/// The product: its name, its parts, and where they are reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// As `projects` of roles and bindings name it.
    pub name: String,
    /// The class of the iterations' environments, as `classes` of roles name it.
    pub class: String,
    /// Its deployable parts, in the order of the config.
    pub components: Vec<Component>,
    /// How their addresses are made.
    pub addresses: Addresses,
}

impl Project {
    /// The names of the parts.
    pub fn component_names(&self) -> Vec<ComponentName> {
        self.components.iter().map(|component| component.name.clone()).collect()
    }

    /// The part of this name.
    pub fn component(&self, name: &str) -> Option<&Component> {
        self.components.iter().find(|component| component.name.as_str() == name)
    }
}
