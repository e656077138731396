//! What people say in each life: an iteration, a deployment, and something small or refused.

use rand::Rng;
use rand::rngs::StdRng;

use crate::chat::Chat;

/// What was said, and what must come of it.
#[derive(Default)]
pub(crate) struct Story {
    /// The room of the iteration that is deployed to.
    pub(crate) room: String,
    /// The keys of all that was said.
    pub(crate) said: Vec<String>,
    /// The iterations that were started.
    pub(crate) iterations: Vec<String>,
    lives: usize,
    version: usize,
}

impl Story {
    pub(crate) fn begin(&mut self, chat: &Chat) {
        self.iterations.push("ground".into());
        self.say(chat, ("ana", "lobby"), "iteration start Ground");
    }

    pub(crate) fn deploy_first(&mut self, chat: &Chat) {
        let room = self.room.clone();
        self.say(chat, ("ana", &room), "deploy alpha@v1 beta@v1");
    }

    /// What is said in one life.
    pub(crate) fn go_on(&mut self, chat: &Chat, rng: &mut StdRng) {
        self.lives += 1;
        let (life, room) = (self.lives, self.room.clone());
        if life % 4 == 0 {
            chat.state().take_name(&format!("life-{life}"));
        }
        self.iterations.push(format!("life-{life}"));
        self.say(chat, ("ana", "lobby"), &format!("iteration start Life {life}"));
        // Another one each time, so that every life starts and ends something.
        self.version = (self.version + rng.random_range(1..3)) % 3;
        let version = format!("v{}", self.version + 1);
        let alpha = if rng.random_ratio(1, 6) { "broken" } else { &version };
        self.say(chat, ("ana", &room), &format!("deploy alpha@{alpha} beta@{version}"));
        if rng.random_ratio(1, 3) {
            // It waits for the one before it.
            self.say(chat, ("bo", &room), "deploy beta@v1");
        }
        let small = ["help", "ping", "dance", "deploy gamma@v1 --in ground", "iteration start Ground", "whoami"];
        self.say(chat, ("bo", "lobby"), small[rng.random_range(0..small.len())]);
        self.say(chat, ("cy", &room), if rng.random() { "deploy alpha@v1" } else { "status" });
    }

    fn say(&mut self, chat: &Chat, (account, room): (&str, &str), text: &str) {
        self.said.push(chat.say(account, room, text));
    }
}
