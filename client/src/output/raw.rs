//! A command's output onto our own descriptors 1 and 2, byte for byte.
//!
//! A thread of its own writes, so that a reader that has stopped reading
//! holds up neither the connection nor a signal.

use std::io::{self, IoSlice};
use std::os::fd::{AsFd, BorrowedFd};
use std::thread;

use bytes::{Buf, Bytes};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use tokio::sync::{mpsc, oneshot};

/// Pieces that wait to be written: enough that the writer finds several at
/// once. One is at most 1 MiB, and mostly 64 KiB.
const QUEUE: usize = 16;
/// What we ask a pipe to hold, so that its reader wakes less often.
const PIPE_SIZE: usize = 1 << 20;

/// One of our own outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// Descriptor 1.
    Stdout,
    /// Descriptor 2.
    Stderr,
}

/// The way to both outputs. What goes in first comes out first, over both.
#[derive(Debug)]
pub(crate) struct RawOutput {
    queue: mpsc::Sender<(Target, Bytes)>,
    ended: oneshot::Receiver<io::Result<()>>,
}

impl RawOutput {
    /// Starts the writer. It ends when this is dropped and all is written, or
    /// with the program.
    pub(crate) fn start() -> io::Result<Self> {
        let (queue, pieces) = mpsc::channel(QUEUE);
        let (end, ended) = oneshot::channel();
        thread::Builder::new().name("output".to_owned()).spawn(move || {
            // Nobody waits for the result of an output that was dropped.
            end.send(write_pieces(pieces)).ok();
        })?;
        Ok(Self { queue, ended })
    }

    /// Queues a piece; waits while the queue is full. An error is one of an
    /// earlier piece.
    pub(crate) async fn write(&mut self, target: Target, data: Bytes) -> io::Result<()> {
        match self.queue.send((target, data)).await {
            Ok(()) => Ok(()),
            Err(_) => Err(self.failure().await),
        }
    }

    /// Waits until all is written.
    pub(crate) async fn finish(self) -> io::Result<()> {
        drop(self.queue);
        self.ended.await.unwrap_or_else(|_| Err(io::Error::other("the writer has died")))
    }

    async fn failure(&mut self) -> io::Error {
        match (&mut self.ended).await {
            Ok(Err(error)) => error,
            Ok(Ok(())) | Err(_) => io::Error::other("the writer has died"),
        }
    }
}

fn write_pieces(mut pieces: mpsc::Receiver<(Target, Bytes)>) -> io::Result<()> {
    let (stdout, stderr) = (io::stdout(), io::stderr());
    // Only a pipe has this size, and an unprivileged user may be out of it.
    rustix::pipe::fcntl_setpipe_size(&stdout, PIPE_SIZE).ok();
    let mut batch = Vec::with_capacity(QUEUE);
    while pieces.blocking_recv_many(&mut batch, QUEUE) > 0 {
        for run in batch.chunk_by_mut(|a, b| a.0 == b.0) {
            let fd = match run[0].0 {
                Target::Stdout => stdout.as_fd(),
                Target::Stderr => stderr.as_fd(),
            };
            write_run(fd, run)?;
        }
        batch.clear();
    }
    Ok(())
}

/// Writes pieces for one descriptor with as few calls as the kernel takes.
fn write_run(fd: BorrowedFd<'_>, run: &mut [(Target, Bytes)]) -> io::Result<()> {
    let mut done = 0;
    while done < run.len() {
        if run[done].1.is_empty() {
            done += 1;
            continue;
        }
        let rest = &mut run[done..];
        let slices: Vec<IoSlice<'_>> = rest.iter().map(|(_, data)| IoSlice::new(data)).collect();
        match rustix::io::writev(fd, &slices) {
            Ok(written) => advance(rest, written),
            Err(Errno::INTR) => {}
            // Whoever shares the terminal with us may have made it so.
            Err(Errno::AGAIN) => wait_writable(fd)?,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn advance(run: &mut [(Target, Bytes)], mut written: usize) {
    for (_, data) in run {
        let part = written.min(data.len());
        data.advance(part);
        written -= part;
    }
}

fn wait_writable(fd: BorrowedFd<'_>) -> io::Result<()> {
    match poll(&mut [PollFd::from_borrowed_fd(fd, PollFlags::OUT)], None) {
        Ok(_) | Err(Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn pieces_arrive_whole_and_in_order_through_a_small_pipe() {
        let (mut reader, writer) = io::pipe().expect("a pipe");
        rustix::io::ioctl_fionbio(&writer, true).expect("no waiting in the kernel");
        let pieces: Vec<Vec<u8>> = (0..40u8).map(|n| vec![n; 10_000 * usize::from(n)]).collect();
        let mut run: Vec<_> =
            pieces.iter().map(|p| (Target::Stdout, Bytes::from(p.clone()))).collect();
        let writing = thread::spawn(move || write_run(writer.as_fd(), &mut run));
        let mut read = Vec::new();
        reader.read_to_end(&mut read).expect("read");
        writing.join().expect("no panic").expect("written");
        assert!(read == pieces.concat());
    }

    #[test]
    fn a_reader_that_left_is_an_error_not_a_death() {
        let (reader, writer) = io::pipe().expect("a pipe");
        drop(reader);
        let mut run = [(Target::Stdout, Bytes::from_static(b"x"))];
        let error = write_run(writer.as_fd(), &mut run).expect_err("nobody reads");
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    }
}
