//! Several bots on one server: whichever is killed, frozen or cut off, another takes over, and nothing happens twice.

use std::time::{Duration, Instant};

use chamberlain::domain::moment::Moment;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rustix::process::Signal;

use crate::house::House;
use crate::postgres::Server;
use crate::report::Class;
use crate::trials::Run;
use crate::way::Mode;

/// How soon another must have taken over.
const TAKEN_OVER: Duration = Duration::from_secs(10);

/// After how many milliseconds a machine that nobody hears of is lost.
const LOST_AFTER: u64 = 2_000;

/// How long it is waited for something to be under way on a machine.
const MIDST: Duration = Duration::from_secs(3);

/// How far the clocks of machines are apart.
const APART: i64 = 300_000;

/// What is in a bot's hand when something happens to it. The first may end in a call when others have taken over.
const HELD_IN: [Moment; 7] = [
    Moment::Calling,
    Moment::Deciding,
    Moment::BeforeReceipt,
    Moment::BeforeCommit,
    Moment::AfterCommit,
    Moment::AfterInsert,
    Moment::BeforeInsert,
];

/// What happens to a bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Killed,
    /// SIGSTOP, for so long at least, and until another has taken over.
    Frozen(Duration),
    /// From the database.
    Cut(Mode),
    /// The database itself goes.
    Away,
}

pub(crate) async fn killed(run: Run) {
    let Some(house) = House::open(run.seed, [0, 0]).await else { return };
    let class = run.report.class("replica killed");
    try_all(house, (&run, &class), &[Fault::Killed; 3]).await;
}

pub(crate) async fn with_clocks_apart(run: Run) {
    let Some(mut house) = House::open(run.seed, [APART, -APART, 0]).await else { return };
    house.settle().await;
    house.nothing_is_put_off().await;
    let class = run.report.class("replica killed, clocks ten minutes apart");
    try_all(house, (&run, &class), &[Fault::Killed; 3]).await;
}

pub(crate) async fn frozen(run: Run) {
    let Some(house) = House::open(run.seed, [0, 0]).await else { return };
    let class = run.report.class("replica frozen");
    // At once after another has taken over is the worst moment: no call has lasted too long by then.
    let time = if run.is_long { Duration::from_mins(1) } else { Duration::ZERO };
    try_all(house, (&run, &class), &[Fault::Frozen(time); 3]).await;
}

pub(crate) async fn cut_off(run: Run) {
    let Some(house) = House::open(run.seed, [0, 0]).await else { return };
    let class = run.report.class("replica cut off from the database");
    try_all(house, (&run, &class), &[Mode::Silent, Mode::Reset, Mode::Refused].map(Fault::Cut)).await;
}

pub(crate) async fn without_the_database(run: Run) {
    let Some(server) = Server::start_new() else { return };
    let house = House::on(server, run.seed, [0, 0]).await;
    let class = run.report.class("database stopped and started");
    try_all(house, (&run, &class), &[Fault::Away; 3]).await;
}

/// A machine is lost with what runs there and what is under way; people have half of that brought up elsewhere, and the
/// machine comes back.
pub(crate) async fn lost_and_back(run: Run) {
    let Some(mut house) = House::of_two_machines(run.seed, LOST_AFTER).await else { return };
    let class = run.report.class("machine lost, its environments moved, and back");
    let mut rng = StdRng::seed_from_u64(run.seed);
    let mut moved = 0;
    house.begin().await;
    for _ in 0..if run.is_long { 10 } else { 2 } {
        let mut lost = rng.random_range(0..2);
        if house.living_at(lost).await.is_empty() {
            lost = 1 - lost;
        }
        let (bot, living) = (house.name(1 - lost), house.living_at(lost).await);
        let moment = [Moment::Starting, Moment::Stopping, Moment::AfterCommit][rng.random_range(0..3)];
        house.bot(lost).hold(moment, 0).await;
        house.story.go_on(&house.chat, &mut rng);
        // It may not come to that: then it is lost in the midst of something else.
        tokio::time::timeout(MIDST, house.bot(lost).held()).await.ok();
        class.tried();
        house.bot(lost).kill().await;
        for name in &living {
            // Asked for, so that somebody looks and finds its machine gone.
            house.story.change((&house.chat, Some(&bot)), name);
        }
        let names = living.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
        let known =
            format!("SELECT name FROM environments WHERE name IN ({names}) AND lost_at IS NULL AND wish = 'present'");
        house.until_none(&known).await;
        let gone: Vec<String> = living.into_iter().filter(|_| rng.random()).collect();
        for name in &gone {
            house.story.r#move((&house.chat, Some(&bot)), name);
        }
        house.story.talk(&house.chat, &mut rng);
        moved += gone.len();
        house.start(lost).await;
        house.settle().await;
        house.until_at_home().await;
        house.check().await;
        class.survived();
    }
    class.note(format!("{moved} environments moved"));
    house.close().await;
}

/// Each of the faults, in the long form in each moment.
async fn try_all(mut house: House, (run, class): (&Run, &Class), faults: &[Fault]) {
    let mut rng = StdRng::seed_from_u64(run.seed);
    let times = if run.is_long { HELD_IN.len() } else { 1 };
    let mut slowest = Duration::ZERO;
    house.begin().await;
    for (round, fault) in faults.iter().cycle().take(times * faults.len()).enumerate() {
        // The one that may be late first.
        let moment = HELD_IN[(round + usize::from(round > 0) * rng.random_range(0..HELD_IN.len())) % HELD_IN.len()];
        let late = try_one(&mut house, (*fault, moment), (&mut rng, class)).await;
        assert!(late <= TAKEN_OVER, "{fault:?} while {moment:?}: taken over after {late:?}");
        slowest = slowest.max(late);
        house.settle().await;
        house.check().await;
        class.survived();
    }
    let (broken_off, doubles) = house.broken_off();
    class.note(format!(
        "taken over within {:.1} s, {broken_off} broken off, {doubles} said twice, {} hints taken, {} lost",
        slowest.as_secs_f64(),
        house.story.calls().taken,
        house.story.calls().lost
    ));
    house.close().await;
}

/// Gives how long it took until another went on with what the bot had in hand.
async fn try_one(house: &mut House, (fault, moment): (Fault, Moment), (rng, class): (&mut StdRng, &Class)) -> Duration {
    let victim = rng.random_range(0..house.members.len());
    let other = (victim + 1) % house.members.len();
    house.bot(victim).hold(moment, 0).await;
    house.echo(Some(victim));
    house.bot(victim).held().await;
    // In the same lane: it waits for what is in the other's hand.
    let word = house.echo(Some(other));
    house.story.go_on(&house.chat, rng);
    class.tried();
    let mut began = Instant::now();
    match fault {
        Fault::Killed => house.bot(victim).kill().await,
        Fault::Frozen(_) => {
            if moment == Moment::Calling || moment == Moment::Deciding {
                house.echo_everywhere(victim).await;
            }
            house.bot(victim).signal(Signal::STOP);
            began = Instant::now();
        }
        Fault::Cut(mode) => house.members[victim].way.set(mode),
        Fault::Away => {
            house.stop_the_server().await;
            // It is alive: whatever it was about to do it does now.
            house.bot(victim).order("release").await;
            house.start_the_server().await;
            began = Instant::now();
        }
    }
    let answered = tokio::time::timeout(3 * TAKEN_OVER, house.chat.posted(&word)).await;
    let late = answered.unwrap_or_else(|_| panic!("{fault:?} while {moment:?}: nobody takes over"));
    if let Fault::Frozen(time) = fault {
        tokio::time::sleep_until((began + time).into()).await;
    }
    house.story.talk(&house.chat, rng);
    match fault {
        Fault::Killed => house.start(victim).await,
        Fault::Frozen(_) => house.bot(victim).signal(Signal::CONT),
        Fault::Cut(_) => house.members[victim].way.set(Mode::Open),
        Fault::Away => {}
    }
    if fault != Fault::Killed {
        house.on_the_way += 1;
        house.bot(victim).order("release").await;
    }
    late.saturating_duration_since(began)
}
