//! A way between browser and house that a test can hold and cut.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch::{Receiver, Sender};
use tokio::task::JoinSet;

/// What goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// All.
    Open,
    /// Nothing, but it waits and goes on later.
    Held,
    /// Nothing: connections break, and new ones too.
    Cut,
}

/// A port that leads to another one.
pub(crate) struct Relay {
    pub(crate) address: SocketAddr,
    listener: Option<TcpListener>,
    way: Sender<Way>,
    /// How many forms and calls have come while it was held.
    posts: Sender<usize>,
    tasks: JoinSet<()>,
}

impl Relay {
    /// Takes a port; it leads nowhere yet.
    pub(crate) async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (way, posts) = (Sender::new(Way::Open), Sender::new(0));
        Self { address, listener: Some(listener), way, posts, tasks: JoinSet::new() }
    }

    /// Leads to `house` from now on.
    pub(crate) fn leads_to(&mut self, house: SocketAddr) {
        let (listener, way, posts) = (self.listener.take().unwrap(), self.way.subscribe(), self.posts.clone());
        self.tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((browser, _)) = listener.accept().await {
                connections.spawn(carry((browser, house), way.clone(), posts.clone()));
            }
        });
    }

    /// Breaks all connections, and those to come.
    pub(crate) fn cut(&self) {
        self.way.send_replace(Way::Cut);
    }

    /// Lets nothing through, until it goes on.
    pub(crate) fn hold(&self) {
        self.posts.send_replace(0);
        self.way.send_replace(Way::Held);
    }

    /// Lets all through again.
    pub(crate) fn go_on(&self) {
        self.way.send_replace(Way::Open);
    }

    /// Waits until so many forms or calls are held.
    pub(crate) async fn holds(&self, count: usize) {
        self.posts.subscribe().wait_for(|posts| *posts >= count).await.unwrap();
    }
}

async fn carry((browser, house): (TcpStream, SocketAddr), way: Receiver<Way>, posts: Sender<usize>) {
    let mut cut = way.clone();
    if *way.borrow() == Way::Cut {
        return;
    }
    let Ok(house) = TcpStream::connect(house).await else { return };
    let ((from_browser, to_browser), (from_house, to_house)) = (browser.into_split(), house.into_split());
    tokio::select! {
        _ = cut.wait_for(|way| *way == Way::Cut) => {}
        () = pass((from_browser, to_house), way.clone(), Some(posts)) => {}
        () = pass((from_house, to_browser), way, None) => {}
    }
}

async fn pass(
    (mut from, mut to): (OwnedReadHalf, OwnedWriteHalf),
    mut way: Receiver<Way>,
    posts: Option<Sender<usize>>,
) {
    let mut bytes = vec![0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        if let Some(posts) =
            posts.as_ref().filter(|_| *way.borrow() == Way::Held && bytes[..count].starts_with(b"POST "))
        {
            posts.send_modify(|posts| *posts += 1);
        }
        if way.wait_for(|way| *way == Way::Open).await.is_err() || to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}
