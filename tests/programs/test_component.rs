//! A component as tests need it: its folder's file `behaviour` says what it does wrong.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, ExitCode};
use std::thread;
use std::time::Duration;

#[expect(clippy::disallowed_methods, reason = "a component reads its own environment")]
fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

fn main() -> std::io::Result<ExitCode> {
    if std::env::args().nth(1).as_deref() == Some("grandchild") {
        rustix::process::setsid()?;
        // Runs until it is ended; by itself only when a test forgot it.
        thread::park_timeout(Duration::from_mins(2));
        return Ok(ExitCode::SUCCESS);
    }
    let behaviour = fs::read_to_string("behaviour").unwrap_or_default();
    writeln!(std::io::stderr(), "starting {} as {}", variable("CHAMBERLAIN_COMMIT"), behaviour.trim())?;
    match behaviour.trim() {
        "exit" => return Ok(ExitCode::from(3)),
        "stubborn" => drop(thread::spawn(ignore_terminate)),
        "grandchild" => drop(Command::new(std::env::current_exe()?).arg("grandchild").spawn()?),
        _ => {}
    }
    let is_sick = behaviour.trim() == "sick";
    let listener = TcpListener::bind(format!("127.0.0.1:{}", variable("PORT")))?;
    for stream in listener.incoming().flatten() {
        thread::spawn(move || serve(stream, is_sick));
    }
    Ok(ExitCode::SUCCESS)
}

/// Takes SIGTERM and does nothing about it.
fn ignore_terminate() -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        while terminate.recv().await.is_some() {}
        Ok(())
    })
}

fn serve(mut stream: TcpStream, is_sick: bool) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if lines.read_line(&mut head)? == 0 {
                return Ok(());
            }
        }
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        if path == "/socket" {
            return echo(stream, lines);
        }
        let status = if path == "/health" && is_sick { "503 Sick" } else { "200 OK" };
        let body = match path.as_str() {
            "/head" => head.clone(),
            "/slow" => {
                thread::sleep(Duration::from_millis(600));
                format!("slow {}", variable("CHAMBERLAIN_COMMIT"))
            }
            "/environment" => {
                let names: Vec<_> = std::env::vars_os().map(|(name, _)| name.display().to_string()).collect();
                names.join("\n")
            }
            _ => variable("CHAMBERLAIN_COMMIT"),
        };
        let length = body.len();
        write!(
            stream,
            "HTTP/1.1 {status}\r\nSet-Cookie: a=1\r\nSet-Cookie: b=1; Domain=localhost\r\nContent-Length: {length}\r\n\r\n{body}"
        )?;
    }
}

/// Sends back whatever comes, as a WebSocket's other end would.
fn echo(mut stream: TcpStream, mut bytes: impl Read) -> std::io::Result<()> {
    stream.write_all(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")?;
    std::io::copy(&mut bytes, &mut stream)?;
    Ok(())
}
