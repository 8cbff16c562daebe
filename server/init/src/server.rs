//! init's second half: one loop that waits for the daemon, for processes'
//! output and for processes' ends, and never blocks on any.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::event::{Timespec, epoll};
use rustix::io::Errno;
use rustix::net::{SocketFlags, accept_with};
use rustix::process::{WaitId, WaitIdOptions, WaitOptions, wait, waitid};
use skerry_api::init::daemon_message::Message;
use skerry_api::init::reply::Result as Answer;
use skerry_api::init::spawn_failure::Kind;
use skerry_api::init::{
    DaemonMessage, Done, ExecSnapshot, Exited, NoSuchExec, Output, Reply, SignalExec,
    SpawnFailure, SpawnRequest, StartExec, Started, Welcome, init_message,
};
use skerry_linux::fork::SingleThread;
use skerry_linux::signal::{self, ChildSignal};
use skerry_linux::spawn;

use crate::connection::Connection;
use crate::exec::{Exec, Phase, Turn, classify, exit_status};
use crate::machine::Parts;

/// The version of `skerry.init.v1` spoken here.
pub(crate) const PROTOCOL: u32 = 1;
/// Execs kept at once, ended ones included: each holds up to six descriptors
/// of the 1,024 that every process may have, and up to 1 MiB of memory.
const MAX_EXECS: usize = 700;
/// Children reaped before the loop looks at other things: a machine may make
/// orphans as fast as it likes.
const REAP_TURN: usize = 256;
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
    Status,
}

fn token(serial: u64, part: Part) -> u64 {
    let part = match part {
        Part::Output(which) => which as u64,
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
    by_id: BTreeMap<String, u64>,
    by_pid: BTreeMap<i32, u64>,
    next_serial: u64,
    terminating: bool,
    /// Children may be left, of which the signal was taken.
    reap_more: bool,
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
            by_id: BTreeMap::new(),
            by_pid: BTreeMap::new(),
            next_serial: FIRST_SERIAL,
            terminating: false,
            reap_more: false,
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
            let timeout = self.reap_more.then_some(Timespec { tv_sec: 0, tv_nsec: 0 });
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
            self.flush();
        }
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
                match token & 3 {
                    3 => self.read_status(serial),
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
            Some(Message::SignalExec(signal)) => self.signal(&signal),
            Some(Message::ReleaseOutput(release)) => {
                self.release(&release.exec_id, release.offset);
                return Ok(());
            }
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

    // Execs.

    fn start(&mut self, request_id: u64, start: StartExec) -> Result<(), SpawnFailure> {
        let refuse = |kind: Kind, detail: &str| {
            Err(SpawnFailure { kind: kind.into(), detail: detail.to_owned() })
        };
        if self.execs.len() >= MAX_EXECS {
            return refuse(Kind::TooManyExecs, &format!("at most {MAX_EXECS} at once"));
        }
        if self.by_id.contains_key(&start.exec_id) {
            return refuse(Kind::Other, "the exec's id is in use");
        }
        let exec = Exec::start(self.proof, &self.cgroups, request_id, start)?;
        let serial = self.next_serial;
        self.next_serial += 1;
        self.by_id.insert(exec.id.clone(), serial);
        self.by_pid.insert(exec.pid.as_raw_nonzero().get(), serial);
        if let Phase::Starting { status, .. } = &exec.phase {
            // Only ENOMEM can make this fail; then the end of the process
            // says the same, later.
            let _ = self.listen_to(status, token(serial, Part::Status));
        }
        for (which, output) in exec.outputs.iter().enumerate() {
            let output = output.as_ref().expect("a new exec has both");
            let _ = self.listen_to(&output.pipe, token(serial, Part::Output(which)));
        }
        self.execs.insert(serial, exec);
        Ok(())
    }

    /// The child has reached its program, or told why not.
    fn read_status(&mut self, serial: u64) {
        let Some(exec) = self.execs.get_mut(&serial) else { return };
        let Phase::Starting { request_id, status, program, cwd } = &exec.phase else { return };
        let request_id = *request_id;
        let answer = match spawn::read_status(status.as_fd()) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
            Ok(None) => {
                exec.phase = Phase::Running;
                Answer::Started(Started { pid: exec.pid.as_raw_nonzero().get() })
            }
            Ok(Some(said)) => Answer::SpawnFailure(classify(said, program, cwd)),
            Err(error) => Answer::SpawnFailure(SpawnFailure {
                kind: Kind::Other.into(),
                detail: error.to_string(),
            }),
        };
        if matches!(answer, Answer::SpawnFailure(_)) {
            self.drop_exec(serial);
        }
        if self.reply(request_id, answer).is_err() {
            self.disconnect();
        }
    }

    fn take_output(&mut self, serial: u64, which: usize) {
        let clogged = self.is_clogged();
        let may_wait = self.connection.is_some();
        let Some(exec) = self.execs.get_mut(&serial) else { return };
        if clogged {
            if let Some(output) = &mut exec.outputs[which] {
                output.parked = true;
            }
        } else {
            exec.take_output(which, may_wait);
        }
        if let Some(output) = &exec.outputs[which]
            && output.parked
        {
            let data = epoll::EventData::new_u64(token(serial, Part::Output(which)));
            let _ = epoll::modify(&self.epoll, &output.pipe, data, epoll::EventFlags::empty());
        }
        self.tell_output(serial);
        self.finish(serial);
    }

    fn tell_output(&mut self, serial: u64) {
        let (Some(exec), Some(connection)) =
            (self.execs.get_mut(&serial), self.connection.as_mut())
        else {
            return;
        };
        let exec_id = exec.id.clone();
        let Some((segments, memory)) = exec.log.take_untold() else { return };
        let has_log = memory.is_some();
        let output = Output { exec_id, has_log, segments };
        let memory: Vec<_> = memory.into_iter().collect();
        if connection.push(init_message::Message::Output(output), &memory).is_err() {
            self.disconnect();
        }
    }

    fn release(&mut self, exec_id: &str, offset: u64) {
        let Some(&serial) = self.by_id.get(exec_id) else { return };
        if let Some(exec) = self.execs.get_mut(&serial) {
            exec.log.release(offset);
            self.unpark_exec(serial);
        }
    }

    fn unpark(&mut self) {
        let serials: Vec<u64> = self.execs.keys().copied().collect();
        for serial in serials {
            self.unpark_exec(serial);
        }
    }

    fn unpark_exec(&mut self, serial: u64) {
        for which in 0..2 {
            let Some(output) =
                self.execs.get_mut(&serial).and_then(|exec| exec.outputs[which].as_mut())
            else {
                continue;
            };
            if std::mem::take(&mut output.parked) {
                let data = epoll::EventData::new_u64(token(serial, Part::Output(which)));
                let _ = epoll::modify(&self.epoll, &output.pipe, data, epoll::EventFlags::IN);
                self.take_output(serial, which);
            }
        }
    }

    fn signal(&self, wanted: &SignalExec) -> Answer {
        let exec = self.by_id.get(&wanted.exec_id).and_then(|serial| self.execs.get(serial));
        let Some(exec) = exec.filter(|exec| exec.is_alive()) else {
            return Answer::NoSuchExec(NoSuchExec {});
        };
        let pid = exec.pid.as_raw_nonzero().get();
        let target = if wanted.process_only { pid } else { -pid };
        match signal::signal(target, wanted.signal) {
            Ok(()) => Answer::Done(Done {}),
            Err(_) => Answer::NoSuchExec(NoSuchExec {}),
        }
    }

    fn forget(&mut self, exec_id: &str) {
        if let Some(&serial) = self.by_id.get(exec_id)
            && self.execs.get(&serial).is_some_and(|exec| exec.ended().is_some())
        {
            self.drop_exec(serial);
        }
    }

    fn drop_exec(&mut self, serial: u64) {
        if let Some(exec) = self.execs.remove(&serial) {
            self.by_id.remove(&exec.id);
            self.by_pid.remove(&exec.pid.as_raw_nonzero().get());
        }
    }

    // Ends.

    fn reap(&mut self) {
        self.children.clear();
        self.reap_more = false;
        for _ in 0..REAP_TURN {
            let Ok(Some((pid, status))) = wait(WaitOptions::NOHANG) else { return };
            let Some(serial) = self.by_pid.remove(&pid.as_raw_nonzero().get()) else { continue };
            // What it said before it ended comes first.
            self.read_status(serial);
            if let Some(exec) = self.execs.get_mut(&serial) {
                let signal = status.terminating_signal();
                exec.phase = Phase::Draining(exit_status(status.exit_status(), signal));
                self.finish(serial);
            }
        }
        self.reap_more = true;
    }

    /// Tells the end of an exec whose process is gone and whose pipes hold
    /// nothing more. What its descendants write later still enters the log.
    fn finish(&mut self, serial: u64) {
        let may_wait = self.connection.is_some();
        if self.is_clogged() {
            return;
        }
        let Some(exec) = self.execs.get_mut(&serial) else { return };
        let Phase::Draining(status) = exec.phase else { return };
        for which in 0..2 {
            loop {
                match exec.take_output(which, may_wait) {
                    Turn::More => {}
                    Turn::Empty | Turn::Closed => break,
                    Turn::Parked => return self.tell_output(serial),
                }
            }
        }
        exec.phase = Phase::Ended(status);
        let exec_id = exec.id.clone();
        self.tell_output(serial);
        let exited = Exited { exec_id, status: Some(status) };
        if self.tell(init_message::Message::Exited(exited)).is_err() {
            self.disconnect();
        }
    }

    fn has_no_children(&self) -> bool {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        matches!(waitid(WaitId::All, options), Err(Errno::CHILD))
    }
}
