//! What cloudflared finds at 127.0.0.1: one port of one sandbox, as its
//! preview shows it.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::incoming::Incoming;
use crate::preview::{Place, Previews};

/// Connections at once; cloudflared has one for each request under way.
const MAX_CONNECTIONS: usize = 1024;
/// Time for the headers of a request.
const HEADER_TIME: Duration = Duration::from_secs(10);
/// Bytes of them.
const MAX_HEADER_BYTES: usize = 64 << 10;
/// Where Cloudflare tells who asks.
const VISITOR: &str = "cf-connecting-ip";

/// Until it is dropped.
pub(super) async fn serve(listener: TcpListener, place: Place, previews: Previews) {
    let incoming = Incoming::new(listener, MAX_CONNECTIONS);
    let mut connections = JoinSet::new();
    loop {
        let (stream, slot) = tokio::select! {
            Some(_ended) = connections.join_next() => continue,
            accepted = incoming.next() => accepted,
        };
        let (place, previews) = (place.clone(), previews.clone());
        connections.spawn(async move {
            connection(stream, &place, &previews).await;
            drop(slot);
        });
    }
}

async fn connection(stream: TcpStream, place: &Place, previews: &Previews) {
    let service = service_fn(async |request: hyper::Request<hyper::body::Incoming>| {
        let told =
            request.headers().get(VISITOR).and_then(|value| value.to_str().ok()?.parse().ok());
        // A program of this host that comes by itself is its own visitor.
        let visitor = told.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
        Ok::<_, Infallible>(previews.through(place, request, visitor).await)
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .max_buf_size(MAX_HEADER_BYTES)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    if let Err(error) = served.await {
        tracing::debug!(%error, "a tunnel's connection broke");
    }
}
