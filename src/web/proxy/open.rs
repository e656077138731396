//! Counts requests that are under way: until the answer's body has ended, not its head.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use http_body::{Frame, SizeHint};

use crate::ports::Route;

/// A request under way; it no longer is when this is dropped.
pub(super) struct Open(Route);

impl Open {
    /// Counts one on this way.
    pub(super) fn on(route: Route) -> Self {
        route.open.fetch_add(1, Ordering::SeqCst);
        Self(route)
    }

    /// Whether it is counted on this way.
    pub(super) fn is_on(&self, route: &Route) -> bool {
        Arc::ptr_eq(&self.0.open, &route.open)
    }

    /// Where it goes.
    pub(super) fn address(&self) -> SocketAddr {
        self.0.address
    }

    /// Keeps it under way until `body` has ended or is given up.
    pub(super) fn until_end_of(self, body: Body) -> Body {
        Body::new(Counted { body, open: Some(self) })
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::SeqCst);
    }
}

struct Counted {
    body: Body,
    open: Option<Open>,
}

impl http_body::Body for Counted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(None | Some(Err(_))) = polled {
            self.open = None;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
