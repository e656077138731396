//! Iterations and their rooms: sections A and B of what an iteration's life must be like, started by command.

use std::sync::Arc;
use std::time::Duration;

use chamberlain::domain::PersonId;
use chamberlain::ports::Standing;

use crate::support::chat::FakeChat;
use crate::support::house::House;

#[tokio::test]
async fn s1_starting_an_iteration_opens_a_room_with_the_bot_in_it() {
    let house = House::open().await;
    let heard = house.says("ana", "#lobby", "iteration start Sprint 42").await;
    assert_eq!(heard.answers, ["Iteration Sprint 42 (`sprint-42`) has started. I am opening its room."]);
    house.settled().await;
    assert_eq!(house.texts_in("lobby").await[2], "The room of Sprint 42 is open: #sprint-42");
    assert_eq!(house.says("ana", "#sprint-42", "ping").await.answers, ["pong"]);
}

#[tokio::test]
async fn s2_the_rooms_name_is_made_by_a_template_and_two_iterations_never_share_a_room() {
    let chat = Arc::new(FakeChat::default());
    let house = House::with_chat(chat.clone(), "it-{project}-{key}").await;
    house.says("ana", "#lobby", "iteration start One").await;
    house.says("ana", "#lobby", "iteration start Two").await;
    house.settled().await;
    assert_eq!(chat.our_rooms(), ["it-product-one", "it-product-two"]);
}

#[tokio::test]
async fn s3_the_same_start_ten_times_at_once_makes_one_room() {
    let chat = Arc::new(FakeChat::default());
    let house = House::with_chat(chat.clone(), "{key}").await;
    let starts = (0..10).map(|_| house.says("ana", "#lobby", "iteration start Sprint 42"));
    let heard = futures::future::join_all(starts).await;
    assert_eq!(heard.iter().filter(|heard| heard.outcome == "changed").count(), 1);
    assert!(heard.iter().any(|heard| heard.answers[0].starts_with("There is an iteration `sprint-42` already")));
    house.settled().await;
    assert_eq!(chat.our_rooms(), ["sprint-42"]);
}

#[tokio::test]
async fn s4_a_taken_name_gets_a_number_and_the_rooms_id_is_the_key() {
    let chat = Arc::new(FakeChat::default().with_foreign_room("sprint-42").with_foreign_room("sprint-42-2"));
    let house = House::with_chat(chat.clone(), "{key}").await;
    house.says("ana", "#lobby", "iteration start Sprint 42").await;
    house.settled().await;
    assert_eq!(chat.our_rooms(), ["sprint-42-3"]);
    let shown = house.says("ana", "#lobby", "iteration show --in sprint-42").await;
    assert!(shown.answers[0].contains("#id1") || shown.answers[0].contains("#id"), "{:?}", shown.answers);
}

#[tokio::test]
async fn s5_names_are_cut_between_letters_and_cjk_names_give_a_usable_room() {
    let chat = Arc::new(FakeChat::default());
    let house = House::with_chat(chat.clone(), "{key}").await;
    house.says("ana", "#lobby", "iteration start 冲刺 四十二 支付功能上线之前的最后一次").await;
    house.settled().await;
    let rooms = chat.our_rooms();
    assert_eq!(rooms.len(), 1);
    assert!(rooms[0].len() <= 24 && rooms[0].starts_with("chong-ci-si-shi-er"), "{rooms:?}");
}

#[tokio::test]
async fn s6_a_room_whose_answer_was_lost_is_adopted_not_made_again() {
    let chat = Arc::new(FakeChat::default());
    chat.state().faults.lose_answers = 1;
    let house = House::with_chat(chat.clone(), "{key}").await;
    house.says("ana", "#lobby", "iteration start Sprint 42").await;
    house.settled().await;
    assert_eq!(chat.our_rooms(), ["sprint-42"]);
    // The answer is lost; then the house dies before it looks again.
    let house = house.reopen().await;
    house.clock.pass(Duration::from_secs(30));
    house.settled().await;
    assert_eq!(chat.our_rooms(), ["sprint-42"]);
    assert_eq!(chat.texts("sprint-42").len(), 1, "the card is there, once");
    assert_eq!(house.texts_in("lobby").await.len(), 3, "and it was told, once");
}

#[tokio::test]
async fn s7_a_refusing_chat_keeps_the_room_pending_and_it_is_told_once() {
    let chat = Arc::new(FakeChat::default());
    chat.state().faults.refuse_rooms = 3;
    let house = House::with_chat(chat.clone(), "{key}").await;
    house.says("ana", "#lobby", "iteration start Sprint 42").await;
    house.settled().await;
    assert!(chat.our_rooms().is_empty());
    let listed = house.says("ana", "#lobby", "iteration list").await;
    assert!(listed.answers[0].contains("its room is still to come"), "{:?}", listed.answers);
    for _ in 0..3 {
        house.clock.pass(Duration::from_mins(1));
        house.settled().await;
    }
    assert_eq!(chat.our_rooms(), ["sprint-42"]);
    let told: Vec<String> = house.texts_in("lobby").await;
    assert_eq!(told.iter().filter(|text| text.starts_with("I could not open the room")).count(), 1, "{told:?}");
}

#[tokio::test]
async fn s73_two_rooms_never_want_the_same_environment() {
    let house = House::open().await;
    house.says("ana", "#lobby", "iteration start Sprint 42").await;
    house.settled().await;
    let heard = house.says("ana", "#lobby", "iteration start sprint-42!").await;
    assert_eq!(
        heard.answers,
        ["There is an iteration `sprint-42` already (Sprint 42). Choose another name, or see `iteration show --in \
          sprint-42`."]
    );
}

#[tokio::test]
async fn what_is_deployed_before_the_room_is_open_has_its_card_there_once_it_is() {
    let chat = Arc::new(FakeChat::default());
    chat.state().faults.refuse_rooms = 1;
    let house = House::with_chat(chat.clone(), "{key}").await;
    house.says("ana", "#lobby", "iteration start Sprint 42").await;
    house.says("ana", "#lobby", "deploy api web --in sprint-42").await;
    house.settled().await;
    house.pass(Duration::from_mins(1)).await;
    let texts = chat.texts("sprint-42");
    assert!(texts[0].contains("Owner: @ana"), "the room's own card is the first: {texts:?}");
    assert!(texts[1].contains("Deployed sprint-42, revision 1"), "{texts:?}");
}

#[tokio::test]
async fn s12_s13_the_first_message_is_a_pinned_card_and_it_is_edited_never_posted_again() {
    let chat = Arc::new(FakeChat::default());
    let house = House::with_chat(chat.clone(), "{key}").await;
    house.says("ana", "#lobby", "iteration start --for 14days --goal \"Pay with one click\" Sprint 42").await;
    house.settled().await;
    insta::assert_snapshot!(chat.texts("sprint-42").join("\n---\n"));
    let pinned = chat.with_room_named("sprint-42", |room| (room.seen.pinned.clone(), room.messages[0].0.clone()));
    assert_eq!(pinned.0.unwrap().as_str(), pinned.1);
    house.says("ana", "#lobby", "iteration add bo --in sprint-42").await;
    house.settled().await;
    assert_eq!(chat.texts("sprint-42").len(), 1);
    assert!(chat.texts("sprint-42")[0].contains("Members: @ana, @bo"));
    let house = house.reopen().await;
    house.settled().await;
    assert_eq!(chat.texts("sprint-42").len(), 1);
}

#[tokio::test]
async fn a_card_whose_answer_was_lost_is_found_not_posted_again() {
    let chat = Arc::new(FakeChat::default());
    let house = House::with_chat(chat.clone(), "{key}").await;
    house.says("ana", "#lobby", "iteration start Sprint 42").await;
    // Invite, card, pin: whichever of them, the next look finds what was done.
    chat.state().faults.lose_answers = 3;
    house.settled().await;
    for _ in 0..4 {
        house.clock.pass(Duration::from_secs(30));
        house.settled().await;
    }
    assert_eq!(chat.texts("sprint-42").len(), 1);
    assert!(chat.texts("sprint-42")[0].contains("Members: @ana"), "{:?}", chat.texts("sprint-42"));
}

#[tokio::test]
async fn a_card_that_somebody_deleted_is_posted_anew_once() {
    let chat = Arc::new(FakeChat::default());
    let house = House::with_chat(chat.clone(), "{key}").await;
    house.says("ana", "#lobby", "iteration start Sprint 42").await;
    house.settled().await;
    let first = chat.with_room_named("sprint-42", |room| room.messages.remove(0).0);
    house.says("ana", "#lobby", "iteration add bo --in sprint-42").await;
    house.settled().await;
    assert_eq!(chat.texts("sprint-42").len(), 1);
    assert!(chat.texts("sprint-42")[0].contains("Members: @ana, @bo"), "{:?}", chat.texts("sprint-42"));
    let second = chat.with_room_named("sprint-42", |room| room.messages[0].0.clone());
    assert_ne!(first, second);
    let pinned = chat.with_room_named("sprint-42", |room| room.seen.pinned.clone());
    assert_eq!(pinned.unwrap().as_str(), second, "the new one is on top");
    house.says("ana", "#lobby", "iteration add cy --in sprint-42").await;
    house.settled().await;
    assert_eq!(chat.texts("sprint-42").len(), 1, "from then on it is edited");
    assert!(chat.texts("sprint-42")[0].contains("@cy"), "{:?}", chat.texts("sprint-42"));
}

#[tokio::test]
async fn s15_s19_people_win_over_the_list_of_members() {
    let chat = Arc::new(FakeChat::default());
    let house = House::with_chat(chat.clone(), "{key}").await;
    house.says("ana", "#lobby", "iteration start Sprint 42").await;
    house.says("ana", "#lobby", "iteration add bo --in sprint-42").await;
    house.settled().await;
    let members = || chat.with_room_named("sprint-42", |room| room.seen.members.clone());
    let is_in = |person: &str| members().contains(&PersonId::new(person));
    assert!(is_in("ana") && is_in("bo"));
    // Bo leaves: not dragged in again by the next event, only by a person's word.
    chat.leaves("sprint-42", "bo");
    house.says("ana", "#lobby", "iteration add cy --in sprint-42").await;
    house.settled().await;
    assert!(is_in("cy") && !is_in("bo"));
    house.says("ana", "#lobby", "iteration add bo --in sprint-42").await;
    house.settled().await;
    assert!(is_in("bo"));
    // Who came by hand is not taken out; whom we brought is.
    chat.joins("sprint-42", "dee");
    house.says("ana", "#lobby", "iteration remove cy --in sprint-42").await;
    house.settled().await;
    assert!(is_in("dee") && !is_in("cy"));
    let refused = house.says("ana", "#lobby", "iteration remove ana --in sprint-42").await;
    assert_eq!(refused.answers, ["Ana owns `sprint-42` and stays in its room."]);
}

#[tokio::test]
async fn s17_who_has_no_account_in_the_chat_is_listed_on_the_card() {
    let chat = Arc::new(FakeChat::default());
    chat.state().strangers = vec![PersonId::new("cy")];
    let house = House::with_chat(chat.clone(), "{key}").await;
    house.says("ana", "#lobby", "iteration start Sprint 42").await;
    house.says("ana", "#lobby", "iteration add cy --in sprint-42").await;
    house.settled().await;
    assert!(chat.texts("sprint-42")[0].contains("Not found here: @cy"), "{:?}", chat.texts("sprint-42"));
}

#[tokio::test]
async fn s47_rights_are_by_role_and_a_refusal_says_who_has_it() {
    let house = House::open().await;
    let heard = house.says("cy", "#lobby", "iteration start Sprint 42").await;
    assert_eq!(
        heard.answers,
        ["You may not run `iteration start` in project `product`: no role of yours allows it. \
          Roles that allow it: `lead` (ana)."]
    );
    house.says("ana", "#lobby", "iteration start Sprint 42").await;
    house.settled().await;
    let heard = house.says("dee", "#lobby", "iteration show --in nothing").await;
    assert!(heard.answers[0].starts_with("You may not run"), "who may not look is not told what there is");
}

#[tokio::test]
async fn a_room_of_no_iteration_is_told_which_there_are() {
    let house = House::open().await;
    assert_eq!(
        house.says("ana", "#lobby", "iteration show").await.answers,
        ["This room belongs to no iteration. Say which one: none is open yet, so begin with `iteration start NAME`."]
    );
    house.says("ana", "#lobby", "iteration start Sprint 42").await;
    house.settled().await;
    assert_eq!(
        house.says("ana", "#lobby", "iteration show").await.answers,
        ["▲ This room belongs to no iteration. Say which one: `--in sprint-42`. (attention)\n  [Sprint 42]"]
    );
    assert_eq!(
        house.says("ana", "#lobby", "iteration show --in sprint-24").await.answers,
        ["I know no iteration `sprint-24`. Did you mean `sprint-42`?"]
    );
    assert!(house.says("ana", "#sprint-42", "iteration show").await.answers[0].starts_with("Sprint 42"));
}

#[tokio::test]
async fn bad_names_are_told() {
    let house = House::open().await;
    for (line, told) in [
        ("iteration start !!!", "`!!!` has no letter or digit"),
        ("iteration start Chamberlain", "`chamberlain` is my own name"),
        ("iteration start", "`iteration start` needs NAME."),
        ("iteration start --for soon x", "`--for` takes a duration like `30m` or `2h`, not `soon`."),
    ] {
        let heard = house.says("ana", "#lobby", line).await;
        assert!(heard.outcome == "refused" && heard.answers[0].starts_with(told), "{line}: {:?}", heard.answers);
    }
}

#[tokio::test]
async fn a_button_runs_its_command_for_whoever_pressed_and_only_they_read_it() {
    let house = House::open().await;
    house.says("ana", "#lobby", "iteration start Sprint 42").await;
    house.settled().await;
    let card = house.cards_in("sprint-42").await.remove(0);
    assert_eq!(card.buttons, ["deploy", "branch", "status", "help"]);
    let heard = house.presses("cy", &card, "help").await;
    assert_eq!(heard.outcome, "changed");
    assert!(!heard.answers[0].contains("iteration start"), "cy may not start iterations");
    assert_eq!(house.texts_in("sprint-42").await.len(), 1, "ana does not read cy's help");
    let heard = house.presses("ana", &card, "explode").await;
    assert_eq!(heard.answers, ["This button no longer does anything; I have redrawn the card."]);
}

#[tokio::test]
async fn a_room_tells_what_it_is_for_and_what_is_changed_by_hand_is_mended() {
    let chat = Arc::new(FakeChat::default());
    let house = House::with_chat(chat.clone(), "{key}").await;
    house.says("ana", "#lobby", "iteration start --goal \"Pay with one click\" Sprint 42").await;
    house.settled().await;
    let furniture = || {
        chat.with_room_named("sprint-42", |room| {
            let links = room.seen.bookmarks.clone().unwrap().into_iter().map(|one| one.address).collect::<Vec<_>>();
            (room.seen.topic.clone().unwrap(), room.seen.purpose.clone().unwrap(), links)
        })
    };
    let as_it_should_be = furniture();
    assert_eq!(as_it_should_be.0, "Sprint 42 · active · ana · no end set");
    assert_eq!(as_it_should_be.1, "Sprint 42: Pay with one click");
    assert_eq!(as_it_should_be.2, ["https://git.example/api", "https://git.example/web"]);
    let card = chat.with_room_named("sprint-42", |room| {
        room.seen.topic = Some("who cares".into());
        room.name = "renamed-by-hand".into();
        room.seen.bookmarks = Some(Vec::new());
        room.seen.pinned.take()
    });
    house.look_at_room("sprint-42").await;
    chat.with_room_named("renamed-by-hand", |room| {
        assert_eq!(room.seen.pinned, card);
        room.name = "sprint-42".into();
    });
    assert_eq!(furniture(), as_it_should_be, "and its name is as people gave it");
}

#[tokio::test]
async fn a_room_that_is_renamed_by_hand_is_told_once_and_known_by_its_new_name() {
    let chat = Arc::new(FakeChat::default());
    let house = House::with_chat(chat.clone(), "{key}").await;
    house.says("ana", "#lobby", "iteration start Sprint 42").await;
    house.settled().await;
    chat.with_room_named("sprint-42", |room| room.name = "sprint-43".into());
    for _ in 0..2 {
        house.look_at_room("sprint-42").await;
    }
    let told = house.texts_in("lobby").await;
    let renamed = "The room of Sprint 42 was renamed from `sprint-42` to `sprint-43`: #id1. I go on in it, and leave it \
                   its name.";
    assert_eq!(told.iter().filter(|text| *text == renamed).count(), 1, "{told:?}");
    assert_eq!(chat.our_rooms(), ["sprint-43"]);
    // Its new name is the one that another iteration would have.
    house.says("ana", "#lobby", "iteration start Sprint 43").await;
    house.settled().await;
    assert_eq!(chat.our_rooms(), ["sprint-43", "sprint-43-2"]);
    // Each new name is told.
    chat.with_room_named("sprint-43", |room| room.name = "pay".into());
    house.look_at_room("sprint-42").await;
    let told = house.texts_in("lobby").await;
    assert!(told.last().unwrap().contains("from `sprint-43` to `pay`"), "{told:?}");
}

#[tokio::test]
async fn a_room_that_is_archived_by_hand_is_told_and_left_alone_until_it_is_back() {
    let chat = Arc::new(FakeChat::default());
    let house = House::with_chat(chat.clone(), "{key}").await;
    house.says("ana", "#lobby", "iteration start Sprint 42").await;
    house.settled().await;
    chat.with_room_named("sprint-42", |room| {
        room.seen.standing = Standing::Archived;
        room.seen.members.clear();
    });
    for _ in 0..2 {
        house.look_at_room("sprint-42").await;
    }
    let told = house.texts_in("lobby").await;
    let archived = "▲ The room of Sprint 42 was archived: I say nothing there any more. Unarchive it, and I go on. \
                    (attention)\n  [Open it again]";
    assert_eq!(told.iter().filter(|text| *text == archived).count(), 1, "{told:?}");
    house.says("bo", "#lobby", "deploy api web --in sprint-42").await;
    house.settled().await;
    let messages = chat.texts("sprint-42").len();
    chat.with_room_named("sprint-42", |room| room.seen.standing = Standing::Open);
    house.look_at_room("sprint-42").await;
    assert_eq!(house.texts_in("lobby").await.last().unwrap(), "The room of Sprint 42 is there again: I go on in it.");
    assert_eq!(chat.with_room_named("sprint-42", |room| room.seen.members.len()), 1, "nobody had left");
    assert_eq!(chat.texts("sprint-42").len(), messages + 1, "the deployment's card comes now");
}
