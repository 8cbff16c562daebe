//! Who reads an exec's log, and how far each may hold it back.
//!
//! The slowest reader holds it back, so that nobody loses output, with two
//! bounds: one that takes nothing for a while does not hold up those that do,
//! and one that was cut off is waited for, but not for long.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

/// A reader that is behind and has taken nothing for so long holds nobody up
/// who is further; it finds that output is missing when it reads on.
pub(super) const STALL: Duration = Duration::from_secs(10);
/// How long output is kept for a reader that was cut off: longer than a client
/// takes to notice, to connect again and to attach.
pub(super) const HOLD: Duration = Duration::from_secs(10);

/// A reader's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ReaderId(u64);

#[derive(Debug, Default)]
pub(super) struct Readers {
    by_id: BTreeMap<ReaderId, Reader>,
    next: u64,
}

#[derive(Debug)]
struct Reader {
    /// What it reads next.
    offset: u64,
    /// When it last took something, or there was something again to take.
    moved: Instant,
    /// It was cut off, and is waited for until then.
    held_until: Option<Instant>,
}

impl Readers {
    /// One that begins at `offset`. It takes the place of one that was cut off
    /// there or further: what was on its way to that one got lost.
    pub(super) fn add(&mut self, offset: u64, now: Instant) -> ReaderId {
        let cut = self.by_id.iter().filter(|(_, reader)| reader.held_until.is_some());
        let returned = cut
            .filter(|(_, reader)| reader.offset >= offset)
            .min_by_key(|(_, reader)| reader.offset)
            .map(|(id, _)| *id);
        if let Some(id) = returned {
            self.by_id.remove(&id);
        }
        let id = ReaderId(self.next);
        self.next += 1;
        self.by_id.insert(id, Reader { offset, moved: now, held_until: None });
        id
    }

    pub(super) fn remove(&mut self, id: ReaderId) {
        self.by_id.remove(&id);
    }

    /// It was cut off.
    pub(super) fn hold(&mut self, id: ReaderId, now: Instant) {
        if let Some(reader) = self.by_id.get_mut(&id) {
            reader.held_until = Some(now + HOLD);
        }
    }

    /// It has taken what is before `offset`.
    pub(super) fn moved(&mut self, id: ReaderId, offset: u64, now: Instant) {
        if let Some(reader) = self.by_id.get_mut(&id) {
            (reader.offset, reader.moved) = (offset, now);
        }
    }

    /// There is more to read than up to `head`.
    pub(super) fn grown(&mut self, head: u64, now: Instant) {
        for reader in self.by_id.values_mut().filter(|reader| reader.offset == head) {
            reader.moved = now;
        }
    }

    /// Where the slowest one stands that counts; `None` where nobody reads.
    pub(super) fn slowest(&mut self, now: Instant) -> Option<u64> {
        self.by_id.retain(|_, reader| reader.held_until.is_none_or(|until| until > now));
        let reading = self.by_id.values().filter(|reader| reader.held_until.is_none());
        let furthest = reading.map(|reader| reader.offset).max();
        let counts = |reader: &&Reader| {
            let last = furthest.is_none_or(|furthest| reader.offset >= furthest);
            last || reader.held_until.is_some() || now - reader.moved < STALL
        };
        self.by_id.values().filter(counts).map(|reader| reader.offset).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn the_slowest_reader_counts() {
        let now = Instant::now();
        let mut readers = Readers::default();
        assert_eq!(readers.slowest(now), None);
        let (slow, fast) = (readers.add(0, now), readers.add(0, now));
        readers.moved(fast, 100, now);
        assert_eq!(readers.slowest(now + STALL - SECOND), Some(0));
        readers.moved(slow, 200, now);
        assert_eq!(readers.slowest(now), Some(100));
        readers.remove(fast);
        readers.remove(slow);
        assert_eq!(readers.slowest(now), None);
    }

    #[test]
    fn one_that_stalls_holds_nobody_up_but_itself() {
        let now = Instant::now();
        let mut readers = Readers::default();
        let stalled = readers.add(0, now);
        assert_eq!(readers.slowest(now + 10 * STALL), Some(0), "alone, it is waited for");
        let other = readers.add(0, now);
        readers.moved(other, 100, now + STALL);
        assert_eq!(readers.slowest(now + STALL), Some(100));
        // Both stall: the one that is further is waited for.
        assert_eq!(readers.slowest(now + 10 * STALL), Some(100));
        readers.moved(stalled, 50, now + 10 * STALL);
        assert_eq!(readers.slowest(now + 10 * STALL), Some(50));
    }

    #[test]
    fn one_that_has_read_all_has_its_time_when_there_is_more() {
        let now = Instant::now();
        let mut readers = Readers::default();
        let (idle, _other) = (readers.add(100, now), readers.add(200, now));
        readers.grown(100, now + 5 * STALL);
        assert_eq!(readers.slowest(now + 5 * STALL + SECOND), Some(100));
        readers.remove(idle);
        assert_eq!(readers.slowest(now + 5 * STALL), Some(200));
    }

    #[test]
    fn one_that_was_cut_off_is_waited_for_until_it_is_back_or_its_time_is_over() {
        let now = Instant::now();
        let mut readers = Readers::default();
        let cut = readers.add(0, now);
        readers.moved(cut, 100, now);
        readers.hold(cut, now);
        assert_eq!(readers.slowest(now + HOLD - SECOND), Some(100));
        let back = readers.add(60, now + SECOND);
        readers.moved(back, 300, now + SECOND);
        assert_eq!(readers.slowest(now + SECOND), Some(300), "it is back");
        readers.hold(back, now + SECOND);
        let another = readers.add(400, now + SECOND);
        assert_eq!(readers.slowest(now + 2 * SECOND), Some(300), "another is not it");
        assert_eq!(readers.slowest(now + SECOND + HOLD), Some(400));
        readers.remove(another);
        assert_eq!(readers.slowest(now + SECOND + HOLD), None);
    }
}
