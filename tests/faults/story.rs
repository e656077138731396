//! What people say in each life: an iteration, a deployment, what calls it off or takes it back, a removal, something
//! small or refused; and a branch that moves by itself.

use std::sync::Arc;

use rand::Rng;
use rand::rngs::StdRng;

use crate::chat::Chat;
use crate::git_server::{Calls, GitServer};

/// What was said, and what must come of it.
pub(crate) struct Story {
    /// The room of the iteration that is deployed to.
    pub(crate) room: String,
    /// The keys of all that was said and pressed.
    pub(crate) said: Vec<String>,
    /// The iterations that were started.
    pub(crate) iterations: Vec<String>,
    /// The newest commit of the branch that moves.
    pub(crate) moved_to: String,
    /// The iteration whose environment is up and will be removed.
    shed: Option<String>,
    git_server: Arc<GitServer>,
    lives: usize,
    version: usize,
}

impl Story {
    /// The story of bots whose sources are pushed to by way of this server.
    pub(crate) fn of(git_server: Arc<GitServer>) -> Self {
        Self {
            room: String::new(),
            said: Vec::new(),
            iterations: Vec::new(),
            moved_to: "moving".into(),
            shed: None,
            git_server,
            lives: 0,
            version: 0,
        }
    }

    /// How the calls of the push hook ended so far.
    pub(crate) fn calls(&self) -> Calls {
        self.git_server.calls()
    }

    pub(crate) fn begin(&mut self, chat: &Chat) {
        self.iterations.push("ground".into());
        self.say(chat, ("ana", "lobby"), "iteration start Ground");
    }

    pub(crate) fn deploy_first(&mut self, chat: &Chat) {
        let room = self.room.clone();
        self.say(chat, ("ana", &room), "deploy alpha@v1 beta@moving");
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
        if rng.random_ratio(1, 3) {
            // Found now; else at the next start.
            self.say(chat, ("bo", &room), "resume");
        }
        self.deploy(chat, rng);
        self.push();
        match rng.random_range(0..6) {
            // It waits for the one before it.
            0 | 1 => self.say(chat, ("bo", &room), "deploy beta@v1"),
            2 => self.say(chat, ("ana", &room), "cancel"),
            3 => self.say(chat, ("bo", &room), "rollback"),
            _ => {}
        }
        // Somebody presses what a card shows, which may be over by then.
        let account = ["ana", "bo", "cy"][rng.random_range(0..3)];
        self.said.extend(chat.press(account, &room, rng));
        self.put_up_or_take_down(chat, rng);
        let small = ["help", "ping", "dance", "deploy gamma@v1 --in ground", "iteration start Ground", "whoami"];
        self.say(chat, ("bo", "lobby"), small[rng.random_range(0..small.len())]);
        self.say(chat, ("cy", &room), if rng.random() { "deploy alpha@v1" } else { "status" });
        if rng.random() {
            self.push();
        }
    }

    /// What is said where nothing is deployed.
    pub(crate) fn talk(&mut self, chat: &Chat, rng: &mut StdRng) {
        self.lives += 1;
        self.iterations.push(format!("life-{}", self.lives));
        self.say(chat, ("ana", "lobby"), &format!("iteration start Life {}", self.lives));
        let room = self.room.clone();
        let small = ["help", "ping", "dance", "status", "iteration start Ground", "whoami"];
        for _ in 0..6 {
            let account = ["ana", "bo", "cy"][rng.random_range(0..3)];
            let place = if rng.random() { "lobby" } else { &room };
            self.say(chat, (account, place), small[rng.random_range(0..small.len())]);
        }
    }

    /// A word is to be said again in the room; this bot is told of it first.
    pub(crate) fn echo(&mut self, to: (&Chat, Option<&str>), word: &str) {
        let room = self.room.clone();
        self.echo_in(&room, to, word);
    }

    /// The same, in another room.
    pub(crate) fn echo_in(&mut self, room: &str, (chat, bot): (&Chat, Option<&str>), word: &str) {
        self.said.push(chat.say_to(bot, ("bo", room), &format!("echo {word}")));
    }

    /// Another version each time, so that every life starts and ends something.
    pub(crate) fn deploy(&mut self, chat: &Chat, rng: &mut StdRng) {
        self.version = (self.version + rng.random_range(1..3)) % 3;
        let version = format!("v{}", self.version + 1);
        let alpha = if rng.random_ratio(1, 6) { "broken" } else { &version };
        let beta = if rng.random_ratio(1, 2) { "moving" } else { &version };
        let room = self.room.clone();
        self.say(chat, ("ana", &room), &format!("deploy alpha@{alpha} beta@{beta}"));
    }

    /// Another iteration, with an environment; gives its name.
    pub(crate) fn put_up(&mut self, chat: &Chat) -> String {
        self.put_up_by((chat, None))
    }

    /// The same; this bot is told of it first.
    pub(crate) fn put_up_by(&mut self, (chat, bot): (&Chat, Option<&str>)) -> String {
        self.lives += 1;
        let name = format!("life-{}", self.lives);
        self.iterations.push(name.clone());
        for line in [format!("iteration start Life {}", self.lives), format!("deploy alpha@v2 beta@moving --in {name}")]
        {
            self.said.push(chat.say_to(bot, ("ana", "lobby"), &line));
        }
        name
    }

    /// Two other versions of what runs in an environment, one of which it does not have already; this bot is told first.
    pub(crate) fn change(&mut self, (chat, bot): (&Chat, Option<&str>), name: &str) {
        for version in ["v1", "v3"] {
            let line = format!("deploy alpha@{version} beta@moving --in {name}");
            self.said.push(chat.say_to(bot, ("bo", "lobby"), &line));
        }
    }

    /// Somebody has an environment whose machine is lost brought up elsewhere.
    pub(crate) fn r#move(&mut self, (chat, bot): (&Chat, Option<&str>), name: &str) {
        self.said.push(chat.say_to(bot, ("bo", "lobby"), &format!("env move --in {name}")));
    }

    /// An environment besides the one on the ground: up in one life, removed in a later one.
    fn put_up_or_take_down(&mut self, chat: &Chat, rng: &mut StdRng) {
        match self.shed.take() {
            Some(shed) if rng.random_ratio(2, 3) => {
                self.say(chat, ("ana", "lobby"), &format!("env destroy {shed} --in {shed}"));
            }
            Some(shed) => self.shed = Some(shed),
            None => {
                let shed = format!("life-{}", self.lives);
                self.say(chat, ("ana", "lobby"), &format!("deploy alpha@v2 beta@v2 --in {shed}"));
                self.shed = Some(shed);
            }
        }
    }

    /// Somebody pushes to the branch that moves: whatever follows it takes that by itself, sooner or later.
    pub(crate) fn push(&mut self) {
        self.moved_to = self.git_server.push();
    }

    fn say(&mut self, chat: &Chat, (account, room): (&str, &str), text: &str) {
        self.said.push(chat.say(account, room, text));
    }
}
