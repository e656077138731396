//! What holds between the rows of a sound database, as SQL can tell it. The program never breaks these; a disk, a tool or
//! a hand may.

use crate::domain::card::Subject;
use crate::domain::deployment::{Cause, DeploymentState};
use crate::domain::effect::EffectState;
use crate::domain::iteration::Phase;
use crate::domain::member::Because;
use crate::domain::room::Standing;
use crate::domain::timer::TimerKey;
use crate::domain::touch::TouchKey;
use crate::event::Source;
use crate::store::credentials::Kind;
use crate::store::environments::is_wish;
use crate::store::inbox::Outcome;

/// Rows that should not be.
pub(super) struct Rule {
    pub(super) table: &'static str,
    /// Which they are: a condition on the table, here called `this`. `$1` is when what was done is still remembered.
    pub(super) wrong: &'static str,
    /// What is wrong with them, as the end of a sentence.
    pub(super) told: &'static str,
    pub(super) to_do: &'static str,
}

/// A column that holds one of the words that the program knows, or nothing.
pub(super) struct Word {
    pub(super) table: &'static str,
    pub(super) column: &'static str,
    pub(super) is_known: fn(&str) -> bool,
}

const RESTORE: &str = "Something of what was decided is missing: restore a backup that is whole.";
const STUCK: &str = "Chamberlain will work on it wrongly or not at all: restore a backup that is whole.";
const HARMLESS: &str = "It does no harm by itself. If nobody has deleted rows by hand, restore a backup that is whole.";

pub(super) const RULES: &[Rule] = &[
    Rule {
        table: "inbox",
        wrong: "(this.done_at IS NULL) <> (this.outcome IS NULL)",
        told: "done without an outcome, or with an outcome and not done",
        to_do: STUCK,
    },
    Rule {
        table: "outbox",
        wrong: "(this.done_at IS NULL) <> (this.state = 'waiting')",
        told: "done and still waiting, or neither",
        to_do: STUCK,
    },
    Rule {
        table: "outbox",
        // Arrivals are forgotten after a while, deeds later: only what is younger must have its arrival.
        wrong: "this.created_at > $1 AND NOT EXISTS (SELECT 1 FROM inbox WHERE inbox.id = this.event)",
        told: "with no arrival that led to it",
        to_do: RESTORE,
    },
    Rule {
        table: "deployments",
        wrong: "this.state IN ('applying', 'stopping', 'unknown') AND EXISTS (SELECT 1 FROM deployments other \
            WHERE other.environment = this.environment AND other.seq < this.seq \
            AND other.state IN ('applying', 'stopping', 'unknown'))",
        told: "running beside another of the same environment",
        to_do: STUCK,
    },
    Rule {
        table: "deployments",
        wrong: "this.state = 'queued' AND EXISTS (SELECT 1 FROM deployments other \
            WHERE other.environment = this.environment AND other.seq < this.seq AND other.state = 'queued')",
        told: "queued beside another of the same environment",
        to_do: STUCK,
    },
    Rule {
        table: "deployments",
        wrong: "(this.ended_at IS NULL) <> (this.state IN ('queued', 'applying', 'stopping', 'unknown'))",
        told: "ended without a time, or with a time and not ended",
        to_do: STUCK,
    },
    Rule {
        table: "deployments",
        wrong: "NOT EXISTS (SELECT 1 FROM revisions WHERE revisions.environment = this.environment \
            AND revisions.number = this.revision)",
        told: "of a revision that is not there",
        to_do: RESTORE,
    },
    Rule {
        table: "revisions",
        wrong: "NOT EXISTS (SELECT 1 FROM environments WHERE environments.name = this.environment)",
        told: "of an environment that is not there",
        to_do: RESTORE,
    },
    Rule {
        table: "environments",
        wrong: "this.wished IS NOT NULL AND NOT EXISTS (SELECT 1 FROM revisions \
            WHERE revisions.environment = this.name AND revisions.number = this.wished)",
        told: "whose wished revision is not there",
        to_do: RESTORE,
    },
    Rule {
        table: "rooms",
        wrong: "NOT EXISTS (SELECT 1 FROM iterations WHERE iterations.key = this.iteration)",
        told: "of an iteration that is not there",
        to_do: RESTORE,
    },
    Rule {
        table: "rooms",
        wrong: "(this.room IS NOT NULL AND this.name IS NULL) OR ((this.nonce IS NULL) <> (this.intended_at IS NULL))",
        told: "open without a name, or half intended",
        to_do: STUCK,
    },
    Rule {
        table: "members",
        wrong: "NOT EXISTS (SELECT 1 FROM iterations WHERE iterations.key = this.iteration)",
        told: "of an iteration that is not there",
        to_do: HARMLESS,
    },
    Rule {
        table: "cards",
        wrong: "((this.room IS NULL) <> (this.message IS NULL)) OR ((this.nonce IS NULL) <> (this.intended_at IS NULL))",
        told: "half posted, or half intended",
        to_do: STUCK,
    },
    Rule {
        table: "console_messages",
        wrong: "NOT EXISTS (SELECT 1 FROM console_rooms WHERE console_rooms.id = this.room)",
        told: "in a room that is not there",
        to_do: RESTORE,
    },
    Rule {
        table: "console_members",
        wrong: "NOT EXISTS (SELECT 1 FROM console_rooms WHERE console_rooms.id = this.room)",
        told: "in a room that is not there",
        to_do: HARMLESS,
    },
];

pub(super) const WORDS: &[Word] = &[
    Word { table: "inbox", column: "source", is_known: |text| Source::parse(text).is_some() },
    Word { table: "inbox", column: "outcome", is_known: |word| Outcome::parse(word).is_some() },
    Word { table: "outbox", column: "state", is_known: |word| EffectState::parse(word).is_some() },
    Word { table: "audit", column: "outcome", is_known: |word| Outcome::parse(word).is_some() },
    Word { table: "iterations", column: "phase", is_known: |word| Phase::parse(word).is_some() },
    Word { table: "rooms", column: "standing", is_known: |word| Standing::parse(word).is_some() },
    Word { table: "members", column: "wanted", is_known: |word| Because::parse(word).is_some() },
    Word { table: "environments", column: "wish", is_known: is_wish },
    Word { table: "deployments", column: "state", is_known: |word| DeploymentState::parse(word).is_some() },
    Word { table: "deployments", column: "cause", is_known: |word| Cause::parse(word).is_some() },
    Word { table: "credentials", column: "kind", is_known: Kind::is_word },
    Word { table: "cards", column: "subject", is_known: |text| Subject::parse(text).is_some() },
    Word { table: "touches", column: "key", is_known: |text| TouchKey::parse(text).is_some() },
    Word { table: "timers", column: "key", is_known: |text| TimerKey::parse(text).is_some() },
];
