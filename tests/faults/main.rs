//! The fault harness: real processes, with a story under way, are killed, stopped, cut off and starved; whatever was done
//! to them, what they promised holds afterwards.
//!
//! `CHAMBERLAIN_TEST_LONG=1` is the long form, `CHAMBERLAIN_TEST_SEED` repeats a run's choices, and a word on the command
//! line runs the trials with it in their name.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and tells what it did"
)]

mod bot;
mod chat;
mod chat_down;
mod clock;
mod database;
mod deaths;
mod git_server;
mod ground;
mod hanging;
mod house;
mod lost;
mod neighbours;
mod oracle;
mod overload;
#[path = "../support/postgres.rs"]
#[expect(dead_code, unreachable_pub, reason = "each test binary uses its part of it")]
mod postgres;
mod processes;
#[path = "../support/remote_chat.rs"]
#[expect(dead_code, reason = "the test is the chat; the bot is its adapter")]
mod remote_chat;
mod replicas;
mod report;
#[path = "../support/required.rs"]
#[expect(unreachable_pub, reason = "shared with other test binaries")]
mod required;
mod starved;
mod story;
mod trials;
mod way;

use std::process::ExitCode;

use trials::Trial;

fn main() -> ExitCode {
    // Fails only when there is one already.
    drop(rustls::crypto::ring::default_provider().install_default());
    // The longest first.
    trials::run(vec![
        Trial { name: "deaths_on_a_file", run: |run| Box::pin(deaths::on_a_file(run)) },
        Trial { name: "deaths_on_a_server", run: |run| Box::pin(deaths::on_a_server(run)) },
        Trial { name: "replica_frozen", run: |run| Box::pin(replicas::frozen(run)) },
        Trial { name: "replica_cut_off", run: |run| Box::pin(replicas::cut_off(run)) },
        Trial { name: "replica_killed", run: |run| Box::pin(replicas::killed(run)) },
        Trial { name: "replica_with_clocks_apart", run: |run| Box::pin(replicas::with_clocks_apart(run)) },
        Trial { name: "replica_lost_and_back", run: |run| Box::pin(replicas::lost_and_back(run)) },
        Trial { name: "replicas_without_the_database", run: |run| Box::pin(replicas::without_the_database(run)) },
        Trial { name: "chat_down", run: |run| Box::pin(chat_down::chat_down(run)) },
        Trial { name: "disk_full", run: |run| Box::pin(starved::disk_full(run)) },
        Trial { name: "out_of_descriptors", run: |run| Box::pin(starved::out_of_descriptors(run)) },
        Trial { name: "out_of_memory", run: |run| Box::pin(starved::out_of_memory(run)) },
        Trial { name: "stopped_for_a_while", run: |run| Box::pin(starved::stopped(run)) },
        Trial { name: "driver_hangs", run: |run| Box::pin(hanging::driver_hangs(run)) },
        Trial { name: "clock_jumps", run: |run| Box::pin(clock::jumps(run)) },
        Trial { name: "two_on_one_file", run: |run| Box::pin(neighbours::two_on_one_file(run)) },
        Trial { name: "overload", run: |run| Box::pin(overload::overload(run)) },
    ])
}
