//! The home tab: what somebody sees there, that it stays true while it is open, and where its doors lead.

use crate::home::Home;
use crate::view::{Button, View};
use crate::walk::{choose_and_deploy, start_the_iteration};
use crate::workspace::Workspace;

in_both_worlds!(a_page_follows_what_is_theirs, what_failed_waits_until_it_is_mended, a_stranger_is_told_whom_to_ask);

async fn a_page_follows_what_is_theirs(world: impl Workspace) {
    let _home = Home::open(&world).await;
    world.opens_home("alice").await;
    let first = world.until_home("alice", "a page", |_| true).await;
    assert!(first.shows("Nothing waits for you."), "{first:?}");
    assert!(first.button("Start an iteration…", "iteration start").is_some(), "{first:?}");
    assert!(!first.shows("Sprint 42"), "{first:?}");

    world.opens_home("bob").await;
    let of_bob = world.until_home("bob", "a page", |_| true).await;

    // From here on nobody opens theirs again.
    start_the_iteration(&world).await;
    world.until_home("alice", "the iteration, once its room is open", |view| in_room(view).is_some()).await;
    choose_and_deploy(&world).await;
    let is_up = |view: &View| view.shows("feature/pay@") && view.leads("Open web", "http://web.sprint-42.localhost:");
    let shown = world.until_home("alice", "the environment", is_up).await;
    assert!(shown.shows("sprint-42") && shown.shows(", revision 1"), "{shown:?}");

    world.presses_in("alice", &shown, &in_room(&shown).unwrap()).await;
    let modal = async |world: &_| top_modal(world).await.filter(|modal| modal.filled("option|in").is_some());
    let modal = world.until("the form", modal).await;
    assert_eq!(modal.filled("option|in"), Some("sprint-42"), "the room's iteration is filled in");
    assert!(modal.fields().contains(&"version|component|web"), "{modal:?}");

    // By then all pages were made again at least once.
    world.says("alice", "sprint-42", "@bot hold").await;
    world.until_home("alice", "the hold", |view| view.shows("on hold")).await;
    let now = world.home_of("bob").await.unwrap();
    assert_eq!(now.hash, of_bob.hash, "what is the same as before is not shown again");
}

async fn top_modal(world: &impl Workspace) -> Option<View> {
    world.modal("alice").await
}

/// The door to deploying in the iteration's room, which is not the one at the top.
fn in_room(view: &View) -> Option<Button> {
    view.button("Deploy…", "channel")
}

async fn what_failed_waits_until_it_is_mended(world: impl Workspace) {
    let mut home = Home::of(&world);
    home.shop.commit_broken("Take shells");
    home.start().await;
    world.connected(2).await;
    start_the_iteration(&world).await;
    world.opens_home("alice").await;
    world.until_home("alice", "a page", |view| view.shows("Nothing waits for you.")).await;
    world.says("alice", "sprint-42", "@bot deploy web@feature/pay").await;
    let failed = world.until_home("alice", "what failed", |view| view.shows("could not be brought up")).await;
    assert!(failed.shows("unfinished") && !failed.shows("Nothing waits for you."), "{failed:?}");

    home.shop.commit("Mend it");
    let is_mended = |view: &View| view.shows("Nothing waits for you.") && view.shows(", revision 2");
    world.until_home("alice", "the page without it", is_mended).await;
}

async fn a_stranger_is_told_whom_to_ask(world: impl Workspace) {
    let _home = Home::open(&world).await;
    world.opens_home("carol").await;
    let page = world.until_home("carol", "a page", |_| true).await;
    assert!(page.shows("I don't know you yet") && page.shows("Ask whoever runs me"), "{page:?}");
    assert!(page.button("Deploy…", "").is_none(), "{page:?}");
    // Bob is known and has no right: he sees what is his, and no door to what he may not do.
    world.opens_home("bob").await;
    let page = world.until_home("bob", "a page", |_| true).await;
    assert!(page.shows("Nothing waits for you.") && page.button("Deploy…", "").is_none(), "{page:?}");
}
