//! init's second half: one loop that waits for the daemon, for processes'
//! output and for processes' ends, and never blocks on any.

mod execs;
mod workers;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Instant;

use rustix::event::{Timespec, epoll};
use rustix::io::Errno;
use rustix::net::{SocketFlags, accept_with};
use rustix::process::{WaitId, WaitIdOptions, waitid};
use skerry_api::init::daemon_message::Message;
use skerry_api::init::reply::Result as Answer;
use skerry_api::init::{
    DaemonMessage, Done, ExecSnapshot, Reply, SpawnRequest, Welcome, init_message,
};
use skerry_linux::fork::SingleThread;
use skerry_linux::signal::{self, ChildSignal};

use crate::connection::Connection;
use crate::exec::{Exec, Phase};
use crate::machine::Parts;

/// The version of `skerry.init.v1` spoken here.
pub(crate) const PROTOCOL: u32 = 1;
const EVENTS: usize = 64;

const LISTENER: u64 = 0;
const CONNECTION: u64 = 1;
const CHILD: u64 = 2;
/// Serial numbers start here, so that no exec's token is one of the above.
const FIRST_SERIAL: u64 = 1;
const SIGTERM: i32 = rustix::process::Signal::TERM.as_raw();

/// What an exec's descriptor is, in an event's token.
#[derive(Debug, Clone, Copy)]
enum Part {
    Output(usize),
    Input,
    Status,
}

fn token(serial: u64, part: Part) -> u64 {
    let part = match part {
        Part::Output(which) => which as u64,
        Part::Input => 2,
        Part::Status => 3,
    };
    serial << 2 | part
}

pub(crate) struct Server {
    proof: SingleThread,
    sandbox_id: String,
    epoll: OwnedFd,
    listener: OwnedFd,
    children: ChildSignal,
    cgroups: Vec<OwnedFd>,
    connection: Option<Connection>,
    execs: BTreeMap<u64, Exec>,
    workers: BTreeMap<u64, workers::Worker>,
    by_id: BTreeMap<String, u64>,
    by_pid: BTreeMap<i32, u64>,
    next_serial: u64,
    terminating: bool,
    /// Children may be left, of which the signal was taken.
    reap_more: bool,
    /// When which exec's timeout or grace runs out, or a worker's grace.
    deadlines: BTreeSet<(Instant, u64)>,
}

impl Server {
    pub(crate) fn new(
        proof: SingleThread,
        request: &SpawnRequest,
        parts: Parts,
    ) -> io::Result<Self> {
        let children = ChildSignal::open()?;
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let server = Self {
            proof,
            sandbox_id: request.sandbox_id.clone(),
            epoll,
            listener: parts.listener,
            children,
            cgroups: parts.cgroups,
            connection: None,
            execs: BTreeMap::new(),
            workers: BTreeMap::new(),
            by_id: BTreeMap::new(),
            by_pid: BTreeMap::new(),
            next_serial: FIRST_SERIAL,
            terminating: false,
            reap_more: false,
            deadlines: BTreeSet::new(),
        };
        server.listen_to(&server.listener, LISTENER)?;
        server.listen_to(&server.children, CHILD)?;
        Ok(server)
    }

    /// Serves until the machine is told to end and has. A loop that fails
    /// ends the machine, which the daemon sees.
    pub(crate) fn run(mut self) {
        let mut events = Vec::with_capacity(EVENTS);
        while !(self.terminating && self.has_no_children()) {
            events.clear();
            let timeout = self.patience();
            let space = rustix::buffer::spare_capacity(&mut events);
            match epoll::wait(&self.epoll, space, timeout.as_ref()) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(_) => return,
            }
            for event in &events {
                self.handle(event.data.u64());
            }
            if self.reap_more {
                self.reap();
            }
            self.end_overdue();
            self.flush();
        }
    }

    /// How long to wait for events.
    fn patience(&self) -> Option<Timespec> {
        if self.reap_more {
            return Some(Timespec { tv_sec: 0, tv_nsec: 0 });
        }
        let (deadline, _) = self.deadlines.first()?;
        let left = deadline.saturating_duration_since(Instant::now());
        Some(Timespec { tv_sec: left.as_secs() as i64, tv_nsec: left.subsec_nanos().into() })
    }

    fn listen_to(&self, source: impl AsFd, token: u64) -> rustix::io::Result<()> {
        let data = epoll::EventData::new_u64(token);
        epoll::add(&self.epoll, source, data, epoll::EventFlags::IN)
    }

    fn handle(&mut self, token: u64) {
        match token {
            LISTENER => self.accept(),
            CONNECTION => self.receive(),
            CHILD => self.reap(),
            _ => {
                let serial = token >> 2;
                if self.worker_left(serial) {
                    return;
                }
                match token & 3 {
                    3 => self.read_status(serial),
                    2 => self.feed(serial),
                    which => self.take_output(serial, which as usize),
                }
            }
        }
    }

    // The daemon.

    /// A new connection takes the place of an old one: the daemon that made
    /// that is gone, or gave it up.
    fn accept(&mut self) {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let Ok(socket) = accept_with(&self.listener, flags) else { return };
        if self.listen_to(&socket, CONNECTION).is_err() {
            return;
        }
        self.connection = Some(Connection::new(socket));
        if self.welcome().is_err() {
            self.connection = None;
        }
    }

    fn welcome(&mut self) -> io::Result<()> {
        let Some(connection) = &mut self.connection else { return Ok(()) };
        let mut execs = Vec::new();
        let mut descriptors = Vec::new();
        for exec in self.execs.values_mut() {
            if matches!(exec.phase, Phase::Starting { .. }) {
                continue;
            }
            let exit = exec.ended();
            let (output_start, segments, memory) = exec.log.snapshot();
            execs.push(ExecSnapshot {
                exec_id: exec.id.clone(),
                tag: exec.tag.clone().into(),
                pid: exec.pid.as_raw_nonzero().get(),
                has_log: memory.is_some(),
                output_start,
                segments,
                exit,
            });
            descriptors.extend(memory);
        }
        let sandbox_id = self.sandbox_id.clone();
        let welcome = Welcome { protocol: PROTOCOL, sandbox_id, execs };
        connection.push(init_message::Message::Welcome(welcome), &descriptors)
    }

    fn receive(&mut self) {
        let Some(connection) = &mut self.connection else { return };
        let filled = match connection.fill() {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
            filled => filled,
        };
        if filled.and_then(|()| self.serve_messages()).is_err() {
            self.disconnect();
        }
    }

    fn serve_messages(&mut self) -> io::Result<()> {
        while let Some(connection) = &mut self.connection {
            match connection.next_message()? {
                Some(message) => self.serve(message)?,
                None => break,
            }
        }
        Ok(())
    }

    /// Without a daemon nobody says how far logs may move on: they do.
    fn disconnect(&mut self) {
        self.connection = None;
        self.unpark();
    }

    fn flush(&mut self) {
        let Some(connection) = &mut self.connection else { return };
        let was_clogged = connection.is_clogged();
        let flushed = connection.flush().and_then(|all| {
            let interest = if all {
                epoll::EventFlags::IN
            } else {
                epoll::EventFlags::IN | epoll::EventFlags::OUT
            };
            let data = epoll::EventData::new_u64(CONNECTION);
            Ok(epoll::modify(&self.epoll, &*connection, data, interest)?)
        });
        match flushed {
            Err(_) => self.disconnect(),
            Ok(()) if was_clogged && !self.is_clogged() => self.unpark(),
            Ok(()) => {}
        }
    }

    fn is_clogged(&self) -> bool {
        self.connection.as_ref().is_some_and(Connection::is_clogged)
    }

    fn serve(&mut self, message: DaemonMessage) -> io::Result<()> {
        let request_id = message.request_id;
        let answer = match message.message {
            Some(Message::StartExec(start)) => match self.start(request_id, start) {
                Ok(()) => return Ok(()),
                Err(failure) => Answer::SpawnFailure(failure),
            },
            Some(Message::WriteStdin(write)) => match self.write_stdin(request_id, write) {
                Some(answer) => answer,
                None => return Ok(()),
            },
            Some(Message::ResizeTerminal(resize)) => self.resize(&resize),
            Some(Message::SignalExec(signal)) => self.signal(&signal),
            Some(Message::ReleaseOutput(release)) => {
                self.release(&release.exec_id, release.offset);
                return Ok(());
            }
            Some(Message::OpenFiles(_)) => self.open_files(),
            Some(Message::ForgetExec(forget)) => {
                self.forget(&forget.exec_id);
                Answer::Done(Done {})
            }
            Some(Message::Terminate(_)) => {
                self.terminating = true;
                // ESRCH: there is nobody to tell.
                let _ = signal::signal_all(SIGTERM);
                Answer::Done(Done {})
            }
            None => return Err(io::ErrorKind::InvalidData.into()),
        };
        self.reply(request_id, answer)
    }

    fn reply(&mut self, request_id: u64, answer: Answer) -> io::Result<()> {
        let reply = Reply { request_id, result: Some(answer) };
        self.tell(init_message::Message::Reply(reply))
    }

    fn tell(&mut self, message: init_message::Message) -> io::Result<()> {
        match &mut self.connection {
            Some(connection) => connection.push(message, &[]),
            None => Ok(()),
        }
    }

    fn has_no_children(&self) -> bool {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        matches!(waitid(WaitId::All, options), Err(Errno::CHILD))
    }
}
