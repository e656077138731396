//! A connection that sends what it is told to, byte by byte, and reads what comes back.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpSocket, TcpStream};

use crate::support::house::House;

/// Long enough for a machine that has much else to do.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// One connection.
pub(crate) struct Caller(BufReader<TcpStream>);

/// One answer.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Every header by its name in lower case; those that came twice are joined.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Answer {
    /// A header, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

impl Caller {
    /// A connection to this address.
    pub(crate) async fn to(address: SocketAddr) -> Self {
        Self(BufReader::new(TcpStream::connect(address).await.unwrap()))
    }

    /// One that somebody else has opened.
    pub(crate) fn on(stream: TcpStream) -> Self {
        Self(BufReader::new(stream))
    }

    /// The same, from another of this machine's addresses.
    pub(crate) async fn from(own: &str, address: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::new(own.parse().unwrap(), 0)).unwrap();
        Self(BufReader::new(socket.connect(address).await.unwrap()))
    }

    /// Sends bytes; tells whether somebody still takes them.
    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.0.get_mut().write_all(bytes.as_ref()).await.is_ok()
    }

    /// Sends the rest one byte after another, until it is all sent or something comes back.
    pub(crate) async fn drip(&mut self, bytes: &str) -> bool {
        for byte in bytes.bytes() {
            let came = tokio::time::timeout(Duration::from_millis(20), self.0.fill_buf());
            if came.await.is_ok() || !self.send([byte]).await {
                return false;
            }
        }
        true
    }

    /// Sends a request, and reads its answer.
    pub(crate) async fn ask(&mut self, request: impl AsRef<[u8]>) -> Answer {
        assert!(self.send(request).await, "nobody takes it");
        self.answer().await.unwrap_or_default()
    }

    /// The next answer; nothing when the other side has hung up.
    pub(crate) async fn answer(&mut self) -> Option<Answer> {
        tokio::time::timeout(PATIENCE, self.read()).await.expect("nothing comes, and nobody hangs up")
    }

    /// Only the head of the next answer.
    pub(crate) async fn head(&mut self) -> Option<Answer> {
        let mut answer = Answer::default();
        let line = self.line().await?;
        answer.status = line.split(' ').nth(1)?.parse().ok()?;
        while let Some((name, value)) = self.line().await?.split_once(':') {
            let value = value.trim();
            let join = |before: &mut String| *before = format!("{before}, {value}");
            answer.headers.entry(name.to_ascii_lowercase()).and_modify(join).or_insert_with(|| value.to_owned());
        }
        Some(answer)
    }

    async fn read(&mut self) -> Option<Answer> {
        let mut answer = self.head().await?;
        let mut body = Vec::new();
        if let Ok(length) = answer.header("content-length").parse() {
            body.resize(length, 0);
            self.0.read_exact(&mut body).await.ok()?;
        } else if answer.header("transfer-encoding") == "chunked" {
            while let Ok(length @ 1..) = usize::from_str_radix(&self.line().await?, 16) {
                let mut chunk = vec![0; length + 2];
                self.0.read_exact(&mut chunk).await.ok()?;
                body.extend_from_slice(&chunk[..length]);
            }
            self.line().await?;
        } else if answer.status >= 200 && ![204, 304].contains(&answer.status) {
            self.0.read_to_end(&mut body).await.ok()?;
        }
        answer.body = String::from_utf8_lossy(&body).into_owned();
        Some(answer)
    }

    /// One line without its end; nothing at the end of all.
    pub(crate) async fn line(&mut self) -> Option<String> {
        let mut line = Vec::new();
        self.0.read_until(b'\n', &mut line).await.ok().filter(|read| *read > 0)?;
        Some(String::from_utf8_lossy(&line).trim_end().to_owned())
    }

    /// So many bytes; nothing when the other side hangs up before.
    pub(crate) async fn bytes(&mut self, count: usize) -> Option<String> {
        let mut bytes = vec![0; count];
        let read = tokio::time::timeout(PATIENCE, self.0.read_exact(&mut bytes)).await.expect("nothing comes");
        read.ok().map(|_| String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Whether the other side hangs up, however much it still says.
    pub(crate) async fn is_hung_up(&mut self) -> bool {
        let mut rest = Vec::new();
        tokio::time::timeout(PATIENCE, self.0.read_to_end(&mut rest)).await.is_ok()
    }
}

/// A request with ana's token, by the console's name.
pub(crate) fn request(house: &House, line: &str, more: &str, body: &str) -> String {
    let (host, token, length) = (host(house), house.token(), body.len());
    let length = if body.is_empty() { String::new() } else { format!("Content-Length: {length}\r\n") };
    format!("{line} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n{more}{length}\r\n{body}")
}

/// A message of ana's.
pub(crate) fn message(house: &House, text: &str) -> String {
    let body = format!("{{\"room\": \"lobby\", \"text\": \"{text}\"}}");
    request(house, "POST /api/v1/messages", "Content-Type: application/json\r\n", &body)
}

/// The console's name with its port.
pub(crate) fn host(house: &House) -> String {
    format!("chamberlain.localhost:{}", house.address().port())
}
