//! From a request at the port of a sandbox that is stopped to its answer.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Contender, Field, RowError, milliseconds, take_turns};
use crate::command::output;
use crate::peer::{IMAGE, Peer};
use crate::report::{Bound, Row};
use crate::skerry::{Preview, Skerry};

/// Serves files, and so answers.
const SERVER: [&str; 4] = ["/bin/busybox", "httpd", "-f", "-p"];
/// Between two looks at a port of a peer's.
const PAUSE: Duration = Duration::from_millis(5);
/// What an answer begins with: there is no file, and who says so runs.
const ANSWER: &[u8] = b"HTTP/1.1 404";

pub(super) async fn measure(field: &Field<'_>) -> Row {
    let title = "a stopped sandbox, from a request to its answer";
    let mut row = Row::new("wake", title, "ms");
    let mut contenders: Vec<Box<dyn Contender + '_>> = Vec::new();
    let mut woken = None;
    if let Some(skerry) = field.skerry {
        let command = [&SERVER[..], &["127.0.0.1:8000"]].concat();
        match skerry.own_preview(&command).await {
            Ok(preview) => {
                woken = Some(preview.id.clone());
                contenders.push(Box::new(Woken { skerry, preview }));
            }
            Err(error) => row.leave_out("skerry", error),
        }
    }
    let id = format!("{}-wake", field.prefix);
    for peer in field.peers {
        match Polled::start(&**peer, &id) {
            Ok(Some(polled)) => contenders.push(Box::new(polled)),
            Ok(None) => {}
            Err(error) => row.leave_out(peer.name(), error),
        }
    }
    take_turns(&mut row, &mut contenders, field.options.file_n).await;
    drop(contenders);
    if let (Some(skerry), Some(id)) = (field.skerry, woken)
        && let Err(error) = skerry.delete(&id).await
    {
        row.leave_out("skerry", error);
    }
    row.ratio("docker start and poll", "skerry preview", Bound::AtLeast(1.0));
    row
}

/// A sandbox that a request wakes.
struct Woken<'a> {
    skerry: &'a Skerry,
    preview: Preview,
}

#[async_trait(?Send)]
impl Contender for Woken<'_> {
    fn series(&self) -> Vec<String> {
        vec!["skerry preview".to_owned()]
    }

    async fn turn(&mut self) -> Result<Vec<f64>, RowError> {
        self.skerry.halt(&self.preview.id).await?;
        let started = Instant::now();
        let answer = ask(self.preview.address, &self.preview.host).await.map_err(copy)?;
        let took = milliseconds(started.elapsed());
        if answer { Ok(vec![took]) } else { Err(RowError::Copy("it does not answer".to_owned())) }
    }
}

/// A container that is started, and then looked at until it answers.
struct Polled<'a> {
    peer: &'a dyn Peer,
    id: String,
    address: SocketAddr,
}

impl<'a> Polled<'a> {
    /// `None` for who keeps nothing that could be started again.
    fn start(peer: &'a dyn Peer, id: &str) -> Result<Option<Self>, RowError> {
        let Some(mut run) = peer.engine("run") else { return Ok(None) };
        // Free a moment ago; the container has the host's network.
        let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(copy)?;
        let address = listener.local_addr().map_err(copy)?;
        drop(listener);
        run.args(["--detach", "--network", "host", "--name", id, IMAGE]).args(SERVER);
        output(run.arg(address.to_string()))?;
        Ok(Some(Self { peer, id: id.to_owned(), address }))
    }

    fn engine(&self, verb: &str, arguments: &[&str]) -> Result<(), RowError> {
        if let Some(mut command) = self.peer.engine(verb) {
            output(command.args(arguments).arg(&self.id))?;
        }
        Ok(())
    }
}

#[async_trait(?Send)]
impl Contender for Polled<'_> {
    fn series(&self) -> Vec<String> {
        vec![format!("{} start and poll", self.peer.name())]
    }

    async fn turn(&mut self) -> Result<Vec<f64>, RowError> {
        self.engine("stop", &["-t", "0"])?;
        let started = Instant::now();
        self.engine("start", &[])?;
        while !matches!(ask(self.address, "localhost").await, Ok(true)) {
            tokio::time::sleep(PAUSE).await;
        }
        Ok(vec![milliseconds(started.elapsed())])
    }
}

impl Drop for Polled<'_> {
    fn drop(&mut self) {
        if let Some(mut remove) = self.peer.remove(&self.id) {
            // What stays goes with the enclosure.
            let _gone = output(&mut remove);
        }
    }
}

/// Whether a server answers.
async fn ask(address: SocketAddr, host: &str) -> io::Result<bool> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET /none HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut first = [0; ANSWER.len()];
    stream.read_exact(&mut first).await?;
    Ok(first == ANSWER)
}

fn copy(error: io::Error) -> RowError {
    RowError::Copy(error.to_string())
}
