//! What our connections to Slack trust: the certificates of this machine, read once and shared by all our clients.

use std::sync::{Arc, OnceLock};

use rustls::ClientConfig;
use rustls::crypto::ring;
use rustls_platform_verifier::BuilderVerifierExt;

/// Reading the system's certificates takes milliseconds and a megabyte, and every client would do so for itself.
static CONFIG: OnceLock<ClientConfig> = OnceLock::new();

/// There can be no connections.
#[derive(Debug, thiserror::Error)]
#[error("the TLS library cannot be set up")]
pub(super) struct NoTls(#[from] rustls::Error);

/// How TLS is spoken with Slack. Copies share the certificates.
///
/// # Errors
/// This machine has no certificates; the next call looks again.
pub(super) fn config() -> Result<ClientConfig, NoTls> {
    if let Some(config) = CONFIG.get() {
        return Ok(config.clone());
    }
    let config = read()?;
    Ok(CONFIG.get_or_init(|| config).clone())
}

fn read() -> Result<ClientConfig, NoTls> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions()?.with_platform_verifier()?;
    let mut config = builder.with_no_client_auth();
    // As our HTTP client would say it: the sockets are upgraded requests, which HTTP/2 has none of.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
