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
    /// Lines of a log under a few words.
    Log(Box<Log>),
    /// Something long, for whoever wants all of it.
    File(Box<File>),
}

/// Lines of a log under a few words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Log {
    /// What it is.
    pub words: Marked,
    /// The lines, literal.
    pub lines: Vec<String>,
}

/// A text that is too long for a message. Whoever reads it must want to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// What it is called when somebody keeps it.
    pub name: String,
    /// What it is.
    pub title: String,
    /// What it says, literal.
    pub text: String,
}

impl File {
    /// The last whole lines within so many bytes, and how many lines stand before them.
    pub fn end(&self, most: usize) -> (usize, &str) {
        let begin = self.text.len().saturating_sub(most);
        if begin == 0 {
            return (0, &self.text);
        }
        // A line that was begun before is left out whole.
        let newline = self.text.as_bytes()[begin - 1..].iter().position(|byte| *byte == b'\n');
        let from = newline.map_or(self.text.len(), |newline| begin + newline);
        let (before, end) = self.text.split_at(from);
        (before.lines().count(), end)
    }

    /// The same for where there are no files: its last lines, and how many are left out.
    pub fn as_log(&self) -> Log {
        let (left_out, end) = self.end(AS_LOG);
        let note = if left_out > 0 { format!(". Its first {left_out} lines are left out here") } else { String::new() };
        let words = Marked::plain(&format!("{}{note}", self.title));
        Log { words, lines: end.lines().map(str::to_owned).collect() }
    }
}

/// As much of a file is shown where there are no files.
const AS_LOG: usize = 8 * 1024;

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
        /// What is asked before a press is sent, where one click is too few.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        asks: Option<Box<Confirmation>>,
    },
    /// A button that opens the form of a command. A chat without forms leaves it out.
    Form {
        /// The command.
        command: CommandName,
        /// What is read on it.
        label: String,
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
    /// It takes away what runs; never without a question.
    Danger,
}

/// The question before a press. It guards against a slip of the hand, and nothing else: rights and guards are judged
/// at the press.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// The act, as a question.
    pub title: String,
    /// To what, which versions, and what comes of it; the most important first, since surfaces cut.
    pub text: Marked,
    /// The word on the button that does it.
    pub does: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_file_is_whole_lines() {
        let file = |text: &str| File { name: "a.log".into(), title: "The log".into(), text: text.into() };
        let long = file("one\ntwö\nthree\n");
        for (most, left_out, end) in [
            (100, 0, "one\ntwö\nthree\n"),
            (11, 1, "twö\nthree\n"),
            (10, 2, "three\n"),
            (8, 2, "three\n"),
            (6, 2, "three\n"),
            (5, 3, ""),
        ] {
            assert_eq!(long.end(most), (left_out, end), "{most}");
        }
        assert_eq!(long.as_log().lines, ["one", "twö", "three"]);
        let longer = file(&"a line\n".repeat(2000)).as_log();
        assert_eq!(
            longer.words.to_plain(),
            format!("The log. Its first {} lines are left out here", 2000 - longer.lines.len())
        );
    }

    #[test]
    fn cards_that_were_stored_before_buttons_asked_are_still_read() {
        let stored = r#"{"kind":"button","action":"rollback","label":"Roll back","weight":"normal"}"#;
        let read: Action = serde_json::from_str(stored).unwrap();
        assert!(matches!(&read, Action::Button { asks: None, weight: Weight::Normal, .. }), "{read:?}");
        assert_eq!(serde_json::to_string(&read).unwrap(), stored);
    }
}
