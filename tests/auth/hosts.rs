//! Names that somebody else let lead here: a page at such a name must not be
//! taken for the daemon's own.

use crate::caller::http;
use crate::stage::Stage;

async fn ask(stage: &Stage, host: &str, path: &str, more: &str) -> (u16, String) {
    let request = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\n{more}connection: close\r\n\r\n");
    http(stage.address, [127, 0, 0, 1].into(), &request).await
}

const STRANGERS: [&str; 5] = [
    "evil.example",
    "evil.example:4000",
    "127.0.0.1.evil.example",
    "localhost.evil.example:80",
    "",
];

#[tokio::test]
async fn without_auth_only_the_daemons_own_hosts_are_answered() {
    let stage = Stage::start(&["--no-auth", "--host-name", "box.example"]).await;
    for host in ["127.0.0.1:4000", "localhost", "[::1]:1", "box.example:4000", "BOX.example"] {
        for path in ["/", "/api/v1/sandboxes", "/openapi.json", "/pair"] {
            assert_eq!(ask(&stage, host, path, "").await.0, 200, "{host} {path}");
        }
    }
    for host in STRANGERS {
        for path in ["/", "/api/v1/sandboxes", "/openapi.json", "/pair", "/nothing"] {
            let (code, body) = ask(&stage, host, path, "").await;
            assert!(
                code == 403 && body.contains("HOST_NOT_ALLOWED"),
                "{host} {path}: {code} {body}"
            );
        }
    }
    // gRPC of web pages, and gRPC.
    for kind in ["application/grpc-web", "application/grpc"] {
        let more = format!("content-type: {kind}\r\n");
        let path = "/skerry.v1.SystemService/GetSystemInfo";
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: evil.example\r\n{more}content-length: 0\r\n\
             connection: close\r\n\r\n"
        );
        let to = stage.address;
        let exchange = tokio::task::spawn_blocking(move || raw(to, &request));
        let answer = exchange.await.expect("it answers").to_ascii_lowercase();
        assert!(answer.contains("grpc-status: 7"), "{kind}: {answer}");
    }
}

/// The whole answer.
fn raw(to: std::net::SocketAddr, request: &str) -> String {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(to).expect("it listens");
    stream.write_all(request.as_bytes()).expect("it is sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("it ends");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn an_allowed_origin_does_not_make_a_host_ones_own() {
    let flags = ["--no-auth", "--cors-origin", "https://app.example"];
    let stage = Stage::start(&flags).await;
    let origin = "origin: https://app.example\r\n";
    assert_eq!(ask(&stage, "127.0.0.1", "/api/v1/sandboxes", origin).await.0, 200);
    assert_eq!(ask(&stage, "evil.example", "/api/v1/sandboxes", origin).await.0, 403);
    let foreign = "origin: https://evil.example\r\n";
    let (code, body) = ask(&stage, "127.0.0.1", "/api/v1/sandboxes", foreign).await;
    assert!(code == 403 && body.contains("ORIGIN_NOT_ALLOWED"), "{code} {body}");
}

#[tokio::test]
async fn with_a_token_calls_have_any_host_and_pages_only_their_own() {
    let stage = Stage::start(&[]).await;
    let token = format!("authorization: Bearer {}\r\n", stage.admin.as_deref().expect("a token"));
    for host in STRANGERS {
        assert_eq!(ask(&stage, host, "/api/v1/sandboxes", &token).await.0, 200, "{host}");
        for page in ["/pair", "/pair.js", "/pair.css"] {
            assert_eq!(ask(&stage, host, page, "").await.0, 403, "{host} {page}");
        }
    }
    assert_eq!(ask(&stage, "127.0.0.1:4000", "/pair", "").await.0, 200);
}
