//! One client: who it is, and what it asks for. russh calls this from the
//! connection's own loop, so nothing in here waits for a sandbox.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::SystemTime;

use russh::keys::PublicKey;
use russh::server::{
    Auth, ChannelOpenHandle, Handler, Msg, PublicKeyOffer, Session as Connection, VerifiedPublicKey,
};
use russh::{Channel, ChannelId, ChannelOpenFailure, ChannelWriteHalf, Error, Pty, Sig};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{AbortHandle, JoinSet};

use super::doors::Grant;
use super::input::{Input, InputReader, Waiting, input};
use super::output::Output;
use super::shell::{self, Session, Setup};
use super::{Shared, key, sftp, signal};
use crate::model::{SandboxId, TerminalSize};

/// Channels of one connection at once, more than people share one for. Each
/// may hold a window of input.
const MAX_CHANNELS: usize = 16;
/// Variables of one session, and bytes of each with its name.
const MAX_VARIABLES: usize = 64;
const MAX_VARIABLE_BYTES: usize = 4 << 10;
/// Bytes of a command line: the kernel's bound of one argument.
const MAX_COMMAND_BYTES: usize = (128 << 10) - 1;
/// Signals that wait for a command; more are dropped, as the kernel's own are.
const MAX_SIGNALS: usize = 16;
/// Bytes of a terminal's name.
const MAX_TERM_BYTES: usize = 64;

/// The client of one connection.
pub(super) struct Caller {
    shared: Arc<Shared>,
    /// Taken when the client is let in.
    let_in: Option<oneshot::Sender<Grant>>,
    sandbox: Option<SandboxId>,
    grant: Option<Grant>,
    channels: HashMap<ChannelId, Seat>,
    tasks: JoinSet<()>,
    waiting: Waiting,
}

/// A channel that is open.
struct Seat {
    setup: Setup,
    /// Until something runs on it.
    free: Option<(ChannelWriteHalf<Msg>, InputReader)>,
    task: Option<AbortHandle>,
    input: Input,
    sizes: watch::Sender<Option<TerminalSize>>,
    signals: Option<mpsc::Sender<i32>>,
}

impl Seat {
    fn new(channel: Channel<Msg>, waiting: &Waiting) -> Self {
        // What comes is handed to the methods below; the other half, dropped,
        // keeps nothing.
        let (_, write) = channel.split();
        let (input, reader) = input(waiting);
        Self {
            setup: Setup::default(),
            free: Some((write, reader)),
            task: None,
            input,
            sizes: watch::Sender::new(None),
            signals: None,
        }
    }

    fn is_over(&self) -> bool {
        self.task.as_ref().is_some_and(AbortHandle::is_finished)
    }
}

impl Caller {
    /// `let_in` gets to know when the client is.
    pub(super) fn new(shared: Arc<Shared>, let_in: oneshot::Sender<Grant>) -> Self {
        Self {
            shared,
            let_in: Some(let_in),
            sandbox: None,
            grant: None,
            channels: HashMap::new(),
            tasks: JoinSet::new(),
            waiting: Waiting::default(),
        }
    }

    /// An unknown sandbox and a key that does not open it are one answer.
    fn check(&self, user: &str, key: &PublicKey) -> Option<(SandboxId, Grant)> {
        let sandbox = self.shared.engine.record(user).ok()?;
        let Shared { doors, access, .. } = &*self.shared;
        let grant = doors.check((&sandbox.id, &sandbox.tenant), key, access, SystemTime::now())?;
        Some((sandbox.id.clone(), grant))
    }

    /// Begins a session with a command, or without one a shell.
    fn begin(
        &mut self,
        id: ChannelId,
        connection: &mut Connection,
        command: Option<String>,
    ) -> Result<(), Error> {
        let engine = self.shared.engine.clone();
        let Some((seat, sandbox, output, input)) = self.take_seat(id, connection) else {
            return connection.channel_failure(id);
        };
        let (signals, waiting_signals) = mpsc::channel(MAX_SIGNALS);
        seat.signals = Some(signals);
        let spec = shell::spec(command.as_deref(), std::mem::take(&mut seat.setup));
        let session = Session {
            engine,
            sandbox,
            input,
            output,
            sizes: seat.sizes.subscribe(),
            signals: waiting_signals,
        };
        connection.channel_success(id)?;
        let task = self.tasks.spawn(shell::run(session, spec));
        self.seated(id, task);
        Ok(())
    }

    /// What a channel needs to run something, once.
    fn take_seat(
        &mut self,
        id: ChannelId,
        connection: &Connection,
    ) -> Option<(&mut Seat, SandboxId, Output, InputReader)> {
        let sandbox = self.sandbox.clone()?;
        let seat = self.channels.get_mut(&id)?;
        let (write, input) = seat.free.take()?;
        Some((seat, sandbox, Output::new(write, connection.handle()), input))
    }

    fn seated(&mut self, id: ChannelId, task: AbortHandle) {
        if let Some(seat) = self.channels.get_mut(&id) {
            seat.task = Some(task);
        }
    }

    fn answer(connection: &mut Connection, id: ChannelId, done: bool) -> Result<(), Error> {
        match done {
            true => connection.channel_success(id),
            false => connection.channel_failure(id),
        }
    }

    fn set_variable(&mut self, id: ChannelId, name: &str, value: &str) -> bool {
        let Some(seat) = self.channels.get_mut(&id) else { return false };
        let fits = name.len() + value.len() <= MAX_VARIABLE_BYTES
            && (seat.setup.env.len() < MAX_VARIABLES || seat.setup.env.contains_key(name));
        let valid = !name.is_empty() && !name.contains(['=', '\0']) && !value.contains('\0');
        if fits && valid {
            seat.setup.env.insert(name.to_owned(), value.to_owned());
        }
        fits && valid
    }
}

impl Handler for Caller {
    type Error = Error;

    async fn auth_publickey_offered(
        &mut self,
        user: &str,
        offer: PublicKeyOffer<'_>,
    ) -> Result<Auth, Error> {
        let known = key::is_sound(offer.algorithm) && self.check(user, offer.public_key).is_some();
        Ok(if known { Auth::Accept } else { Auth::reject() })
    }

    async fn auth_publickey(
        &mut self,
        user: &str,
        verified: VerifiedPublicKey<'_>,
    ) -> Result<Auth, Error> {
        if !key::is_sound(verified.algorithm) {
            return Ok(Auth::reject());
        }
        let Some((sandbox, grant)) = self.check(user, verified.public_key) else {
            return Ok(Auth::reject());
        };
        tracing::info!(%sandbox, "a client is let in over SSH");
        (self.sandbox, self.grant) = (Some(sandbox), Some(grant));
        Ok(Auth::Accept)
    }

    async fn auth_succeeded(&mut self, _connection: &mut Connection) -> Result<(), Error> {
        if let (Some(let_in), Some(grant)) = (self.let_in.take(), self.grant.take()) {
            // Without a receiver the connection is ending.
            let _ = let_in.send(grant);
        }
        Ok(())
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _connection: &mut Connection,
    ) -> Result<(), Error> {
        while self.tasks.try_join_next().is_some() {}
        // One that the daemon closed is not heard of again.
        self.channels.retain(|_, seat| !seat.is_over());
        if self.channels.len() >= MAX_CHANNELS {
            reply.reject(ChannelOpenFailure::ResourceShortage).await;
            return Ok(());
        }
        self.channels.insert(channel.id(), Seat::new(channel, &self.waiting));
        reply.accept().await;
        Ok(())
    }

    async fn channel_close(
        &mut self,
        id: ChannelId,
        _connection: &mut Connection,
    ) -> Result<(), Error> {
        if let Some(task) = self.channels.remove(&id).and_then(|seat| seat.task) {
            task.abort();
        }
        Ok(())
    }

    async fn channel_eof(
        &mut self,
        id: ChannelId,
        _connection: &mut Connection,
    ) -> Result<(), Error> {
        if let Some(seat) = self.channels.get(&id) {
            seat.input.end();
        }
        Ok(())
    }

    async fn data(
        &mut self,
        id: ChannelId,
        data: &[u8],
        _connection: &mut Connection,
    ) -> Result<(), Error> {
        if let Some(seat) = self.channels.get(&id) {
            seat.input.push(data);
        }
        if self.waiting.is_too_much() {
            tracing::warn!("a client sends more than its windows allow");
            return Err(Error::Disconnect);
        }
        self.waiting.pause().await;
        Ok(())
    }

    fn adjust_window(&mut self, _id: ChannelId, _current: u32) -> u32 {
        self.waiting.window()
    }

    async fn pty_request(
        &mut self,
        id: ChannelId,
        term: &str,
        columns: u32,
        rows: u32,
        _width: u32,
        _height: u32,
        _modes: &[(Pty, u32)],
        connection: &mut Connection,
    ) -> Result<(), Error> {
        let fits = term.len() <= MAX_TERM_BYTES;
        let done = fits && self.channels.contains_key(&id);
        if let Some(seat) = self.channels.get_mut(&id).filter(|_| done) {
            seat.setup.terminal = Some(size(columns, rows));
        }
        if done && !term.is_empty() {
            self.set_variable(id, "TERM", term);
        }
        Self::answer(connection, id, done)
    }

    async fn window_change_request(
        &mut self,
        id: ChannelId,
        columns: u32,
        rows: u32,
        _width: u32,
        _height: u32,
        connection: &mut Connection,
    ) -> Result<(), Error> {
        if let Some(seat) = self.channels.get(&id) {
            seat.sizes.send_replace(Some(size(columns, rows)));
        }
        connection.channel_success(id)
    }

    async fn env_request(
        &mut self,
        id: ChannelId,
        name: &str,
        value: &str,
        connection: &mut Connection,
    ) -> Result<(), Error> {
        let done = self.set_variable(id, name, value);
        Self::answer(connection, id, done)
    }

    async fn shell_request(
        &mut self,
        id: ChannelId,
        connection: &mut Connection,
    ) -> Result<(), Error> {
        self.begin(id, connection, None)
    }

    async fn exec_request(
        &mut self,
        id: ChannelId,
        command: &[u8],
        connection: &mut Connection,
    ) -> Result<(), Error> {
        let command = std::str::from_utf8(command).ok();
        let fits = command.filter(|text| text.len() <= MAX_COMMAND_BYTES && !text.contains('\0'));
        match fits {
            Some(command) => self.begin(id, connection, Some(command.to_owned())),
            None => connection.channel_failure(id),
        }
    }

    async fn subsystem_request(
        &mut self,
        id: ChannelId,
        name: &str,
        connection: &mut Connection,
    ) -> Result<(), Error> {
        if name != "sftp" {
            return connection.channel_failure(id);
        }
        let Some((_, sandbox, output, input)) = self.take_seat(id, connection) else {
            return connection.channel_failure(id);
        };
        connection.channel_success(id)?;
        let engine = self.shared.engine.clone();
        let task = self.tasks.spawn(sftp::run(engine, sandbox, input, output));
        self.seated(id, task);
        Ok(())
    }

    async fn signal(
        &mut self,
        id: ChannelId,
        signal: Sig,
        _connection: &mut Connection,
    ) -> Result<(), Error> {
        let signals = self.channels.get(&id).and_then(|seat| seat.signals.as_ref());
        if let (Some(signals), Some(number)) = (signals, signal::number(&signal)) {
            // Full: as many wait as the command can use.
            let _ = signals.try_send(number);
        }
        Ok(())
    }

    async fn x11_request(
        &mut self,
        id: ChannelId,
        _single: bool,
        _protocol: &str,
        _cookie: &str,
        _screen: u32,
        connection: &mut Connection,
    ) -> Result<(), Error> {
        connection.channel_failure(id)
    }
}

fn size(columns: u32, rows: u32) -> TerminalSize {
    let bounded = |number: u32| u16::try_from(number).unwrap_or(u16::MAX);
    TerminalSize { rows: bounded(rows), columns: bounded(columns) }
}
