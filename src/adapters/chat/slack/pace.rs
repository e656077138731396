//! When a call may go. A channel has no pace of its own until Slack asks for one; then it keeps to a message a second
//! until Slack has been content for a minute, and what people wait for goes before our cards. Methods that Slack asks
//! to spare rest everywhere. Pure: nothing waits here, who may not go yet is told how long it takes.

use std::collections::HashMap;
use std::time::Duration;

use crate::domain::Timestamp;

/// The pace of a channel that had too many messages: Slack's own limit.
const STEP: Duration = Duration::from_secs(1);
/// How long Slack must be content until a channel has no pace any more.
const QUIET: Duration = Duration::from_mins(1);
/// How much later than told somebody may come and still finds their turn. Whoever never comes holds up nobody.
const GRACE: Duration = Duration::from_secs(2);

/// What goes first where there is a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// A message that somebody waits for.
    Post,
    /// A card that shows what is true now.
    Update,
    /// Topic, pins, people: Slack tells of each in the channel.
    Furniture,
}

/// A wish to write into a channel.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn<'t> {
    /// Where.
    pub(super) channel: &'t str,
    /// Whose: the same when it asks again.
    pub(super) who: &'t str,
    /// How much it matters.
    pub(super) rank: Rank,
}

/// Who may go when.
#[derive(Debug)]
pub(super) struct Pace {
    channels: HashMap<String, Slow>,
    methods: HashMap<&'static str, Timestamp>,
    now: Timestamp,
}

/// A channel that had too many messages.
#[derive(Debug)]
struct Slow {
    /// The next message goes then at the earliest.
    free_at: Timestamp,
    /// Without another complaint the pace ends then.
    until: Timestamp,
    /// Who was told to come later, and when, in the order of asking.
    waiting: Vec<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    who: String,
    rank: Rank,
    at: Timestamp,
}

impl Pace {
    /// Everybody may go.
    pub(super) fn new() -> Self {
        Self { channels: HashMap::new(), methods: HashMap::new(), now: Timestamp::ZERO }
    }

    /// Lets it go, or says how long until it should ask again.
    pub(super) fn turn(&mut self, turn: Turn<'_>, now: Timestamp) -> Result<(), Duration> {
        self.turn_to(now);
        self.channels.get_mut(turn.channel).map_or(Ok(()), |slow| slow.turn(turn, now))
    }

    /// Whether a method may be called, or how long it rests.
    pub(super) fn method(&mut self, method: &str, now: Timestamp) -> Result<(), Duration> {
        self.turn_to(now);
        self.methods.get(method).map_or(Ok(()), |until| Err(until.since(now)))
    }

    /// Slack wants fewer messages in a channel.
    pub(super) fn channel_limited(&mut self, channel: &str, after: Duration, now: Timestamp) {
        self.turn_to(now);
        let free_at = now.plus(after);
        let waiting = Vec::new();
        let slow = self.channels.entry(channel.to_owned()).or_insert(Slow { free_at, until: free_at, waiting });
        slow.free_at = slow.free_at.max(free_at);
        slow.until = slow.free_at.plus(QUIET);
    }

    /// Slack wants fewer calls of a method.
    pub(super) fn method_limited(&mut self, method: &'static str, after: Duration, now: Timestamp) {
        self.turn_to(now);
        self.methods.insert(method, now.plus(after));
    }

    /// Forgets what is over. A clock that was set back would have everybody wait for hours, so it ends all of it: Slack
    /// says again what it wants.
    fn turn_to(&mut self, now: Timestamp) {
        if now < self.now {
            self.channels.clear();
            self.methods.clear();
        }
        self.now = now;
        self.channels.retain(|_, slow| slow.until > now);
        self.methods.retain(|_, until| *until > now);
    }
}

impl Slow {
    fn turn(&mut self, turn: Turn<'_>, now: Timestamp) -> Result<(), Duration> {
        self.waiting.retain(|one| one.who == turn.who || one.at.plus(GRACE) > now);
        if !self.waiting.iter().any(|one| one.who == turn.who) {
            self.waiting.push(Waiting { who: turn.who.to_owned(), rank: turn.rank, at: now });
        }
        // The sort keeps the order of asking within a rank.
        self.waiting.sort_by_key(|one| one.rank);
        let before = self.waiting.iter().position(|one| one.who == turn.who).unwrap_or(0);
        if before == 0 && now >= self.free_at {
            self.waiting.remove(0);
            self.free_at = now.plus(STEP);
            return Ok(());
        }
        let steps = u32::try_from(before).unwrap_or(u32::MAX);
        let at = self.free_at.max(now).plus(STEP.saturating_mul(steps));
        self.waiting[before].at = at;
        Err(at.since(now))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const START: i64 = 1_000_000;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(START + millis)
    }

    fn secs(secs: u64) -> Duration {
        Duration::from_secs(secs)
    }

    fn turn<'t>(channel: &'t str, who: &'t str, rank: Rank) -> Turn<'t> {
        Turn { channel, who, rank }
    }

    /// A pace in which `C1` was limited for 3 seconds.
    fn limited() -> Pace {
        let mut pace = Pace::new();
        pace.channel_limited("C1", secs(3), at(0));
        pace
    }

    #[test]
    fn a_channel_of_which_slack_says_nothing_has_no_pace() {
        let mut pace = limited();
        for _ in 0..100 {
            assert_eq!(pace.turn(turn("C2", "a", Rank::Update), at(0)), Ok(()));
        }
        assert_eq!(pace.turn(turn("C1", "a", Rank::Post), at(0)), Err(secs(3)));
    }

    #[test]
    fn after_a_complaint_it_waits_then_goes_by_seconds_until_a_minute_was_quiet() {
        let mut pace = limited();
        let mut ask = |who: &str, millis: i64| pace.turn(turn("C1", who, Rank::Post), at(millis));
        assert_eq!(ask("a", 1_000), Err(secs(2)));
        assert_eq!(ask("a", 3_000), Ok(()));
        assert_eq!(ask("b", 3_000), Err(secs(1)));
        assert_eq!(ask("b", 4_000), Ok(()));
        assert_eq!(ask("c", 62_999), Ok(()));
        assert_eq!(ask("d", 62_999), Err(secs(1)));
        assert_eq!(
            [ask("e", 63_000), ask("f", 63_000), ask("g", 63_000)],
            [Ok(()), Ok(()), Ok(())],
            "the minute is over"
        );
    }

    #[test]
    fn a_second_complaint_begins_the_minute_anew() {
        let mut pace = limited();
        pace.channel_limited("C1", secs(1), at(50_000));
        assert_eq!(pace.turn(turn("C1", "a", Rank::Post), at(111_000 - 1)), Ok(()));
        assert_eq!(pace.turn(turn("C1", "b", Rank::Post), at(111_000 - 1)), Err(secs(1)));
        assert_eq!(pace.turn(turn("C1", "b", Rank::Post), at(111_000)), Ok(()));
    }

    #[test]
    fn who_asked_first_goes_first_and_a_rank_before_the_next() {
        let mut pace = limited();
        let mut ask = |who: &str, rank: Rank, millis: i64| pace.turn(turn("C1", who, rank), at(millis));
        assert_eq!(ask("topic", Rank::Furniture, 0), Err(secs(3)));
        assert_eq!(ask("card", Rank::Update, 0), Err(secs(3)));
        assert_eq!(ask("one", Rank::Post, 0), Err(secs(3)));
        assert_eq!(ask("two", Rank::Post, 0), Err(secs(4)));
        // All come at their first time; only one goes.
        assert_eq!(ask("topic", Rank::Furniture, 3_000), Err(secs(3)));
        assert_eq!(ask("card", Rank::Update, 3_000), Err(secs(2)));
        assert_eq!(ask("one", Rank::Post, 3_000), Ok(()));
        assert_eq!(ask("two", Rank::Post, 4_000), Ok(()));
        assert_eq!(ask("card", Rank::Update, 5_000), Ok(()));
        assert_eq!(ask("topic", Rank::Furniture, 6_000), Ok(()));
    }

    #[test]
    fn who_never_comes_again_holds_up_nobody_for_long() {
        let mut pace = limited();
        let mut ask = |who: &str, rank: Rank, millis: i64| pace.turn(turn("C1", who, rank), at(millis));
        assert_eq!(ask("gone", Rank::Post, 0), Err(secs(3)));
        assert_eq!(ask("card", Rank::Update, 4_000), Err(secs(1)));
        assert_eq!(ask("card", Rank::Update, 5_000), Ok(()));
    }

    #[test]
    fn a_method_that_slack_wants_spared_rests_and_no_other() {
        let mut pace = Pace::new();
        pace.method_limited("pins.list", secs(20), at(0));
        assert_eq!(pace.method("pins.list", at(5_000)), Err(secs(15)));
        assert_eq!(pace.method("pins.add", at(5_000)), Ok(()));
        assert_eq!(pace.turn(turn("C1", "a", Rank::Post), at(5_000)), Ok(()));
        assert_eq!(pace.method("pins.list", at(20_000)), Ok(()));
    }

    #[test]
    fn a_clock_that_is_set_back_makes_nobody_wait() {
        let mut pace = limited();
        pace.method_limited("pins.list", secs(20), at(0));
        assert_eq!(pace.turn(turn("C1", "a", Rank::Post), at(-7_200_000)), Ok(()));
        assert_eq!(pace.method("pins.list", at(-7_200_000)), Ok(()));
    }

    /// Somebody who wants to write once and comes again when told to.
    #[derive(Clone, Debug)]
    struct Asker {
        channel: &'static str,
        rank: Rank,
        comes_at: i64,
    }

    fn askers() -> impl Strategy<Value = Vec<Asker>> {
        let rank = prop_oneof![Just(Rank::Post), Just(Rank::Update), Just(Rank::Furniture)];
        let asker = (prop_oneof![Just("C1"), Just("C2")], rank, 0_i64..20_000)
            .prop_map(|(channel, rank, comes_at)| Asker { channel, rank, comes_at });
        proptest::collection::vec(asker, 1..30)
    }

    /// Who went when: every asker comes at its time, and again when told to, a little late.
    fn played(pace: &mut Pace, askers: &[Asker], late: i64) -> Vec<(usize, i64)> {
        let mut coming: Vec<(i64, usize)> = askers.iter().enumerate().map(|(who, one)| (one.comes_at, who)).collect();
        let mut went = Vec::new();
        while let Some(next) = coming.iter().copied().min() {
            coming.retain(|one| *one != next);
            let (now, who) = next;
            let (asker, name) = (&askers[who], who.to_string());
            match pace.turn(turn(asker.channel, &name, asker.rank), at(now)) {
                Ok(()) => went.push((who, now)),
                Err(after) => coming.push((now + i64::try_from(after.as_millis()).unwrap() + late, who)),
            }
            assert!(went.len() + coming.len() == askers.len() && now < 1_000_000, "somebody never goes");
        }
        went
    }

    proptest! {
        #[test]
        fn a_slow_channel_has_a_message_a_second_at_most(askers in askers(), late in 0_i64..300) {
            let went = played(&mut limited(), &askers, late);
            let times: Vec<i64> = went.iter().filter(|(who, _)| askers[*who].channel == "C1").map(|one| one.1).collect();
            for pair in times.windows(2) {
                prop_assert!(pair[1] - pair[0] >= 1000 || pair[1] >= 63_000, "{times:?}");
            }
            prop_assert!(times.iter().all(|at| *at >= 3_000), "{times:?}");
        }

        #[test]
        fn others_go_when_they_come(askers in askers(), late in 0_i64..300) {
            for (who, went_at) in played(&mut limited(), &askers, late) {
                prop_assert!(askers[who].channel == "C1" || went_at == askers[who].comes_at);
            }
        }

        #[test]
        fn a_reply_waits_for_no_card_but_the_one_that_just_went(askers in askers(), comes_at in 0_i64..20_000, late in 0_i64..300) {
            let mut askers: Vec<Asker> = askers;
            askers.retain(|one| one.rank != Rank::Post);
            askers.push(Asker { channel: "C1", rank: Rank::Post, comes_at });
            let reply = askers.len() - 1;
            let went = played(&mut limited(), &askers, late);
            let went_at = went.iter().find(|(who, _)| *who == reply).unwrap().1;
            prop_assert!(went_at <= comes_at.max(3_000) + 1_000 + 2 * late, "came at {comes_at}, went at {went_at}");
        }
    }
}
