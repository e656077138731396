//! Who should be in a room, and what of it is our doing. People win: whom we did not bring we never take out, and who
//! leaves is not dragged back.

use super::iteration::IterationKey;
use super::{PersonId, Timestamp};

/// A person and an iteration's room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Which iteration's room.
    pub iteration: IterationKey,
    /// Who.
    pub person: PersonId,
    /// Why they are wanted there; none any more when it is empty.
    pub wanted: Option<Because>,
    /// When we invited them.
    pub invited_at: Option<Timestamp>,
    /// When they were first seen in the room.
    pub seen_at: Option<Timestamp>,
    /// When they were seen to have left.
    pub declined_at: Option<Timestamp>,
}

/// Why a person is wanted in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Because {
    /// The iteration is theirs.
    Owner,
    /// Somebody added them by command.
    Added,
}

impl Because {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Added => "added",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Owner, Self::Added].into_iter().find(|because| because.as_str() == word)
    }
}

/// What is to be done about a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberStep {
    /// All is well.
    Nothing,
    /// Bring them in.
    Invite,
    /// Write down that they are in.
    Seen,
    /// They left by themselves: write it down, and let them be.
    Declined,
    /// Take them out: we brought them, and nothing wants them there.
    Remove,
    /// Nothing wants them, and what is there is not ours: forget the row.
    Forget,
}

impl Member {
    /// What is to be done, given whether they are in the room.
    pub fn step(&self, is_in: bool) -> MemberStep {
        match (self.wanted.is_some(), is_in) {
            (true, _) if self.declined_at.is_some() => MemberStep::Nothing,
            (true, true) if self.seen_at.is_none() => MemberStep::Seen,
            (true, true) => MemberStep::Nothing,
            (true, false) if self.seen_at.is_some() => MemberStep::Declined,
            (true, false) => MemberStep::Invite,
            (false, true) if self.invited_at.is_some() => MemberStep::Remove,
            (false, _) => MemberStep::Forget,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_members() {
        let (yes, no) = (Some(Timestamp::ZERO), None);
        let wanted = Some(Because::Added);
        for (wanted, invited_at, seen_at, declined_at, is_in, step) in [
            (wanted, no, no, no, false, MemberStep::Invite),
            (wanted, yes, no, no, false, MemberStep::Invite),
            (wanted, yes, no, no, true, MemberStep::Seen),
            (wanted, no, no, no, true, MemberStep::Seen),
            (wanted, yes, yes, no, true, MemberStep::Nothing),
            (wanted, yes, yes, no, false, MemberStep::Declined),
            (wanted, yes, yes, yes, false, MemberStep::Nothing),
            (None, yes, yes, no, true, MemberStep::Remove),
            (None, no, yes, no, true, MemberStep::Forget),
            (None, yes, yes, no, false, MemberStep::Forget),
        ] {
            let member = Member {
                iteration: IterationKey::new("i"),
                person: PersonId::new("p"),
                wanted,
                invited_at,
                seen_at,
                declined_at,
            };
            assert_eq!(member.step(is_in), step, "{member:?} {is_in}");
        }
    }
}
