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
}

/// How a room stands to us when we look.
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
    /// It was made.
    Made(Made),
}

/// A room that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// The chat's id for it: the only thing that names it for good.
    pub room: RoomId,
    /// What it was called when it was seen last: the name it was made under, until people give it another.
    pub name: String,
    /// How it stood to us when it was seen last.
    pub stands: Stands,
}

/// How a room that was made stood to us, and what is wished of one that does not stand open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// We are in it.
    Open,
    /// It was archived.
    Archived {
        /// Whether somebody wants it open again.
        wanted_back: bool,
    },
    /// It was deleted, or we were taken out of it.
    Lost {
        /// Whether somebody wants it back.
        wanted_back: bool,
    },
}

impl Stands {
    /// A room that was seen so; a wish to have it back ends when it is back.
    pub fn of(seen: Standing, wanted_back: bool) -> Self {
        match seen {
            Standing::Open => Self::Open,
            Standing::Archived => Self::Archived { wanted_back },
            Standing::Lost => Self::Lost { wanted_back },
        }
    }

    /// How it was seen.
    pub fn seen(self) -> Standing {
        match self {
            Self::Open => Standing::Open,
            Self::Archived { .. } => Standing::Archived,
            Self::Lost { .. } => Standing::Lost,
        }
    }

    /// Whether somebody wants it back.
    pub fn is_wanted_back(self) -> bool {
        matches!(self, Self::Archived { wanted_back: true } | Self::Lost { wanted_back: true })
    }
}

/// A room that an iteration has left for another: nothing in it is ours to keep any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Former {
    /// Which.
    pub room: RoomId,
    /// Whose it was.
    pub iteration: IterationKey,
    /// 1 for the iteration's first room, and so on.
    pub number: u32,
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
        Self { iteration, chat, state: RoomState::Wanted { number: 1 }, refusals: 0 }
    }

    /// The same room by the name that the chat has for it, if that is not the one we know.
    pub fn renamed(&self, seen: &str) -> Option<Renamed> {
        let made = self.made().filter(|made| made.name != seen)?;
        let state = RoomState::Made(Made { name: seen.to_owned(), ..made.clone() });
        Some(Renamed { before: made.name.clone(), room: Self { state, ..self.clone() } })
    }

    /// The wish for the room in which the iteration goes on after its `number`th, which has a name of its own.
    #[must_use]
    pub fn after(&self, number: u32) -> Self {
        let number = number.saturating_add(1);
        Self { state: RoomState::Wanted { number }, refusals: 0, ..self.clone() }
    }

    /// The room itself, once it was made.
    pub fn made(&self) -> Option<&Made> {
        match &self.state {
            RoomState::Made(made) => Some(made),
            RoomState::Wanted { .. } | RoomState::Intended(_) => None,
        }
    }

    /// The chat's id, once it was made.
    pub fn id(&self) -> Option<&RoomId> {
        self.made().map(|made| &made.room)
    }

    /// The chat's id, while we are in it.
    pub fn open(&self) -> Option<&RoomId> {
        self.made().filter(|made| made.stands == Stands::Open).map(|made| &made.room)
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
            let made = Made { room, name: name.into(), stands: Stands::Open };
            Room { state: RoomState::Made(made), ..wanted.clone() }
        };
        assert_eq!(open("sprint-42").renamed("sprint-42"), None);
        let renamed = Renamed { before: "sprint-42".into(), room: open("pay") };
        assert_eq!(open("sprint-42").renamed("pay"), Some(renamed));
    }

    #[test]
    fn a_wish_to_have_a_room_back_lasts_until_it_is_back() {
        for (seen, wanted_back, is_wanted_back) in [
            (Standing::Open, false, false),
            (Standing::Open, true, false),
            (Standing::Archived, false, false),
            (Standing::Archived, true, true),
            (Standing::Lost, false, false),
            (Standing::Lost, true, true),
        ] {
            let stands = Stands::of(seen, wanted_back);
            assert_eq!((stands.seen(), stands.is_wanted_back()), (seen, is_wanted_back), "{seen:?} {wanted_back}");
        }
    }

    #[test]
    fn a_room_is_open_only_while_we_are_in_it() {
        let wanted = Room::wanted(IterationKey::new("sprint-42"), ChatName::new("fake"));
        let id = RoomId::new(&ChatName::new("fake"), "id1");
        let made = |stands| {
            let made = Made { room: id.clone(), name: "sprint-42".into(), stands };
            Room { state: RoomState::Made(made), ..wanted.clone() }
        };
        assert_eq!((wanted.id(), wanted.open()), (None, None));
        assert_eq!(made(Stands::Open).open(), Some(&id));
        for shut in [Stands::Archived { wanted_back: true }, Stands::Lost { wanted_back: false }] {
            assert_eq!((made(shut).id(), made(shut).open()), (Some(&id), None));
        }
    }

    #[test]
    fn a_successor_is_wanted_under_the_next_name() {
        let room = Room { refusals: 3, ..Room::wanted(IterationKey::new("sprint-42"), ChatName::new("fake")) };
        let after = room.after(2);
        assert_eq!(
            (after.state, after.refusals, after.iteration),
            (RoomState::Wanted { number: 3 }, 0, room.iteration)
        );
    }

    proptest::proptest! {
        #[test]
        fn no_name_is_over_the_limit(wanted in "\\PC{1,60}", number in 1_u32..200, longest in 8_usize..40) {
            let name = name(&wanted, number, NameLimits { longest });
            proptest::prop_assert!(name.len() <= longest);
        }
    }
}
