//! A gibibyte as a request's body, for as long as nobody answers.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

/// Bytes of the body.
pub const GIBIBYTE: u64 = 1 << 30;

/// Longer than any answer takes on a slow machine under load.
const PATIENCE: Duration = Duration::from_secs(120);
/// The end of an answer in chunks.
const LAST_CHUNK: &[u8] = b"0\r\n\r\n";
/// Bytes that are sent at once.
const PIECE: usize = 64 << 10;

/// How long the body is said to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// A gibibyte, by `content-length`.
    Told,
    /// Nothing is said: it comes in chunks.
    Chunked,
}

impl Length {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Told, Self::Chunked];
}

/// What was answered.
#[derive(Debug)]
pub struct Answered {
    /// The code.
    pub status: u16,
    /// Its type of content; empty where it has none.
    pub content_type: String,
    /// All of its body.
    pub body: String,
    /// Bytes of the request's body that were sent by then.
    pub sent: u64,
}

/// Sends a gibibyte that begins as JSON does, and stops once it is answered.
/// Then the daemon must close the connection, on which the rest of the body
/// would be the next request. `line` is `POST /path`, each header has its
/// `\r\n`.
///
/// # Panics
///
/// Where there is no answer, or the connection stays open.
pub async fn flood(to: &str, line: &str, headers: &str, length: Length) -> Answered {
    let stream = TcpStream::connect(to).await.expect("it listens");
    let (mut from, into) = stream.into_split();
    let told = match length {
        Length::Told => format!("content-length: {GIBIBYTE}"),
        Length::Chunked => "transfer-encoding: chunked".to_owned(),
    };
    let head = format!("{line} HTTP/1.1\r\nhost: {to}\r\n{told}\r\n{headers}\r\n");
    let mut sent = 0;
    let exchange = async {
        let answered = tokio::select! {
            biased;
            answered = read(&mut from) => answered,
            never = send(into, head, length, &mut sent) => match never {},
        };
        // What was sent meanwhile may have had the connection reset.
        let mut rest = Vec::new();
        let _closed = from.read_to_end(&mut rest).await;
        answered
    };
    let answered = tokio::time::timeout(PATIENCE, exchange).await;
    let answered = answered.unwrap_or_else(|_| panic!("{line}: no answer, or it stays open"));
    Answered { sent, ..answered }
}

/// Sends for as long as it is read.
async fn send(
    mut into: OwnedWriteHalf,
    head: String,
    length: Length,
    sent: &mut u64,
) -> std::convert::Infallible {
    let mut piece = vec![b'a'; PIECE];
    piece[..8].copy_from_slice(b"{\"name\":");
    piece[8] = b'"';
    let mut open = into.write_all(head.as_bytes()).await.is_ok();
    while open && *sent < GIBIBYTE {
        if length == Length::Chunked {
            let size = format!("{PIECE:x}\r\n");
            open = into.write_all(size.as_bytes()).await.is_ok();
        }
        open = open && into.write_all(&piece).await.is_ok();
        if length == Length::Chunked {
            open = open && into.write_all(b"\r\n").await.is_ok();
        }
        *sent += PIECE as u64;
        piece.fill(b'a');
    }
    // It is held open: an end would be an answer to it.
    std::future::pending().await
}

/// Reads one whole answer.
async fn read(from: &mut OwnedReadHalf) -> Answered {
    let mut bytes = Vec::new();
    loop {
        if let Some(answered) = parse(&bytes) {
            return answered;
        }
        let count = from.read_buf(&mut bytes).await.unwrap_or(0);
        assert!(count > 0, "it was closed: {}", String::from_utf8_lossy(&bytes));
    }
}

/// An answer, where all of it is there.
fn parse(bytes: &[u8]) -> Option<Answered> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]);
    let status: u16 = head.split(' ').nth(1)?.parse().ok()?;
    let header = |wanted: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(':'));
        let found = lines.find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map(|(_, value)| value.trim().to_owned())
    };
    let body = &bytes[end + 4..];
    let body = match header("content-length") {
        Some(length) => body.get(..length.parse::<usize>().ok()?)?,
        None => body.strip_suffix(LAST_CHUNK)?,
    };
    let body = String::from_utf8_lossy(body).into_owned();
    let content_type = header("content-type").unwrap_or_default();
    Some(Answered { status, content_type, body, sent: 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_or_none() {
        let told = "HTTP/1.1 413 Too\r\nContent-Type: a/b\r\ncontent-length: 2\r\n\r\nhi";
        let chunked = "HTTP/1.1 413 Too\r\nContent-Type: a/b\r\n\r\n2\r\nhi\r\n0\r\n\r\n";
        for text in [told, chunked] {
            let answered = parse(text.as_bytes()).unwrap();
            assert_eq!((answered.status, answered.content_type.as_str()), (413, "a/b"));
            assert!(answered.body.contains("hi"));
            for end in 0..text.len() {
                assert!(parse(&text.as_bytes()[..end]).is_none(), "{end}");
            }
        }
    }
}
