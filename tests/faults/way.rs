//! A way to a server that can be cut off and healed: a small TCP proxy before a port of this machine.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How the way is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Everything passes.
    Open,
    /// Nobody listens; what was connected is closed.
    Refused,
    /// Connections are taken, and what is sent arrives only when the way is open again.
    Silent,
    /// Connections are reset: those there are, and each new one.
    Reset,
}

/// The way.
pub(crate) struct Way {
    port: u16,
    mode: watch::Sender<Mode>,
    // Keeps the port while nobody listens there.
    _place: TcpSocket,
    _passing: JoinSet<()>,
}

impl Way {
    /// A way to a port.
    pub(crate) fn to(port: u16) -> Self {
        let place = socket(0);
        let own = place.local_addr().unwrap().port();
        let (mode, modes) = watch::channel(Mode::Open);
        let mut passing = JoinSet::new();
        passing.spawn(pass((own, port), modes));
        Self { port: own, mode, _place: place, _passing: passing }
    }

    /// Where it begins.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }
}

/// A socket that shares its port with the one that keeps it.
fn socket(port: u16) -> TcpSocket {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.bind((Ipv4Addr::LOCALHOST, port).into()).unwrap();
    socket
}

async fn pass((own, port): (u16, u16), mut modes: watch::Receiver<Mode>) {
    let mut connections = JoinSet::new();
    let mut listener: Option<TcpListener> = None;
    loop {
        let mode = *modes.borrow_and_update();
        if mode == Mode::Refused {
            listener = None;
            let Ok(()) = modes.changed().await else { return };
            continue;
        }
        let listening = listener.get_or_insert_with(|| socket(own).listen(1024).unwrap());
        tokio::select! {
            accepted = listening.accept() => match accepted {
                Ok((stream, _)) if mode == Mode::Reset => drop(stream.set_zero_linger()),
                Ok((stream, _)) => drop(connections.spawn(connect(stream, port, modes.clone()))),
                // Out of descriptors, or whoever came is gone.
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            },
            changed = modes.changed() => if changed.is_err() { return },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connect(near: TcpStream, port: u16, mut modes: watch::Receiver<Mode>) {
    if modes.wait_for(|mode| *mode != Mode::Silent).await.is_err() {
        return;
    }
    let Ok(far) = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await else { return };
    near.set_nodelay(true).and(far.set_nodelay(true)).ok();
    let ((near_in, mut near_out), (far_in, mut far_out)) = (near.into_split(), far.into_split());
    tokio::select! {
        () = copy(near_in, &mut far_out, modes.clone()) => {}
        () = copy(far_in, &mut near_out, modes.clone()) => {}
    }
    if *modes.borrow() == Mode::Reset {
        near_out.as_ref().set_zero_linger().ok();
    }
}

/// Passes on what comes, until one end is gone or the way is cut.
async fn copy(mut from: OwnedReadHalf, to: &mut OwnedWriteHalf, mut modes: watch::Receiver<Mode>) {
    let is_cut = |mode: &Mode| matches!(mode, Mode::Refused | Mode::Reset);
    let mut bytes = vec![0; 16 * 1024];
    loop {
        let mut cut = modes.clone();
        let read = tokio::select! {
            read = from.read(&mut bytes) => read,
            _ = cut.wait_for(is_cut) => return,
        };
        let Ok(count @ 1..) = read else { return };
        let Ok(mode) = modes.wait_for(|mode| *mode != Mode::Silent).await.map(|mode| *mode) else { return };
        if is_cut(&mode) || to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}
