//! A room: the conversation that is kept for an iteration.

use serde::{Deserialize, Serialize};

use super::iteration::IterationKey;
use super::{ChatName, RoomId, Timestamp};

/// The room of an iteration: a wish, and how far it has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// Whose room it is.
    pub iteration: IterationKey,
    /// The chat that keeps it.
    pub chat: ChatName,
    /// How far it has come.
    pub state: RoomState,
    /// How often the chat has refused to make it.
    pub refusals: u32,
    /// How it stood to us when it was seen last.
    pub standing: Standing,
}

/// How a room stands to us.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// We are in it.
    #[default]
    Open,
    /// It was archived.
    Archived,
    /// It was deleted, or we were taken out of it.
    Lost,
}

impl Standing {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Archived => "archived",
            Self::Lost => "lost",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Open, Self::Archived, Self::Lost].into_iter().find(|standing| standing.as_str() == word)
    }
}

/// How far a room has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoomState {
    /// To be made, under the name with this number.
    Wanted {
        /// 1 for the plain name, then 2, 3, …: names that were taken are not tried again.
        number: u32,
    },
    /// We have said that we make it, and do not know yet whether we did.
    Intended(Intent),
    /// It is there.
    Open {
        /// The chat's id for it: the only thing that names it for good.
        room: RoomId,
        /// What it was called when it was seen last: the name it was made under, until people give it another.
        name: String,
    },
}

/// What we are about to make outside: written down before the call, so that a lost answer makes nothing twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    /// The exact name.
    pub name: String,
    /// Which number the name has.
    pub number: u32,
    /// Travels with what we make, where the platform carries it.
    pub nonce: String,
    /// When we said so.
    pub at: Timestamp,
}

/// A room that people have given another name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renamed {
    /// The name we knew.
    pub before: String,
    /// The room as it is called now.
    pub room: Room,
}

/// What a chat allows in a room's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameLimits {
    /// The longest, in bytes.
    pub longest: usize,
}

impl Room {
    /// The wish for the room of `iteration`.
    pub fn wanted(iteration: IterationKey, chat: ChatName) -> Self {
        Self { iteration, chat, state: RoomState::Wanted { number: 1 }, refusals: 0, standing: Standing::Open }
    }

    /// The same room by the name that the chat has for it, if that is not the one we know.
    pub fn renamed(&self, seen: &str) -> Option<Renamed> {
        let RoomState::Open { room: id, name: before } = &self.state else { return None };
        if before == seen {
            return None;
        }
        let state = RoomState::Open { room: id.clone(), name: seen.to_owned() };
        Some(Renamed { before: before.clone(), room: Self { state, ..self.clone() } })
    }

    /// The chat's id, once it is open.
    pub fn id(&self) -> Option<&RoomId> {
        match &self.state {
            RoomState::Open { room, .. } => Some(room),
            RoomState::Wanted { .. } | RoomState::Intended(_) => None,
        }
    }
}

/// The name with this number, within the chat's limit: cut between letters, never within one.
pub fn name(wanted: &str, number: u32, limits: NameLimits) -> String {
    let tail = if number > 1 { format!("-{number}") } else { String::new() };
    let mut name = String::new();
    for letter in wanted.chars() {
        if name.len() + letter.len_utf8() + tail.len() > limits.longest {
            break;
        }
        name.push(letter);
    }
    format!("{}{tail}", name.trim_end_matches('-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_numbered_and_cut_between_letters() {
        let limits = NameLimits { longest: 12 };
        assert_eq!(name("sprint-42", 1, limits), "sprint-42");
        assert_eq!(name("sprint-42", 2, limits), "sprint-42-2");
        assert_eq!(name("sprint-42-release", 3, limits), "sprint-42-3");
        assert_eq!(name("冲刺冲刺冲刺", 1, limits), "冲刺冲刺");
        assert_eq!(name("冲刺冲刺冲刺", 10, limits), "冲刺冲-10");
    }

    #[test]
    fn only_an_open_room_of_another_name_was_renamed() {
        let wanted = Room::wanted(IterationKey::new("sprint-42"), ChatName::new("fake"));
        assert_eq!(wanted.renamed("sprint-42"), None);
        let open = |name: &str| {
            let room = RoomId::new(&ChatName::new("fake"), "id1");
            Room { state: RoomState::Open { room, name: name.into() }, ..wanted.clone() }
        };
        assert_eq!(open("sprint-42").renamed("sprint-42"), None);
        let renamed = Renamed { before: "sprint-42".into(), room: open("pay") };
        assert_eq!(open("sprint-42").renamed("pay"), Some(renamed));
    }

    proptest::proptest! {
        #[test]
        fn no_name_is_over_the_limit(wanted in "\\PC{1,60}", number in 1_u32..200, longest in 8_usize..40) {
            let name = name(&wanted, number, NameLimits { longest });
            proptest::prop_assert!(name.len() <= longest);
        }
    }
}
