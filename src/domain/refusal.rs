//! Why a request was turned down, in the words that the person reads.

use super::marked::{Marked, escape};
use super::{CommandName, PersonId};

/// Why a request was turned down. `Display` is exactly what the room reads: what was wrong, what would be right,
/// what to do next. A refusal is no failure: it is audited, not alerted on, not retried.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The chat account is bound to nobody.
    #[error(
        "I don't know you yet ({}). Ask whoever runs me to add you to `[people]` in the config, then try again.",
        escape(.account)
    )]
    Stranger {
        /// The platform's id of the account.
        account: String,
    },
    /// No role of the person allows it.
    #[error("You may not run `{command}`{scope}: no role of yours allows it. {}", holders_sentence(.holders))]
    NotAllowed {
        /// What was asked for.
        command: CommandName,
        /// ` in project shop` or nothing.
        scope: String,
        /// Roles that allow it, each with who has it.
        holders: Vec<(String, Vec<PersonId>)>,
    },
    /// It was said too long ago.
    #[error("You said `{}` {minutes} minutes ago and I come to it only now, so I have not done it. Say it again if you still want it.", escape(.line))]
    TooOld {
        /// What was said.
        line: String,
        /// How long ago.
        minutes: u64,
    },
    /// The line names no command.
    #[error("I know no command `{}`.{} `help` lists what you may run.", escape(.name), did_you_mean(.near))]
    UnknownCommand {
        /// What was typed, cut.
        name: String,
        /// Commands with a name like it.
        near: Vec<String>,
    },
    /// One message holds more commands than are taken at once.
    #[error(
        "Your message has {lines} lines, and each would be a command. I take {most} at once, so I have done nothing of it. Send at most {most} lines a message, or put what is no command between lines of three backticks."
    )]
    TooManyLines {
        /// How many lines it has that may be commands.
        lines: usize,
        /// How many are taken.
        most: usize,
    },
    /// The arguments are not the command's.
    #[error("{told} Usage: `{usage}`")]
    Misread {
        /// A sentence, marked.
        told: String,
        /// The command's usage line.
        usage: String,
    },
    /// The name has nothing that a key could be made of.
    #[error("`{}` has no letter or digit that I could name a room by. Give it one, for example `iteration start Sprint 42`.", escape(.name))]
    NamelessIteration {
        /// What was typed.
        name: String,
    },
    /// The name is ours.
    #[error("`{name}` is my own name and stands in addresses; choose another.")]
    ReservedName {
        /// The key.
        name: String,
    },
    /// There is one already.
    #[error("There is an iteration `{key}` already ({}). Choose another name, or see `iteration show --in {key}`.", escape(.name))]
    IterationExists {
        /// Its key.
        key: String,
        /// Its name.
        name: String,
    },
    /// A text is too long.
    #[error("The {what} has {letters} letters; I take {longest} at most.")]
    TooLong {
        /// Which text.
        what: &'static str,
        /// How long it is.
        letters: usize,
        /// How long it may be.
        longest: usize,
    },
    /// No iteration of that name.
    #[error("I know no iteration `{}`.{}", escape(.name), did_you_mean_or(.near, " `iteration list` shows them."))]
    UnknownIteration {
        /// What was typed.
        name: String,
        /// Keys like it.
        near: Vec<String>,
    },
    /// The room belongs to no iteration, and none was named.
    #[error("This room belongs to no iteration. Say which one: {}.", choices(.known, *.more))]
    WhichIteration {
        /// The likeliest that are open, each its key and its name.
        known: Vec<(String, String)>,
        /// How many more are open.
        more: usize,
    },
    /// They are not in the room's list.
    #[error("{} is not a member of `{iteration}`.", escape(.name))]
    NoMember {
        /// Who.
        name: String,
        /// Of which iteration.
        iteration: String,
    },
    /// The owner stays.
    #[error("{} owns `{iteration}` and stays in its room.", escape(.name))]
    OwnerStays {
        /// Who.
        name: String,
        /// Of which iteration.
        iteration: String,
    },
    /// A component without any version.
    #[error(
        "I have no version of `{component}` to deploy. See what the card says, or name a branch: `deploy {component}@BRANCH`."
    )]
    NothingToDeploy {
        /// Which.
        component: String,
    },
    /// What is asked for runs already.
    #[error("Nothing would change in `{environment}`: that is what it should run already.")]
    NothingChanges {
        /// Which environment.
        environment: String,
    },
    /// No component of that name.
    #[error("I know no component `{}`.{} The components are {}.", escape(.name), did_you_mean(.near), listed(.known))]
    UnknownComponent {
        /// What was typed.
        name: String,
        /// Components like it.
        near: Vec<String>,
        /// All of them.
        known: Vec<String>,
    },
    /// No repository or component of that name.
    #[error("I know no repository or component `{}`.{} The repositories are {}.", escape(.name), did_you_mean(.near), listed(.known))]
    UnknownRepository {
        /// What was typed.
        name: String,
        /// Names like it.
        near: Vec<String>,
        /// All repositories.
        known: Vec<String>,
    },
    /// The name is part of the names of several repositories.
    #[error("`{}` could be several repositories. Say which one: {}.", escape(.name), copied(.known))]
    WhichRepository {
        /// What was typed.
        name: String,
        /// The repositories, each with the line that names it.
        known: Vec<(String, String)>,
    },
    /// No repository has the branch.
    #[error("No repository has a branch `{}`.{}", escape(.branch), did_you_mean(.near))]
    NoSuchBranch {
        /// What was typed.
        branch: String,
        /// Branches like it, of any repository.
        near: Vec<String>,
    },
    /// What was to follow a branch is pinned.
    #[error("Nothing was chosen: {} stays at the version it is pinned to. To deploy the branch there all the same, say `{}`.", listed(.components), escape(.instead))]
    Pinned {
        /// Which components.
        components: Vec<String>,
        /// The line that takes the branch nevertheless.
        instead: String,
    },
    /// A component's version cannot be had.
    #[error("`{component}`: {}.{}", escape(.why), did_you_mean(.near))]
    NoVersion {
        /// Which component.
        component: String,
        /// Why, for people.
        why: String,
        /// Branches like what was typed.
        near: Vec<String>,
    },
    /// The card is older than what it acts on.
    #[error(
        "Nothing was deployed: the choice has changed since this card was drawn. I have redrawn it; look again and press."
    )]
    StaleCard,
    /// Somebody pressed first.
    #[error("{} pressed Deploy first; this card shows that run.", escape(.by))]
    PressedBefore {
        /// Who.
        by: String,
    },
    /// The iteration is over.
    #[error("`{iteration}` is {phase}: nothing is deployed there any more.")]
    NotActive {
        /// Which.
        iteration: String,
        /// Where it stands.
        phase: &'static str,
    },
    /// Nothing runs and nothing waits.
    #[error("Nothing runs or waits in `{environment}`, so there is nothing to cancel.")]
    NothingToCancel {
        /// In which environment.
        environment: String,
    },
    /// There is nothing to remove.
    #[error("`{environment}` is removed already. `deploy` brings it back from its record.")]
    AlreadyGone {
        /// Which environment.
        environment: String,
    },
    /// What would be removed was not named.
    #[error("This ends {} of `{environment}` and removes their files; the record stays. To do it, say `env destroy {environment}`.", listed(.components))]
    NotConfirmed {
        /// Which environment.
        environment: String,
        /// What runs there.
        components: Vec<String>,
    },
    /// No revision of that number.
    #[error("`{environment}` has no revision {number}; its newest is {newest}. `env history` lists them.")]
    UnknownRevision {
        /// Which environment.
        environment: String,
        /// What was asked for.
        number: i64,
        /// The newest there is.
        newest: i64,
    },
    /// An option takes less or more.
    #[error("`--{option}` takes {least} to {most}.")]
    OutOfRange {
        /// Which.
        option: &'static str,
        /// The least it takes.
        least: &'static str,
        /// The most it takes.
        most: &'static str,
    },
    /// No other revision came up whole.
    #[error(
        "There is nothing to go back to in `{environment}`: no other revision came up whole. `env history` lists them; `rollback NUMBER` takes any."
    )]
    NoWayBack {
        /// In which environment.
        environment: String,
    },
    /// Nothing was deployed yet.
    #[error("Nothing was deployed to `{environment}` yet. `deploy` shows what there is.")]
    NoEnvironment {
        /// Which.
        environment: String,
    },
    /// The machine that an environment runs on is there.
    #[error(
        "`{machine}`, which `{environment}` runs on, is at work: there is nothing to move. Once nobody hears of it, `env move` brings the environment up elsewhere."
    )]
    NotLost {
        /// Which environment.
        environment: String,
        /// Which machine.
        machine: String,
    },
    /// There is no log to look at.
    #[error("Nothing of `{component}` runs in `{environment}`, and it left no log there. `status` shows what runs.")]
    NothingRan {
        /// Which component.
        component: String,
        /// In which environment.
        environment: String,
    },
    /// A log cannot be read now.
    #[error("The log of `{component}` cannot be read now: {why}. Ask again in a moment.")]
    NoLog {
        /// Whose.
        component: String,
        /// Why, for people.
        why: String,
    },
    /// The button is of an older time.
    #[error("This button no longer does anything; I have redrawn the card.")]
    StaleButton,
    /// Nobody of that name.
    #[error("I know no person `{}`.{} People are listed in the config under `[people]`.", escape(.name), did_you_mean(.near))]
    UnknownPerson {
        /// What was typed.
        name: String,
        /// People with an id like it.
        near: Vec<String>,
    },
}

impl Refusal {
    /// The words, as the room reads them.
    pub fn to_marked(&self) -> Marked {
        Marked::new(self.to_string())
    }
}

fn did_you_mean_or(near: &[String], otherwise: &str) -> String {
    if near.is_empty() { otherwise.to_owned() } else { did_you_mean(near) }
}

fn choices(known: &[(String, String)], more: usize) -> String {
    if known.is_empty() {
        return "none is open yet, so begin with `iteration start NAME`".to_owned();
    }
    let named = known.iter().map(|(key, _)| format!("`--in {key}`")).collect::<Vec<_>>().join(", ");
    match more {
        0 => named,
        _ => format!("{named}, or `--in` with one of {more} more that `iteration list` shows"),
    }
}

/// Lines to copy.
fn copied(known: &[(String, String)]) -> String {
    known.iter().map(|(_, line)| format!("`{}`", escape(line))).collect::<Vec<_>>().join(", ")
}

fn listed(names: &[String]) -> String {
    if names.is_empty() {
        return "none: add them to `[components]` in the config".to_owned();
    }
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// ` Did you mean …?` with a space before it, or nothing.
fn did_you_mean(near: &[String]) -> String {
    let near: Vec<String> = near.iter().map(|name| format!("`{}`", escape(name))).collect();
    match near.as_slice() {
        [] => String::new(),
        [one] => format!(" Did you mean {one}?"),
        [others @ .., last] => format!(" Did you mean {} or {last}?", others.join(", ")),
    }
}

fn holders_sentence(holders: &[(String, Vec<PersonId>)]) -> String {
    if holders.is_empty() {
        return "No role in the config allows it; whoever runs me can grant it in `[roles]`.".to_owned();
    }
    let roles = holders.iter().map(|(role, people)| {
        let people: Vec<&str> = people.iter().map(PersonId::as_str).collect();
        let people = if people.is_empty() { "nobody yet".to_owned() } else { people.join(", ") };
        format!("`{role}` ({people})")
    });
    format!("Roles that allow it: {}.", roles.collect::<Vec<_>>().join(", "))
}
