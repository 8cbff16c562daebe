//! The framing of `skerry.init.v1`: a little-endian u32 length, then so many
//! bytes.

use std::io;

/// The longest frame: an exec's arguments and environment (at most 2 MiB),
/// or a snapshot of all execs, with room to spare.
pub const MAX_FRAME: usize = 4 << 20;
/// A buffer that a large frame grew is given back beyond this.
const KEPT_CAPACITY: usize = 16 << 10;
/// How much is asked of the socket at once.
const READ_SIZE: usize = 4 << 10;

/// Puts the length before a message that `write` appends.
pub fn encode(buffer: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let start = buffer.len();
    buffer.extend_from_slice(&[0; 4]);
    write(buffer);
    let length = (buffer.len() - start - 4) as u32;
    buffer[start..start + 4].copy_from_slice(&length.to_le_bytes());
}

/// Collects received bytes into frames.
#[derive(Debug, Default)]
pub struct Frames {
    buffer: Vec<u8>,
    /// Where the next frame starts.
    start: usize,
    /// Bytes received so far, of `buffer`.
    end: usize,
}

impl Frames {
    /// Lets `receive` put bytes into free space and says what it said.
    ///
    /// # Errors
    /// Those of `receive`.
    pub fn fill(
        &mut self,
        receive: impl FnOnce(&mut [u8]) -> io::Result<usize>,
    ) -> io::Result<usize> {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
            if self.buffer.len() > KEPT_CAPACITY {
                self.buffer = Vec::new();
            }
        } else if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        let pending = self.pending_length().unwrap_or(0).min(MAX_FRAME);
        let wanted = pending.max(self.end + READ_SIZE);
        if self.buffer.len() < wanted {
            self.buffer.resize(wanted, 0);
        }
        let received = receive(&mut self.buffer[self.end..])?;
        self.end += received;
        Ok(received)
    }

    /// The next whole frame.
    ///
    /// # Errors
    /// InvalidData for one over [`MAX_FRAME`].
    pub fn next_frame(&mut self) -> io::Result<Option<&[u8]>> {
        let Some(length) = self.pending_length() else { return Ok(None) };
        if length > MAX_FRAME {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a frame is too long"));
        }
        if self.end - self.start < length {
            return Ok(None);
        }
        let frame = &self.buffer[self.start + 4..self.start + length];
        self.start += length;
        Ok(Some(frame))
    }

    /// Length of the frame that starts the buffer, its prefix included.
    fn pending_length(&self) -> Option<usize> {
        let prefix = self.buffer.get(self.start..self.end)?.first_chunk::<4>()?;
        Some(4 + u32::from_le_bytes(*prefix) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(frames: &mut Frames, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let took = frames
                .fill(|space| {
                    let length = space.len().min(rest.len());
                    space[..length].copy_from_slice(&rest[..length]);
                    Ok(length)
                })
                .expect("copies");
            rest = &rest[took..];
        }
    }

    #[test]
    fn frames_come_out_as_they_went_in_however_they_were_cut() {
        let mut wire = Vec::new();
        let payloads: Vec<Vec<u8>> = (0..40).map(|n| vec![n as u8; n * 700]).collect();
        for payload in &payloads {
            encode(&mut wire, |buffer| buffer.extend_from_slice(payload));
        }
        for size in [1, 3, 4, 4096, wire.len()] {
            let mut frames = Frames::default();
            let mut got = Vec::new();
            for piece in wire.chunks(size) {
                feed(&mut frames, piece);
                while let Some(frame) = frames.next_frame().expect("in bounds") {
                    got.push(frame.to_vec());
                }
            }
            assert_eq!(got, payloads, "pieces of {size}");
        }
    }

    #[test]
    fn a_frame_over_the_bound_is_an_error_before_it_is_kept() {
        let mut frames = Frames::default();
        feed(&mut frames, &u32::MAX.to_le_bytes());
        assert!(frames.next_frame().is_err());
        assert!(frames.buffer.len() < 2 * READ_SIZE);
    }
}
