//! `chamberlain health` against a server of ours.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;

/// The exit code and what was told, where a server answers with `status` at every address.
fn asked(status: Option<&str>) -> (i32, String, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let place = tempfile::tempdir().unwrap();
    let mut health = Command::new(env!("CARGO_BIN_EXE_chamberlain"));
    health.current_dir(place.path()).arg("health").env("CHAMBERLAIN__SERVER__LISTEN", format!("0.0.0.0:{port}"));
    let Some(status) = status else {
        drop(listener);
        let (code, told) = ended(health);
        return (code, told, String::new());
    };
    std::thread::scope(|scope| {
        let server = scope.spawn(move || {
            let (mut connection, _) = listener.accept().unwrap();
            let mut head = [0; 1024];
            let length = connection.read(&mut head).unwrap();
            write!(connection, "HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n").unwrap();
            String::from_utf8_lossy(&head[..length]).into_owned()
        });
        let (code, told) = ended(health);
        (code, told, server.join().unwrap())
    })
}

fn ended(mut command: Command) -> (i32, String) {
    let output = command.output().unwrap();
    let told = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(told).unwrap())
}

#[test]
fn it_asks_where_the_config_listens_and_tells_by_its_exit_code() {
    let (code, told, head) = asked(Some("200 OK"));
    assert!(head.starts_with("GET /healthz HTTP/1.1\r\n"), "{head}");
    assert!(told.starts_with("http://127.0.0.1:") && told.ends_with("/healthz answers 200 OK.\n"), "{told}");
    assert_eq!(code, 0);
    let (code, told, _) = asked(Some("503 Service Unavailable"));
    assert!(told.ends_with("answers 503 Service Unavailable.\n"), "{told}");
    assert_eq!(code, 1);
}

#[test]
fn nobody_there_is_told() {
    let (code, told, _) = asked(None);
    assert!(told.starts_with("Nobody answers at http://127.0.0.1:"), "{told}");
    assert_eq!(code, 1);
}
