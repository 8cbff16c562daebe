//! A web page of the test's own, which a real browser visits.

use std::io;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// Longer than a visit takes on a slow machine.
const PATIENCE: Duration = Duration::from_secs(300);

/// A file of a site: its path, its type and its text.
pub type File = (&'static str, &'static str, String);

/// A site on a port of its own.
pub struct Site {
    listener: TcpListener,
}

impl Site {
    /// The error is why no browser can visit it.
    ///
    /// # Errors
    ///
    /// The reason to skip a test that needs one.
    pub async fn open() -> Result<Self, String> {
        if std::process::Command::new("chromium").arg("--version").output().is_err() {
            return Err("chromium is not installed".to_owned());
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        Ok(Self { listener })
    }

    /// What its pages are of.
    pub fn origin(&self) -> String {
        format!("http://{}", self.listener.local_addr().expect("it is bound"))
    }

    /// Lets a browser visit `/`, until a page posts JSON to `/told`.
    pub async fn visited(self, files: Vec<File>) -> Value {
        let profile = tempfile::tempdir().expect("a folder");
        let _browser = tokio::process::Command::new("chromium")
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0"])
            .args(["--no-first-run", "--disable-background-networking", "--disable-sync"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg(self.origin())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("chromium runs");
        let told = tokio::time::timeout(PATIENCE, told(self.listener, files)).await;
        told.expect("the page tells what it saw")
    }
}

/// Serves the files until the page tells what it saw.
async fn told(listener: TcpListener, files: Vec<File>) -> Value {
    let (files, (tell, mut told)) = (Arc::new(files), mpsc::channel(1));
    loop {
        tokio::select! {
            body = told.recv() => {
                let body: Vec<u8> = body.expect("the other half is here");
                return serde_json::from_slice(&body).expect("it tells JSON");
            }
            accepted = listener.accept() => {
                // A browser also makes connections that it does not use.
                let (connection, _) = accepted.expect("it listens");
                let (files, tell) = (Arc::clone(&files), tell.clone());
                tokio::spawn(async move { answer(connection, &files, tell).await });
            }
        }
    }
}

/// Answers one request.
async fn answer(
    connection: TcpStream,
    files: &[File],
    tell: mpsc::Sender<Vec<u8>>,
) -> io::Result<()> {
    let mut connection = BufReader::new(connection);
    let (path, body) = request(&mut connection).await?;
    let found = files.iter().find(|(at, ..)| *at == path);
    let (kind, answer) = found.map_or(("text/plain", ""), |(_, kind, text)| (kind, text));
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        answer.len()
    );
    connection.write_all(head.as_bytes()).await?;
    connection.write_all(answer.as_bytes()).await?;
    connection.flush().await?;
    if path == "/told" {
        // The test may have ended meanwhile.
        let _ = tell.send(body).await;
    }
    Ok(())
}

/// A request's path and body.
async fn request(connection: &mut BufReader<TcpStream>) -> io::Result<(String, Vec<u8>)> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        connection.read_line(&mut line).await?;
        if line.trim().is_empty() {
            break;
        }
        lines.push(line.trim().to_ascii_lowercase());
    }
    let path = lines.first().and_then(|line| line.split(' ').nth(1)).unwrap_or_default().to_owned();
    let length = lines.iter().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or_default()];
    connection.read_exact(&mut body).await?;
    Ok((path, body))
}
