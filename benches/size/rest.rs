//! Thousands of rooms and environments at rest: what the stewards take of the machine, how fast a start and an answer are.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Builder;

use crate::crowd::Crowd;
use crate::itself::{cpu, memory};
use crate::still::StillDriver;
use crate::{Size, tell};

/// How often an answer is measured.
const ANSWERS: usize = 200;
/// How many commands are said before their answers are waited for.
const WAVE: usize = 500;

/// Fills a house, leaves it alone, and starts it again.
pub(super) fn measure(size: &Size) {
    // As the program does.
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(measure_in(size));
}

async fn measure_in(size: &Size) {
    let folder = tempfile::tempdir().unwrap();
    let driver = Arc::new(StillDriver::default());
    let mut crowd = Crowd::open(folder.path(), driver.clone()).await;
    crowd.settled().await;
    tell_memory("empty");
    fill(&mut crowd, size.iterations).await;
    tell_memory("filled");
    look(&mut crowd, size).await;
    crowd.close().await;
    let (start, before) = (Instant::now(), cpu());
    let mut crowd = Crowd::open(folder.path(), driver).await;
    let opened = start.elapsed();
    let first = crowd.answered("lobby", "ping").await;
    println!("{:44} {:8.1} ms", "started again: open", millis(opened));
    println!("{:44} {:8.1} ms", "started again: first answer after", millis(opened + first));
    crowd.settled().await;
    println!(
        "{:44} {:8.1} s, {:.1} s of the machine",
        "started again: everything looked at after",
        start.elapsed().as_secs_f64(),
        cpu().saturating_sub(before).as_secs_f64()
    );
    look(&mut crowd, size).await;
    crowd.close().await;
}

/// What it takes while nobody asks for anything, and how fast it answers.
async fn look(crowd: &mut Crowd, size: &Size) {
    let (start, before) = (Instant::now(), cpu());
    tokio::time::sleep(size.rest).await;
    let part = cpu().saturating_sub(before).as_secs_f64() / start.elapsed().as_secs_f64();
    println!("{:44} {:8.2} % of a core", "at rest", 100.0 * part);
    tell_memory("at rest");
    for (room, command) in [("lobby", "ping"), ("lobby", "status --in life-7"), ("lobby", "env show --in life-7")] {
        let mut taken = Vec::new();
        for _ in 0..ANSWERS {
            taken.push(crowd.answered(room, command).await);
        }
        tell(&format!("`{command}`"), taken);
    }
}

async fn fill(crowd: &mut Crowd, iterations: usize) {
    let start = Instant::now();
    for (word, made) in [("iteration start Life {}", "rooms"), ("deploy alpha@v1 --in life-{}", "environments")] {
        for number in 1..=iterations {
            crowd.say("lobby", &word.replace("{}", &number.to_string())).await;
            if number.is_multiple_of(WAVE) {
                crowd.settled().await;
            }
        }
        crowd.settled().await;
        println!("{:44} after {:.0} s", format!("{iterations} {made}"), start.elapsed().as_secs_f64());
    }
    let rooms = crowd.count("SELECT count(*) FROM rooms WHERE room <> ''").await;
    let up = crowd.count("SELECT count(*) FROM deployments WHERE state = 'succeeded'").await;
    assert_eq!((rooms, up), (i64::try_from(iterations).unwrap(), i64::try_from(iterations).unwrap()));
}

fn tell_memory(when: &str) {
    let (all, own) = memory();
    println!("{:44} {all:8.1} MB resident, {own:.1} MB of it its own (not of files)", format!("memory, {when}"));
}

fn millis(taken: Duration) -> f64 {
    taken.as_secs_f64() * 1000.0
}
