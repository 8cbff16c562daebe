//! The bridge, and which sandboxes have a cable to it.

use std::net::{IpAddr, Ipv4Addr};
use std::os::fd::OwnedFd;

use futures::TryStreamExt;
use ipnet::Ipv4Net;
use netlink_packet_route::AddressFamily;
use netlink_packet_route::address::AddressAttribute;
use netlink_packet_route::link::{InfoKind, LinkAttribute, LinkInfo, LinkMessage};
use netlink_packet_route::neighbour::{NeighbourAddress, NeighbourAttribute, NeighbourMessage};
use netlink_packet_route::route::{RouteAddress, RouteAttribute};
use rtnetlink::{Handle, LinkBridge, LinkUnspec, RouteMessageBuilder};
use tokio::task::JoinHandle;

use super::cables::{Cables, address_of, cable};
use super::rules::Place;
use super::{NetworkError, Taken, Traffic, address, sysctl};
use crate::model::mac_of;

/// What the bridge's alias begins with; after it, whether the host forwarded
/// packets before.
const ALIAS: &str = "skerryd";
const FORWARDED: &str = "skerryd; this host forwarded packets before";
const DID_NOT_FORWARD: &str = "skerryd; this host did not forward packets before";
const ENODEV: i32 = 19;
const ENOENT: i32 = 2;

/// A connection to the kernel, and the bridge.
pub(super) struct Links {
    netlink: Netlink,
    cables: Cables,
    place: Place,
    bridge: u32,
}

/// A connection to the kernel in one network namespace.
pub(super) struct Netlink {
    pub(super) handle: Handle,
    driver: JoinHandle<()>,
}

impl Netlink {
    /// In the calling thread's.
    pub(super) fn open() -> Result<Self, NetworkError> {
        let (driver, handle, _) = rtnetlink::new_connection().map_err(|error| {
            let step = "open a netlink socket".to_owned();
            NetworkError::Failed { step, cause: error.to_string() }
        })?;
        Ok(Self { handle, driver: tokio::spawn(driver) })
    }

    /// A link by its name.
    pub(super) async fn find(&self, name: &str) -> Result<Option<LinkMessage>, NetworkError> {
        let found = self.handle.link().get().match_name(name.to_owned()).execute().try_next().await;
        match found {
            Err(error) if errno(&error) == Some(ENODEV) => Ok(None),
            found => found.map_err(|error| failed(format!("find the interface {name}"), &error)),
        }
    }
}

impl Drop for Netlink {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

pub(super) fn failed(step: impl Into<String>, error: &rtnetlink::Error) -> NetworkError {
    let cause = match errno(error) {
        Some(number) => std::io::Error::from_raw_os_error(number).to_string(),
        None => error.to_string(),
    };
    NetworkError::Failed { step: step.into(), cause }
}

fn errno(error: &rtnetlink::Error) -> Option<i32> {
    match error {
        rtnetlink::Error::NetlinkError(message) => message.code.map(|code| code.get().abs()),
        _ => None,
    }
}

/// What the host has of addresses and routes, the bridge's own excepted.
pub(super) async fn taken(netlink: &Netlink, bridge: &str) -> Result<Vec<Taken>, NetworkError> {
    let own = netlink.find(bridge).await?.map(|link| link.header.index);
    let step = |error| failed("list the host's addresses and routes", &error);
    let mut all = Vec::new();
    let mut addresses = netlink.handle.address().get().execute();
    while let Some(message) = addresses.try_next().await.map_err(step)? {
        let found = message.attributes.iter().find_map(|attribute| match attribute {
            AddressAttribute::Address(IpAddr::V4(address)) => Some(*address),
            _ => None,
        });
        if let Some(address) = found.filter(|_| Some(message.header.index) != own) {
            let net = Ipv4Net::new(address, message.header.prefix_len);
            all.extend(net.map(|net| Taken { net, by: "an address of this host".to_owned() }));
        }
    }
    let wanted = RouteMessageBuilder::<Ipv4Addr>::new().build();
    let mut routes = netlink.handle.route().get(wanted).execute();
    while let Some(message) = routes.try_next().await.map_err(step)? {
        let mut destination = None;
        let mut interface = None;
        for attribute in &message.attributes {
            match attribute {
                RouteAttribute::Destination(RouteAddress::Inet(address)) => {
                    destination = Some(*address);
                }
                RouteAttribute::Oif(index) => interface = Some(*index),
                _ => {}
            }
        }
        if let Some(address) = destination.filter(|_| interface.is_none() || interface != own) {
            let net = Ipv4Net::new(address, message.header.destination_prefix_length);
            all.extend(net.map(|net| Taken { net, by: "a route of this host".to_owned() }));
        }
    }
    Ok(all)
}

impl Links {
    /// Finds the bridge or makes it, gives it the gateway's address, and lets
    /// the host forward packets. The rules must be there before.
    pub(super) async fn open(netlink: Netlink, place: &Place) -> Result<Self, NetworkError> {
        let name = &place.bridge;
        let bridge = match netlink.find(name).await? {
            Some(link) if is_ours(&link) => link.header.index,
            Some(_) => return Err(NetworkError::BridgeTaken(name.clone())),
            None => make_bridge(&netlink, place).await?,
        };
        let cables = Cables::open(bridge, address::gateway(place.range))?;
        let links = Self { netlink, cables, place: place.clone(), bridge };
        links.give_address().await?;
        Ok(links)
    }

    async fn give_address(&self) -> Result<(), NetworkError> {
        let gateway = address::gateway(self.place.range);
        let (handle, prefix) = (&self.netlink.handle, self.place.range.prefix_len());
        let added =
            handle.address().add(self.bridge, gateway.into(), prefix).replace().execute().await;
        added.map_err(|error| failed("give the bridge its address", &error))
    }

    /// Makes a cable into a network namespace.
    pub(super) async fn attach(
        &self,
        address: Ipv4Addr,
        namespace: OwnedFd,
    ) -> Result<(), NetworkError> {
        self.cables.make(address, namespace).await
    }

    /// Removes a cable, and what the host knows of its sandbox. What is not
    /// there is no error.
    pub(super) async fn detach(&self, address: Ipv4Addr) -> Result<(), NetworkError> {
        let handle = &self.netlink.handle;
        let name = cable(address);
        let link = LinkUnspec::new_with_name(&name).build();
        gone(handle.link().del_with_message(link).execute().await)
            .map_err(|error| failed(format!("remove the interface {name}"), &error))?;
        let mut neighbour = NeighbourMessage::default();
        neighbour.header.family = AddressFamily::Inet;
        neighbour.header.ifindex = self.bridge;
        let destination = NeighbourAttribute::Destination(NeighbourAddress::Inet(address));
        neighbour.attributes.push(destination);
        gone(handle.neighbours().del(neighbour).execute().await)
            .map_err(|error| failed("forget a neighbour", &error))
    }

    /// The sandboxes that have a cable.
    pub(super) async fn attached(&self) -> Result<Vec<Ipv4Addr>, NetworkError> {
        let mut links = self.netlink.handle.link().get().execute();
        let mut found = Vec::new();
        let step = |error| failed("list the bridge's ports", &error);
        while let Some(link) = links.try_next().await.map_err(step)? {
            let ours = link.attributes.contains(&LinkAttribute::Controller(self.bridge));
            found.extend(name_of(&link).and_then(address_of).filter(|_| ours));
        }
        Ok(found)
    }

    /// What went over a sandbox's cable, by its end on the host, which the
    /// sandbox can't reach; `None` where it has none.
    pub(super) async fn traffic(&self, address: Ipv4Addr) -> Result<Option<Traffic>, NetworkError> {
        let Some(link) = self.netlink.find(&cable(address)).await? else { return Ok(None) };
        Ok(link.attributes.iter().find_map(|attribute| match attribute {
            LinkAttribute::Stats64(stats) => {
                Some(Traffic { received: stats.tx_bytes, sent: stats.rx_bytes })
            }
            _ => None,
        }))
    }

    /// Whether a sandbox has its cable.
    pub(super) async fn is_attached(&self, address: Ipv4Addr) -> Result<bool, NetworkError> {
        Ok(self.netlink.find(&cable(address)).await?.is_some())
    }
}

/// Removes the bridge and all cables; undoes the host's forwarding where the
/// bridge had brought it. False where there is none.
pub(super) async fn remove(netlink: &Netlink, bridge: &str) -> Result<bool, NetworkError> {
    let Some(link) = netlink.find(bridge).await? else { return Ok(false) };
    if !is_ours(&link) {
        return Err(NetworkError::BridgeTaken(bridge.to_owned()));
    }
    let mut links = netlink.handle.link().get().execute();
    let mut cables = Vec::new();
    while let Some(port) =
        links.try_next().await.map_err(|error| failed("list the bridge's ports", &error))?
    {
        if port.attributes.contains(&LinkAttribute::Controller(link.header.index)) {
            cables.push(port.header.index);
        }
    }
    for index in cables.into_iter().chain([link.header.index]) {
        gone(netlink.handle.link().del(index).execute().await)
            .map_err(|error| failed("remove an interface", &error))?;
    }
    if alias_of(&link) == Some(DID_NOT_FORWARD) {
        sysctl::forward_no_more()?;
    }
    Ok(true)
}

fn gone(removed: Result<(), rtnetlink::Error>) -> Result<(), rtnetlink::Error> {
    match removed {
        Err(error) if matches!(errno(&error), Some(ENODEV | ENOENT)) => Ok(()),
        removed => removed,
    }
}

async fn make_bridge(netlink: &Netlink, place: &Place) -> Result<u32, NetworkError> {
    let name = &place.bridge;
    let step = |error| failed(format!("make the bridge {name}"), &error);
    let mac = mac_of(address::gateway(place.range));
    let bridge = LinkBridge::new(name).address(mac.to_vec()).mcast_snooping(false).build();
    netlink.handle.link().add(bridge).execute().await.map_err(step)?;
    sysctl::no_ipv6(name)?;
    let alias = if sysctl::forward()? { DID_NOT_FORWARD } else { FORWARDED };
    let link = netlink.find(name).await?;
    let index = link.map_or(0, |link| link.header.index);
    let up = LinkUnspec::new_with_index(index).alias(alias).up().build();
    netlink.handle.link().set(up).execute().await.map_err(step)?;
    Ok(index)
}

fn is_ours(link: &LinkMessage) -> bool {
    let bridge = link.attributes.iter().any(|attribute| match attribute {
        LinkAttribute::LinkInfo(infos) => infos.contains(&LinkInfo::Kind(InfoKind::Bridge)),
        _ => false,
    });
    bridge && alias_of(link).is_some_and(|alias| alias.starts_with(ALIAS))
}

fn alias_of(link: &LinkMessage) -> Option<&str> {
    link.attributes.iter().find_map(|attribute| match attribute {
        LinkAttribute::IfAlias(alias) => Some(alias.as_str()),
        _ => None,
    })
}

fn name_of(link: &LinkMessage) -> Option<&str> {
    link.attributes.iter().find_map(|attribute| match attribute {
        LinkAttribute::IfName(name) => Some(name.as_str()),
        _ => None,
    })
}
