//! Forms: commands that are filled in instead of typed, opened from everywhere, judged while they are before somebody.

use crate::home::Home;
use crate::view::View;
use crate::walk::start_the_iteration;
use crate::workspace::{Fault, How, Workspace};

in_both_worlds!(
    a_branch_is_picked_in_a_form_and_deployed,
    an_iteration_is_started_by_a_form,
    a_form_that_was_closed_opens_with_what_was_typed,
    a_message_fills_in_what_it_names,
    who_may_not_is_told_instead,
    a_form_that_slack_does_not_open_is_told,
);

const DEPLOY: &str = "form:deploy";
const START: &str = "form:iteration start";
pub(crate) const IN: &str = "option|in";
pub(crate) const WEB: &str = "version|component|web";
const NAME: &str = "argument|name";

/// The form that is before somebody.
pub(crate) async fn form(world: &impl Workspace, who: &str) -> View {
    let look = async |world: &_| with_fields(world, who).await;
    world.until("a form", look).await
}

async fn modal_of(world: &impl Workspace, who: &str) -> Option<View> {
    world.modal(who).await
}

async fn with_fields(world: &impl Workspace, who: &str) -> Option<View> {
    world.modal(who).await.filter(|modal| !modal.fields().is_empty())
}

/// How the form for an iteration opens for Alice now; it is closed again.
async fn looked_at(world: &impl Workspace) -> View {
    world.shortcut("alice", START, None).await;
    let modal = form(world, "alice").await;
    world.closes("alice", &modal.id).await;
    modal
}

async fn with_goal(world: &impl Workspace) -> Option<View> {
    let modal = looked_at(world).await;
    (modal.filled("option|goal") == Some("Pay at once")).then_some(modal)
}

async fn without_name(world: &impl Workspace) -> Option<()> {
    looked_at(world).await.filled(NAME).is_none().then_some(())
}

async fn a_branch_is_picked_in_a_form_and_deployed(world: impl Workspace) {
    let _home = Home::open(&world).await;
    start_the_iteration(&world).await;
    world.shortcut("alice", DEPLOY, None).await;
    let modal = form(&world, "alice").await;
    assert!(modal.fields().starts_with(&[IN]), "{modal:?}");

    assert_eq!(world.offered("alice", &modal.id, (IN, "spri")).await, ["sprint-42"]);
    assert_eq!(world.offered("alice", &modal.id, (WEB, "pay")).await, ["feature/pay"]);
    let wrong = world.submits("alice", &modal.id, &[(IN, "sprint-42")]).await;
    assert_eq!(wrong.len(), 1, "nothing was chosen: {wrong:?}");
    let wrong = world.submits("alice", &modal.id, &[(IN, "sprint-9"), (WEB, "feature/pay")]).await;
    assert!(wrong.len() == 1 && wrong[0].0 == IN && wrong[0].1.contains("sprint-42"), "{wrong:?}");
    let wrong = world.submits("alice", &modal.id, &[(IN, "sprint-42"), (WEB, "feature/gone")]).await;
    assert!(wrong.len() == 1 && wrong[0].0 == WEB, "{wrong:?}");

    let wrong = world.submits("alice", &modal.id, &[(IN, "sprint-42"), (WEB, "feature/pay")]).await;
    assert_eq!(wrong, []);
    let is_deployed = |text: &str| text.contains("Deployed") && text.contains("sprint-42, revision 1");
    let run = world.until_ours("sprint-42", "the deployment", |message| is_deployed(&message.text)).await;
    assert!(run.shows("Let people pay") && run.shows("alice"), "{run:?}");
}

async fn an_iteration_is_started_by_a_form(world: impl Workspace) {
    let _home = Home::open(&world).await;
    world.shortcut("alice", START, None).await;
    let modal = form(&world, "alice").await;
    let wrong = world.submits("alice", &modal.id, &[(NAME, "Sprint 42"), ("option|for", "soon")]).await;
    assert!(wrong.len() == 1 && wrong[0].0 == "option|for", "{wrong:?}");
    let wrong = world.submits("alice", &modal.id, &[(NAME, "Sprint 42"), ("option|for", "14days")]).await;
    assert_eq!(wrong, []);
    world.until_ours("sprint-42", "the card of the room", |message| message.has_button("Deploy")).await;

    world.shortcut("alice", START, None).await;
    let modal = form(&world, "alice").await;
    let wrong = world.submits("alice", &modal.id, &[(NAME, "Sprint 42")]).await;
    assert!(wrong.len() == 1 && wrong[0].0 == NAME, "there is one of that name: {wrong:?}");
}

async fn a_form_that_was_closed_opens_with_what_was_typed(world: impl Workspace) {
    let mut home = Home::open(&world).await;
    world.shortcut("alice", START, None).await;
    let modal = form(&world, "alice").await;
    world.fills("alice", &modal.id, (NAME, "Sprint 4")).await;
    world.fills("alice", &modal.id, (NAME, "Sprint 42")).await;
    world.fills("alice", &modal.id, ("option|goal", "Pay at once")).await;
    world.closes("alice", &modal.id).await;

    // Also after the program was killed.
    let reopened = async |world: &_| with_goal(world).await;
    let modal = world.until("what was typed", reopened).await;
    assert_eq!(modal.filled(NAME), Some("Sprint 42"));
    home.kill().await;
    home.start().await;
    world.connected(2).await;
    world.until("what was typed, after a death", reopened).await;
    // What was sent off is over.
    world.shortcut("alice", START, None).await;
    let modal = form(&world, "alice").await;
    assert_eq!(world.submits("alice", &modal.id, &[(NAME, "Sprint 42")]).await, []);
    let empty = async |world: &_| without_name(world).await;
    world.until("an empty form", empty).await;
}

async fn a_message_fills_in_what_it_names(world: impl Workspace) {
    let _home = Home::open(&world).await;
    start_the_iteration(&world).await;
    let ts = world.says("bob", "ops", "Please try `feature/pay`, it is better than main.").await;
    world.shortcut("alice", DEPLOY, Some(("ops", &ts))).await;
    let modal = form(&world, "alice").await;
    assert_eq!(modal.filled(WEB), Some("feature/pay"));
    assert_eq!(modal.filled(IN), None, "the channel belongs to no iteration");
    assert_eq!(world.submits("alice", &modal.id, &[(IN, "sprint-42")]).await, []);
    world.until_ours("sprint-42", "the deployment", |message| message.text.contains("Deployed")).await;
    // It is answered where the message stands.
    world.until_ours("ops", "the answer", |message| message.text.contains("Revision 1")).await;
}

async fn who_may_not_is_told_instead(world: impl Workspace) {
    let _home = Home::open(&world).await;
    world.shortcut("carol", START, None).await;
    let look = async |world: &_| modal_of(world, "carol").await;
    let modal = world.until("words instead of a form", look).await;
    assert!(modal.fields().is_empty() && modal.shows("I don't know you yet"), "{modal:?}");
}

async fn a_form_that_slack_does_not_open_is_told(world: impl Workspace) {
    let _home = Home::open(&world).await;
    world.fault(Fault::on("views.open", How::Error("expired_trigger_id"))).await;
    world.shortcut("alice", START, None).await;
    let talk = world.dm("alice", "ping").await;
    let told = world.until_ours(&talk, "word of it", |message| message.text.contains("Press again")).await;
    assert!(told.text.contains("iteration start"), "{told:?}");
    assert_eq!(world.calls("views.open").await, 1, "an old trigger is not tried again");
}
