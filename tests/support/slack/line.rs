//! A TCP connection that a test can break, or make fall silent, under whatever runs over it.

use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use futures::task::AtomicWaker;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

const WHOLE: u8 = 0;
const SILENT: u8 = 1;
const CUT: u8 = 2;

/// The hand on a connection.
#[derive(Debug, Default)]
pub(super) struct Line {
    state: AtomicU8,
    reader: AtomicWaker,
    writer: AtomicWaker,
}

impl Line {
    /// The connection is reset, without a word.
    pub(super) fn cut(&self) {
        self.turn(CUT);
    }

    /// The connection stays, and nothing comes through any more in either direction.
    pub(super) fn silence(&self) {
        if self.state.load(Ordering::SeqCst) == WHOLE {
            self.turn(SILENT);
        }
    }

    pub(super) fn is_silent(&self) -> bool {
        self.state.load(Ordering::SeqCst) == SILENT
    }

    fn turn(&self, state: u8) {
        self.state.store(state, Ordering::SeqCst);
        self.reader.wake();
        self.writer.wake();
    }
}

/// Every connection that is open.
#[derive(Clone, Default)]
pub(super) struct Lines(Arc<Mutex<Vec<Weak<Line>>>>);

impl Lines {
    /// Breaks them all.
    pub(super) fn cut(&self) {
        for line in self.0.lock().unwrap_or_else(PoisonError::into_inner).drain(..).filter_map(|line| line.upgrade()) {
            line.cut();
        }
    }

    fn keep(&self, line: &Arc<Line>) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.retain(|line| line.strong_count() > 0);
        lines.push(Arc::downgrade(line));
    }
}

/// Takes connections, and keeps a hand on each.
pub(super) struct Switchboard {
    pub(super) listener: TcpListener,
    pub(super) lines: Lines,
}

impl Listener for Switchboard {
    type Io = Wire;
    type Addr = Arc<Line>;

    async fn accept(&mut self) -> (Wire, Arc<Line>) {
        loop {
            // A peer that gave up before it was taken is no reason to stop.
            if let Ok((stream, _)) = self.listener.accept().await {
                let line = Arc::new(Line::default());
                self.lines.keep(&line);
                return (Wire { stream, line: line.clone() }, line);
            }
        }
    }

    fn local_addr(&self) -> io::Result<Arc<Line>> {
        Ok(Arc::default())
    }
}

/// The hand on the connection that a request came by.
#[derive(Clone)]
pub(super) struct OnLine(pub(super) Arc<Line>);

impl Connected<IncomingStream<'_, Switchboard>> for OnLine {
    fn connect_info(stream: IncomingStream<'_, Switchboard>) -> Self {
        Self(stream.remote_addr().clone())
    }
}

/// The connection itself.
pub(super) struct Wire {
    stream: TcpStream,
    line: Arc<Line>,
}

impl Wire {
    /// The state, after the waker was left; and the reset, if the line is cut.
    fn state(&self, waker: &AtomicWaker, context: &Context<'_>) -> io::Result<u8> {
        waker.register(context.waker());
        let state = self.line.state.load(Ordering::SeqCst);
        if state == CUT {
            self.stream.set_zero_linger()?;
            return Err(ErrorKind::ConnectionReset.into());
        }
        Ok(state)
    }
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        if wire.state(&wire.line.reader, context)? == SILENT {
            return Poll::Pending;
        }
        Pin::new(&mut wire.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let wire = self.get_mut();
        if wire.state(&wire.line.writer, context)? == SILENT {
            // What is written into a dead line is lost, and the writer does not know.
            return Poll::Ready(Ok(bytes.len()));
        }
        Pin::new(&mut wire.stream).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        wire.state(&wire.line.writer, context)?;
        Pin::new(&mut wire.stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        if wire.state(&wire.line.writer, context)? == SILENT {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut wire.stream).poll_shutdown(context)
    }
}
