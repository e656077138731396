//! What the program takes when nothing goes wrong: its start, its memory, its time for a message.

use std::time::Duration;

use crate::Rounds;
use crate::figures::{millis, tell};
use crate::program::{Ground, Program, cpu_of};
use crate::workspace::Workspace;

/// How many messages wait for an answer all the time.
pub(super) const IN_FLIGHT: usize = 200;
/// About what a call of Slack's takes.
const CALL: Duration = Duration::from_millis(100);

/// The program, with both its sockets open.
pub(super) fn connected(workspace: &Workspace, ground: &Ground) -> Program {
    let program = Program::start(ground);
    workspace.wait("two sockets", |world| world.open_connections() == 2);
    program
}

/// From the start on a database that is there already until the first answer has arrived: the first socket to be
/// greeted brings a message.
pub(super) fn starts(workspace: &Workspace, ground: &Ground, rounds: &Rounds) {
    for (people, delay) in [(1, Duration::ZERO), (50, Duration::ZERO), (50, CALL)] {
        let ground = ground.fresh("start").of(people);
        connected(workspace, &ground).end();
        let (mut sockets, mut answers) = (Vec::new(), Vec::new());
        let times = if delay.is_zero() { rounds.starts } else { rounds.starts.min(3) };
        for _ in 0..times {
            workspace.begin(0);
            let greeted = {
                let mut world = workspace.world();
                (world.greets_with_message, world.delay) = (true, delay);
                world.hellos.len()
            };
            let program = Program::start(&ground);
            workspace.wait("an answer", |world| world.load.answered == 1);
            let socket = workspace.world().hellos[greeted];
            sockets.push(socket - program.started);
            answers.push(workspace.load(|load| load.messages[0].answers[0]) - program.started);
            program.end();
        }
        workspace.world().delay = Duration::ZERO;
        let what = format!("start, {people} people, {} ms a call", delay.as_millis());
        tell(&format!("{what}: first socket"), sockets);
        tell(&format!("{what}: first answer"), answers);
    }
}

/// Twenty messages a second.
pub(super) fn paced(workspace: &Workspace, ground: &Ground, rounds: &Rounds) {
    for synchronous in ["full", "normal"] {
        let ground = ground.fresh("paced").synchronous(synchronous);
        let program = connected(workspace, &ground);
        warm(workspace);
        let before = program.cpu();
        workspace.pace((rounds.paced, 20.0), |_| {});
        workspace.settle();
        let taken = program.cpu().saturating_sub(before);
        tell(&format!("20/s, {synchronous}: answered"), workspace.load(crate::load::Load::latencies));
        tell(&format!("20/s, {synchronous}: acknowledged"), workspace.load(crate::load::Load::acks));
        tell_cost(&format!("20/s, {synchronous}"), taken, workspace);
        program.end();
    }
}

/// As many messages as are in flight all the time, and the memory before and after.
pub(super) fn flood(workspace: &Workspace, ground: &Ground, rounds: &Rounds) {
    for synchronous in ["full", "normal"] {
        let ground = ground.fresh("flood").synchronous(synchronous);
        let program = connected(workspace, &ground);
        warm(workspace);
        std::thread::sleep(rounds.settle);
        program.tell_memory(&format!("memory, {synchronous}: idle"));
        flooded(&format!("200 in flight, {synchronous}"), (workspace, std::slice::from_ref(&program)), rounds.flood);
        std::thread::sleep(rounds.settle);
        program.tell_memory(&format!("memory, {synchronous}: after {} messages", rounds.flood));
        program.end();
    }
}

/// The same while every call takes long.
pub(super) fn slow(workspace: &Workspace, ground: &Ground, rounds: &Rounds) {
    let program = connected(workspace, &ground.fresh("slow"));
    warm(workspace);
    workspace.world().delay = CALL;
    flooded("200 in flight, 100 ms a call", (workspace, std::slice::from_ref(&program)), rounds.slow);
    workspace.world().delay = Duration::ZERO;
    program.end();
}

/// The same by the number of commands that the grammar knows.
pub(super) fn commands(workspace: &Workspace, ground: &Ground, rounds: &Rounds) {
    for commands in [10, 1_000, 10_000] {
        let ground = ground.fresh(&format!("commands-{commands}"));
        ground.with_commands(commands);
        let program = connected(workspace, &ground);
        warm(workspace);
        flooded(&format!("{commands} commands"), (workspace, std::slice::from_ref(&program)), rounds.commands);
        program.tell_memory(&format!("{commands} commands: memory"));
        program.end();
    }
}

/// A program's first messages cost more than the others.
pub(super) fn warm(workspace: &Workspace) {
    workspace.flood(50, 5);
}

/// Gives how many were answered a second.
pub(super) fn flooded(what: &str, (workspace, programs): (&Workspace, &[Program]), count: usize) -> f64 {
    let (before, before_served) = (cpu(programs), cpu_of("self"));
    let taken = workspace.flood(count, IN_FLIGHT);
    // Nearly all that the bench does is the workspace's.
    let cpu = cpu(programs).saturating_sub(before);
    let served = cpu_of("self").saturating_sub(before_served);
    workspace.settle();
    let rate = f64::from(u32::try_from(count).unwrap()) / taken.as_secs_f64();
    let part = |time: Duration| 100.0 * time.as_secs_f64() / taken.as_secs_f64();
    println!(
        "{:44} {rate:8.0} a second; busy: bot {:.0} %, workspace {:.0} %",
        format!("{what}: answers"),
        part(cpu),
        part(served)
    );
    tell(&format!("{what}: answered"), workspace.load(crate::load::Load::latencies));
    tell(&format!("{what}: acknowledged"), workspace.load(crate::load::Load::acks));
    tell_cost(what, cpu, workspace);
    rate
}

/// The time that they have had of the machine together.
fn cpu(programs: &[Program]) -> Duration {
    programs.iter().map(Program::cpu).sum()
}

fn tell_cost(what: &str, cpu: Duration, workspace: &Workspace) {
    let (all, never, twice) = workspace.load(|load| {
        let never = load.count(|message| message.answers.is_empty());
        (load.messages.len(), never, load.count(|message| message.answers.len() > 1))
    });
    let each = millis(cpu) / f64::from(u32::try_from(all).unwrap());
    println!("{:44} {each:8.3} ms a message", format!("{what}: CPU"));
    println!("{:44} {never} never, {twice} twice, of {all}", format!("{what}: answered"));
}
