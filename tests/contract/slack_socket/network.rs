//! A network as companies have it: Slack behind TLS, and a proxy that is the only way to it.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};

use rustls::ServerConfig;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufStream, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// The network; it ends when it is dropped.
pub(super) struct Network {
    pub(super) proxy: SocketAddr,
    /// Where the proxy was asked to go.
    pub(super) asked: Arc<Mutex<Vec<String>>>,
    _tasks: JoinSet<()>,
}

impl Network {
    /// Leads to what listens at an address, by TLS under this name; the certificate to trust is written to a file.
    pub(super) async fn to(inner: SocketAddr, name: &str, certificate: &Path) -> Self {
        let own = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
        std::fs::write(certificate, own.cert.pem()).unwrap();
        let key = rustls::pki_types::PrivateKeyDer::try_from(own.signing_key.serialize_der()).unwrap();
        let config = ServerConfig::builder().with_no_client_auth();
        let config = config.with_single_cert(vec![own.cert.der().clone()], key).unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));

        let (front, proxy) = (listener().await, listener().await);
        let (front_at, proxy_at) = (front.local_addr().unwrap(), proxy.local_addr().unwrap());
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let mut tasks = JoinSet::new();
        tasks.spawn(each(front, move |outer| {
            let acceptor = acceptor.clone();
            async move {
                if let Ok(outer) = acceptor.accept(outer).await {
                    join(outer, inner).await;
                }
            }
        }));
        let list = asked.clone();
        tasks.spawn(each(proxy, move |outer| lead(outer, front_at, list.clone())));
        Self { proxy: proxy_at, asked, _tasks: tasks }
    }
}

async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

async fn each<F: Future<Output = ()> + Send + 'static>(listener: TcpListener, serve: impl Fn(TcpStream) -> F) {
    let mut lives = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        lives.spawn(serve(stream));
    }
}

/// Serves one `CONNECT`.
async fn lead(outer: TcpStream, to: SocketAddr, asked: Arc<Mutex<Vec<String>>>) {
    let mut outer = BufStream::new(outer);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") && outer.read_line(&mut head).await.is_ok_and(|read| read > 0) {}
    asked.lock().unwrap().push(head.lines().next().unwrap_or_default().to_owned());
    if head.starts_with("CONNECT ") {
        outer.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
        outer.flush().await.unwrap();
        join(outer, to).await;
    }
}

/// Both directions, until either ends.
async fn join(mut outer: impl AsyncRead + AsyncWrite + Unpin, to: SocketAddr) {
    let mut inner = TcpStream::connect(to).await.unwrap();
    // How it ends is for the two to know.
    copy_bidirectional(&mut outer, &mut inner).await.ok();
}
