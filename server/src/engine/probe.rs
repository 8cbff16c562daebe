//! Whether a port of a machine is ready: it takes connections, or answers.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::runtime::{DialError, Machine};

/// For one answer.
const ANSWER_TIME: Duration = Duration::from_secs(5);
/// `HTTP/1.1 200`, of which no more is read.
const STATUS_BYTES: usize = 12;
/// Statuses from here on say that it is not ready.
const FIRST_ERROR: u16 = 400;

/// Why a port is not ready.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ProbeError {
    /// It can't be connected to.
    #[error(transparent)]
    Dial(#[from] DialError),
    /// It did not answer, or not in HTTP.
    #[error("{0} is not answered")]
    Silent(String),
    /// It answered with an error.
    #[error("{path} is answered with {status}")]
    Status {
        /// What was asked for.
        path: String,
        /// The answer.
        status: u16,
    },
}

/// Connects to a port, and with a path asks for that.
pub async fn probe(machine: &dyn Machine, port: u16, path: &str) -> Result<(), ProbeError> {
    let stream = machine.dial(port).await?;
    if path.is_empty() {
        return Ok(());
    }
    let status = timeout(ANSWER_TIME, ask(stream, port, path)).await.ok().flatten();
    match status {
        Some(status) if status < FIRST_ERROR => Ok(()),
        Some(status) => Err(ProbeError::Status { path: path.to_owned(), status }),
        None => Err(ProbeError::Silent(path.to_owned())),
    }
}

/// The status of the answer, of which nothing else matters.
async fn ask(mut stream: TcpStream, port: u16, path: &str) -> Option<u16> {
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nUser-Agent: skerry\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = [0; STATUS_BYTES];
    stream.read_exact(&mut answer).await.ok()?;
    let status = std::str::from_utf8(&answer).ok()?.strip_prefix("HTTP/1.")?.get(2..)?;
    status.parse().ok()
}
