//! One open socket: reads without waiting for anybody, sends each acknowledgement when its frame is stored, and notices
//! when nobody is at the other end.

use std::sync::Arc;
use std::time::Duration;

use futures::stream::{FuturesUnordered, SplitSink, SplitStream};
use futures::{SinkExt, StreamExt};
use slack_morphism::{SlackSocketModeClientListener, SlackSocketModeWssClientId};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};
use tokio_tungstenite::tungstenite::{Bytes, Message};
use tokio_util::sync::CancellationToken;

use super::dial::Socket;
use super::limits::Limits;
use crate::event::chat::slack::{Frame, Leaving};

/// What a socket tells its keeper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// Slack said hello, and how many connections the app has.
    Open(Option<usize>),
    /// Slack will close it.
    Leaving(Leaving),
}

/// Who listens to a socket.
pub(super) struct Ears {
    /// Takes what comes, and gives the acknowledgement.
    pub(super) listener: Arc<dyn SlackSocketModeClientListener + Send + Sync>,
    /// Which socket it is, for the log.
    pub(super) id: SlackSocketModeWssClientId,
    /// Hears how the socket is.
    pub(super) keeper: mpsc::UnboundedSender<Told>,
    /// Closes it.
    pub(super) stop: CancellationToken,
    /// How long everything may take.
    pub(super) limits: Limits,
    /// Told how many are open.
    pub(super) open: watch::Sender<usize>,
}

/// One that is open, and counted as such until it is dropped.
struct Standing(watch::Sender<usize>);

impl Standing {
    fn among(open: watch::Sender<usize>) -> Self {
        open.send_modify(|count| *count += 1);
        Self(open)
    }
}

impl Drop for Standing {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

/// Why a socket ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// By our own wish.
    Stopped,
    /// The other end closed it, or the connection broke.
    Closed,
    /// Slack never said hello.
    NoHello,
    /// Nobody answers there any more.
    Silent,
}

/// Listens until the socket ends. What was read before is stored and acknowledged as far as it can be.
pub(super) async fn listen(socket: Socket, ears: Ears) -> Ended {
    let (sink, stream) = socket.split();
    let (frames, to_send) = mpsc::unbounded_channel();
    let limit = ears.limits.send;
    // Sending has its own pace: an other end that takes nothing must not keep us from reading.
    let (ended, ()) = tokio::join!(read(stream, ears, frames), write(sink, to_send, limit));
    ended
}

async fn read(mut stream: SplitStream<Socket>, ears: Ears, frames: mpsc::UnboundedSender<Message>) -> Ended {
    let Ears { listener, id, keeper, stop, limits, open } = ears;
    let mut taking = FuturesUnordered::new();
    let mut pings = interval(limits.ping);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut standing, mut deadline, mut leaves_at) = (None, Instant::now() + limits.hello, None);
    let ended = loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => break Ended::Stopped,
            () = frames.closed() => break Ended::Closed,
            Some(ack) = taking.next(), if !taking.is_empty() => send(&frames, ack),
            frame = stream.next() => match frame {
                Some(Ok(Message::Text(text))) => {
                    if standing.is_some() {
                        deadline = Instant::now() + limits.quiet;
                    }
                    match Frame::read(&text) {
                        Frame::Hello { connections } => {
                            standing.get_or_insert_with(|| Standing::among(open.clone()));
                            deadline = Instant::now() + limits.quiet;
                            keeper.send(Told::Open(connections)).ok();
                        }
                        Frame::Disconnect(why) => {
                            leaves_at.get_or_insert(Instant::now() + limits.linger);
                            keeper.send(Told::Leaving(why)).ok();
                        }
                        Frame::Envelope => taking.push(listener.on_message(&id, text.to_string())),
                        Frame::Unknown => tracing::debug!("Slack sent a frame that is no envelope"),
                    }
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => break Ended::Closed,
                Some(Ok(_)) if standing.is_some() => deadline = Instant::now() + limits.quiet,
                Some(Ok(_)) => {}
            },
            _ = pings.tick() => drop(frames.send(Message::Ping(Bytes::new()))),
            () = sleep_until(leaves_at.unwrap_or(deadline)), if leaves_at.is_some() => break Ended::Closed,
            () = sleep_until(deadline) => break if standing.is_some() { Ended::Silent } else { Ended::NoHello },
        }
    };
    // The next one need not wait until this one is cleared away.
    drop((keeper, standing));
    let last = async {
        while let Some(ack) = taking.next().await {
            send(&frames, ack);
        }
    };
    timeout(limits.last, last).await.ok();
    // Slack keeps a connection that was not closed for a while, and sends clicks to it.
    drop(frames.send(Message::Close(None)));
    drop(frames);
    // What still lies unread when a connection ends resets it, and our last words with it.
    let agreed = async { while let Some(Ok(_)) = stream.next().await {} };
    timeout(limits.last, agreed).await.ok();
    ended
}

fn send(frames: &mpsc::UnboundedSender<Message>, ack: Option<String>) {
    if let Some(ack) = ack {
        // The writer is gone only when the connection is.
        drop(frames.send(Message::text(ack)));
    }
}

async fn write(mut sink: SplitSink<Socket, Message>, mut frames: mpsc::UnboundedReceiver<Message>, limit: Duration) {
    while let Some(frame) = frames.recv().await {
        if !matches!(timeout(limit, sink.send(frame)).await, Ok(Ok(()))) {
            return;
        }
    }
}
