//! The process driver and the proxy, with real processes.

mod adoption;
mod builds;
mod ends;
mod fails;
mod proxy;
mod stops;
mod swaps;
mod yard;
