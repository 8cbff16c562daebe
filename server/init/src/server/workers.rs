//! The file workers that init has forked. They end by themselves when the
//! daemon closes their socket; one that the machine has stopped, or that
//! does not come to its end, is killed.

use std::io;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::event::epoll;
use rustix::process::Pid;
use skerry_api::init::Done;
use skerry_api::init::reply::Result as Answer;
use skerry_linux::fork::fork_on;
use skerry_linux::signal;

use super::Server;
use crate::connection::Connection;
use crate::program::out_of;

/// Workers at once: more than the daemon asks for, so that those which clean
/// up after a dropped call keep none from being answered.
const MAX_WORKERS: usize = 128;
/// How long a worker may clean up when its daemon has gone away.
const GRACE: Duration = Duration::from_secs(30);
const SIGKILL: i32 = rustix::process::Signal::KILL.as_raw();

pub(super) struct Worker {
    pid: Pid,
    /// Its end of the socket: tells when the other one is closed.
    socket: OwnedFd,
    /// When it is killed, once the daemon has gone away.
    deadline: Option<Instant>,
}

impl Server {
    /// Forks a file worker on the socket that came along.
    pub(super) fn open_files(&mut self) -> Answer {
        match self.fork_worker() {
            Ok(()) => Answer::Done(Done {}),
            Err(error) => Answer::SpawnFailure(out_of(error)),
        }
    }

    fn fork_worker(&mut self) -> io::Result<()> {
        let came = self.connection.as_mut().and_then(Connection::take_descriptor);
        let socket = came.ok_or(io::ErrorKind::InvalidInput)?;
        if self.workers.len() >= MAX_WORKERS {
            return Err(rustix::io::Errno::AGAIN.into());
        }
        let kept = rustix::io::fcntl_dupfd_cloexec(&socket, 3)?;
        let pid = fork_on(self.proof, socket, crate::files::run)?;
        let serial = self.next_serial;
        self.next_serial += 1;
        let data = epoll::EventData::new_u64(serial << 2);
        let left = epoll::EventFlags::RDHUP | epoll::EventFlags::ONESHOT;
        // ENOMEM: then a worker that never ends stays until its machine does.
        let _ = epoll::add(&self.epoll, &kept, data, left);
        self.by_pid.insert(pid.as_raw_nonzero().get(), serial);
        self.workers.insert(serial, Worker { pid, socket: kept, deadline: None });
        Ok(())
    }

    /// The daemon has closed a worker's socket. Says whether it was one's.
    pub(super) fn worker_left(&mut self, serial: u64) -> bool {
        let Some(worker) = self.workers.get_mut(&serial) else { return false };
        let deadline = Instant::now() + GRACE;
        worker.deadline = Some(deadline);
        self.deadlines.insert((deadline, serial));
        true
    }

    /// A worker's grace is over. Says whether it was one's.
    pub(super) fn kill_worker(&self, serial: u64) -> bool {
        let Some(worker) = self.workers.get(&serial) else { return false };
        // ESRCH: it has just ended.
        let _ = signal::signal(worker.pid.as_raw_nonzero().get(), SIGKILL);
        true
    }

    /// A child has ended. Says whether it was a worker: the daemon sees the
    /// end of its socket now.
    pub(super) fn worker_ended(&mut self, serial: u64) -> bool {
        let Some(worker) = self.workers.remove(&serial) else { return false };
        if let Some(deadline) = worker.deadline {
            self.deadlines.remove(&(deadline, serial));
        }
        // The daemon's end may be read to the last byte that the worker wrote.
        drop(worker.socket);
        true
    }
}
