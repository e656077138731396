//! A card as lines of text. A line that begins with a word we know is that part of it, with its fields between bars; any
//! other is a line of the log. `\n` in a field is a line break, and `times 30` repeats the line before.

use crate::card::model::{
    Action, Card, Confirmation, Content, Door, Entry, Fact, File, Log, Page, Part, Section, State, To, Weight,
};
use crate::domain::card::CardId;
use crate::domain::form::{Field, Form, Input, Slot};
use crate::domain::marked::Marked;
use crate::domain::{ChatName, CommandName, RoomId};

/// No more lines than this are told: the longest card of ours has far fewer.
const MOST: usize = 600;

/// With these a page of several sections is more than full.
const MOST_ENTRIES: usize = 40;

/// What a text says, as the card that it makes.
pub(super) struct Story {
    card: Card,
    foreign: Vec<String>,
}

impl Story {
    pub(super) fn read(text: &str) -> Self {
        let card = Card {
            id: CardId::new("card-1"),
            guard: 1,
            state: State::Idle,
            title: Marked::default(),
            facts: Vec::new(),
            parts: Vec::new(),
            log: Vec::new(),
            actions: Vec::new(),
        };
        let mut story = Self { card, foreign: Vec::new() };
        let mut before = "";
        for line in text.split('\n').take(MOST) {
            match line.strip_prefix("times ").and_then(|times| times.parse::<usize>().ok()) {
                Some(times) => (1..times.min(MOST)).for_each(|_| story.tell(before)),
                None => story.tell(line),
            }
            before = line;
        }
        story
    }

    pub(super) fn card(&self) -> &Card {
        &self.card
    }

    /// All words as they were told.
    pub(super) fn foreign(&self) -> impl Iterator<Item = &str> {
        self.foreign.iter().map(String::as_str)
    }

    /// The same on each kind of message.
    pub(super) fn contents(&self) -> [Content; 4] {
        let Card { title, log, .. } = &self.card;
        let log = Log { words: title.clone(), lines: log.clone() };
        let name = self.foreign.first().cloned().unwrap_or_default();
        let file = File { name, title: title.to_plain(), text: log.lines.join("\n") };
        [
            Content::Text(title.clone()),
            Content::Card(Box::new(self.card.clone())),
            Content::Log(Box::new(log)),
            Content::File(Box::new(file)),
        ]
    }

    /// The same as a person's page: its facts are sections, its parts are what stands there, its actions lead on.
    pub(super) fn page(&self) -> Page {
        let doors: Vec<Door> = self.card.actions.iter().map(door).collect();
        let entry = |part: &Part| Entry {
            state: part.state,
            word: part.word().to_owned(),
            told: part.told.clone(),
            doors: doors.clone(),
        };
        let section = |fact: &Fact| Section {
            title: fact.label.clone(),
            entries: self.card.parts.iter().take(MOST_ENTRIES).map(entry).collect(),
            nothing: fact.value.clone(),
            more: Some(fact.value.clone()),
        };
        Page { sections: self.card.facts.iter().take(4).map(section).collect(), doors }
    }

    /// The same as a form: its facts and choices are to be filled in.
    pub(super) fn form(&self) -> Form {
        let words = |(number, fact): (usize, &Fact)| Field {
            slot: Slot::Option(format!("{number}{}", fact.label)),
            label: fact.label.clone(),
            help: fact.value.to_plain(),
            input: [Input::Words, Input::Name, Input::Yes][number % 3].clone(),
            is_required: false,
            filled: Some(fact.value.to_plain()),
        };
        let fields = self.card.facts.iter().enumerate().map(words);
        let choices = self.card.actions.iter().enumerate().filter_map(choice);
        let (title, submit) = (self.card.title.to_plain(), self.card.state.word().to_owned());
        Form { command: CommandName::new("deploy"), title, submit, fields: fields.chain(choices).collect() }
    }

    fn tell(&mut self, line: &str) {
        let (kind, rest) = line.split_once(' ').unwrap_or((line, ""));
        let fields: Vec<String> = rest.split('|').map(|field| field.replace("\\n", "\n")).collect();
        let field = |number: usize| fields.get(number).cloned().unwrap_or_default();
        let card = &mut self.card;
        match kind {
            "card" => {
                card.id = CardId::new(field(0));
                card.guard = field(1).parse().unwrap_or(7);
                card.state = state(&field(2));
            }
            "title" => card.title = marked(&rest.replace("\\n", "\n")),
            "fact" => card.facts.push(Fact { label: field(0), value: marked(&field(1)) }),
            "part" => {
                let word = fields.get(3).cloned();
                card.parts.push(Part { state: state(&field(2)), word, name: field(0), told: marked(&field(1)) });
            }
            "button" => card.actions.push(button(&fields)),
            "form" => card.actions.push(Action::Form { command: CommandName::new(field(0)), label: field(1) }),
            "select" => {
                let options: Vec<String> = fields.iter().skip(2).cloned().collect();
                let chosen = options.last().cloned();
                card.actions.push(Action::Select { action: field(0), label: field(1), options, chosen });
            }
            "options" => self.many_options(&field(0)),
            _ => card.log.push(line.to_owned()),
        }
        // Repeated words tell nothing new.
        if self.foreign.len() < 8 {
            self.foreign.push(rest.to_owned());
        }
    }

    /// As many options as `300` says, added to the last choice.
    fn many_options(&mut self, many: &str) {
        let Some(Action::Select { options, .. }) = self.card.actions.last_mut() else { return };
        let many = many.parse::<usize>().unwrap_or(0).min(MOST).saturating_sub(options.len());
        options.extend((0..many).map(|number| format!("feature/{number}")));
    }
}

/// A button; with a third field it asks first, and with a fourth it takes something away.
fn button(fields: &[String]) -> Action {
    let field = |number: usize| fields.get(number).cloned().unwrap_or_default();
    let asks = Confirmation { title: field(2), text: marked(&field(3)), does: field(4) };
    let asks = (fields.len() > 2).then(|| Box::new(asks));
    let weight = match (&asks, fields.len()) {
        (Some(_), 4..) => Weight::Danger,
        (Some(_), _) => Weight::Normal,
        (None, _) => Weight::Primary,
    };
    Action::Button { action: field(0), label: field(1), weight, asks }
}

fn door(action: &Action) -> Door {
    match action {
        Action::Button { action, label, .. } => Door { label: label.clone(), to: To::Address(action.clone()) },
        Action::Form { command, label } => {
            let room = RoomId::new(&ChatName::new("slack"), label);
            Door { label: label.clone(), to: To::Form { command: command.clone(), room: Some(room) } }
        }
        Action::Select { action, label, .. } => {
            Door { label: label.clone(), to: To::Form { command: CommandName::new(action), room: None } }
        }
    }
}

fn choice((number, action): (usize, &Action)) -> Option<Field> {
    let Action::Select { label, options, chosen, .. } = action else { return None };
    Some(Field {
        slot: Slot::Version { argument: "component".to_owned(), component: format!("{label}{number}") },
        label: label.clone(),
        help: String::new(),
        input: Input::Choice(options.clone()),
        is_required: true,
        filled: chosen.clone(),
    })
}

/// Text with marks of any kind. Ids of channels that Slack gives begin with a `C`.
fn marked(text: &str) -> Marked {
    Marked::new(text.replace("<#slack:", "<#slack:C"))
}

fn state(word: &str) -> State {
    let all = [State::Running, State::Ok, State::Attention, State::Failed];
    all.into_iter().find(|state| state.word() == word).unwrap_or(State::Idle)
}
