//! Elements of sets, put in and taken out by netlink: some 50 µs, where the
//! program `nft` takes milliseconds.

use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;

use netlink_packet_core::{NLM_F_ACK, NLM_F_CREATE, NLM_F_REQUEST, NetlinkMessage, NetlinkPayload};
use netlink_packet_netfilter::nftables::{
    DataAttribute, ListAttribute, NfTablesMessage, SetElementAttribute, SetElementList,
    SetElementMessage,
};
use netlink_packet_netfilter::none::ControlMessage;
use netlink_packet_netfilter::{
    NetfilterHeader, NetfilterMessage, NetfilterMessageInner, NetfilterProtoFamily,
};
use netlink_sys::Socket;
use netlink_sys::protocols::NETLINK_NETFILTER;
use parking_lot::Mutex;

use super::NetworkError;
use super::rules::TABLE;

/// The number of nftables among netfilter's parts, which a batch names.
const NFTABLES: u16 = 10;
/// An answer is an error message with the head of what it answers.
const MAX_ANSWER: usize = 4096;
const ENOENT: i32 = 2;
/// Bytes of a comment that nft still shows.
const MAX_COMMENT: usize = 127;

/// A connection to the kernel's rules.
pub(super) struct Elements {
    /// The kernel has done and answered a batch when the send returns, so
    /// that the lock is held for that long.
    socket: Mutex<Socket>,
}

/// What is looked up in a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Element {
    key: Vec<u8>,
    timeout: Option<Duration>,
    /// Shown by `nft list`, and read by the next daemon.
    comment: Option<String>,
}

impl Element {
    /// One address.
    pub(super) fn address(address: Ipv4Addr) -> Self {
        Self { key: address.octets().to_vec(), timeout: None, comment: None }
    }

    /// What a sandbox may reach, for so long, and the name that it had.
    pub(super) fn pair(
        sandbox: Ipv4Addr,
        reached: Ipv4Addr,
        timeout: Duration,
        name: Option<&str>,
    ) -> Self {
        let key = [sandbox.octets(), reached.octets()].concat();
        let comment = name.filter(|name| name.len() <= MAX_COMMENT).map(str::to_owned);
        Self { key, timeout: Some(timeout), comment }
    }
}

impl Elements {
    pub(super) fn open() -> Result<Self, NetworkError> {
        let open = || {
            let mut socket = Socket::new(NETLINK_NETFILTER)?;
            socket.bind_auto()?;
            socket.set_non_blocking(true)?;
            Ok(socket)
        };
        let socket = open().map_err(|error| failed("open a netlink socket", &error))?;
        Ok(Self { socket: Mutex::new(socket) })
    }

    /// Puts an element in.
    pub(super) fn add(&self, set: &str, element: &Element) -> Result<(), NetworkError> {
        let added = self.batch(vec![message(set, std::slice::from_ref(element), Verb::Add)]);
        added.map_err(|error| failed(format!("add to the set {set}"), &error))
    }

    /// Takes an element out; one that is not there is no error.
    pub(super) fn remove(&self, set: &str, element: &Element) -> Result<(), NetworkError> {
        match self.batch(vec![message(set, std::slice::from_ref(element), Verb::Delete)]) {
            Err(error) if error.raw_os_error() == Some(ENOENT) => Ok(()),
            removed => {
                removed.map_err(|error| failed(format!("remove from the set {set}"), &error))
            }
        }
    }

    /// Puts elements into sets at one moment, or none; their time begins
    /// anew. Older kernels don't set the time of what is there: it is taken
    /// out, after it was put in, since what is not there can't be taken out.
    pub(super) fn renew(&self, sets: &[(&str, Vec<Element>)]) -> Result<(), NetworkError> {
        let messages = sets.iter().flat_map(|(set, elements)| {
            [Verb::Add, Verb::Delete, Verb::Add].map(|verb| message(set, elements, verb))
        });
        self.batch(messages.collect()).map_err(|error| failed("renew learned addresses", &error))
    }

    fn batch(&self, messages: Vec<NfTablesMessage>) -> io::Result<()> {
        let count = messages.len();
        let begin = NetfilterMessageInner::None(ControlMessage::BatchBegin);
        let end = NetfilterMessageInner::None(ControlMessage::BatchEnd);
        let mut bytes = Vec::new();
        put(&mut bytes, begin, NLM_F_REQUEST, 0);
        for (index, message) in messages.into_iter().enumerate() {
            let create = match message {
                NfTablesMessage::NewSetElement(_) => NLM_F_CREATE,
                _ => 0,
            };
            let flags = NLM_F_REQUEST | NLM_F_ACK | create;
            put(&mut bytes, message.into(), flags, index as u32 + 1);
        }
        put(&mut bytes, end, NLM_F_REQUEST, 0);
        let socket = self.socket.lock();
        // Answers that an earlier call did not read.
        while receive(&socket)?.is_some() {}
        socket.send(&bytes, 0)?;
        let mut answers = 0;
        while answers < count {
            let Some(answer) = receive(&socket)? else {
                return Err(io::ErrorKind::TimedOut.into());
            };
            for error in codes(&answer)? {
                answers += 1;
                if error != 0 {
                    return Err(io::Error::from_raw_os_error(error));
                }
            }
        }
        Ok(())
    }
}

#[derive(Clone, Copy)]
enum Verb {
    Add,
    Delete,
}

fn message(set: &str, elements: &[Element], verb: Verb) -> NfTablesMessage {
    let (_, table) = TABLE.split_once(' ').expect("a family and a name");
    let listed = elements.iter().map(|element| {
        let mut attributes =
            vec![SetElementAttribute::Key(DataAttribute::Value(element.key.clone()))];
        if let (Verb::Add, Some(timeout)) = (verb, element.timeout) {
            let milliseconds = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
            attributes.push(SetElementAttribute::Timeout(milliseconds));
        }
        if let (Verb::Add, Some(comment)) = (verb, &element.comment) {
            // Kind, length, text with its NUL: as nft writes it.
            let length = u8::try_from(comment.len() + 1).expect("it is bounded");
            let bytes = [&[0, length], comment.as_bytes(), &[0]].concat();
            attributes.push(SetElementAttribute::UserData(bytes));
        }
        ListAttribute::Element(attributes)
    });
    let message = SetElementMessage {
        attributes: vec![
            SetElementList::Table(table.to_owned()),
            SetElementList::Set(set.to_owned()),
            SetElementList::Elements(listed.collect()),
        ],
    };
    match verb {
        Verb::Add => NfTablesMessage::NewSetElement(message),
        Verb::Delete => NfTablesMessage::DeleteSetElement(message),
    }
}

fn put(bytes: &mut Vec<u8>, inner: NetfilterMessageInner, flags: u16, sequence: u32) {
    let header = match &inner {
        NetfilterMessageInner::None(_) => {
            NetfilterHeader::new(NetfilterProtoFamily::Unspec, 0, NFTABLES)
        }
        _ => NetfilterHeader::new(NetfilterProtoFamily::Inet, 0, 0),
    };
    let mut message = NetlinkMessage::from(NetfilterMessage::new(header, inner));
    message.header.flags = flags;
    message.header.sequence_number = sequence;
    message.finalize();
    let start = bytes.len();
    bytes.resize(start + message.buffer_len(), 0);
    message.serialize(&mut bytes[start..]);
}

/// What is there to read, if anything.
fn receive(socket: &Socket) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::with_capacity(MAX_ANSWER);
    match socket.recv(&mut bytes, 0) {
        Ok(_) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
        Err(error) => Err(error),
    }
}

/// The error numbers of all answers in one datagram; 0 is success.
fn codes(mut bytes: &[u8]) -> io::Result<Vec<i32>> {
    let mut codes = Vec::new();
    while !bytes.is_empty() {
        let message = NetlinkMessage::<NetfilterMessage>::deserialize(bytes)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))?;
        if let NetlinkPayload::Error(error) = &message.payload {
            codes.push(error.code.map_or(0, |code| code.get().abs()));
        }
        let length = (message.header.length as usize).next_multiple_of(4).max(16);
        bytes = bytes.get(length..).unwrap_or_default();
    }
    Ok(codes)
}

fn failed(step: impl Into<String>, error: &io::Error) -> NetworkError {
    NetworkError::Failed { step: step.into(), cause: error.to_string() }
}
