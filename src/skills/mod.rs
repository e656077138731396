//! The commands that are answered natively, one file a skill, and the folders that give them words.

mod branch;
mod deploy;
mod echo;
mod env;
mod forms;
mod help;
mod home;
pub mod host;
mod iteration;
mod logs;
mod may;
mod offers;
mod ping;
mod press;
mod status;
mod study;
mod updates;
mod whoami;

pub use forms::{judged, open, submitted, suggest};
pub use home::page;
pub use press::pressed;
pub use study::{Call, GatherError, Study};

use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;

use study::shaped_as_json;

use crate::change::{Decision, Refused, Why};
use crate::command::{Invocation, Misread};
use crate::domain::marked::Marked;
use crate::domain::{CommandName, Refusal};
use crate::event::chat::{MOST_LINES, Said, TooMuch};
use crate::policy::Target;

/// Skill folders that a handler of ours answers for.
pub const NATIVE: &[&str] =
    &["branch", "deploy", "echo", "env", "help", "iteration", "logs", "may", "ping", "status", "updates", "whoami"];

/// A command that is first decided later than this is not carried out: whoever said it may think otherwise by now.
const TOO_OLD: Duration = Duration::from_mins(2);

type Handler = for<'a> fn(&'a Study, &'a Call) -> BoxFuture<'a, Result<Decision, GatherError>>;

/// Who answers which command.
const HANDLERS: &[(&str, Handler)] = &[
    ("branch", |study, call| branch::answer(study, call).boxed()),
    ("cancel", |study, call| deploy::cancel(study, call).boxed()),
    ("deploy", |study, call| deploy::answer(study, call).boxed()),
    ("echo", |study, call| async move { echo::answer(study, call) }.boxed()),
    ("env destroy", |study, call| env::destroy(study, call).boxed()),
    ("env diff", |study, call| env::diff(study, call).boxed()),
    ("env history", |study, call| env::history(study, call).boxed()),
    ("env move", |study, call| env::r#move(study, call).boxed()),
    ("env show", |study, call| env::show(study, call).boxed()),
    ("follow", |study, call| updates::follow(study, call).boxed()),
    ("help", |study, call| async move { help::answer(study, call) }.boxed()),
    ("hold", |study, call| updates::hold(study, call).boxed()),
    ("iteration add", |study, call| iteration::add(study, call).boxed()),
    ("iteration list", |study, call| iteration::list(study, call).boxed()),
    ("iteration remove", |study, call| iteration::remove(study, call).boxed()),
    ("iteration reopen", |study, call| iteration::reopen(study, call).boxed()),
    ("iteration show", |study, call| iteration::show(study, call).boxed()),
    ("iteration start", |study, call| iteration::start(study, call).boxed()),
    ("logs", |study, call| logs::answer(study, call).boxed()),
    ("may", |study, call| async move { may::answer(study, call) }.boxed()),
    ("pin", |study, call| updates::pin(study, call).boxed()),
    ("ping", |study, call| async move { ping::answer(study, call) }.boxed()),
    ("resume", |study, call| updates::resume(study, call).boxed()),
    ("rollback", |study, call| deploy::rollback(study, call).boxed()),
    ("status", |study, call| status::answer(study, call).boxed()),
    ("whoami", |study, call| async move { whoami::answer(study, call) }.boxed()),
];

/// Finds the command in a line and has its skill answer where it was said.
pub async fn answer(study: &Study, said: Said) -> Result<Decision, GatherError> {
    run(study, said, false).await
}

/// The same, but its asker alone reads the answer.
async fn answer_privately(study: &Study, said: Said) -> Result<Decision, GatherError> {
    run(study, said, true).await
}

async fn run(study: &Study, said: Said, is_private: bool) -> Result<Decision, GatherError> {
    let invocation = match study.skills.grammar.parse(&said.line) {
        Ok(invocation) => invocation,
        Err(misread) => return Ok(misunderstood(study, &said, misread)),
    };
    carry_out(study, Call { actor: study.actor(&said), said, invocation, is_private }).await
}

/// Has the skill of a command that was understood answer where it was said.
async fn act(study: &Study, said: Said, invocation: Invocation) -> Result<Decision, GatherError> {
    carry_out(study, Call { actor: study.actor(&said), said, invocation, is_private: false }).await
}

async fn carry_out(study: &Study, call: Call) -> Result<Decision, GatherError> {
    let age = study.now.since(study.said_at);
    if age > TOO_OLD {
        let refusal = Refusal::TooOld { line: call.said.line.clone(), minutes: age.as_secs() / 60 };
        let refused = Decision::Refused(call.refused(refusal, &study.target(None)));
        return Ok(offers::offering(study, &call, refused));
    }
    if call.invocation.asks_help {
        return help::explain(study, &call);
    }
    let handler = HANDLERS.iter().find(|(name, _)| *name == call.command().as_str());
    match handler {
        Some((_, handler)) => Ok(offers::offering(study, &call, handler(study, &call).await?)),
        None => Err(GatherError::Unanswered(call.command().clone())),
    }
}

/// A message with more lines than are taken at once: nothing of it is done, and it is told once. Among people it is talk
/// when none of it is a command.
pub fn too_much(study: &Study, TooMuch { said, lines }: &TooMuch) -> Decision {
    let is_talk = |line: &String| matches!(study.skills.grammar.parse(line), Err(Misread::Unknown { near, .. }) if near.is_empty());
    if !said.is_for_us && lines.iter().all(is_talk) {
        return Decision::Nothing(Why::Talk);
    }
    let refusal = Refusal::TooManyLines { lines: lines.len(), most: MOST_LINES };
    let words = refusal.to_marked();
    unread(study, said, (None, refusal, words))
}

/// A line that is no command. Among people it is talk, unless it was meant for us or nearly names a command.
fn misunderstood(study: &Study, said: &Said, misread: Misread) -> Decision {
    let (command, refusal) = match misread {
        Misread::Unknown { near, .. } if near.is_empty() && !said.is_for_us => return Decision::Nothing(Why::Talk),
        Misread::Unknown { name, near } => {
            (None, Refusal::UnknownCommand { name: name.chars().take(40).collect(), near })
        }
        Misread::Wrong { command, told, usage } => (Some(command), Refusal::Misread { told, usage }),
    };
    let words = refusal.to_marked();
    // Nothing was understood of the line, but how its answer is wanted can be seen.
    let as_json = said.line.split_whitespace().any(|word| word == "--json");
    let words = if as_json { shaped_as_json(command.as_ref(), ("refused", &words)) } else { words };
    unread(study, said, (command, refusal, words))
}

/// Nothing is done; whoever said it reads why.
fn unread(study: &Study, said: &Said, (command, refusal, words): (Option<CommandName>, Refusal, Marked)) -> Decision {
    let actor = study.actor(said);
    let reply = said.privately(&actor, words);
    Decision::Refused(Box::new(Refused {
        actor,
        command,
        target: Target::default(),
        reply: Some(reply),
        refusal,
        touched: Vec::new(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_command_has_a_handler_and_every_handler_a_command() {
        let (skills, problems) = host::load(std::path::Path::new("/nowhere"), NATIVE);
        assert_eq!(problems, []);
        let mut commands: Vec<&str> = skills.grammar.commands().iter().map(|spec| spec.name.as_str()).collect();
        let mut handled: Vec<&str> = HANDLERS.iter().map(|(name, _)| *name).collect();
        commands.sort_unstable();
        handled.sort_unstable();
        assert_eq!(commands, handled);
    }
}
