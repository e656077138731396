//! What is said to a room, free of any platform. A card is semantic: what it tells, not how it looks.

use serde::{Deserialize, Serialize};

use crate::domain::card::CardId;
use crate::domain::marked::Marked;
use crate::domain::phase::Phase;
use crate::domain::{CommandName, RoomId};

/// The body of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// A few words.
    Text(Marked),
    /// A living message about one object.
    Card(Box<Card>),
}

/// A living message about one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Which card it is; presses name it.
    pub id: CardId,
    /// The version of what presses act on.
    pub guard: i64,
    /// How its object is: shown by a word and a sign, never by colour alone.
    pub state: State,
    /// What it is about; with the state the first line, and the whole of a notification.
    pub title: Marked,
    /// What there is to know, in order.
    pub facts: Vec<Fact>,
    /// The parts of its object, each with how it is.
    #[serde(default)]
    pub parts: Vec<Part>,
    /// The last lines of a log, literal.
    #[serde(default)]
    pub log: Vec<String>,
    /// What may be done.
    pub actions: Vec<Action>,
}

/// A part of a card's object: a component, a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// How it is.
    pub state: State,
    /// How it is, in a word of its own, where the state's says too little.
    #[serde(default)]
    pub word: Option<String>,
    /// Its name.
    pub name: String,
    /// What there is to say of it.
    pub told: Marked,
}

impl Part {
    /// The word that is shown with the sign of its state.
    pub fn word(&self) -> &str {
        self.word.as_deref().unwrap_or_else(|| self.state.word())
    }
}

/// How a card's object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Work is under way.
    Running,
    /// All is well.
    Ok,
    /// Somebody should look.
    Attention,
    /// It went wrong.
    Failed,
    /// Nothing goes on.
    Idle,
}

impl State {
    /// How an environment in this phase looks.
    pub fn of(phase: Phase) -> Self {
        match phase {
            Phase::Empty | Phase::Gone => Self::Idle,
            Phase::Deploying | Phase::Removing => Self::Running,
            Phase::Unknown | Phase::Down => Self::Attention,
            Phase::Unfinished => Self::Failed,
            Phase::Up => Self::Ok,
        }
    }

    /// The word that is always shown with the sign.
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Ok => "ok",
            Self::Attention => "attention",
            Self::Failed => "failed",
            Self::Idle => "idle",
        }
    }

    /// A sign that text surfaces show.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Running => "◐",
            Self::Ok => "●",
            Self::Attention => "▲",
            Self::Failed => "✕",
            Self::Idle => "○",
        }
    }
}

/// A person's own page: what is theirs, and what waits for them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// What the reader can do from here, whatever the rest is.
    pub doors: Vec<Door>,
    /// Its parts, in order.
    pub sections: Vec<Section>,
}

/// A part of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// What it is about.
    pub title: String,
    /// What there is.
    pub entries: Vec<Entry>,
    /// What is read where there is nothing.
    pub nothing: Marked,
    /// What is read below, where not everything is shown.
    pub more: Option<Marked>,
}

/// One thing on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// How it is.
    pub state: State,
    /// How it is, in a word of its own; it stands with the state's sign.
    pub word: String,
    /// What there is to say of it.
    pub told: Marked,
    /// Where to go on.
    pub doors: Vec<Door>,
}

/// A button that leads somewhere and does nothing by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Door {
    /// What is read on it.
    pub label: String,
    /// Where it leads.
    pub to: To,
}

/// Where a door leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum To {
    /// To the form of a command, as if it were asked for in a room.
    Form {
        /// The command.
        command: CommandName,
        /// The room.
        room: Option<RoomId>,
    },
    /// To an address of a browser.
    Address(String),
}

/// A label and what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// What it is about.
    pub label: String,
    /// What it says.
    pub value: Marked,
}

/// What may be done on a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Action {
    /// A button.
    Button {
        /// What a press names.
        action: String,
        /// What is read on it.
        label: String,
        /// How much it weighs.
        weight: Weight,
    },
    /// A choice of one.
    Select {
        /// What a press names; the choice travels as its value.
        action: String,
        /// What is chosen.
        label: String,
        /// What there is to choose.
        options: Vec<String>,
        /// What is chosen now.
        chosen: Option<String>,
    },
}

/// How much a button weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// The likely next step; one a card at most.
    Primary,
    /// One of several.
    Normal,
}
