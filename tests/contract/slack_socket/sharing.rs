//! Several processes share an app: each keeps its part of the connections, which changes as they come and go.

use std::time::Duration;

use chamberlain::adapters::chat::slack::socket::Share;
use tokio::sync::watch;

use super::{APP_TOKEN, Ground, quick, slack};

#[tokio::test]
async fn sockets_are_opened_and_closed_as_the_share_changes_and_nothing_is_lost() {
    let (shares, share) = watch::channel(Share { slots: 1, others: 5 });
    let ground = Ground::sharing(slack().await, (APP_TOKEN, quick()), share);
    ground.slack.set(|settings| {
        settings.ack_timeout = Duration::from_millis(500);
        settings.retry_delays = vec![Duration::from_millis(20); 500];
    });
    let mut said = 0;
    for slots in [1, 4, 2, 5, 1, 0, 3] {
        shares.send_replace(Share { slots, others: 5 });
        // While they come and go somebody speaks; what no socket takes comes again.
        ground.says("status");
        said += 1;
        let wanted = usize::try_from(slots).unwrap();
        ground.slack.wait_for(|world| (world.socket.live() == wanted).then_some(())).await;
        if slots > 0 {
            ground.intake.wait_stored(said).await;
        }
    }
    ground.slack.wait_quiet().await;
    assert_eq!(ground.intake.stored().len(), said);
}
