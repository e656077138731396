//! Modals and the home tab: whatever may stand on them, Slack takes it; and nothing stands apart that belongs together.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::{Surroundings, form, home, instead, limits, loading, options, validator};
use super::cards::state;
use super::words::{foreign, marked};
use crate::card::model::{Door, Entry, Page, Section, State, To};
use crate::domain::form::{Field, Form, Input, Slot};
use crate::domain::marked::Marked;
use crate::domain::{ChatName, CommandName, PersonId, RoomId};

#[track_caller]
fn is_taken(view: &Value) {
    assert_eq!(validator::problems_of_view(view), Vec::<String>::new(), "{view:#}");
}

fn shown(page: &Page) -> Value {
    let account = |person: &PersonId| (person.as_str() != "kim").then(|| format!("U0{}", person.as_str().len()));
    let around = Surroundings { account: &account, console: Some("http://chamberlain.localhost:7420") };
    let view = home(page, &around);
    is_taken(&view);
    view
}

fn door(to: To) -> Door {
    Door { label: "Open".to_owned(), to }
}

fn deploy() -> Door {
    door(To::Form { command: CommandName::new("deploy"), room: None })
}

fn entry(doors: Vec<Door>) -> Entry {
    Entry { state: State::Ok, word: "up".to_owned(), told: Marked::plain("told"), doors }
}

fn section(entries: Vec<Entry>) -> Section {
    Section { title: "Yours".to_owned(), entries, nothing: Marked::plain("Nothing."), more: None }
}

fn kinds(view: &Value) -> Vec<&str> {
    view["blocks"].as_array().unwrap().iter().filter_map(|block| block["type"].as_str()).collect()
}

#[test]
fn an_entry_stands_with_its_doors() {
    let page = Page { doors: vec![deploy()], sections: vec![section(vec![entry(vec![deploy()]), entry(vec![])])] };
    let view = shown(&page);
    assert_eq!(kinds(&view), ["actions", "header", "rich_text", "actions", "rich_text"]);
    assert_eq!(view["blocks"][0]["elements"][0]["value"], r#"{"command":"deploy"}"#);
    assert_eq!(view["blocks"][2]["elements"][0]["elements"][2]["text"], "up", "the word, beside the sign");
}

#[test]
fn what_has_no_room_is_left_out_from_the_end_and_whole() {
    // One for the heading, two an entry: the fiftieth entry would stand without its doors.
    let mut last = section(vec![]);
    last.title = "Last".to_owned();
    let full = Page { doors: vec![], sections: vec![section(vec![entry(vec![deploy()]); 60]), last] };
    let view = shown(&full);
    let kinds = kinds(&view);
    assert_eq!((kinds.len(), kinds[98]), (limits::VIEW_BLOCKS - 1, "actions"));
    assert!(!view.to_string().contains("Last"), "what comes later does not take the place");
}

#[test]
fn a_door_that_leads_nowhere_is_left_out() {
    let nowhere = ["", "https://", "ftp://x.example", "javascript:alert(1)", "https://a b.example", "web.sprint-42"];
    let mut doors: Vec<Door> = nowhere.map(|address| door(To::Address(address.to_owned()))).into();
    doors.push(door(To::Address(format!("https://x.example/{}", "x".repeat(3_000)))));
    doors.push(door(To::Address("http://web.sprint-42.localhost:7420/".to_owned())));
    doors.push(Door { label: " \u{202e} ".to_owned(), ..deploy() });
    let view = shown(&Page { doors, sections: vec![] });
    let left = view["blocks"][0]["elements"].as_array().unwrap();
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(left[0]["url"], "http://web.sprint-42.localhost:7420/");
    let none = shown(&Page { doors: vec![door(To::Address(String::new()))], sections: vec![] });
    assert_eq!(kinds(&none), Vec::<&str>::new(), "a row without doors is none");
}

#[test]
fn where_there_is_nothing_it_is_said() {
    let view = shown(&Page { doors: vec![], sections: vec![section(vec![])] });
    assert_eq!(view["blocks"][1]["elements"][0]["elements"], json!([{ "type": "text", "text": "Nothing." }]));
}

fn field(slot: Slot, input: Input, filled: Option<&str>) -> Field {
    let filled = filled.map(str::to_owned);
    Field { slot, label: "Label".to_owned(), help: String::new(), input, is_required: false, filled }
}

#[test]
fn what_is_filled_in_stands_in_its_field() {
    let slot = |name: &str| Slot::Option(name.to_owned());
    let words = ["never".to_owned(), "always".to_owned()];
    let fields = vec![
        field(slot("goal"), Input::Words, Some("Pay")),
        field(slot("in"), Input::Name, Some("sprint-42")),
        field(slot("when"), Input::Choice(words.into()), Some("always")),
        field(slot("other"), Input::Choice(vec!["a".to_owned()]), Some("gone")),
        field(slot("quiet"), Input::Yes, Some("yes")),
        field(slot("none"), Input::Choice(vec![]), None),
        field(slot("goal"), Input::Words, Some("twice")),
    ];
    let (title, submit) = ("Deploy".to_owned(), "Deploy".to_owned());
    let view = form(&Form { command: CommandName::new("deploy"), title, submit, fields }, None);
    is_taken(&view);
    let elements: Vec<&Value> = view["blocks"].as_array().unwrap()[1..].iter().map(|block| &block["element"]).collect();
    assert_eq!(elements.len(), 5, "no field of nothing to choose, none twice: {view:#}");
    assert_eq!(elements[0]["initial_value"], "Pay");
    assert_eq!(elements[1]["initial_option"]["value"], "sprint-42");
    assert_eq!(elements[2]["initial_option"]["value"], "always");
    assert_eq!(elements[3].get("initial_option"), None);
    assert_eq!(elements[4]["initial_options"][0]["value"], "yes");
}

fn any_door() -> impl Strategy<Value = Door> {
    let form = (foreign(), prop::option::of(foreign())).prop_map(|(command, room)| To::Form {
        command: CommandName::new(command),
        room: room.map(|room| RoomId::new(&ChatName::new("slack"), &room)),
    });
    let address = prop_oneof![
        foreign(),
        foreign().prop_map(|path| format!("https://x.example/{path}")),
        foreign().prop_map(|path| format!("/{path}")),
    ];
    (foreign(), prop_oneof![form, address.prop_map(To::Address)]).prop_map(|(label, to)| Door { label, to })
}

fn any_page() -> impl Strategy<Value = Page> {
    let doors = || prop::collection::vec(any_door(), 0..7);
    let entry = (state(), foreign(), marked(), doors()).prop_map(|(state, word, told, doors)| Entry {
        state,
        word,
        told,
        doors,
    });
    let entries = (prop::collection::vec(entry, 0..4), 0..40_usize)
        .prop_map(|(few, times)| few.iter().cycle().take(few.len() * times).cloned().collect());
    let section = (foreign(), entries, marked(), prop::option::of(marked()))
        .prop_map(|(title, entries, nothing, more)| Section { title, entries, nothing, more });
    (doors(), prop::collection::vec(section, 0..4)).prop_map(|(doors, sections)| Page { doors, sections })
}

fn any_field() -> impl Strategy<Value = Field> {
    let slot = prop_oneof![
        foreign().prop_map(Slot::Argument),
        foreign().prop_map(Slot::Option),
        (foreign(), foreign()).prop_map(|(argument, component)| Slot::Version { argument, component }),
    ];
    let words = prop_oneof![
        prop::collection::vec(foreign(), 0..6),
        (0..130_usize).prop_map(|many| (0..many).map(|number| format!("word {number}")).collect()),
    ];
    let input = prop_oneof![Just(Input::Words), Just(Input::Name), words.prop_map(Input::Choice), Just(Input::Yes)];
    let rest = (any::<bool>(), prop::option::of(foreign()));
    (slot, foreign(), foreign(), input, rest).prop_map(|(slot, label, help, input, (is_required, filled))| Field {
        slot,
        label,
        help,
        input,
        is_required,
        filled,
    })
}

fn any_form() -> impl Strategy<Value = Form> {
    let fields = (prop::collection::vec(any_field(), 0..5), 1..40_usize).prop_map(|(few, times)| {
        let numbered = |(number, field): (usize, &Field)| match &field.slot {
            Slot::Option(name) => Field { slot: Slot::Option(format!("{number}{name}")), ..field.clone() },
            _ => field.clone(),
        };
        few.iter().cycle().take(few.len() * times).enumerate().map(numbered).collect()
    });
    (foreign(), foreign(), fields).prop_map(|(title, submit, fields)| Form {
        command: CommandName::new("deploy"),
        title,
        submit,
        fields,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn any_page_is_taken(page in any_page()) {
        let view = shown(&page);
        let kinds = kinds(&view);
        // What an entry's doors stand below is the entry, or the top.
        for (above, below) in kinds.iter().zip(kinds.iter().skip(1)) {
            prop_assert!(*below != "actions" || *above == "rich_text");
        }
    }

    #[test]
    fn any_form_is_taken(form in any_form()) {
        is_taken(&super::super::form(&form, Some(&RoomId::new(&ChatName::new("slack"), "C01"))));
    }

    #[test]
    fn any_words_in_the_place_of_a_form_are_taken(words in marked()) {
        is_taken(&instead(&words));
        is_taken(&loading());
    }

    #[test]
    fn any_suggestions_are_taken(words in prop::collection::vec((foreign(), foreign()), 0..150)) {
        let offered = options(words.iter().map(|(value, hint)| (value.as_str(), hint.as_str())));
        if !offered.is_empty() {
            let select = json!({ "type": "static_select", "action_id": "fill", "options": offered });
            let label = json!({ "type": "plain_text", "text": "Name", "emoji": false });
            let field = json!({ "type": "input", "block_id": "name", "label": label, "element": select });
            let mut view = loading();
            view["blocks"] = json!([field]);
            view["submit"] = label;
            is_taken(&view);
        }
    }
}
