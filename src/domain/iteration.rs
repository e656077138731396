//! An iteration: a bounded piece of work with its room.

use std::time::Duration;

use super::ids::text_id;
use super::room::Room;
use super::{ChatName, PersonId, Refusal, RoomId, Timestamp};

text_id! {
    /// What an iteration is called in commands and addresses: lower-case letters, digits and `-`.
    IterationKey;
}

/// The longest key: with a component before it, it must fit into one label of a host name.
const LONGEST_KEY: usize = 40;
/// The longest name and goal, in letters: both stand on one line of a card.
const LONGEST_NAME: usize = 120;
const LONGEST_GOAL: usize = 300;

/// A bounded piece of work: a sprint, a cycle, a milestone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Iteration {
    /// What it is called in commands.
    pub key: IterationKey,
    /// What people call it.
    pub name: String,
    /// The project it belongs to.
    pub project: String,
    /// What it is for.
    pub goal: Option<String>,
    /// Who started it; always a member of its room.
    pub owner: PersonId,
    /// Where it stands.
    pub phase: Phase,
    /// When it was started.
    pub starts_at: Timestamp,
    /// When it is meant to end.
    pub ends_at: Option<Timestamp>,
    /// Where it was started, for what there is to tell before its room is open.
    pub asked_in: RoomId,
}

/// Where an iteration stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Known, not begun.
    Planned,
    /// Under way.
    Active,
    /// Being cleaned up.
    Closing,
    /// Over.
    Closed,
}

impl Phase {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Active => "active",
            Self::Closing => "closing",
            Self::Closed => "closed",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Planned, Self::Active, Self::Closing, Self::Closed].into_iter().find(|phase| phase.as_str() == word)
    }
}

/// What somebody asks for when they start an iteration.
#[derive(Clone, Debug)]
pub struct Start {
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub goal: Option<String>,
    /// How long it is meant to last.
    pub lasts: Option<Duration>,
    /// Whose it is.
    pub owner: PersonId,
    /// Where it was asked for.
    pub asked_in: RoomId,
}

/// What of the house counts for a start.
#[derive(Clone, Debug)]
pub struct Grounds<'g> {
    /// The project.
    pub project: &'g str,
    /// The chat that keeps the rooms.
    pub chat: &'g ChatName,
    /// The iteration of the same key, if there is one.
    pub taken_by: Option<&'g Iteration>,
    /// Now.
    pub now: Timestamp,
}

impl Iteration {
    /// Whether it is not over.
    pub fn is_open(&self) -> bool {
        self.phase != Phase::Closed
    }
}

impl IterationKey {
    /// The key of a name: its letters as ASCII, whatever script it is in. Nothing when no letter or digit is left.
    pub fn of_name(name: &str) -> Option<Self> {
        let slug = slug::slugify(name);
        let cut = slug.char_indices().take_while(|(at, letter)| at + letter.len_utf8() <= LONGEST_KEY).count();
        let key: String = slug.chars().take(cut).collect();
        let key = key.trim_matches('-');
        (!key.is_empty()).then(|| Self::new(key))
    }
}

/// Starts an iteration: the iteration itself and the wish for its room.
///
/// # Errors
/// A name that gives no key, is too long, or is taken.
pub fn start(start: Start, grounds: &Grounds<'_>) -> Result<(Iteration, Room), Refusal> {
    let name = one_line(&start.name);
    check_length("name", &name, LONGEST_NAME)?;
    let goal = start.goal.as_deref().map(one_line).filter(|goal| !goal.is_empty());
    check_length("goal", goal.as_deref().unwrap_or_default(), LONGEST_GOAL)?;
    let key = IterationKey::of_name(&name).ok_or_else(|| Refusal::NamelessIteration { name: name.clone() })?;
    if key.as_str() == "chamberlain" {
        return Err(Refusal::ReservedName { name: key.to_string() });
    }
    if let Some(other) = grounds.taken_by {
        return Err(Refusal::IterationExists { key: other.key.to_string(), name: other.name.clone() });
    }
    let iteration = Iteration {
        key: key.clone(),
        name,
        project: grounds.project.to_owned(),
        goal,
        owner: start.owner,
        phase: Phase::Active,
        starts_at: grounds.now,
        ends_at: start.lasts.map(|lasts| grounds.now.plus(lasts)),
        asked_in: start.asked_in,
    };
    let room = Room::wanted(key, grounds.chat.clone());
    Ok((iteration, room))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn check_length(what: &'static str, text: &str, longest: usize) -> Result<(), Refusal> {
    let letters = text.chars().count();
    if letters <= longest { Ok(()) } else { Err(Refusal::TooLong { what, letters, longest }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_ascii_whatever_the_name() {
        for (name, key) in [
            ("Sprint 42", Some("sprint-42")),
            ("冲刺 四十二", Some("chong-ci-si-shi-er")),
            ("Überraschung!", Some("uberraschung")),
            ("  --  ", None),
            ("🚀", Some("rocket")),
        ] {
            assert_eq!(IterationKey::of_name(name).as_ref().map(IterationKey::as_str), key, "{name}");
        }
        assert!(IterationKey::of_name(&"long name ".repeat(20)).unwrap().as_str().len() <= LONGEST_KEY);
    }
}
