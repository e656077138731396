//! The product that iterations work on, as the config has it.

use super::component::{Component, ComponentName, RepositoryName};
use super::spec::Addresses;

/// The product: its name, its parts, and where they are reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// As `projects` of roles and bindings name it.
    pub name: String,
    /// The class of the iterations' environments, as `classes` of roles name it.
    pub class: String,
    /// What its parts are built from.
    pub repositories: Vec<Repository>,
    /// Its deployable parts, in the order of the config.
    pub components: Vec<Component>,
    /// How their addresses are made.
    pub addresses: Addresses,
}

/// Whether a click on *Deploy* is too few for environments of this class: its name begins with `prod`. One that is only
/// called alike is asked for once too often.
pub fn is_production(class: &str) -> bool {
    class.get(..4).is_some_and(|first| first.eq_ignore_ascii_case("prod"))
}

/// What components are built from, as people call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// How components name it.
    pub name: RepositoryName,
    /// Other names that people call it by.
    pub aliases: Vec<String>,
    /// Where people look at it in a browser, if it is on the web.
    pub page: Option<String>,
}

/// What somebody means by a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meant<'p> {
    /// One component, named itself.
    Component(&'p Component),
    /// All that is built from a repository.
    Repository(&'p Repository),
    /// Part of the names of several repositories.
    Several(Vec<&'p Repository>),
    /// No name of ours, nor a part of one.
    Nothing,
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

    /// The parts that are built from a repository.
    pub fn built_from(&self, repository: &RepositoryName) -> impl Iterator<Item = &Component> {
        self.components.iter().filter(move |component| component.repository == *repository)
    }

    /// The repositories that something is built from.
    pub fn sources(&self) -> impl Iterator<Item = &Repository> {
        self.repositories.iter().filter(|repository| self.built_from(&repository.name).next().is_some())
    }

    /// What a name means: a component, a repository, an alias of one, or a part that only one of them has. The case of
    /// letters is nothing.
    pub fn meant_by(&self, name: &str) -> Meant<'_> {
        let name = name.trim().to_lowercase();
        if let Some(component) = self.component(&name) {
            return Meant::Component(component);
        }
        if name.is_empty() {
            return Meant::Nothing;
        }
        let is_whole = |known: &str| known.to_lowercase() == name;
        let is_part = |known: &str| known.to_lowercase().contains(&name);
        let by_name = self.sources().find(|repository| is_whole(repository.name.as_str()));
        let of_aliases = |fits: &dyn Fn(&str) -> bool| -> Vec<&Repository> {
            self.sources().filter(|repository| repository.aliases.iter().any(|alias| fits(alias))).collect()
        };
        let of_parts =
            || -> Vec<&Repository> { self.sources().filter(|repository| repository.called().any(is_part)).collect() };
        let found = match by_name {
            Some(repository) => vec![repository],
            None => Some(of_aliases(&is_whole)).filter(|found| !found.is_empty()).unwrap_or_else(of_parts),
        };
        match found.as_slice() {
            [] => Meant::Nothing,
            [one] => Meant::Repository(one),
            _ => Meant::Several(found),
        }
    }
}

impl Repository {
    /// All that it is called.
    pub fn called(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.name.as_str()).chain(self.aliases.iter().map(String::as_str))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::artifact::BranchName;

    fn repository(name: &str, aliases: &[&str]) -> Repository {
        let aliases = aliases.iter().map(|alias| (*alias).to_owned()).collect();
        Repository { name: RepositoryName::new(name), aliases, page: None }
    }

    fn component(name: &str, repository: &str) -> Component {
        Component {
            name: ComponentName::new(name),
            repository: RepositoryName::new(repository),
            default_branch: BranchName::new("main"),
            build: None,
            run: vec![],
            user: None,
            health_path: "/health".into(),
            start_limit: Duration::from_secs(1),
            variables: vec![],
        }
    }

    #[test]
    fn production_is_known_by_how_its_class_begins() {
        for class in ["prod", "production", "PROD-eu"] {
            assert!(is_production(class), "{class}");
        }
        for class in ["test", "staging", "preprod", "", "pro", "prö"] {
            assert!(!is_production(class), "{class}");
        }
    }

    #[test]
    fn names_mean_components_then_repositories_then_aliases_then_parts() {
        let project = Project {
            name: "shop".into(),
            class: "test".into(),
            repositories: vec![
                repository("store-front", &["shop", "Laden"]),
                repository("store-back", &["api"]),
                repository("mail", &["post"]),
                repository("post-box", &["post"]),
                repository("unused", &["shop-2"]),
            ],
            components: vec![
                component("mail", "store-back"),
                component("web", "store-front"),
                component("admin", "store-front"),
                component("sender", "mail"),
                component("box", "post-box"),
            ],
            addresses: Addresses { port: 1 },
        };
        let told = |name: &str| match project.meant_by(name) {
            Meant::Component(component) => format!("component {}", component.name),
            Meant::Repository(repository) => format!("repository {}", repository.name),
            Meant::Several(several) => several.iter().map(|one| one.name.as_str()).collect::<Vec<_>>().join(" or "),
            Meant::Nothing => "nothing".to_owned(),
        };
        for (name, meant) in [
            ("web", "component web"),
            ("WEB", "component web"),
            ("mail", "component mail"),
            ("store-front", "repository store-front"),
            ("Shop", "repository store-front"),
            ("laden", "repository store-front"),
            ("api", "repository store-back"),
            ("front", "repository store-front"),
            ("store", "store-front or store-back"),
            ("post", "mail or post-box"),
            ("post-", "repository post-box"),
            ("lad", "repository store-front"),
            ("unused", "nothing"),
            ("admi", "nothing"),
            ("", "nothing"),
            ("店", "nothing"),
        ] {
            assert_eq!(told(name), meant, "{name}");
        }
    }
}
