//! Iterations against a model: whatever people say and do in the chat while rooms are made, furnished, left and
//! opened again, whichever answers of the chat are lost, and whenever the house is killed, in the end each iteration
//! has its one room as it should be, and each command one answer.
//!
//! The chat's gate holds every call before it is carried out and once more with its answer. So the steps of couriers
//! and stewards come in the order that the acts have them in, and between any two of them people act or the house dies.

mod act;
mod check;
mod seen;
mod world;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use crate::support::cases::cases;
use act::{Act, act};
use world::World;

async fn act_out(stays_closed: bool, acts: Vec<Act>) -> Result<(), TestCaseError> {
    let mut world = World::open(stays_closed).await;
    for act in acts {
        world = world.act(act).await?;
    }
    world.settle().await?;
    world.reopen_all().await
}

proptest! {
    #![proptest_config(cases(20))]

    #[test]
    fn each_iteration_has_its_one_room_as_it_should_be(stays_closed in any::<bool>(), acts in vec(act(), 20..60)) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(act_out(stays_closed, acts))?;
    }
}
