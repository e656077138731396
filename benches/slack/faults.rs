//! What people notice of a fault in the middle of a load.

use std::time::{Duration, Instant};

use crate::Rounds;
use crate::figures::millis;
use crate::program::{Ground, Program};
use crate::speed::connected;
use crate::workspace::Workspace;

/// Messages a second.
const RATE: f64 = 20.0;
/// The fault comes when this part of the messages has been said.
const PART: (usize, usize) = (2, 5);
/// How long Slack leaves a connection open that it has told to go.
const LEAVES: Duration = Duration::from_secs(1);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    Drop,
    Refresh,
    Kill,
    Term,
}

const FAULTS: [(&str, Fault, u64); 7] = [
    ("no fault", Fault::None, 100),
    ("sockets dropped", Fault::Drop, 100),
    ("refresh", Fault::Refresh, 100),
    ("SIGKILL", Fault::Kill, 100),
    ("SIGTERM", Fault::Term, 100),
    ("SIGKILL, 400 ms a call", Fault::Kill, 400),
    ("SIGTERM, 400 ms a call", Fault::Term, 400),
];

pub(super) fn all(workspace: &Workspace, ground: &Ground, rounds: &Rounds) {
    for (name, fault, call) in FAULTS {
        let ground = ground.fresh("faults");
        let program = connected(workspace, &ground);
        workspace.flood(50, 5);
        workspace.world().delay = Duration::from_millis(call);
        one(name, fault, (workspace, &ground), (program, rounds.faults));
        workspace.world().delay = Duration::ZERO;
        workspace.wait("the sockets are gone", |world| world.open_connections() == 0);
    }
}

fn one(name: &str, fault: Fault, (workspace, ground): (&Workspace, &Ground), (program, count): (Program, usize)) {
    let at = count * PART.0 / PART.1;
    let mut program = Some(program);
    let (mut struck, mut acting) = (None, None);
    workspace.pace((count, RATE), |number| {
        if number == at {
            let hellos = workspace.world().hellos.len();
            struck = Some((Instant::now(), hellos));
            // The load goes on meanwhile.
            let (workspace, ground, hit) = (workspace.clone(), ground.clone(), program.take());
            acting = Some(std::thread::spawn(move || strike(fault, (&workspace, &ground), hit.unwrap())));
        }
    });
    let program = acting.unwrap().join().unwrap();
    workspace.settle();
    let (at, hellos) = struck.unwrap();
    let back = workspace.world().hellos.get(hellos).map(|hello| *hello - at);
    workspace.load(|load| {
        let never = load.count(|message| message.answers.is_empty());
        let kept = load.count(|message| message.answers.is_empty() && message.acked.is_some());
        let twice = load.count(|message| message.answers.len() > 1);
        let again = load.count(|message| message.attempts > 1);
        let back = back.map_or_else(|| "-".to_owned(), |back| format!("{:.0} ms", millis(back)));
        println!(
            "{name:32} never {never} (acknowledged {kept}), twice {twice}, sent again {again}, of {}; a socket after {back}; longest silence {:.3} s",
            load.messages.len(),
            load.silence().as_secs_f64()
        );
    });
    program.end();
}

/// Lets it happen; gives the program that is there afterwards.
fn strike(fault: Fault, (workspace, ground): (&Workspace, &Ground), program: Program) -> Program {
    match fault {
        Fault::None => return program,
        Fault::Drop => workspace.world().drop_all(),
        Fault::Refresh => {
            let leaving = workspace.world().announce("warning");
            std::thread::sleep(LEAVES);
            workspace.world().close(&leaving);
        }
        Fault::Kill => {
            program.kill();
            return Program::start(ground);
        }
        Fault::Term => {
            program.end();
            return Program::start(ground);
        }
    }
    program
}
