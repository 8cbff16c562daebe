//! The world's way to the daemon's own API, where it is started with one.

use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

use tokio::time::timeout;

use super::TunnelError;
use super::entry::end;
use super::log::{Reader, Told};
use super::program::{self, Program, Sign};

/// Until it is registered and has told its address.
const READY_TIME: Duration = Duration::from_secs(60);

/// A quick tunnel to a port of 127.0.0.1. Dropped, it is killed.
#[derive(Debug)]
pub struct OwnTunnel {
    url: String,
    program: Program,
}

impl OwnTunnel {
    /// Runs one, by this `cloudflared` or the one on PATH, and waits until the
    /// world can come by it.
    pub async fn start(program: Option<PathBuf>, local_port: u16) -> Result<Self, TunnelError> {
        let path = program.or_else(program::find).ok_or(TunnelError::Missing)?;
        let failed =
            |error| TunnelError::Failed(format!("{} can't be run: {error}", path.display()));
        let mut program = Program::start(&path, None, local_port).await.map_err(failed)?;
        let told = timeout(READY_TIME, told(&mut program, local_port)).await;
        let late =
            |_| TunnelError::Failed(format!("cloudflared is not ready after {READY_TIME:?}"));
        let url = told.map_err(late)??;
        Ok(Self { url, program })
    }

    /// Where the world finds it: `https://` and a host.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Follows it until it ends by itself, or is asked to.
    pub async fn run(mut self, asked: impl Future<Output = ()>) {
        let gone = async { while let Some(Sign::Line(_)) = self.program.signs.recv().await {} };
        tokio::select! {
            () = gone => tracing::warn!(url = self.url, "the tunnel to the API has ended"),
            () = asked => end(self.program).await,
        }
    }
}

/// Its address, once it is registered too.
async fn told(program: &mut Program, local_port: u16) -> Result<String, TunnelError> {
    let mut reader = Reader::new(local_port);
    let (mut url, mut registered, mut trouble) = (None, false, String::new());
    while let Some(Sign::Line(line)) = program.signs.recv().await {
        match reader.read(&line) {
            Some(Told::Url(told)) => url = Some(told),
            Some(Told::Registered) => registered = true,
            Some(Told::Trouble(text)) => trouble = text,
            _ => {}
        }
        if let Some(url) = url.take_if(|_| registered) {
            return Ok(url);
        }
    }
    Err(TunnelError::Failed(format!("cloudflared ended: {trouble}")))
}
