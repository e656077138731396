//! The same load on each database, by one process and by several: how much is answered, what a message costs, and how long
//! people wait at half of that.

use std::time::Duration;

use crate::Rounds;
use crate::figures::tell;
use crate::load::Load;
use crate::postgres::Server;
use crate::program::{Ground, Program};
use crate::speed::{IN_FLIGHT, flooded, warm};
use crate::workspace::Workspace;

/// How long the load at half of the rate goes on.
const HALF: Duration = Duration::from_secs(10);
/// How many sockets each process keeps with the default settings.
const SOCKETS: usize = 2;

/// SQLite and PostgreSQL, both synced to disk before anything is acknowledged.
pub(super) fn stores(workspace: &Workspace, ground: &Ground, rounds: &Rounds) {
    measure(workspace, &[ground.fresh("stores-sqlite")], ("SQLite", rounds));
    let Some(server) = Server::start_durable() else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for count in [1, 3] {
        let store = runtime.block_on(server.database());
        let one = |number| ground.fresh(&format!("stores-{count}-{number}")).on(Some(store.clone()));
        let grounds: Vec<Ground> = (0..count).map(one).collect();
        measure(workspace, &grounds, (&format!("PostgreSQL, {count}"), rounds));
    }
}

fn measure(workspace: &Workspace, grounds: &[Ground], (what, rounds): (&str, &Rounds)) {
    let programs: Vec<Program> = grounds.iter().map(Program::start).collect();
    workspace.wait("all sockets", |world| world.open_connections() == SOCKETS * grounds.len());
    warm(workspace);
    workspace.flood(rounds.flood / 10, IN_FLIGHT);
    let rate = flooded(&format!("{what}: {IN_FLIGHT} in flight"), (workspace, &programs), rounds.flood);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of messages")]
    let count = (rate / 2.0 * HALF.as_secs_f64()) as usize;
    workspace.pace((count, rate / 2.0), |_| {});
    workspace.settle();
    tell(&format!("{what}: {:.0}/s: answered", rate / 2.0), workspace.load(Load::latencies));
    for program in programs {
        program.tell_memory(&format!("{what}: memory"));
        program.end();
    }
}
