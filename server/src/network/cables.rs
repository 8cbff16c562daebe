//! One virtual cable from the bridge into each sandbox, made by a thread of
//! its own, which enters the sandbox's network namespace for it.
//!
//! A port of the bridge is isolated, so that no frame goes from one sandbox
//! to another but through the host's rules; it is locked to one hardware
//! address, and the bridge learns none. The host knows each sandbox's
//! hardware address beforehand, and each sandbox the gateway's: nobody asks
//! by ARP, so that nobody can lie by ARP.

use std::io;
use std::net::Ipv4Addr;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::thread::JoinHandle;

use netlink_packet_core::{NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE};
use netlink_packet_route::link::{InfoData, InfoVeth, LinkMessage};
use netlink_packet_route::neighbour::{
    NeighbourAddress, NeighbourAttribute, NeighbourMessage, NeighbourState,
};
use netlink_packet_route::{AddressFamily, RouteNetlinkMessage};
use rtnetlink::{AddressMessageBuilder, LinkBridgePort, LinkUnspec, LinkVeth, RouteMessageBuilder};
use rustix::fs::{Mode, OFlags};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use tokio::sync::{mpsc, oneshot};

use super::kernel::{Kernel, Request};
use super::{NetworkError, sysctl};
use crate::model::mac_of;

/// What the interface is called inside.
const INTERFACE: &str = "eth0";
/// What the names of the host's ends of the cables begin with; after it, the
/// address in hexadecimal.
const CABLE: &str = "skv";
/// Sandboxes that wait for their cables; more wait to ask.
const WAITING: usize = 64;
/// Ports of one bridge; the kernel's bound.
const MAX_PORTS: u32 = 1023;
const EEXIST: i32 = 17;
const EXFULL: i32 = 54;

/// The name of the host's end of a sandbox's cable.
pub(super) fn cable(address: Ipv4Addr) -> String {
    format!("{CABLE}{:08x}", u32::from(address))
}

/// Whose cable has a name.
pub(super) fn address_of(name: &str) -> Option<Ipv4Addr> {
    let digits = name.strip_prefix(CABLE)?;
    u32::from_str_radix(digits, 16).ok().map(Ipv4Addr::from)
}

/// Who makes cables; the thread ends with this.
pub(super) struct Cables {
    wanted: Option<mpsc::Sender<Wanted>>,
    thread: Option<JoinHandle<()>>,
}

/// A cable that is to be made.
struct Wanted {
    address: Ipv4Addr,
    namespace: OwnedFd,
    done: oneshot::Sender<Result<(), NetworkError>>,
}

impl Cables {
    /// For a bridge of the calling thread's network namespace.
    pub(super) fn open(bridge: u32, gateway: Ipv4Addr) -> Result<Self, NetworkError> {
        let maker = Maker::open(bridge, gateway).map_err(failed("open a netlink socket"))?;
        let (wanted, waiting) = mpsc::channel(WAITING);
        let thread = std::thread::Builder::new().name("skerryd-cables".to_owned());
        let thread = thread
            .spawn(move || maker.work(waiting))
            .map_err(failed("start a thread for the network"))?;
        Ok(Self { wanted: Some(wanted), thread: Some(thread) })
    }

    /// Makes a cable into a network namespace. One of that name that is there
    /// is replaced: it is of a machine that has ended, whose namespace has not.
    pub(super) async fn make(
        &self,
        address: Ipv4Addr,
        namespace: OwnedFd,
    ) -> Result<(), NetworkError> {
        let (done, made) = oneshot::channel();
        if let Some(wanted) = &self.wanted {
            // Where nobody takes it, nobody answers.
            let _ = wanted.send(Wanted { address, namespace, done }).await;
        }
        made.await.unwrap_or_else(|_| {
            let step = format!("make the interface {}", cable(address));
            Err(NetworkError::Failed { step, cause: "its thread has ended".to_owned() })
        })
    }
}

impl Drop for Cables {
    fn drop(&mut self) {
        drop(self.wanted.take());
        if let Some(thread) = self.thread.take() {
            // It panicked, which was said.
            let _ = thread.join();
        }
    }
}

struct Maker {
    kernel: Kernel,
    home: OwnedFd,
    bridge: u32,
    gateway: Ipv4Addr,
}

impl Maker {
    fn open(bridge: u32, gateway: Ipv4Addr) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC;
        let home = rustix::fs::open("/proc/thread-self/ns/net", flags, Mode::empty())?;
        Ok(Self { kernel: Kernel::open()?, home, bridge, gateway })
    }

    fn work(self, mut waiting: mpsc::Receiver<Wanted>) {
        // The thread that opened it may have been in another.
        if enter(&self.home).is_err() {
            return;
        }
        while let Some(wanted) = waiting.blocking_recv() {
            let made = self.make(wanted.address, &wanted.namespace);
            let home = enter(&self.home);
            // Nobody may wait for it any more.
            let _ = wanted.done.send(made);
            if let Err(error) = home {
                tracing::error!(%error, "can't leave a sandbox's network namespace");
                return;
            }
        }
    }

    fn make(&self, address: Ipv4Addr, namespace: &OwnedFd) -> Result<(), NetworkError> {
        let name = cable(address);
        let mut index = self.add(&name, address, namespace);
        if matches!(&index, Err(error) if error.raw_os_error() == Some(EEXIST)) {
            let old = LinkUnspec::new_with_name(&name).build();
            index = self
                .kernel
                .ask(vec![Request::new(RouteNetlinkMessage::DelLink(old), 0)])
                .and_then(|_| self.add(&name, address, namespace));
        }
        let index = index.map_err(|error| match error.raw_os_error() {
            Some(EXFULL) => NetworkError::BridgeFull { most: MAX_PORTS },
            _ => failed(&format!("make the interface {name}"))(error),
        })?;
        self.secure(index, address).map_err(failed("set up the bridge's port"))?;
        self.configure(address, namespace).map_err(failed("set up a sandbox's interface"))?
    }

    /// Makes the cable, for the index of the host's end. It is up only once it
    /// is tied to the sandbox on both ends: one that is born so is refused.
    fn add(&self, name: &str, address: Ipv4Addr, namespace: &OwnedFd) -> io::Result<u32> {
        let peer = LinkUnspec::new_with_name(INTERFACE)
            .address(mac_of(address).to_vec())
            .setns_by_fd(namespace.as_raw_fd())
            .build();
        let link = LinkVeth::new(name, INTERFACE)
            .set_info_data(InfoData::Veth(InfoVeth::Peer(peer)))
            .controller(self.bridge)
            .up()
            .build();
        let link = Request::new(RouteNetlinkMessage::NewLink(link), NLM_F_CREATE | NLM_F_EXCL);
        there(self.kernel.ask(vec![link, Request::link(name)])?)
    }

    /// Ties the port to the one sandbox.
    fn secure(&self, index: u32, address: Ipv4Addr) -> io::Result<()> {
        let port = LinkBridgePort::new(index)
            .isolated(true)
            .learning(false)
            .locked(true)
            .flood(false)
            .mcast_flood(false)
            .bcast_flood(false)
            .build();
        let mac = mac_of(address);
        let mut known = NeighbourMessage::default();
        known.header.family = AddressFamily::Bridge;
        known.header.ifindex = index;
        // A permanent entry would be the bridge's own address.
        known.header.state = NeighbourState::Noarp;
        known.attributes.push(NeighbourAttribute::LinkLayerAddress(mac.to_vec()));
        let requests = vec![
            Request::new(RouteNetlinkMessage::NewLink(port), 0),
            replace(known),
            replace(neighbour(self.bridge, address, mac)),
        ];
        self.kernel.ask(requests).map(drop)
    }

    /// Gives the interface inside its address, and turns IPv6 off. It has no
    /// neighbours: everything goes through the gateway, whose hardware address
    /// is known. The thread stays there.
    fn configure(
        &self,
        address: Ipv4Addr,
        namespace: &OwnedFd,
    ) -> io::Result<Result<(), NetworkError>> {
        enter(namespace)?;
        if let Err(error) = sysctl::no_ipv6(INTERFACE) {
            return Ok(Err(error));
        }
        let kernel = Kernel::open()?;
        let index = there(kernel.ask(vec![Request::link(INTERFACE)])?)?;
        let up: LinkMessage = LinkUnspec::new_with_index(index).up().build();
        let own = AddressMessageBuilder::<Ipv4Addr>::new().index(index).address(address, 32);
        let route = RouteMessageBuilder::<Ipv4Addr>::new()
            .gateway(self.gateway)
            .output_interface(index)
            .onlink()
            .build();
        let create = NLM_F_CREATE | NLM_F_REPLACE;
        let requests = vec![
            Request::new(RouteNetlinkMessage::SetLink(up), 0),
            Request::new(RouteNetlinkMessage::NewAddress(own.build()), create),
            replace(neighbour(index, self.gateway, mac_of(self.gateway))),
            Request::new(RouteNetlinkMessage::NewRoute(route), create),
        ];
        kernel.ask(requests).map(|_| Ok(()))
    }
}

fn enter(namespace: &OwnedFd) -> io::Result<()> {
    let network = Some(LinkNameSpaceType::Network);
    Ok(move_into_link_name_space(namespace.as_fd(), network)?)
}

fn there(index: Option<u32>) -> io::Result<u32> {
    index.ok_or_else(|| io::Error::other("it is gone"))
}

/// Where an address is, for as long as the interface is there.
fn neighbour(interface: u32, address: Ipv4Addr, mac: [u8; 6]) -> NeighbourMessage {
    let mut message = NeighbourMessage::default();
    message.header.family = AddressFamily::Inet;
    message.header.ifindex = interface;
    message.header.state = NeighbourState::Permanent;
    message.attributes = vec![
        NeighbourAttribute::Destination(NeighbourAddress::Inet(address)),
        NeighbourAttribute::LinkLayerAddress(mac.to_vec()),
    ];
    message
}

fn replace(message: NeighbourMessage) -> Request {
    Request::new(RouteNetlinkMessage::NewNeighbour(message), NLM_F_CREATE | NLM_F_REPLACE)
}

fn failed(step: &str) -> impl FnOnce(io::Error) -> NetworkError {
    let step = step.to_owned();
    move |error| NetworkError::Failed { step, cause: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cable_is_named_by_its_sandboxs_address() {
        for last in [0, 2, 255] {
            let address = Ipv4Addr::new(10, 88, 0, last);
            assert_eq!(address_of(&cable(address)), Some(address));
            assert!(cable(address).len() < 16, "the kernel's bound");
        }
        assert_eq!(address_of("eth0"), None);
    }
}
