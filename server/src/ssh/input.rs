//! What a client has sent on a channel and nobody has taken yet.
//!
//! russh opens a channel's window again when bytes come, not when they are
//! taken, and waiting for a reader in its loop would hold up the very output
//! that the reader may be waiting to get rid of. So nothing waits here:
//! instead a connection on which much waits gets windows of two bytes, and a
//! pause before each packet is looked at. What comes then is nothing to speak
//! of, and all else on the connection goes on.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use parking_lot::Mutex;
use tokio::sync::Notify;

/// A window as long as all that is sent is taken: what a client may send
/// before it hears of us; at 50 ms there and back this is 20 MiB/s.
pub(super) const WINDOW: u32 = 1 << 20;
/// The smallest window that russh opens again.
const TRICKLE: u32 = 2;
/// Waiting bytes of a connection from which on windows are small.
const MUCH: usize = 1 << 20;
/// Waiting bytes of a connection that no client reaches that respects
/// windows: 16 channels' worth, and hours of trickling.
const TOO_MUCH: usize = 32 << 20;
/// The pause before a packet is looked at.
const PAUSE: Duration = Duration::from_millis(5);
/// Small packets are put together to pieces of this size.
const PIECE: usize = 64 << 10;

/// How much waits on all channels of a connection.
#[derive(Debug, Clone, Default)]
pub(super) struct Waiting(Arc<AtomicUsize>);

impl Waiting {
    /// How large windows are to be.
    pub(super) fn window(&self) -> u32 {
        if self.0.load(Ordering::Relaxed) < MUCH { WINDOW } else { TRICKLE }
    }

    /// Slows the connection down where much waits.
    pub(super) async fn pause(&self) {
        if self.0.load(Ordering::Relaxed) >= MUCH {
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Whether the client does not respect its windows.
    pub(super) fn is_too_much(&self) -> bool {
        self.0.load(Ordering::Relaxed) > TOO_MUCH
    }
}

/// The end at which a client's bytes come in.
#[derive(Debug, Clone)]
pub(super) struct Input {
    queue: Arc<Queue>,
}

/// The end at which they are taken. When it is gone, nothing is kept.
#[derive(Debug)]
pub(super) struct InputReader {
    queue: Arc<Queue>,
}

#[derive(Debug)]
struct Queue {
    state: Mutex<State>,
    waiting: Waiting,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    pieces: VecDeque<BytesMut>,
    ended: bool,
    unread: bool,
}

/// A channel's input.
pub(super) fn input(waiting: &Waiting) -> (Input, InputReader) {
    let queue = Queue { state: Mutex::default(), waiting: waiting.clone(), changed: Notify::new() };
    let queue = Arc::new(queue);
    (Input { queue: Arc::clone(&queue) }, InputReader { queue })
}

impl Input {
    /// Adds what has come.
    pub(super) fn push(&self, data: &[u8]) {
        let mut state = self.queue.state.lock();
        if state.unread || data.is_empty() {
            return;
        }
        match state.pieces.back_mut() {
            Some(last) if last.len() + data.len() <= PIECE => last.extend_from_slice(data),
            _ => state.pieces.push_back(BytesMut::from(data)),
        }
        self.queue.waiting.0.fetch_add(data.len(), Ordering::Relaxed);
        drop(state);
        self.queue.changed.notify_one();
    }

    /// Nothing more comes.
    pub(super) fn end(&self) {
        self.queue.state.lock().ended = true;
        self.queue.changed.notify_one();
    }
}

impl InputReader {
    /// The next bytes; `None` at the end. Cancel-safe.
    pub(super) async fn next(&mut self) -> Option<Bytes> {
        loop {
            {
                let mut state = self.queue.state.lock();
                if let Some(piece) = state.pieces.pop_front() {
                    self.queue.waiting.0.fetch_sub(piece.len(), Ordering::Relaxed);
                    return Some(piece.freeze());
                }
                if state.ended {
                    return None;
                }
            }
            self.queue.changed.notified().await;
        }
    }
}

impl Drop for InputReader {
    fn drop(&mut self) {
        let mut state = self.queue.state.lock();
        state.unread = true;
        let left = std::mem::take(&mut state.pieces).iter().map(BytesMut::len).sum();
        self.queue.waiting.0.fetch_sub(left, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn bytes_come_out_in_order_and_small_ones_together() {
        let waiting = Waiting::default();
        let (input, mut reader) = input(&waiting);
        input.push(b"ab");
        input.push(b"cd");
        input.push(&[b'x'; PIECE]);
        input.end();
        assert_eq!(reader.next().await.as_deref(), Some(&b"abcd"[..]));
        assert_eq!(reader.next().await.map(|piece| piece.len()), Some(PIECE));
        assert_eq!(reader.next().await, None);
        assert_eq!(waiting.0.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn much_that_waits_makes_windows_small_until_it_is_taken() {
        let waiting = Waiting::default();
        let (one, mut reader) = input(&waiting);
        let (other, gone) = input(&waiting);
        assert_eq!(waiting.window(), WINDOW);
        one.push(&[0; MUCH / 2]);
        other.push(&[0; MUCH / 2]);
        assert_eq!(waiting.window(), TRICKLE);
        drop(gone);
        assert_eq!(waiting.window(), WINDOW);
        other.push(&[0; MUCH]);
        assert_eq!(waiting.window(), WINDOW, "nobody reads it, so it is not kept");
        one.push(&[0; TOO_MUCH]);
        assert!(waiting.is_too_much());
        while waiting.0.load(Ordering::Relaxed) > 0 {
            assert!(reader.next().await.is_some());
        }
        assert!(!waiting.is_too_much());
    }
}
