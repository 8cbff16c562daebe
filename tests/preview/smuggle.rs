//! Requests and answers that two readers could cut at different places.

use crate::app::{App, OK};
use crate::stage::{Stage, body, host, status};

/// Heads and bodies that hide a second request.
const HIDDEN: &[&str] = &[
    "Content-Length: 44\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "Transfer-Encoding: chunked\r\nContent-Length: 44\r\n\r\n0\r\n\r\n",
    "Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "Transfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "Transfer-Encoding: chunked, identity\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "Transfer-Encoding:\tchunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "Content-Length: 0\r\nContent-Length: 44\r\n\r\n",
    "Content-Length: 0, 44\r\n\r\n",
    "Content-Length: +5\r\n\r\nabcde",
    "Content-Length: 0x2c\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\n0\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\n0;\n\r\n\r\n",
    "X: a\r\n Content-Length: 44\r\n\r\n",
    "X: a\rContent-Length: 44\r\n\r\n",
    "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk\r\n\r\n",
];

#[tokio::test]
async fn nothing_hides_in_a_request() {
    let stage = Stage::start().await;
    let app = App::start(OK).await;
    let name = host(&stage.public(&app).await, 80);
    for hidden in HIDDEN {
        let before = app.seen().len();
        // A second request of the same connection, which the daemon may read
        // as one, but the app never as a part of the first.
        let second = format!(
            "GET /smuggled HTTP/1.1\r\nHost: {name}\r\nX-Mark: 1\r\nConnection: close\r\n\r\n"
        );
        let request = format!("POST /first HTTP/1.1\r\nHost: {name}\r\n{hidden}{second}");
        let answer = stage.say(&request).await;
        let seen = app.seen().split_off(before);
        for request in &seen {
            let lower = request.to_lowercase();
            let framed = lower.matches("\r\ncontent-length:").count()
                + lower.matches("\r\ntransfer-encoding:").count();
            assert!(framed <= 1, "{hidden:?} has two lengths: {request}");
            assert!(!lower.contains("\r\nupgrade:"), "{hidden:?}: {request}");
            let smuggled = request.contains("/smuggled");
            assert!(!smuggled || request.starts_with("GET /smuggled"), "{hidden:?}: {request}");
            // One that the daemon has read itself carries its own mark.
            assert!(lower.contains("\r\nx-forwarded-for: 127.0.0.1\r\n"), "{hidden:?}: {request}");
        }
        let answers = answer.matches("HTTP/1.1 ").count();
        let refused = answer.contains("HTTP/1.1 400");
        let in_step = answers == seen.len() + usize::from(refused);
        assert!(in_step || answers == 0, "{hidden:?}: {answer}\n{seen:?}");
    }
}

#[tokio::test]
async fn of_two_lengths_the_chunks_count_and_nothing_comes_after() {
    let stage = Stage::start().await;
    let app = App::start(OK).await;
    let name = host(&stage.public(&app).await, 80);
    let head = format!("POST / HTTP/1.1\r\nHost: {name}\r\n");
    let lengths = ["Content-Length: 44", "Transfer-Encoding: chunked"];
    for [first, second] in [lengths, [lengths[1], lengths[0]]] {
        let before = app.seen().len();
        let both = format!("{head}{first}\r\n{second}\r\n\r\n0\r\n\r\n");
        // Closed after the first answer: what follows is never read.
        let answer = stage.say(&format!("{both}{both}")).await;
        assert_eq!(answer.matches("HTTP/1.1 200 OK").count(), 1, "{answer}");
        let seen = app.seen().split_off(before);
        assert_eq!(seen.len(), 1, "{seen:?}");
        assert!(!seen[0].contains("content-length"), "{seen:?}");
    }
    let before = app.seen().len();
    let twice = "Content-Length: 0\r\nContent-Length: 5\r\n\r\nabcde";
    assert_eq!(status(&stage.say(&format!("{head}{twice}")).await), 400);
    assert_eq!(app.seen().len(), before);
}

#[tokio::test]
async fn an_answer_with_two_lengths_ends_where_its_chunks_do() {
    let stage = Stage::start().await;
    let app = App::start(
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n\
         5\r\nhello\r\n0\r\n\r\n",
    )
    .await;
    let sandbox = stage.public(&app).await;
    let answer = stage.get(&sandbox, "/", "").await;
    assert_eq!(status(&answer), 200);
    assert!(!answer.to_lowercase().contains("content-length: 3"), "{answer}");
    assert!(body(&answer).contains("hello"), "{answer}");
}

#[tokio::test]
async fn an_answer_that_is_none_is_an_error_of_the_gateways() {
    let stage = Stage::start().await;
    for answer in [
        "",
        "hello\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n",
    ] {
        let app = App::with(move |mut stream| async move {
            let mut bytes = Vec::new();
            let _ = crate::app::read_request(&mut stream, &mut bytes).await;
            let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, answer.as_bytes()).await;
        })
        .await;
        let sandbox = stage.public(&app).await;
        let got = stage.get(&sandbox, "/", "").await;
        assert_eq!(status(&got), 502, "{answer:?}: {got}");
        stage.client.delete_sandbox(&sandbox.id).await.expect("it works");
    }
}
