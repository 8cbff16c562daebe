//! The kernel's table of connections, which NAT needs: what it holds of a
//! sandbox goes with the sandbox. Otherwise what answers a connection of an
//! address's last owner would come to the next.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;

use netlink_packet_core::{
    DefaultNla, Emitable, NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST, NetlinkMessage, NetlinkPayload,
};
use netlink_packet_netfilter::conntrack::{
    ConntrackAttribute, ConntrackMessage, ConntrackMessageType, IPTuple, Tuple,
};
use netlink_packet_netfilter::{
    NetfilterHeader, NetfilterMessage, NetfilterMessageInner, NetfilterProtoFamily,
};
use netlink_sys::Socket;
use netlink_sys::protocols::NETLINK_NETFILTER;
use parking_lot::Mutex;
use rustix::net::RecvFlags;

use super::NetworkError;

/// The kernel fills at most this with one answer to a listing.
const MAX_ANSWER: usize = 32 << 10;
/// Attributes by their numbers: the addresses and ports of a connection's
/// first direction, its zone, and by what of it a listing chooses.
const ORIGINAL: u16 = 1;
const ZONE: u16 = 18;
const FILTER: u16 = 25;
/// Attributes that have attributes say so.
const NESTED: u16 = 1 << 15;
/// In a filter: what of the first packet's direction is compared.
const FILTER_ORIGINAL: u16 = 1;
const SOURCE: u32 = 1 << 0;
const DESTINATION: u32 = 1 << 1;
const ENOENT: i32 = 2;

/// A connection to the kernel's table.
#[derive(Clone)]
pub(super) struct Flows {
    /// Held for a listing or a removal, with all its answers.
    socket: Arc<Mutex<Socket>>,
}

impl Flows {
    pub(super) fn open() -> Result<Self, NetworkError> {
        let open = || {
            let mut socket = Socket::new(NETLINK_NETFILTER)?;
            socket.bind_auto()?;
            Ok(socket)
        };
        let socket = open().map_err(|error| failed(&error))?;
        Ok(Self { socket: Arc::new(Mutex::new(socket)) })
    }

    /// Forgets every connection from an address and to it.
    pub(super) async fn forget(&self, address: Ipv4Addr) -> Result<(), NetworkError> {
        let socket = Arc::clone(&self.socket);
        let forgetting = tokio::task::spawn_blocking(move || {
            let socket = socket.lock();
            for end in [IPTuple::SourceAddress, IPTuple::DestinationAddress] {
                forget(&socket, &end(address.into()))?;
            }
            Ok(())
        });
        let forgotten = forgetting.await.unwrap_or_else(|error| Err(io::Error::other(error)));
        forgotten.map_err(|error| failed(&error))
    }
}

fn forget(socket: &Socket, end: &IPTuple) -> io::Result<()> {
    for attributes in list(socket, end)? {
        let message = ConntrackMessage::Delete(attributes);
        send(socket, message, NLM_F_REQUEST | NLM_F_ACK)?;
        match receive(socket, |_| {}) {
            // It has ended by itself.
            Err(error) if error.raw_os_error() == Some(ENOENT) => {}
            removed => {
                removed?;
            }
        }
    }
    Ok(())
}

/// What names each connection that has this end. An old kernel lists all: each
/// is looked at once more.
fn list(socket: &Socket, end: &IPTuple) -> io::Result<Vec<Vec<ConntrackAttribute>>> {
    let compared = if matches!(end, IPTuple::SourceAddress(_)) { SOURCE } else { DESTINATION };
    let filter = DefaultNla::new(FILTER_ORIGINAL, compared.to_ne_bytes().to_vec());
    // The crate's own kind of an unknown attribute does not say that it nests.
    let wanted = ConntrackMessage::Other {
        message_type: ConntrackMessageType::Get.into(),
        attributes: vec![
            DefaultNla::new(ORIGINAL | NESTED, bytes_of(&Tuple::Ip(vec![end.clone()]))),
            DefaultNla::new(FILTER | NESTED, bytes_of(&filter)),
        ],
    };
    send(socket, wanted, NLM_F_REQUEST | NLM_F_DUMP)?;
    let mut found = Vec::new();
    while !receive(socket, |attributes| found.extend(name_of(attributes, end)))? {}
    Ok(found)
}

fn bytes_of(attribute: &impl Emitable) -> Vec<u8> {
    let mut bytes = vec![0; attribute.buffer_len()];
    attribute.emit(&mut bytes);
    bytes
}

fn name_of(attributes: Vec<ConntrackAttribute>, end: &IPTuple) -> Option<Vec<ConntrackAttribute>> {
    let has_end = |attribute: &ConntrackAttribute| match attribute {
        ConntrackAttribute::CtaTupleOrig(parts) => parts.iter().any(|part| match part {
            Tuple::Ip(ends) => ends.contains(end),
            _ => false,
        }),
        _ => false,
    };
    attributes.iter().any(has_end).then_some(())?;
    let names = |attribute: &ConntrackAttribute| match attribute {
        ConntrackAttribute::CtaTupleOrig(_) => true,
        ConntrackAttribute::Other(other) => netlink_packet_core::Nla::kind(other) == ZONE,
        _ => false,
    };
    Some(attributes.into_iter().filter(names).collect())
}

fn send(socket: &Socket, message: ConntrackMessage, flags: u16) -> io::Result<()> {
    let header = NetfilterHeader::new(NetfilterProtoFamily::IPv4, 0, 0);
    let inner = NetfilterMessageInner::Conntrack(message);
    let mut message = NetlinkMessage::from(NetfilterMessage::new(header, inner));
    message.header.flags = flags;
    message.finalize();
    let mut bytes = vec![0; message.buffer_len()];
    message.serialize(&mut bytes);
    // Answers that an earlier call did not read.
    let now = RecvFlags::DONTWAIT.bits() as i32;
    while socket.recv(&mut Vec::with_capacity(MAX_ANSWER), now).is_ok() {}
    socket.send(&bytes, 0).map(drop)
}

/// Reads one datagram; true where it ends the answer.
fn receive(socket: &Socket, mut each: impl FnMut(Vec<ConntrackAttribute>)) -> io::Result<bool> {
    let mut datagram = Vec::with_capacity(MAX_ANSWER);
    socket.recv(&mut datagram, 0)?;
    let mut bytes = datagram.as_slice();
    while !bytes.is_empty() {
        let message = NetlinkMessage::<NetfilterMessage>::deserialize(bytes)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))?;
        let length = (message.header.length as usize).next_multiple_of(4).max(16);
        match message.payload {
            NetlinkPayload::Error(error) => {
                let code = error.code.map_or(0, |code| code.get().abs());
                return if code == 0 { Ok(true) } else { Err(io::Error::from_raw_os_error(code)) };
            }
            NetlinkPayload::Done(_) => return Ok(true),
            NetlinkPayload::InnerMessage(NetfilterMessage {
                inner: NetfilterMessageInner::Conntrack(ConntrackMessage::New(attributes)),
                ..
            }) => each(attributes),
            _ => {}
        }
        bytes = bytes.get(length..).unwrap_or_default();
    }
    Ok(false)
}

fn failed(error: &io::Error) -> NetworkError {
    let step = "forget a sandbox's connections".to_owned();
    NetworkError::Failed { step, cause: error.to_string() }
}
