//! `[metrics]`: where figures are served for Prometheus.

use std::net::SocketAddr;

use super::problem::Fault;
use super::section::Section;

/// Where figures are served for Prometheus.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metrics {
    /// The address to listen on; nowhere when it is not written.
    pub listen: Option<SocketAddr>,
}

impl Metrics {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        let not_an_address = |_| Fault::new("not an address with a port", "Write for example \"127.0.0.1:7421\".");
        Self { listen: section.find("listen", |text: String| text.parse().map_err(not_an_address)) }
    }
}
