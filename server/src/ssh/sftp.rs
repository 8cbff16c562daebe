//! SFTP version 3, the one that OpenSSH speaks, over calls on files. One
//! request is answered after the other; a file that is open is one call.
//!
//! Of russh-sftp only the messages are used: its server runs as a task that
//! nobody owns, and reads on where a message was too long. It reads a name
//! that is not UTF-8 as another one, so such names are refused.

mod answer;
mod extended;
mod files;
mod path;
mod show;

use std::collections::BTreeMap;
use std::collections::VecDeque;

use bytes::{Buf, Bytes, BytesMut};
use russh_sftp::protocol::{Packet, Status, StatusCode};

use super::input::InputReader;
use super::output::{Closed, Output};
use crate::engine::{Engine, EngineError};
use crate::model::{FileInfo, FilePath, SandboxId};
use crate::runtime::FileCall;

/// The longest message, as OpenSSH bounds it: data of 255 KiB and its head.
pub(super) const MAX_MESSAGE: usize = 256 << 10;
/// Data in one of them.
const MAX_DATA: u32 = 255 << 10;
/// Files and directories that one client has open at once. Each open file is
/// one of the 64 calls that a machine serves.
const MAX_OPEN: usize = 16;
/// Names in one answer, as OpenSSH's server has it: at their longest they fit
/// into a message.
const PAGE: u32 = 100;

/// Why a request is refused: a code, and words for people.
#[derive(Debug)]
struct Refusal(StatusCode, String);

type Answer = Result<Packet, Refusal>;

/// One client's files.
struct Sftp {
    engine: Engine,
    sandbox: SandboxId,
    open: BTreeMap<u64, Open>,
    last: u64,
}

/// What a handle stands for.
enum Open {
    File(Box<dyn FileCall>),
    /// A call that has failed is over.
    Broken,
    Directory(Listing),
}

/// A directory as far as it was read.
struct Listing {
    path: FilePath,
    names: VecDeque<FileInfo>,
    cursor: Option<Bytes>,
}

/// Serves one client until it ends its input.
pub(super) async fn run(engine: Engine, sandbox: SandboxId, input: InputReader, output: Output) {
    let sftp = Sftp { engine, sandbox, open: BTreeMap::new(), last: 0 };
    if let Err(Closed) = serve(sftp, input, &output).await {
        tracing::debug!("the client of a file transfer has left");
    }
}

async fn serve(mut sftp: Sftp, input: InputReader, output: &Output) -> Result<(), Closed> {
    let mut messages = Messages { input, buffer: BytesMut::new() };
    loop {
        let reply = match messages.next().await {
            Message::Whole(message) => sftp.reply(message).await,
            Message::TooLong => return output.failed("a message is too long").await,
            Message::End => return output.close(0).await,
        };
        match Bytes::try_from(reply) {
            Ok(bytes) => output.stdout(bytes).await?,
            Err(error) => return output.failed(&error.to_string()).await,
        }
    }
}

enum Message {
    Whole(Bytes),
    TooLong,
    End,
}

/// Takes the input apart.
struct Messages {
    input: InputReader,
    buffer: BytesMut,
}

impl Messages {
    async fn next(&mut self) -> Message {
        loop {
            if let Some(head) = self.buffer.first_chunk::<4>() {
                let length = u32::from_be_bytes(*head) as usize;
                if length > MAX_MESSAGE {
                    return Message::TooLong;
                }
                if self.buffer.len() >= 4 + length {
                    self.buffer.advance(4);
                    return Message::Whole(self.buffer.split_to(length).freeze());
                }
            }
            match self.input.next().await {
                Some(data) => self.buffer.extend_from_slice(&data),
                None => return Message::End,
            }
        }
    }
}

impl Sftp {
    /// What to answer to a message; always something.
    async fn reply(&mut self, mut message: Bytes) -> Packet {
        // Also of one that can't be read otherwise, its number can.
        let number = message.get(1..5).and_then(|bytes| bytes.try_into().ok());
        let id = number.map_or(0, u32::from_be_bytes);
        let answer = match Packet::try_from(&mut message) {
            Ok(request) => self.answer(request).await,
            Err(error) => Err(Refusal(StatusCode::BadMessage, error.to_string())),
        };
        answer.unwrap_or_else(|Refusal(code, why)| status(id, code, why))
    }
}

fn status(id: u32, status_code: StatusCode, error_message: String) -> Packet {
    let language_tag = "en".to_owned();
    Packet::Status(Status { id, status_code, error_message, language_tag })
}

fn done(id: u32) -> Packet {
    status(id, StatusCode::Ok, "done".to_owned())
}

impl From<EngineError> for Refusal {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::File(error) => error.into(),
            other => Self(StatusCode::Failure, other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ssh::input::{Waiting, input};

    #[tokio::test]
    async fn messages_are_taken_apart_wherever_they_are_cut() {
        let (input, reader) = input(&Waiting::default());
        let mut messages = Messages { input: reader, buffer: BytesMut::new() };
        input.push(&[0, 0]);
        input.push(&[0, 2, 7, 8, 0, 0, 0, 1]);
        assert!(matches!(messages.next().await, Message::Whole(bytes) if bytes == [7, 8][..]));
        input.push(&[9, 0, 4, 0, 1]);
        assert!(matches!(messages.next().await, Message::Whole(bytes) if bytes == [9][..]));
        assert!(matches!(messages.next().await, Message::TooLong));
        input.end();
        messages.buffer.clear();
        assert!(matches!(messages.next().await, Message::End));
    }
}
