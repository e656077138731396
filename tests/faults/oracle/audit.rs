//! The audit is sealed to its last line, it is what was sealed, and no seal that was there before was made anew.

use std::time::{Duration, Instant};

use chamberlain::store::keeping::audit::{self, Kept};
use tokio::sync::Mutex;

use super::Scene;
use crate::database::Ledger;

/// How soon the last line must be sealed, whoever seals: a second after the last batch, and some for a slow machine.
const LIMIT: Duration = Duration::from_secs(30);
/// How often it is looked.
const LOOK: Duration = Duration::from_millis(100);

/// The last seal of each look, kept where no bot reaches it.
#[derive(Default)]
pub(crate) struct Seals(Mutex<Vec<Kept>>);

pub(super) async fn all_of_it_is_sealed_and_as_it_was(scene: &Scene<'_>) {
    until_sealed(&scene.ledger).await;
    let mut kept = scene.seals.0.lock().await;
    let verified = audit::verify(&scene.ledger.url, kept.clone()).await.unwrap();
    assert_eq!((&verified.damages, verified.more), (&vec![], 0), "the audit is not what was sealed");
    let lines: Vec<(i64,)> = scene.ledger.rows("SELECT count(*) FROM audit").await;
    let sealed = verified.sealed.expect("something was asked for");
    assert_eq!(i64::try_from(sealed.lines).unwrap(), lines[0].0, "each line is in one batch");
    assert_eq!((verified.waiting.lines, verified.removed.lines), (0, 0), "none waits, none was removed");
    kept.push(sealed.seal);
}

async fn until_sealed(ledger: &Ledger) {
    let began = Instant::now();
    loop {
        let (_, waiting) = audit::state(&ledger.url).await.unwrap();
        if waiting.lines == 0 {
            return;
        }
        assert!(began.elapsed() < LIMIT, "{} lines of the audit are not sealed", waiting.lines);
        tokio::time::sleep(LOOK).await;
    }
}
