//! HTTP/1.1 with as little around it as can be, so that what is measured is
//! the server's.

use std::io;
use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The most that a head may have.
const MAX_HEAD: usize = 64 << 10;

/// One call, made again and again over one connection.
pub(super) struct Http {
    connection: TcpStream,
    request: Vec<u8>,
    buffer: Vec<u8>,
}

impl Http {
    pub(super) async fn connect(address: SocketAddr, token: &str, path: &str) -> io::Result<Self> {
        let connection = TcpStream::connect(address).await?;
        connection.set_nodelay(true)?;
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n\r\n"
        );
        Ok(Self { connection, request: request.into(), buffer: Vec::new() })
    }

    /// Makes the call; answers with the body.
    pub(super) async fn call(&mut self) -> io::Result<Vec<u8>> {
        self.connection.write_all(&self.request).await?;
        self.buffer.clear();
        loop {
            if self.connection.read_buf(&mut self.buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if let Some(body) = whole(&self.buffer)? {
                return Ok(body.to_vec());
            }
        }
    }
}

/// The body of an answer that is here whole.
fn whole(answer: &[u8]) -> io::Result<Option<&[u8]>> {
    let bad = |why: &str| io::Error::new(io::ErrorKind::InvalidData, why.to_owned());
    let Some(end) = answer.windows(4).position(|part| part == b"\r\n\r\n") else {
        return if answer.len() < MAX_HEAD { Ok(None) } else { Err(bad("a head without end")) };
    };
    let head = std::str::from_utf8(&answer[..end]).map_err(|_| bad("no text"))?;
    if !head.starts_with("HTTP/1.1 200 ") {
        return Err(bad(head));
    }
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    let length = length.ok_or_else(|| bad("no content-length"))?;
    let body = &answer[end + 4..];
    Ok((body.len() >= length).then(|| &body[..length]))
}

/// Asks for events; answers with how many bytes came until the end.
pub(super) async fn stream(
    address: SocketAddr,
    token: &str,
    path: &str,
    body: &Value,
) -> io::Result<u64> {
    let mut connection = TcpStream::connect(address).await?;
    let body = body.to_string();
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\naccept: text/event-stream\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    connection.write_all(request.as_bytes()).await?;
    let mut buffer = vec![0; 256 << 10];
    let mut bytes = 0;
    loop {
        match connection.read(&mut buffer).await? {
            0 => return Ok(bytes),
            count => bytes += count as u64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn an_answer_is_whole_with_its_last_byte() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
        assert_eq!(whole(answer).expect("it is good"), Some(&b"{}"[..]));
        assert_eq!(whole(&answer[..answer.len() - 1]).expect("so far"), None);
        assert_eq!(whole(&answer[..20]).expect("so far"), None);
        assert!(whole(b"HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\n{}").is_err());
        assert!(whole(b"HTTP/1.1 200 OK\r\n\r\n{}").is_err());
    }
}
