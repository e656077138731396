//! A person's own page: what waits for them, their iterations, and how the environments of these are. Not a second list
//! of everything: what concerns others is left out, and of what is theirs the first few are shown.

use std::collections::BTreeMap;

use crate::card::model::{Door, Entry, Page, Section, State, To};
use crate::domain::component::ComponentName;
use crate::domain::deployment::{Deployment, DeploymentState, StepState};
use crate::domain::environment::{Environment, Revision, Selection};
use crate::domain::iteration::{self, Iteration};
use crate::domain::marked::{Marked, escape};
use crate::domain::phase::Phase;
use crate::domain::repair::{NextTry, next_try};
use crate::domain::spec::{Addresses, SeenState};
use crate::domain::{CommandName, PersonId, RoomId, Timestamp};

/// How much of a section is shown: three full ones fit into every surface.
pub const SHOWN: usize = 8;
/// How many components of an environment are named, and how many have a door.
const COMPONENTS: usize = 8;
const ADDRESSES: usize = 4;
/// How much of why something failed is told; its card has all of it.
const LONGEST_WHY: usize = 160;

/// What the page tells of.
#[derive(Clone, Debug)]
pub struct Facts<'f> {
    /// Whose page it is.
    pub person: &'f PersonId,
    /// The forms that they could fill in, each with what is read on its door.
    pub forms: &'f [(CommandName, String)],
    /// What may be theirs of the iterations that are not over, the newest first.
    pub standings: &'f [Standing],
    /// How addresses are made.
    pub addresses: &'f Addresses,
    /// Now.
    pub now: Timestamp,
}

/// An iteration, and how its environment stands.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The iteration.
    pub iteration: Iteration,
    /// Its room, once it is open.
    pub room: Option<RoomId>,
    /// Whether the person is in its room, or owns it.
    pub is_theirs: bool,
    /// Whether the person may deploy there.
    pub may_deploy: bool,
    /// Its environment, once there is one.
    pub environment: Option<Environment>,
    /// How that is, in one word.
    pub phase: Phase,
    /// The newest deployment that began, if it did not come through.
    pub unfinished: Option<Deployment>,
    /// What should run and what does; looked up for as many as are shown.
    pub running: Option<Running>,
}

/// What should run in an environment, and what does.
#[derive(Clone, Debug)]
pub struct Running {
    /// What should.
    pub wished: Revision,
    /// What was seen, by component.
    pub runs: BTreeMap<ComponentName, String>,
    /// What is on its way, and what waits, in words.
    pub goings: Vec<String>,
}

impl Standing {
    /// Whether its environment is shown among the person's own.
    pub fn has_environment(&self) -> bool {
        self.is_theirs && !matches!(self.phase, Phase::Empty | Phase::Gone)
    }
}

/// Builds the page.
pub fn page(facts: &Facts<'_>) -> Page {
    let waiting = facts.standings.iter().flat_map(|standing| waiting(facts, standing)).collect();
    let theirs = facts.standings.iter().filter(|standing| standing.is_theirs);
    let iterations = theirs.map(|standing| iteration(facts, standing)).collect();
    let deployed: Vec<&Standing> = facts.standings.iter().filter(|standing| standing.has_environment()).collect();
    let shown = deployed.iter().filter_map(|standing| Some(environment(facts, standing, standing.running.as_ref()?)));
    let environments: Vec<Entry> = shown.collect();
    let unseen = deployed.len() - environments.len();
    let doors = facts.forms.iter().map(|(command, label)| form(command, label, None)).collect();
    let sections = vec![
        section("What waits for you", (waiting, 0), ("Nothing waits for you.", None)),
        section(
            "Your iterations",
            (iterations, 0),
            ("You are in no iteration's room yet. Whoever is in one can add you.", Some("iteration list")),
        ),
        section(
            "Your environments",
            (environments, unseen),
            ("Nothing is deployed in your iterations.", Some("status --all")),
        ),
    ];
    Page { doors, sections }
}

/// Words in the place of a page.
pub fn instead(title: &str, words: Marked) -> Page {
    let section = Section { title: title.to_owned(), entries: Vec::new(), nothing: words, more: None };
    Page { doors: Vec::new(), sections: vec![section] }
}

/// The first entries, and how many more there are: of these, and of those that were not even looked at.
fn section(title: &str, (mut entries, unseen): (Vec<Entry>, usize), (nothing, all): (&str, Option<&str>)) -> Section {
    let left_out = unseen + entries.len().saturating_sub(SHOWN);
    entries.truncate(SHOWN);
    let listed = all.map(|command| format!("; `{command}` lists all")).unwrap_or_default();
    let more = (left_out > 0).then(|| Marked::new(format!("And {left_out} more{listed}.")));
    Section { title: title.to_owned(), entries, nothing: Marked::plain(nothing), more }
}

fn form(command: &CommandName, label: &str, room: Option<&RoomId>) -> Door {
    Door { label: label.to_owned(), to: To::Form { command: command.clone(), room: room.cloned() } }
}

/// The door to deploying there, where the person may and it would do something.
fn deploying(facts: &Facts<'_>, standing: &Standing) -> Vec<Door> {
    let can = standing.may_deploy && standing.iteration.phase == iteration::Phase::Active;
    let form_of = facts.forms.iter().find(|(command, _)| can && command.as_str() == "deploy");
    form_of.map(|(command, label)| form(command, label, standing.room.as_ref())).into_iter().collect()
}

/// What a person should look at, worst first.
fn waiting(facts: &Facts<'_>, standing: &Standing) -> Vec<Entry> {
    let failed = standing.unfinished.as_ref().filter(|deployment| {
        let concerns = deployment.asker.as_ref() == Some(facts.person) || standing.iteration.owner == *facts.person;
        concerns && deployment.state == DeploymentState::Failed
    });
    let mut entries: Vec<Entry> =
        failed.map(|deployment| self::failed(facts, standing, deployment)).into_iter().collect();
    let environment = standing.environment.as_ref().filter(|environment| environment.wish.present().is_some());
    if let Some(environment) = environment.filter(|_| standing.is_theirs) {
        entries.extend(given_up(facts, standing, environment));
        entries.extend(held(facts, standing, environment));
    }
    entries
}

fn failed(facts: &Facts<'_>, standing: &Standing, deployment: &Deployment) -> Entry {
    let step = deployment.steps.iter().find_map(|step| match &step.state {
        StepState::Failed { stage, why, .. } => Some((&step.component, stage, why)),
        _ => None,
    });
    let why = step.map(|(component, stage, why)| {
        let why: String = why.chars().take(LONGEST_WHY).collect();
        format!(": `{}` failed at {}: {}", escape(component.as_str()), escape(stage), escape(&why))
    });
    let told = format!(
        "{}: revision {} could not be brought up{}",
        named(standing),
        deployment.revision,
        why.unwrap_or_default()
    );
    entry((State::Failed, "failed"), told, deploying(facts, standing))
}

fn given_up<'s>(
    facts: &'s Facts<'_>,
    standing: &'s Standing,
    environment: &'s Environment,
) -> impl Iterator<Item = Entry> + 's {
    let is_down = |component: &ComponentName| !matches!(environment.seen_of(component), Some(SeenState::Up { .. }));
    let given_up = environment
        .repairs
        .iter()
        .filter(move |(component, repair)| is_down(component) && next_try(Some(repair), facts.now) == NextTry::GiveUp);
    given_up.map(move |(component, _)| {
        let told = format!(
            "{}: `{}` does not stay up, and I have stopped trying. `logs` shows why; deploy another version.",
            named(standing),
            escape(component.as_str())
        );
        entry((State::Failed, "down"), told, deploying(facts, standing))
    })
}

fn held(facts: &Facts<'_>, standing: &Standing, environment: &Environment) -> Option<Entry> {
    let hold = environment.hold.as_ref().filter(|hold| hold.holds_at(facts.now))?;
    let until =
        hold.until.map_or_else(|| " until somebody says `resume`".to_owned(), |until| format!(" until {until}"));
    let reason = hold.reason.as_ref().map(|reason| format!(" ({})", escape(reason))).unwrap_or_default();
    let told = format!("{}: takes nothing newer by itself{until}, says {}{reason}.", named(standing), escape(&hold.by));
    Some(entry((State::Idle, "on hold"), told, Vec::new()))
}

fn iteration(facts: &Facts<'_>, standing: &Standing) -> Entry {
    let Standing { iteration, .. } = standing;
    let state = match iteration.phase {
        iteration::Phase::Active => State::Ok,
        iteration::Phase::Closing => State::Running,
        iteration::Phase::Planned | iteration::Phase::Closed => State::Idle,
    };
    let until = iteration.ends_at.map(|end| format!(", until {}", end.date())).unwrap_or_default();
    let pending = if standing.room.is_none() { ", its room is still to come" } else { "" };
    let told = format!("{}{until}{pending}", named(standing));
    entry((state, iteration.phase.as_str()), told, deploying(facts, standing))
}

fn environment(facts: &Facts<'_>, standing: &Standing, running: &Running) -> Entry {
    let name = standing.iteration.key.as_str();
    let first = format!("**{}**, revision {}", escape(name), running.wished.number);
    let goings = running.goings.iter().map(|going| escape(going));
    let mut told = vec![std::iter::once(first).chain(goings).collect::<Vec<_>>().join(", ")];
    let wished = &running.wished.selections;
    let seen = |component: &ComponentName| standing.environment.as_ref()?.seen_of(component);
    let parts = wished.iter().map(|(component, selection)| {
        component_line((component, selection), seen(component), running.runs.get(component))
    });
    told.extend(parts.take(COMPONENTS));
    let left_out = wished.len().saturating_sub(COMPONENTS);
    told.extend((left_out > 0).then(|| format!("and {left_out} more")));
    let up = wished.keys().filter(|component| matches!(seen(component), Some(SeenState::Up { .. })));
    let door = |component: &ComponentName| {
        let address = standing.environment.as_ref().map(|environment| facts.addresses.of(&environment.name, component));
        Some(Door { label: format!("Open {component}"), to: To::Address(address?) })
    };
    let doors = up.take(ADDRESSES).filter_map(door).collect();
    entry((State::of(standing.phase), standing.phase.word()), told.join("\n"), doors)
}

/// What of a component should run, and what does.
fn component_line(
    (component, selection): (&ComponentName, &Selection),
    seen: Option<&SeenState>,
    runs: Option<&String>,
) -> String {
    let wished = escape(&selection.told());
    let how = match seen {
        Some(SeenState::Up { digest, .. }) if *digest == selection.artifact.digest => String::new(),
        Some(SeenState::Up { .. }) => {
            let runs = runs.map_or_else(|| "another version".to_owned(), |runs| format!("`{}`", escape(runs)));
            format!(", {runs} runs")
        }
        Some(SeenState::Starting) => ", starting".to_owned(),
        Some(SeenState::Broken { why }) => {
            let why: String = why.chars().take(LONGEST_WHY).collect();
            format!(", broken: {}", escape(&why))
        }
        None | Some(SeenState::Missing) => ", not running".to_owned(),
    };
    format!("{}: `{wished}`{how}", escape(component.as_str()))
}

/// The iteration by name, and its room to go to.
fn named(standing: &Standing) -> String {
    let room = standing.room.as_ref().map(|room| format!(" in <#{}>", escape(room.as_str()))).unwrap_or_default();
    format!("**{}**{room}", escape(&standing.iteration.name))
}

fn entry((state, word): (State, &str), told: String, doors: Vec<Door>) -> Entry {
    Entry { state, word: word.to_owned(), told: Marked::new(told), doors }
}
