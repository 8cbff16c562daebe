//! What the loop does with execs: start, feed, drain, signal, end.

use std::io;
use std::os::fd::AsFd;
use std::time::Instant;

use rustix::event::epoll;
use rustix::process::{WaitOptions, wait};
use rustix::termios::tcsetwinsize;
use skerry_api::init::reply::Result as Answer;
use skerry_api::init::spawn_failure::Kind;
use skerry_api::init::{
    Done, Exited, NoSuchExec, Output, ResizeTerminal, SignalExec, SpawnFailure, StartExec, Started,
    StdinClosed, WriteStdin, init_message,
};
use skerry_linux::{signal, spawn};

use super::{Part, SIGTERM, Server, token};
use crate::exec::{Exec, Phase, Turn, exit_status, window};
use crate::input::Written;
use crate::program::{classify, failure};

/// Execs kept at once, ended ones included: each holds up to ten descriptors
/// of the 16,384 that init may have, and up to 1 MiB of memory.
const MAX_EXECS: usize = 700;
/// Children reaped before the loop looks at other things: a machine may make
/// orphans as fast as it likes.
const REAP_TURN: usize = 256;

impl Server {
    pub(super) fn start(&mut self, request_id: u64, start: StartExec) -> Result<(), SpawnFailure> {
        let own_cgroup = match (start.contained, &mut self.connection) {
            (true, Some(connection)) => {
                connection.take_descriptor().zip(connection.take_descriptor())
            }
            _ => None,
        };
        if self.execs.len() >= MAX_EXECS {
            return Err(failure(Kind::TooManyExecs, format!("at most {MAX_EXECS} at once")));
        }
        if self.by_id.contains_key(&start.exec_id) {
            return Err(failure(Kind::Other, "the exec's id is in use".to_owned()));
        }
        let exec = Exec::start(self.proof, &self.cgroups, own_cgroup, request_id, start)?;
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
            if let Some(output) = output {
                let _ = self.listen_to(&output.source, token(serial, Part::Output(which)));
            }
        }
        if let Some(timeout) = &exec.timeout {
            self.deadlines.insert((timeout.next, serial));
        }
        self.execs.insert(serial, exec);
        Ok(())
    }

    /// The child has reached its program, or told why not.
    pub(super) fn read_status(&mut self, serial: u64) {
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
            Err(error) => Answer::SpawnFailure(failure(Kind::Other, error.to_string())),
        };
        if matches!(answer, Answer::SpawnFailure(_)) {
            self.drop_exec(serial);
        }
        self.answer(request_id, answer);
    }

    fn answer(&mut self, request_id: u64, answer: Answer) {
        if self.reply(request_id, answer).is_err() {
            self.disconnect();
        }
    }

    // Input.

    /// Answers at once, or, with `None`, when the process has taken it all.
    pub(super) fn write_stdin(&mut self, request_id: u64, write: WriteStdin) -> Option<Answer> {
        let serial = self.by_id.get(&write.exec_id).copied();
        let Some(exec) = serial.and_then(|serial| self.execs.get_mut(&serial)) else {
            return Some(Answer::NoSuchExec(NoSuchExec {}));
        };
        match &mut exec.input {
            Some(input) if !input.is_busy() => {
                input.push(request_id, write.data.into(), write.end);
                self.feed(serial?);
                None
            }
            _ => Some(Answer::StdinClosed(StdinClosed {})),
        }
    }

    /// Writes what waits to be read by the process.
    pub(super) fn feed(&mut self, serial: u64) {
        let epoll = self.epoll.as_fd();
        let Some(exec) = self.execs.get_mut(&serial) else { return };
        let Some(input) = &mut exec.input else { return };
        let (request_id, answer) = match input.write() {
            Written::Nothing => return,
            Written::Waiting => {
                let data = epoll::EventData::new_u64(token(serial, Part::Input));
                let interest = epoll::EventFlags::OUT | epoll::EventFlags::ONESHOT;
                // Known already: the same again.
                if epoll::add(epoll, &*input, data, interest).is_err() {
                    let _ = epoll::modify(epoll, &*input, data, interest);
                }
                return;
            }
            Written::All { request_id, end } => {
                if end {
                    exec.input = None;
                }
                (request_id, Answer::Done(Done {}))
            }
            Written::Closed { request_id } => {
                exec.input = None;
                (request_id, Answer::StdinClosed(StdinClosed {}))
            }
        };
        self.answer(request_id, answer);
    }

    pub(super) fn resize(&self, resize: &ResizeTerminal) -> Answer {
        let exec = self.by_id.get(&resize.exec_id).and_then(|serial| self.execs.get(serial));
        let terminal = exec.and_then(|exec| exec.terminal.as_ref());
        match (terminal, &resize.size) {
            (Some(terminal), Some(size)) if tcsetwinsize(terminal, window(size)).is_ok() => {
                Answer::Done(Done {})
            }
            _ => Answer::NoSuchExec(NoSuchExec {}),
        }
    }

    // Output.

    pub(super) fn take_output(&mut self, serial: u64, which: usize) {
        let clogged = self.is_clogged();
        let may_wait = self.connection.is_some();
        let Some(exec) = self.execs.get_mut(&serial) else { return };
        if clogged {
            if let Some(output) = &mut exec.outputs[which] {
                output.parked = true;
            }
        } else if exec.take_output(which, may_wait) == Turn::Closed {
            self.drop_output(serial, which);
        }
        let exec = self.execs.get(&serial);
        if let Some(output) = exec.and_then(|exec| exec.outputs[which].as_ref())
            && output.parked
        {
            // Not only ignored: an end is told whether one listens or not.
            let _ = epoll::delete(&self.epoll, &output.source);
        }
        self.tell_output(serial);
        self.finish(serial);
    }

    /// Lets go of a stream that has ended. A terminal has other descriptors,
    /// with which its end would be told for ever.
    fn drop_output(&mut self, serial: u64, which: usize) {
        if let Some(exec) = self.execs.get_mut(&serial)
            && let Some(output) = exec.outputs[which].take()
        {
            let _ = epoll::delete(&self.epoll, &output.source);
        }
    }

    fn tell_output(&mut self, serial: u64) {
        let Some(exec) = self.execs.get_mut(&serial) else { return };
        let Some(connection) = &mut self.connection else {
            // The next daemon gets it in the welcome, from what is bounded.
            exec.log.forget_untold();
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

    pub(super) fn release(&mut self, exec_id: &str, offset: u64) {
        let Some(&serial) = self.by_id.get(exec_id) else { return };
        if let Some(exec) = self.execs.get_mut(&serial) {
            exec.log.release(offset);
            self.unpark_exec(serial);
        }
    }

    pub(super) fn unpark(&mut self) {
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
                let _ = epoll::add(&self.epoll, &output.source, data, epoll::EventFlags::IN);
                self.take_output(serial, which);
            }
        }
    }

    // Ends.

    pub(super) fn signal(&self, wanted: &SignalExec) -> Answer {
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

    pub(super) fn forget(&mut self, exec_id: &str) {
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
            self.drop_deadline(serial, &exec);
        }
    }

    fn drop_deadline(&mut self, serial: u64, exec: &Exec) {
        if let Some(timeout) = &exec.timeout {
            self.deadlines.remove(&(timeout.next, serial));
        }
    }

    /// SIGTERM to those whose timeout has run out, the kill to those whose
    /// grace has.
    pub(super) fn end_overdue(&mut self) {
        let now = Instant::now();
        while let Some(&(deadline, serial)) = self.deadlines.first()
            && deadline <= now
        {
            self.deadlines.pop_first();
            if self.kill_worker(serial) {
                continue;
            }
            let Some(exec) = self.execs.get_mut(&serial) else { continue };
            let Some(timeout) = &mut exec.timeout else { continue };
            if timeout.terminated {
                exec.kill_all();
            } else {
                timeout.begin_grace();
                self.deadlines.insert((timeout.next, serial));
                // ESRCH: it has just ended by itself.
                let _ = signal::signal(-exec.pid.as_raw_nonzero().get(), SIGTERM);
            }
        }
    }

    pub(super) fn reap(&mut self) {
        self.children.clear();
        self.reap_more = false;
        for _ in 0..REAP_TURN {
            let Ok(Some((pid, status))) = wait(WaitOptions::NOHANG) else { return };
            let Some(serial) = self.by_pid.remove(&pid.as_raw_nonzero().get()) else { continue };
            if self.worker_ended(serial) {
                continue;
            }
            // What it said before it ended comes first.
            self.read_status(serial);
            let Some(mut exec) = self.execs.remove(&serial) else { continue };
            let timed_out = exec.timed_out();
            if timed_out {
                // What it has started ends with it.
                exec.kill_all();
            }
            self.drop_deadline(serial, &exec);
            let signal = status.terminating_signal();
            exec.phase = Phase::Draining(exit_status(status.exit_status(), signal, timed_out));
            exec.input = None;
            self.execs.insert(serial, exec);
            self.finish(serial);
        }
        self.reap_more = true;
    }

    /// Tells the end of an exec whose process is gone and whose streams hold
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
                let Some(exec) = self.execs.get_mut(&serial) else { return };
                match exec.take_output(which, may_wait) {
                    Turn::More => {}
                    Turn::Empty => break,
                    Turn::Closed => {
                        self.drop_output(serial, which);
                        break;
                    }
                    Turn::Parked => return self.tell_output(serial),
                }
            }
        }
        let Some(exec) = self.execs.get_mut(&serial) else { return };
        exec.phase = Phase::Ended(status);
        let exec_id = exec.id.clone();
        self.tell_output(serial);
        let exited = Exited { exec_id, status: Some(status) };
        if self.tell(init_message::Message::Exited(exited)).is_err() {
            self.disconnect();
        }
    }
}
