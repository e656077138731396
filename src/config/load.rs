//! Joins what was written into one [`Config`], or tells everything that is wrong with it.

use crate::domain::person::Person;
use crate::domain::rights::{Binding, Role};

use super::audit::Audit;
use super::binding::Known;
use super::environments::Environments;
use super::key_path::KeyPath;
use super::log::Log;
use super::metrics::Metrics;
use super::name::path;
use super::problem::{Place, Problem};
use super::profile::Profile;
use super::project::Project;
use super::raw::Table;
use super::reading::Reading;
use super::repositories::Repository;
use super::rooms::Rooms;
use super::sample;
use super::section::Section;
use super::server::Server;
use super::skills::Skills;
use super::slack::Slack;
use super::sources::Sources;
use super::store::Store;
use super::{Config, document, environment};

const DEFAULT_DATA_DIR: &str = "data";

/// The config that `sources` give: the environment beats the file, the file beats the defaults.
///
/// # Errors
/// Every problem there is, in the order of the file, then by variable.
pub fn load(sources: Sources) -> Result<Config, Vec<Problem>> {
    let (config, reading) = read(sources);
    let problems = reading.finish();
    if problems.is_empty() { Ok(config) } else { Err(problems) }
}

/// The config, with stand-ins for what will not do, and what was noted on the way.
pub(super) fn read(sources: Sources) -> (Config, Reading) {
    let mut reading = Reading::default();
    let table = join(sources, &mut reading);
    let config = Section::read((KeyPath::default(), Place::BuiltIn), table, &mut reading, Config::read);
    (config, reading)
}

/// The file with the environment over it.
fn join(sources: Sources, reading: &mut Reading) -> Table {
    let mut table = Table::new();
    if let Some((path, text)) = sources.file {
        let (written, problems) = document::parse(&path, &text);
        reading.tear(problems);
        table = written;
    }
    for problem in environment::lay_over(&mut table, sources.environment) {
        reading.complain(problem);
    }
    table
}

impl Config {
    fn read(root: &mut Section<'_>) -> Self {
        let profile = root.take("profile", Profile::default(), Profile::parse);
        if profile == Profile::Dev && root.is_empty("people") {
            root.lay_under(sample::people_and_rights());
        }
        let has_sample = profile == Profile::Dev && root.is_empty("components") && root.is_empty("repositories");
        let data_dir = root.take("data_dir", DEFAULT_DATA_DIR.into(), path);
        if has_sample {
            root.lay_under(sample::product(&data_dir));
        }
        let repositories = root.named("repositories", Repository::read);
        let components =
            root.named("components", |name, section| super::components::read(name, section, &repositories));
        let people = Person::read_all(root);
        let roles = root.named("roles", Role::read);
        let slack = root.section("slack", Slack::read);
        let known = Known::of(&people, slack.user_groups.keys(), &roles);
        Self {
            profile,
            server: root.section("server", |section| Server::read(section, profile)),
            store: root.section("store", |section| Store::read(section, &data_dir)),
            audit: root.section("audit", Audit::read),
            log: root.section("log", Log::read),
            metrics: root.section("metrics", Metrics::read),
            project: root.section("project", Project::read),
            rooms: root.section("rooms", Rooms::read),
            environments: root.section("environments", Environments::read),
            skills: root.section("skills", Skills::read),
            slack,
            repositories,
            components,
            has_sample,
            bindings: Binding::read_all(root, &known),
            data_dir,
            people,
            roles,
        }
    }
}
