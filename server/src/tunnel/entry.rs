//! One tunnel: what is known of it, and the task that owns it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::log::{Reader, Told};
use super::program::{Program, Sign};
use super::serve::serve;
use super::{Tunnel, TunnelToken};
use crate::preview::{Place, Previews};

/// Until the first connection is registered.
const READY_TIME: Duration = Duration::from_secs(60);
/// After it was asked to end, until it is killed. It says good-bye to
/// Cloudflare, so that visitors are sent to others of a named tunnel's.
const END_TIME: Duration = Duration::from_secs(4);
/// Bytes of what it said last.
const MAX_TROUBLE_BYTES: usize = 500;

/// How a tunnel is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TunnelState {
    /// No connection is registered yet.
    Starting,
    /// One is.
    Ready,
    /// It has ended by itself; why.
    Failed(String),
}

/// What is known.
#[derive(Debug, Clone)]
pub(super) struct Status {
    pub(super) state: TunnelState,
    pub(super) url: Option<String>,
}

/// A tunnel among the others.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) place: Place,
    /// Of its token, so that the token itself is not kept.
    token: Option<blake3::Hash>,
    local_port: u16,
    create_time: SystemTime,
    /// Its sender is gone once the process is.
    status: watch::Receiver<Status>,
    ending: watch::Sender<bool>,
}

/// The part of its task.
pub(super) struct Owner {
    place: Place,
    local_port: u16,
    status: watch::Sender<Status>,
    ending: watch::Receiver<bool>,
}

impl Entry {
    pub(super) fn new(
        place: Place,
        token: Option<&TunnelToken>,
        local_port: u16,
    ) -> (Arc<Self>, Owner) {
        let (sender, status) = watch::channel(Status { state: TunnelState::Starting, url: None });
        let (ending, asked) = watch::channel(false);
        let entry = Self {
            place: place.clone(),
            token: token.map(hash),
            local_port,
            create_time: SystemTime::now(),
            status,
            ending,
        };
        (Arc::new(entry), Owner { place, local_port, status: sender, ending: asked })
    }

    pub(super) fn tunnel(&self) -> Tunnel {
        let Status { state, url } = self.status();
        Tunnel {
            place: self.place.clone(),
            state,
            url,
            named: self.token.is_some(),
            local_port: self.local_port,
            create_time: self.create_time,
        }
    }

    pub(super) fn status(&self) -> Status {
        self.status.borrow().clone()
    }

    pub(super) fn has_failed(&self) -> bool {
        matches!(self.status.borrow().state, TunnelState::Failed(_))
    }

    pub(super) fn is_of(&self, token: Option<&TunnelToken>) -> bool {
        self.token == token.map(hash)
    }

    /// Waits until it is ready, or has failed; STARTING if it was ended first.
    pub(super) async fn ready(&self) -> Status {
        let mut status = self.status.clone();
        match status.wait_for(|status| status.state != TunnelState::Starting).await {
            Ok(status) => status.clone(),
            Err(_) => self.status(),
        }
    }

    /// Waits for its URL, which a named one may tell after it is ready.
    pub(super) async fn url(&self, patience: Duration) -> Option<String> {
        let mut status = self.status.clone();
        let told = timeout(patience, status.wait_for(|status| status.url.is_some())).await;
        told.ok()?.ok()?.url.clone()
    }

    pub(super) fn ask_to_end(&self) {
        self.ending.send_replace(true);
    }

    /// Ends it, and waits until it has ended.
    pub(super) async fn end(&self) {
        self.ask_to_end();
        let mut status = self.status.clone();
        while status.changed().await.is_ok() {}
    }
}

fn hash(token: &TunnelToken) -> blake3::Hash {
    blake3::hash(token.reveal().as_bytes())
}

impl Owner {
    /// Runs it until it ends, or is asked to.
    pub(super) async fn run(
        self,
        program: PathBuf,
        token: Option<TunnelToken>,
        listener: TcpListener,
        previews: Previews,
    ) {
        match Program::start(&program, token.as_ref(), self.local_port).await {
            Ok(program) => {
                let served = serve(listener, self.place.clone(), previews);
                tokio::select! {
                    () = served => {}
                    () = self.follow(program, token.as_ref()) => {}
                }
            }
            Err(error) => self.fail(format!("{} can't be run: {error}", program.display())),
        }
    }

    async fn follow(&self, mut program: Program, token: Option<&TunnelToken>) {
        let mut ending = self.ending.clone();
        let mut reader = Reader::new(self.local_port);
        let mut trouble = String::new();
        let late = sleep(READY_TIME);
        tokio::pin!(late);
        loop {
            let starts = self.status.borrow().state == TunnelState::Starting;
            let sign = tokio::select! {
                () = asked(&mut ending) => return end(program).await,
                () = &mut late, if starts => {
                    self.fail(format!("cloudflared is not ready after {READY_TIME:?}: {trouble}"));
                    return end(program).await;
                }
                sign = program.signs.recv() => sign,
            };
            match sign {
                Some(Sign::Line(line)) => match reader.read(&without(&line, token)) {
                    Some(Told::Trouble(text)) => trouble = short(text),
                    Some(told) => self.learn(told),
                    None => {}
                },
                Some(Sign::Ended(Ok(status))) => {
                    return self.fail(format!("cloudflared ended with {status}: {trouble}"));
                }
                Some(Sign::Ended(Err(error))) => {
                    return self.fail(format!("cloudflared can't be waited for: {error}"));
                }
                None => return self.fail("cloudflared is gone".to_owned()),
            }
        }
    }

    fn learn(&self, told: Told) {
        let (sandbox, port) = (&self.place.sandbox, self.place.port);
        self.status.send_modify(|status| match told {
            Told::Url(url) => {
                tracing::info!(%sandbox, port, url, "a tunnel has an address");
                status.url = Some(url);
            }
            Told::NoUrl => status.url = None,
            Told::Registered => status.state = TunnelState::Ready,
            Told::Trouble(_) => {}
        });
    }

    fn fail(&self, why: String) {
        let (sandbox, port) = (&self.place.sandbox, self.place.port);
        let why = why.trim_end_matches([' ', ':']).to_owned();
        tracing::warn!(%sandbox, port, why, "a tunnel has failed");
        self.status.send_modify(|status| status.state = TunnelState::Failed(why));
    }
}

/// Until it is to end.
async fn asked(ending: &mut watch::Receiver<bool>) {
    // Who could ask is gone: the same.
    let _either_way = ending.wait_for(|ending| *ending).await;
}

/// In order, then by force.
pub(super) async fn end(mut program: Program) {
    program.stop();
    if timeout(END_TIME, ended(&mut program)).await.is_err() {
        program.kill();
        ended(&mut program).await;
    }
}

async fn ended(program: &mut Program) {
    while let Some(Sign::Line(_)) = program.signs.recv().await {}
}

/// A line without the token, whatever else is in it.
fn without(line: &str, token: Option<&TunnelToken>) -> String {
    match token {
        Some(token) => line.replace(token.reveal(), "…"),
        None => line.to_owned(),
    }
}

fn short(mut text: String) -> String {
    let end = (0..=MAX_TROUBLE_BYTES).rev().find(|end| text.is_char_boundary(*end));
    text.truncate(end.unwrap_or_default());
    text
}
