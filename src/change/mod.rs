//! What one decision writes: state, effects, wishes touched and the audit line, all in one transaction.

mod deploying;
mod effect;
mod write;

pub use effect::{Content, EffectBody, Note, Reply};
pub use write::Write;

use crate::domain::person::Actor;
use crate::domain::touch::TouchKey;
use crate::domain::{CommandName, Refusal};
use crate::policy::{Permit, Target};

/// What came of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It was allowed; even a mere answer is a change, so that reading is judged too.
    Changed(Change),
    /// It was turned down.
    Refused(Box<Refused>),
    /// It means nothing to us.
    Nothing(Why),
    /// We made a mistake over it: kept aside for a person, its asker told.
    Parked(Parked),
}

impl Decision {
    /// As logs name it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Changed(_) => "changed",
            Self::Refused(_) => "refused",
            Self::Nothing(_) => "nothing",
            Self::Parked(_) => "parked",
        }
    }
}

/// Why an event came to nothing; counted, not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The body held no event.
    Empty,
    /// People talking to each other.
    Talk,
}

impl Why {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Talk => "talk",
        }
    }
}

/// What a permitted decision writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    permit: Permit,
    writes: Vec<Write>,
    effects: Vec<EffectBody>,
    touched: Vec<TouchKey>,
}

/// A request turned down, and what its asker is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Who asked.
    pub actor: Actor,
    /// For what; none when the line named no command.
    pub command: Option<CommandName>,
    /// To what.
    pub target: Target,
    /// Why not.
    pub refusal: Refusal,
    /// What is said, where.
    pub reply: Option<Reply>,
    /// What is drawn anew, so that it tells the truth again.
    pub touched: Vec<TouchKey>,
}

/// An event set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parked {
    /// For the operator: the failure with its chain.
    pub reason: String,
    /// For the asker: a calm sentence with the incident id.
    pub reply: Option<Reply>,
}

impl Change {
    /// A change that writes nothing yet. Only a permit makes one.
    pub fn new(permit: Permit) -> Self {
        Self { permit, writes: Vec::new(), effects: Vec::new(), touched: Vec::new() }
    }

    /// Answers the asker.
    #[must_use]
    pub fn answering(mut self, reply: Reply) -> Self {
        self.effects.push(EffectBody::Reply(reply));
        self
    }

    /// Says something in the thread of a card.
    #[must_use]
    pub fn noting(mut self, note: Note) -> Self {
        self.effects.push(EffectBody::Note(note));
        self
    }

    /// Writes state.
    #[must_use]
    pub fn writing(mut self, write: Write) -> Self {
        self.writes.push(write);
        self
    }

    /// Tells a steward to look.
    #[must_use]
    pub fn touching(mut self, key: TouchKey) -> Self {
        self.touched.push(key);
        self
    }

    /// The state, in order.
    pub fn writes(&self) -> &[Write] {
        &self.writes
    }

    /// What stewards should look at.
    pub fn touched(&self) -> &[TouchKey] {
        &self.touched
    }

    /// By which right.
    pub fn permit(&self) -> &Permit {
        &self.permit
    }

    /// The deeds, in order.
    pub fn effects(&self) -> &[EffectBody] {
        &self.effects
    }
}
