//! The host and the world around it, each in a network namespace:
//!
//! ```text
//!  sandboxes ═ skerry0 ─ host 93.184.216.1 ═══ 93.184.216.34 world
//!                                              (and every other address of it)
//! ```

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener, UdpSocket};
use std::os::fd::{AsFd, OwnedFd};
use std::process::{Child, Command, Output, Stdio};

use rustix::fs::{Mode, OFlags};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use skerry_test_support::{Daemon, Options};

/// The host's address towards the world.
pub(crate) const HOST: Ipv4Addr = Ipv4Addr::new(93, 184, 216, 1);
/// The world's own address, where the host's packets go.
pub(crate) const PUBLIC: Ipv4Addr = Ipv4Addr::new(93, 184, 216, 34);
/// Another public one.
pub(crate) const OTHER: Ipv4Addr = Ipv4Addr::new(151, 101, 1, 69);
/// Private ones.
pub(crate) const PRIVATE: Ipv4Addr = Ipv4Addr::new(192, 168, 77, 10);
pub(crate) const TEN: Ipv4Addr = Ipv4Addr::new(10, 99, 0, 10);
pub(crate) const TWELVE: Ipv4Addr = Ipv4Addr::new(172, 20, 0, 10);
/// Where clouds tell machines their secrets.
pub(crate) const METADATA: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 254);
pub(crate) const METADATA_SHARED: Ipv4Addr = Ipv4Addr::new(100, 100, 100, 200);
pub(crate) const METADATA_PUBLIC: Ipv4Addr = Ipv4Addr::new(168, 63, 129, 16);
/// The bridge's.
pub(crate) const GATEWAY: Ipv4Addr = Ipv4Addr::new(10, 88, 0, 1);
/// Ports on which the world and the host answer.
pub(crate) const PORTS: [u16; 4] = [80, 443, 4000, 8443];

/// All addresses of the world that sandboxes must not reach unasked.
pub(crate) const FORBIDDEN: [Ipv4Addr; 6] =
    [PRIVATE, TEN, TWELVE, METADATA, METADATA_SHARED, METADATA_PUBLIC];

/// A network namespace, as long as a process is in it that does nothing.
pub(crate) struct Namespace {
    holder: Child,
    namespace: OwnedFd,
}

impl Namespace {
    fn new() -> Self {
        let holder = Command::new("unshare")
            .args(["--net", "sh", "-c", "echo ready; exec sleep 3600"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn();
        let mut holder = holder.expect("unshare can be run");
        let mut ready = [0; 6];
        let stdout = holder.stdout.as_mut().expect("it was asked for");
        stdout.read_exact(&mut ready).expect("a network namespace");
        let path = format!("/proc/{}/ns/net", holder.id());
        let namespace = open(&path);
        Self { holder, namespace }
    }

    /// Moves this thread into it, until the answer is dropped. What the
    /// thread starts is there, too.
    pub(crate) fn enter(&self) -> Entered {
        let before = open("/proc/thread-self/ns/net");
        enter(&self.namespace);
        Entered { before }
    }

    /// Runs a program in it, for what it prints.
    pub(crate) fn run(&self, command: &str) -> Output {
        let _inside = self.enter();
        Command::new("sh").args(["-c", command]).output().expect("sh can be run")
    }

    /// Runs what must succeed, for its stdout.
    pub(crate) fn must(&self, command: &str) -> String {
        let output = self.run(command);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command}: {error}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Answers on a port of an address, by TCP and UDP, with what was sent
    /// and who answers.
    fn serve(&self, address: Ipv4Addr, port: u16) {
        let _inside = self.enter();
        let at = SocketAddrV4::new(address, port);
        let listener = TcpListener::bind(at).unwrap_or_else(|error| panic!("{at}: {error}"));
        // They end with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                std::thread::spawn(move || echo(stream));
            }
        });
        let socket = UdpSocket::bind(at).unwrap_or_else(|error| panic!("{at}: {error}"));
        std::thread::spawn(move || {
            let mut packet = [0; 2048];
            while let Ok((length, from)) = socket.recv_from(&mut packet) {
                let _gone = socket.send_to(&packet[..length], from);
            }
        });
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}

/// Gives back each byte.
fn echo(mut stream: std::net::TcpStream) {
    let mut bytes = [0; 2048];
    while let Ok(length @ 1..) = stream.read(&mut bytes) {
        if stream.write_all(&bytes[..length]).is_err() {
            return;
        }
    }
}

/// The thread is in another network namespace.
pub(crate) struct Entered {
    before: OwnedFd,
}

impl Drop for Entered {
    fn drop(&mut self) {
        enter(&self.before);
    }
}

fn open(path: &str) -> OwnedFd {
    rustix::fs::open(path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).expect(path)
}

fn enter(namespace: &OwnedFd) {
    move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network))
        .expect("root enters a network namespace");
}

/// Why there can be no world here.
pub(crate) fn missing() -> Option<String> {
    for program in ["curl", "nft", "ip", "openssl", "unshare", "python3"] {
        let found = Command::new(program).arg("--version").output();
        if found.is_err() && Command::new(program).arg("-V").output().is_err() {
            return Some(format!("{program} is not installed"));
        }
    }
    None
}

/// Ends this test as skipped where there can be no world.
#[macro_export]
macro_rules! needs_network {
    () => {
        skerry_test_support::needs_root!();
        if let Some(reason) = $crate::world::missing() {
            skerry_test_support::skip!("{reason}");
        }
    };
}

/// The host, which the test's thread is in, and the world.
pub(crate) struct World {
    _inside: Entered,
    pub(crate) host: Namespace,
    pub(crate) world: Namespace,
}

impl World {
    pub(crate) fn new() -> Self {
        let (host, world) = (Namespace::new(), Namespace::new());
        let pid = world.holder.id();
        host.must("ip link set lo up");
        // It may have inherited what the real host does.
        host.must("echo 0 >/proc/sys/net/ipv4/ip_forward");
        host.must(&format!("ip link add up0 type veth peer name up1 netns {pid}"));
        host.must(&format!("ip addr add {HOST}/24 dev up0 && ip link set up0 up"));
        world.must(&format!("ip link set lo up && ip addr add {PUBLIC}/24 dev up1"));
        world.must(&format!("ip link set up1 up && ip route add 10.88.0.0/16 via {HOST}"));
        host.must(&format!("ip route add default via {PUBLIC}"));
        for address in FORBIDDEN.into_iter().chain([OTHER]) {
            world.must(&format!("ip addr add {address}/32 dev lo"));
        }
        for address in FORBIDDEN.into_iter().chain([OTHER, PUBLIC]) {
            for port in PORTS {
                world.serve(address, port);
            }
        }
        for port in PORTS {
            host.serve(Ipv4Addr::UNSPECIFIED, port);
        }
        world.must(
            "nft 'add table inet seen
             add set inet seen packets { type ipv4_addr; flags dynamic; counter; }
             add chain inet seen prerouting { type filter hook prerouting priority raw; }
             add rule inet seen prerouting iifname up1 update @packets { ip daddr }'",
        );
        Self { _inside: host.enter(), host, world }
    }

    /// A daemon on this host, with a network.
    pub(crate) async fn daemon(&self, arguments: &[&str]) -> Daemon {
        Daemon::start_with(options(arguments)).await
    }

    /// Packets that came to the world, by where they went.
    pub(crate) fn seen(&self) -> BTreeMap<Ipv4Addr, u64> {
        let listing = self.world.must("nft -j list set inet seen packets");
        let listing: serde_json::Value = serde_json::from_str(&listing).expect("nft prints JSON");
        let sets = listing["nftables"].as_array().expect("a list");
        let elements = sets.iter().filter_map(|object| object["set"]["elem"].as_array());
        let pair = |element: &serde_json::Value| {
            let element = &element["elem"];
            let address = element["val"].as_str()?.parse().ok()?;
            Some((address, element["counter"]["packets"].as_u64()?))
        };
        elements.flatten().filter_map(pair).collect()
    }
}

/// How a daemon with a network is started.
pub(crate) fn options(arguments: &[&str]) -> Options {
    let network = ["--network", "on"];
    let arguments = network.iter().chain(arguments).map(|text| (*text).to_owned()).collect();
    Options { arguments, ..Options::default() }
}
