//! A sample of a person's own page: something of everything that may stand on it.

use std::time::Duration;

use super::{deployment, revision};
use crate::card::build::home::{self, Facts, Running, Standing};
use crate::card::model::Page;
use crate::domain::environment::{Environment, Wish};
use crate::domain::hold::Hold;
use crate::domain::iteration::{Iteration, IterationKey};
use crate::domain::phase::Phase;
use crate::domain::repair::Repair;
use crate::domain::spec::{Addresses, EnvironmentName, Seen, SeenState, SpecHash};
use crate::domain::{ChatName, CommandName, PersonId, RoomId, Timestamp};

const NOW: Timestamp = Timestamp::from_millis(1_772_442_200_000);

/// The page of somebody with so many iterations: one that failed, one where something is down and on hold, the others
/// well.
pub fn home(iterations: usize) -> Page {
    let standings: Vec<Standing> = (0..iterations).map(standing).collect();
    let forms = [("deploy", "Deploy…"), ("iteration start", "Start an iteration…")]
        .map(|(command, label)| (CommandName::new(command), label.to_owned()));
    home::page(&Facts {
        person: &PersonId::new("ana"),
        forms: &forms,
        standings: &standings,
        addresses: &Addresses { port: 7420 },
        now: NOW,
    })
}

fn standing(number: usize) -> Standing {
    let key = format!("sprint-{}", 42 - number.min(41));
    let name = if number == 0 { "Sprint 42 <b>*bold*</b>".to_owned() } else { key.replace("sprint-", "Sprint ") };
    let environment = Environment { name: EnvironmentName::new(&key), ..environment(number) };
    let iteration = Iteration { key: IterationKey::new(&key), name, ..super::iteration() };
    let unfinished = (number == 0).then(deployment);
    let phase = Phase::of(&environment, unfinished.as_ref().map(|deployment| deployment.state));
    let goings = if number == 1 { vec!["revision 4 waits".to_owned()] } else { Vec::new() };
    let runs = environment.runs(&[revision()]);
    Standing {
        iteration,
        room: (number < 2).then(|| RoomId::new(&ChatName::new("slack"), &format!("C012{number}"))),
        is_theirs: true,
        may_deploy: number != 1,
        environment: Some(environment),
        phase,
        unfinished,
        running: Some(Running { wished: revision(), runs, goings }),
    }
}

fn environment(number: usize) -> Environment {
    let mut environment = Environment { wish: Wish::Present(3), ..Environment::of_iteration(&IterationKey::new("-")) };
    let since = Timestamp::from_millis(1_772_442_000_000);
    environment.seen = revision()
        .selections
        .into_values()
        .map(|selection| Seen {
            component: selection.artifact.component,
            state: SeenState::Up { digest: selection.artifact.digest, hash: SpecHash::new("h"), since },
        })
        .collect();
    if number == 1 {
        environment.hold = Some(Hold {
            by: "bo".to_owned(),
            reason: Some("the demo <at> *nine*".to_owned()),
            since,
            until: Some(NOW.plus(Duration::from_hours(2))),
        });
        for seen in environment.seen.iter_mut().skip(1) {
            seen.state = SeenState::Missing;
            environment.repairs.insert(seen.component.clone(), Repair { since, tries: 8, last: since });
        }
    }
    environment
}
