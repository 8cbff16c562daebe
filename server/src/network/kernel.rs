//! A connection to the kernel that waits for each answer: what takes the
//! kernel microseconds is not worth a task's wake-up.

use std::io;

use netlink_packet_core::{NLM_F_ACK, NLM_F_REQUEST, NetlinkMessage, NetlinkPayload};
use netlink_packet_route::RouteNetlinkMessage;
use netlink_packet_route::link::{LinkAttribute, LinkMessage};
use netlink_sys::Socket;
use netlink_sys::protocols::NETLINK_ROUTE;

/// A link with all that the kernel tells of it.
const MAX_ANSWER: usize = 32 << 10;

/// Asked for, and how.
pub(super) struct Request {
    message: RouteNetlinkMessage,
    flags: u16,
}

impl Request {
    /// `flags` beyond those that every request has.
    pub(super) fn new(message: RouteNetlinkMessage, flags: u16) -> Self {
        Self { message, flags }
    }

    /// Finds a link by its name.
    pub(super) fn link(name: &str) -> Self {
        let mut message = LinkMessage::default();
        message.attributes.push(LinkAttribute::IfName(name.to_owned()));
        Self::new(RouteNetlinkMessage::GetLink(message), 0)
    }
}

/// A connection in one network namespace.
pub(super) struct Kernel(Socket);

impl Kernel {
    /// In the calling thread's.
    pub(super) fn open() -> io::Result<Self> {
        let mut socket = Socket::new(NETLINK_ROUTE)?;
        socket.bind_auto()?;
        Ok(Self(socket))
    }

    /// Asks for everything at once. The kernel does one after the other, and
    /// goes on after one that it refuses; the first refusal is the error.
    /// Says the index of the link that was looked for, if one was.
    pub(super) fn ask(&self, requests: Vec<Request>) -> io::Result<Option<u32>> {
        let mut unanswered = requests.len();
        let mut bytes = Vec::new();
        for (number, request) in (1..).zip(requests) {
            let mut message = NetlinkMessage::from(request.message);
            message.header.flags = NLM_F_REQUEST | NLM_F_ACK | request.flags;
            message.header.sequence_number = number;
            message.finalize();
            let start = bytes.len();
            bytes.resize(start + message.buffer_len().next_multiple_of(4), 0);
            message.serialize(&mut bytes[start..]);
        }
        self.0.send(&bytes, 0)?;
        let (mut refused, mut index) = (None, None);
        while unanswered > 0 {
            let mut answers = Vec::with_capacity(MAX_ANSWER);
            self.0.recv(&mut answers, 0)?;
            let mut rest = answers.as_slice();
            while !rest.is_empty() {
                let message =
                    NetlinkMessage::<RouteNetlinkMessage>::deserialize(rest).map_err(|error| {
                        io::Error::new(io::ErrorKind::InvalidData, error.to_string())
                    })?;
                let length = (message.header.length as usize).next_multiple_of(4).max(16);
                rest = rest.get(length..).unwrap_or_default();
                match message.payload {
                    NetlinkPayload::Error(answer) => {
                        unanswered -= 1;
                        let code = answer.code.map(|code| code.get().abs());
                        refused = refused.or(code);
                    }
                    NetlinkPayload::InnerMessage(RouteNetlinkMessage::NewLink(link)) => {
                        index = Some(link.header.index);
                    }
                    _ => {}
                }
            }
        }
        match refused {
            Some(code) => Err(io::Error::from_raw_os_error(code)),
            None => Ok(index),
        }
    }
}
