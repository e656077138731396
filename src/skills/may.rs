//! `may`: whether somebody may run a command, without running it.

use serde_json::json;

use super::study::{Call, GatherError, Study};
use crate::change::{Change, Decision};
use crate::command::Misread;
use crate::domain::person::Actor;
use crate::domain::{CommandName, PersonId, Refusal};
use crate::policy::{self, Action, Target};

/// Asks the policy, and tells its answer.
pub(super) fn answer(study: &Study, call: &Call) -> Result<Decision, GatherError> {
    let permit = match study.permit(call, &Target::default()) {
        Ok(permit) => permit,
        Err(refused) => return Ok(Decision::Refused(refused)),
    };
    let (person, command) = match (study.person(call, "person"), command(study, call)) {
        (Ok(person), Ok(command)) => (person, command),
        (Err(refusal), _) | (_, Err(refusal)) => {
            return Ok(Decision::Refused(call.refused(refusal, &Target::default())));
        }
    };
    let asked = Action { command: command.clone() };
    let answer = policy::decide(&study.rules, &Actor::Person(person.id.clone()), &asked, &Target::default());
    let words = match answer {
        Ok(_) => study.say(call, "yes", &json!({ "name": person.name, "command": command }))?,
        Err(refusal) => {
            let holders = holders(&refusal);
            study.say(call, "no", &json!({ "name": person.name, "command": command, "holders": holders }))?
        }
    };
    Ok(Decision::Changed(Change::new(permit).answering(call.reply(words))))
}

fn command(study: &Study, call: &Call) -> Result<CommandName, Refusal> {
    let line = call.invocation.text("command").unwrap_or_default();
    if let Some((spec, _)) = study.skills.grammar.command_of(line) {
        return Ok(spec.name.clone());
    }
    let near = match study.skills.grammar.parse(line) {
        Err(Misread::Unknown { near, .. }) => near,
        Err(Misread::Wrong { .. }) | Ok(_) => Vec::new(),
    };
    Err(Refusal::UnknownCommand { name: line.chars().take(40).collect(), near })
}

fn holders(refusal: &Refusal) -> Vec<serde_json::Value> {
    let Refusal::NotAllowed { holders, .. } = refusal else { return Vec::new() };
    let named = holders.iter().map(|(role, people)| {
        let people: Vec<&str> = people.iter().map(PersonId::as_str).collect();
        let people = if people.is_empty() { "nobody yet".to_owned() } else { people.join(", ") };
        json!({ "role": role, "people": people })
    });
    named.collect()
}
