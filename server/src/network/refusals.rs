//! Packets that the rules refuse: the kernel sends the head of each to whoever
//! listens to the rules' log group, which is this.

use std::ffi::CStr;
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::SystemTime;

use netlink_packet_core::{NetlinkMessage, NetlinkPayload};
use netlink_packet_netfilter::nflog::{
    ConfigCmd, ConfigMode, PacketNla, ULogMessage, config_request,
};
use netlink_packet_netfilter::{NetfilterMessage, NetfilterMessageInner, NetfilterProtoFamily};
use netlink_sys::protocols::NETLINK_NETFILTER;
use netlink_sys::{AsyncSocket, AsyncSocketExt, TokioSocket};
use tokio::task::JoinHandle;

use super::egress::Egress;
use super::guests::Guests;
use super::rules::LOG_GROUP;
use super::{EgressEvent, EgressEventKind, EgressReason, NetworkError};

/// Several packets' heads with all that comes with them.
const MAX_MESSAGE: usize = 64 << 10;
/// Protocols whose head begins with two ports: TCP, UDP, SCTP.
const WITH_PORTS: [u8; 3] = [6, 17, 132];

/// Listens until it is dropped.
pub(super) struct Refusals(JoinHandle<()>);

impl Drop for Refusals {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Refusals {
    pub(super) fn listen(guests: Arc<Guests>, egress: Arc<Egress>) -> Result<Self, NetworkError> {
        let socket = bind().map_err(|error| NetworkError::Failed {
            step: "listen to refused packets".to_owned(),
            cause: error.to_string(),
        })?;
        Ok(Self(tokio::spawn(async move {
            let mut bytes = Vec::with_capacity(MAX_MESSAGE);
            loop {
                bytes.clear();
                // More came than there is room for: some are not told.
                if socket.recv(&mut bytes).await.is_ok() {
                    report(&bytes, &guests, &egress);
                } else {
                    tokio::task::yield_now().await;
                }
            }
        })))
    }
}

fn bind() -> io::Result<TokioSocket> {
    let mut socket = TokioSocket::new(NETLINK_NETFILTER)?;
    socket.socket_mut().bind_auto()?;
    let commands = vec![ConfigCmd::Bind.into(), ConfigMode::PACKET_MAX.into()];
    let request = config_request(NetfilterProtoFamily::Unspec, LOG_GROUP, commands);
    let mut bytes = vec![0; request.buffer_len()];
    request.serialize(&mut bytes);
    socket.socket_ref().send(&bytes, 0)?;
    let mut answer = Vec::with_capacity(MAX_MESSAGE);
    socket.socket_ref().recv(&mut answer, 0)?;
    let answer = NetlinkMessage::<NetfilterMessage>::deserialize(&answer)
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))?;
    match answer.payload {
        NetlinkPayload::Error(error) if error.code.is_some() => Err(error.to_io()),
        _ => Ok(socket),
    }
}

fn report(mut bytes: &[u8], guests: &Guests, egress: &Egress) {
    while !bytes.is_empty() {
        let Ok(message) = NetlinkMessage::<NetfilterMessage>::deserialize(bytes) else { return };
        if let NetlinkPayload::InnerMessage(message) = &message.payload
            && let NetfilterMessageInner::ULog(ULogMessage::Packet(attributes)) = &message.inner
            && let Some(event) = event(attributes, guests)
        {
            egress.report(event);
        }
        let length = (message.header.length as usize).next_multiple_of(4).max(16);
        bytes = bytes.get(length..).unwrap_or_default();
    }
}

fn event(attributes: &[PacketNla], guests: &Guests) -> Option<EgressEvent> {
    let prefix = attributes.iter().find_map(|attribute| match attribute {
        PacketNla::Prefix(prefix) => Some(prefix.as_c_str()),
        _ => None,
    })?;
    let head = attributes.iter().find_map(|attribute| match attribute {
        PacketNla::Payload(payload) => Head::read(payload),
        _ => None,
    })?;
    let reason = reason(prefix)?;
    // An answer that comes too late goes to the sandbox, not from it.
    let (sandbox, address, port) = match guests.id(head.source) {
        Some(id) => (id, head.destination, head.ports.1),
        None => (guests.id(head.destination)?, head.source, head.ports.0),
    };
    let name = guests.name_of(head.source, address);
    let kind = EgressEventKind::Packet { address, port, protocol: head.protocol, name };
    Some(EgressEvent { time: SystemTime::now(), sandbox, kind, reason })
}

fn reason(prefix: &CStr) -> Option<EgressReason> {
    match prefix.to_bytes() {
        b"policy" => Some(EgressReason::Policy),
        b"private" => Some(EgressReason::Private),
        b"host" => Some(EgressReason::Host),
        b"peer" => Some(EgressReason::Sandbox),
        b"many" => Some(EgressReason::TooMany),
        b"spoofed" => Some(EgressReason::Spoofed),
        _ => None,
    }
}

/// The head of an IPv4 packet.
#[derive(Debug, PartialEq, Eq)]
struct Head {
    source: Ipv4Addr,
    destination: Ipv4Addr,
    protocol: u8,
    /// From and to; 0 where there are none.
    ports: (u16, u16),
}

impl Head {
    /// What a sandbox sent: anything.
    fn read(bytes: &[u8]) -> Option<Self> {
        let (fixed, _) = bytes.split_first_chunk::<20>()?;
        if fixed[0] >> 4 != 4 {
            return None;
        }
        let address =
            |at: usize| Ipv4Addr::new(fixed[at], fixed[at + 1], fixed[at + 2], fixed[at + 3]);
        let first_fragment = u16::from_be_bytes([fixed[6], fixed[7]]) & 0x1fff == 0;
        let protocol = fixed[9];
        let after = bytes.get(usize::from(fixed[0] & 15) * 4..).and_then(|rest| rest.first_chunk());
        let ports = match after {
            Some([a, b, c, d]) if first_fragment && WITH_PORTS.contains(&protocol) => {
                (u16::from_be_bytes([*a, *b]), u16::from_be_bytes([*c, *d]))
            }
            _ => (0, 0),
        };
        Some(Self { source: address(12), destination: address(16), protocol, ports })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn packet(protocol: u8, fragment: u16) -> Vec<u8> {
        let mut bytes = vec![0x46, 0, 0, 0, 0, 0];
        bytes.extend(fragment.to_be_bytes());
        bytes.extend([64, protocol, 0, 0, 10, 88, 0, 2, 8, 8, 8, 8]);
        bytes.extend([1, 1, 1, 1]);
        bytes.extend([0x30, 0x39, 0x01, 0xbb]);
        bytes
    }

    #[test]
    fn ports_stand_after_the_options_of_a_first_fragment() {
        let head = Head::read(&packet(6, 0)).expect("a head");
        let wanted = (Ipv4Addr::new(10, 88, 0, 2), Ipv4Addr::new(8, 8, 8, 8), 6, (12345, 443));
        assert_eq!((head.source, head.destination, head.protocol, head.ports), wanted);
        assert_eq!(Head::read(&packet(1, 0)).map(|head| head.ports), Some((0, 0)));
        assert_eq!(Head::read(&packet(6, 5)).map(|head| head.ports), Some((0, 0)));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let head = Head::read(&bytes);
            prop_assert!(bytes.len() >= 20 || head.is_none());
        }
    }
}
