//! Cards: where presses lead, what is left out first, and whatever else may come.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::words::{foreign, marked};
use super::{is_taken, render};
use crate::card::model::{Action, Card, Confirmation, Content, Fact, Part, State, Weight};
use crate::card::render::slack::Rendered;
use crate::domain::card::{CardId, Drawn};
use crate::domain::marked::{Marked, escape};

fn card() -> Card {
    Card {
        id: CardId::new("card-1"),
        guard: 7,
        state: State::Failed,
        title: Marked::new("Failed to deploy **x**"),
        facts: Vec::new(),
        parts: Vec::new(),
        log: Vec::new(),
        actions: Vec::new(),
    }
}

fn shown(card: Card) -> Rendered {
    let message = render(&Content::Card(Box::new(card)));
    is_taken(&message);
    message
}

fn button(action: &str) -> Action {
    Action::Button { action: action.to_owned(), label: format!("Do {action}"), weight: Weight::Normal, asks: None }
}

fn select(action: &str, options: &[String], chosen: &str) -> Action {
    let (action, label) = (action.to_owned(), action.to_owned());
    Action::Select { action, label, options: options.to_vec(), chosen: Some(chosen.to_owned()) }
}

fn of_kind<'m>(message: &'m Rendered, kind: &str) -> Vec<&'m Value> {
    message.blocks.iter().filter(|block| block["type"] == kind).collect()
}

#[test]
fn the_notification_is_the_first_line() {
    assert_eq!(shown(card()).text, "❌ failed · Failed to deploy x");
}

#[test]
fn a_press_takes_along_its_card_its_guard_and_its_action() {
    let options = ["main".to_owned(), "feature/x".to_owned()];
    let line = format!("say:deploy --in sprint-42 web@{}", "x".repeat(370));
    let actions = vec![
        select("choose:api", &options, "main"),
        select("version:api", &options, "main"),
        select("choose:web", &options, "feature/x"),
        button("deploy"),
        button(&line),
    ];
    let message = shown(Card { actions, ..card() });
    assert_eq!(message.cut, Vec::<String>::new());
    let rows = of_kind(&message, "actions");
    let kinds: Vec<usize> = rows.iter().map(|row| row["elements"].as_array().unwrap().len()).collect();
    assert_eq!(kinds, [2, 1, 2], "selects of one component side by side, buttons by themselves");
    for (number, row) in rows.iter().enumerate() {
        let drawn = Drawn { card: CardId::new("card-1"), guard: 7 };
        assert_eq!(row["block_id"], drawn.to_text(number));
        assert_eq!(Drawn::parse(row["block_id"].as_str().unwrap()), Some(drawn));
    }
    assert_eq!(rows[1]["elements"][0]["action_id"], "choose:web");
    assert_eq!(rows[1]["elements"][0]["initial_option"]["value"], "feature/x");
    assert_eq!(
        (&rows[2]["elements"][1]["action_id"], &rows[2]["elements"][1]["value"]),
        (&json!("press:4"), &json!(line))
    );
}

#[test]
fn a_button_asks_first_in_words_that_mean_nothing() {
    let asks = Confirmation {
        title: "Roll back sprint-42?".into(),
        text: Marked::new(format!("**sprint-42** goes to `{}`", escape("<!channel> *x*"))),
        does: "Roll back".into(),
    };
    let back = |asks| {
        let weight = Weight::Danger;
        Action::Button { action: "rollback".into(), label: "Roll back".into(), weight, asks: Some(Box::new(asks)) }
    };
    let plain = |text: &str| json!({ "type": "plain_text", "text": text, "emoji": false });
    let asked = |message: &Rendered| of_kind(message, "actions")[0]["elements"][0].clone();
    let message = shown(Card { actions: vec![back(asks.clone())], ..card() });
    assert_eq!(message.cut, Vec::<String>::new());
    assert_eq!(asked(&message)["style"], "danger");
    let expected = json!({
        "title": plain("Roll back sprint-42?"),
        "text": plain("sprint-42 goes to `<!channel> *x*`"),
        "confirm": plain("Roll back"),
        "deny": plain("Leave it"),
        "style": "danger",
    });
    assert_eq!(asked(&message)["confirm"], expected);

    let long = Confirmation { text: Marked::plain(&"<".repeat(300)), ..asks };
    let message = shown(Card { actions: vec![back(long)], ..card() });
    assert_eq!(message.cut, ["the end of what Roll back asks"]);
    assert!(asked(&message)["confirm"]["text"]["text"].as_str().unwrap().ends_with("<…"));
}

#[test]
fn of_many_options_the_first_are_shown_and_the_chosen_one() {
    let options: Vec<String> = (0..300).map(|number| format!("b{number}")).collect();
    let message = shown(Card { actions: vec![select("choose:web", &options, "b250")], ..card() });
    let shown = of_kind(&message, "actions")[0]["elements"][0]["options"].as_array().unwrap().clone();
    assert_eq!((shown.len(), &shown[98]["value"], &shown[99]["value"]), (100, &json!("b98"), &json!("b250")));
    assert_eq!(message.cut, ["options of choose:web (200)"]);
}

#[test]
fn an_option_that_cannot_travel_is_named() {
    let options = ["main".to_owned(), "x".repeat(151)];
    let message = shown(Card { actions: vec![select("choose:web", &options, &options[1])], ..card() });
    assert_eq!(message.cut, [format!("of choose:web, the option {}…", "x".repeat(39))]);
    assert_eq!(of_kind(&message, "actions")[0]["elements"][0].get("initial_option"), None);
}

#[test]
fn the_log_gives_way_first_then_the_parts_then_the_facts() {
    let fact = Fact { label: "Goal".into(), value: Marked::plain("g") };
    let part = |number| Part { state: State::Ok, word: None, name: format!("p{number}"), told: Marked::plain("told") };
    let log: Vec<String> = (0..300).map(|number| format!("{number} {}", "x".repeat(100))).collect();
    let message = shown(Card { facts: vec![fact.clone()], parts: (0..9).map(part).collect(), log, ..card() });
    let [told] = message.cut.as_slice() else { panic!("{:?}", message.cut) };
    assert!(told.starts_with("earlier lines of the log ("), "{told}");
    let last = of_kind(&message, "rich_text")[3]["elements"][0]["elements"].as_array().unwrap().last().unwrap().clone();
    assert!(last["text"].as_str().unwrap().contains("299 xxx"), "the last lines are the ones that tell");
    assert!(of_kind(&message, "context")[0].to_string().contains(told), "the reader is told");

    let message = shown(Card { facts: vec![fact; 3], parts: (0..2000).map(part).collect(), ..card() });
    assert!(message.cut[0].starts_with("parts ("), "{:?}", message.cut);
    assert_eq!(message.blocks[1]["elements"].as_array().unwrap().len(), 3, "the facts are whole");
}

#[test]
fn the_press_of_a_card_with_a_name_too_long_is_not_offered() {
    let message = shown(Card { id: CardId::new("x".repeat(260)), actions: vec![button("deploy")], ..card() });
    assert_eq!(message.cut, ["all buttons: the card's id is too long"]);
}

pub(super) fn state() -> impl Strategy<Value = State> {
    prop::sample::select(vec![State::Running, State::Ok, State::Attention, State::Failed, State::Idle])
}

fn action() -> impl Strategy<Value = Action> {
    let asks = (foreign(), marked(), foreign()).prop_map(|(title, text, does)| Confirmation { title, text, does });
    let button = (foreign(), foreign(), prop::option::of(asks), 0..2_usize);
    let button = button.prop_map(|(action, label, asks, weight)| {
        let weight = match &asks {
            Some(_) => [Weight::Danger, Weight::Primary][weight],
            None => [Weight::Normal, Weight::Primary][weight],
        };
        Action::Button { action, label, weight, asks: asks.map(Box::new) }
    });
    let name = prop_oneof![Just("choose:web".to_owned()), Just("press:0".to_owned()), foreign()];
    let options = prop_oneof![
        prop::collection::vec(foreign(), 0..4),
        (0..300_usize, foreign()).prop_map(|(many, words)| {
            let words: String = words.chars().take(90).collect();
            (0..many).map(|number| format!("{number}{words}")).collect()
        }),
    ];
    let select =
        (name, foreign(), options, any::<prop::sample::Index>()).prop_map(|(action, label, options, place)| {
            let chosen = (!options.is_empty()).then(|| options[place.index(options.len())].clone());
            Action::Select { action, label, options, chosen }
        });
    prop_oneof![2 => button, 3 => select]
}

fn any_card() -> impl Strategy<Value = Card> {
    let fact = (foreign(), marked()).prop_map(|(label, value)| Fact { label, value });
    let part = (state(), prop::option::of(foreign()), foreign(), marked()).prop_map(|(state, word, name, told)| Part {
        state,
        word,
        name,
        told,
    });
    let id = prop_oneof![4 => Just("card-1".to_owned()), 1 => "x{1,260}", 1 => foreign()];
    let told = (marked(), prop::collection::vec(fact, 0..9), prop::collection::vec(part, 0..40));
    let rest = (prop::collection::vec(foreign(), 0..60), prop::collection::vec(action(), 0..12), 0..9_usize);
    (id, state(), any::<i64>(), told, rest).prop_map(|(id, state, guard, (title, facts, parts), (log, few, times))| {
        let actions = few.iter().cycle().take(few.len() * times).cloned().collect();
        Card { id: CardId::new(id), guard, state, title, facts, parts, log, actions }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn any_card_is_taken(card in any_card()) {
        shown(card);
    }

    #[test]
    fn what_is_chosen_is_always_among_the_options(many in 1..300_usize, place in any::<prop::sample::Index>(), selects in 1..30_usize) {
        let options: Vec<String> = (0..many).map(|number| format!("feature/{number}")).collect();
        let chosen = &options[place.index(many)];
        let actions = (0..selects).map(|number| select(&format!("choose:{number}"), &options, chosen)).collect();
        let message = shown(Card { actions, ..card() });
        for row in of_kind(&message, "actions") {
            prop_assert_eq!(&row["elements"][0]["initial_option"]["value"], chosen.as_str());
        }
    }
}
