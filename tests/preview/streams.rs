//! What flows for long or in both directions: WebSockets, events, large
//! bodies, gRPC.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use skerry_test_support::eventually;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tonic::transport::Endpoint;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

use crate::app::{App, read_request};
use crate::stage::{Stage, host, read_until, status};

const SWITCH: &[u8] =
    b"HTTP/1.1 101 Go\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Accept: x\r\n\r\n";

async fn echo(mut stream: TcpStream) {
    let mut bytes = Vec::new();
    if read_request(&mut stream, &mut bytes).await.is_none() {
        return;
    }
    let _ = stream.write_all(SWITCH).await;
    let (mut read, mut write) = stream.split();
    let _ = tokio::io::copy(&mut read, &mut write).await;
}

#[tokio::test]
async fn a_websocket_carries_bytes_both_ways() {
    let stage = Stage::start().await;
    let app = App::with(echo).await;
    let sandbox = stage.public(&app).await;
    let mut stream = stage.connect().await;
    let request = format!(
        "GET /ws HTTP/1.1\r\nHost: {}\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Key: k\r\nSec-WebSocket-Version: 13\r\n\r\n",
        host(&sandbox, 80)
    );
    stream.write_all(request.as_bytes()).await.expect("it works");
    let head = read_until(&mut stream, "\r\n\r\n").await;
    assert_eq!(status(&head), 101);
    assert!(head.contains("\r\nsec-websocket-accept: x\r\n"), "{head}");
    for text in ["one", "two", "three"] {
        stream.write_all(text.as_bytes()).await.expect("it works");
        assert_eq!(read_until(&mut stream, text).await, text);
    }
    stream.shutdown().await.expect("it works");
    assert_eq!(stream.read(&mut [0; 1]).await.expect("it works"), 0);
}

#[tokio::test]
async fn events_come_as_they_are_sent_and_the_app_hears_who_leaves() {
    let stage = Stage::start().await;
    let gone = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&gone);
    let app = App::with(move |mut stream| {
        let counted = Arc::clone(&counted);
        async move {
            let mut bytes = Vec::new();
            if read_request(&mut stream, &mut bytes).await.is_none() {
                return;
            }
            let head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n";
            let _ = stream.write_all(head).await;
            let _ = stream.read(&mut [0; 1]).await;
            counted.fetch_add(1, Ordering::SeqCst);
        }
    })
    .await;
    let sandbox = stage.public(&app).await;
    let mut stream = stage.connect().await;
    let request = format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", host(&sandbox, 80));
    stream.write_all(request.as_bytes()).await.expect("it works");
    // The first event comes though the answer does not end.
    read_until(&mut stream, "data: 1\n\n").await;
    assert_eq!(gone.load(Ordering::SeqCst), 0);
    drop(stream);
    eventually("the app hears of it", async || (gone.load(Ordering::SeqCst) == 1).then_some(()))
        .await;
}

#[tokio::test]
async fn a_large_body_passes_both_ways_and_waits_for_who_is_slow() {
    const BYTES: usize = 64 << 20;
    let stage = Stage::start().await;
    let sent = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&sent);
    let app = App::with(move |mut stream| {
        let counted = Arc::clone(&counted);
        async move {
            // The head, then as many bytes as are announced, and back.
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let Ok(byte) = stream.read_u8().await else { return };
                head.push(byte);
            }
            let mut left = BYTES;
            let mut piece = vec![0; 64 << 10];
            while left > 0 {
                let Ok(read @ 1..) = stream.read(&mut piece).await else { return };
                left -= read;
            }
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {BYTES}\r\n\r\n");
            let _ = stream.write_all(head.as_bytes()).await;
            for _ in 0..BYTES / piece.len() {
                if stream.write_all(&piece).await.is_err() {
                    return;
                }
                counted.fetch_add(piece.len(), Ordering::SeqCst);
            }
        }
    })
    .await;
    let sandbox = stage.public(&app).await;
    let mut stream = stage.connect().await;
    let head = format!(
        "POST / HTTP/1.1\r\nHost: {}\r\nContent-Length: {BYTES}\r\nConnection: close\r\n\r\n",
        host(&sandbox, 80)
    );
    stream.write_all(head.as_bytes()).await.expect("it works");
    let piece = vec![7; 64 << 10];
    for _ in 0..BYTES / piece.len() {
        stream.write_all(&piece).await.expect("it works");
    }
    // Nobody reads: what the app gets rid of comes to a stand.
    let mut before = usize::MAX;
    let standing = eventually("the app has to wait", async || {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        let now = sent.load(Ordering::SeqCst);
        (std::mem::replace(&mut before, now) == now && now > 0).then_some(now)
    })
    .await;
    assert!(standing < BYTES / 2, "{standing} bytes went where nobody read them");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("it works");
    assert!(answer.len() > BYTES, "{} bytes came back", answer.len());
}

#[tokio::test]
async fn grpc_passes_with_streams_and_trailers() {
    let stage = Stage::start().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("it works");
    let address = listener.local_addr().expect("it works");
    let (reporter, service) = tonic_health::server::health_reporter();
    let incoming = tokio_stream::wrappers::TcpListenerStream::new(listener);
    let server = tonic::transport::Server::builder().add_service(service);
    let serving = tokio::spawn(server.serve_with_incoming(incoming));
    stage.runtime.listen(50051, address);
    let port = skerry_client::v1::Port { port: 50051, public: true, ..Default::default() };
    let sandbox = stage.sandbox(vec![port]).await;
    let origin = format!("http://{}:50051", host(&sandbox, 50051)).parse().expect("it works");
    let endpoint = Endpoint::from_shared(format!("http://{}", stage.address)).expect("it works");
    let mut health = HealthClient::new(endpoint.origin(origin).connect_lazy());
    let ask = |service: &str| HealthCheckRequest { service: service.to_owned() };
    let answer = health.check(ask("")).await.expect("it answers").into_inner();
    assert_eq!(answer.status(), tonic_health::pb::health_check_response::ServingStatus::Serving);
    // An error comes in trailers.
    let unknown = health.check(ask("nothing")).await.expect_err("there is no such service");
    assert_eq!(unknown.code(), tonic::Code::NotFound);
    reporter.set_service_status("later", tonic_health::ServingStatus::NotServing).await;
    let mut watch = health.watch(ask("later")).await.expect("it streams").into_inner();
    watch.message().await.expect("a message").expect("the first one");
    reporter.set_service_status("later", tonic_health::ServingStatus::Serving).await;
    let changed = watch.message().await.expect("a message").expect("the second one");
    assert_eq!(changed.status(), tonic_health::pb::health_check_response::ServingStatus::Serving);
    serving.abort();
}
