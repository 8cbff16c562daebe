//! The rules that all sandboxes share, as a script for `nft -f`, which applies
//! it as one transaction.
//!
//! Every packet of a connection, in both directions, is held to the policy of
//! the sandbox that began it (`ct original …`): a policy that changes is in
//! force for connections that are there already, and connections are looked
//! up for nothing but NAT and who began them.
//!
//! ```text
//!  prerouting  from the bridge: IPv4, and the sender's own two addresses
//!  input       to the host: names, and answers to what the host began
//!  crowd       of both: no more connections than one sandbox may have
//!  forward ─▶ sandbox ┬▶ between   another sandbox: of the same group
//!                     ├▶ s_<address>  a policy of its own (`member`)
//!                     ├▶ opened    every public address
//!                     └▶ refused_… counted, logged to the daemon, rejected
//! ```
//!
//! Connections to ports 80 and 443 of addresses that names had go to the gate
//! instead (`names`), which is shut as long as no daemon is there.

use std::fmt::Write;
use std::net::Ipv4Addr;
use std::time::Duration;

use ipnet::Ipv4Net;

use super::gate::GATE_PORT;
use super::member;
use super::{Member, address};
use crate::model::{SPECIAL_RANGES, mac_of, show_mac};

/// The table; nothing else of the host's rules is read or changed.
pub(super) const TABLE: &str = "inet skerry";
/// What refused packets are logged to. Skerry's own; a daemon in another
/// network namespace has another group of the same number.
pub(super) const LOG_GROUP: u16 = 21_587;
/// Bytes of a refused packet that the daemon reads: an IPv4 header with all
/// its options and two ports.
const LOG_BYTES: u32 = 64;
/// Refused packets a second that are logged, and as many at once; all are
/// counted.
const LOG_RATE: &str = "limit rate 200/second burst 200 packets";
/// Addresses learned from names, of all sandboxes together.
const MAX_LEARNED: u32 = 1 << 20;
/// Connections of one sandbox that the kernel's table holds at once, without
/// those that are closed; and new ones a second, and as many at once. That
/// bounds the closed ones, too, which stay for two minutes: some 30,000 entries
/// of a table that has 65,536 on the smallest hosts, 262,144 on most.
const MAX_FLOWS: u32 = 4096;
const FLOW_RATE: &str = "limit rate over 200/second burst 2000 packets";
/// How long a connection to a learned address may be silent.
pub(super) const KNOWN_TIME: Duration = Duration::from_secs(24 * 60 * 60);

/// Where sandboxes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) bridge: String,
    pub(super) range: Ipv4Net,
}

/// Everything that has a name of its own in the table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Names {
    pub(super) chains: Vec<String>,
    pub(super) sets: Vec<String>,
}

const CHAINS: [(&str, &str); 5] = [
    ("prerouting", "type filter hook prerouting priority raw"),
    ("names", "type nat hook prerouting priority dstnat"),
    ("input", "type filter hook input priority filter"),
    ("forward", "type filter hook forward priority filter"),
    ("postrouting", "type nat hook postrouting priority srcnat"),
];
const JUMPS: [&str; 11] = [
    "crowd",
    "sandbox",
    "opened",
    "between",
    "refuse",
    "refused_host",
    "refused_private",
    "refused_policy",
    "refused_peer",
    "refused_many",
    "refused_spoofed",
];

/// The whole table for these members; what is there of an earlier daemon and
/// has no place any more is removed. Base chains stay where they are and are
/// filled anew, so that none is without its rules for a moment.
pub(super) fn whole(
    place: &Place,
    addresses: impl Iterator<Item = Ipv4Addr>,
    members: &[Member],
    there: &Names,
) -> String {
    let mut script = format!("add table {TABLE}\n");
    sets(&mut script, addresses);
    for (name, hook) in CHAINS {
        line(&mut script, &format!("add chain {TABLE} {name} {{ {hook} ; policy accept ; }}"));
    }
    for name in JUMPS {
        line(&mut script, &format!("add chain {TABLE} {name}"));
    }
    for name in CHAINS.map(|(name, _)| name).into_iter().chain(JUMPS) {
        line(&mut script, &format!("flush chain {TABLE} {name}"));
    }
    guards(&mut script, place);
    paths(&mut script, place);
    refusals(&mut script, place);
    for (kind, there) in [("chain", &there.chains), ("set", &there.sets)] {
        for name in there.iter().filter(|name| member::is_own(name)) {
            line(&mut script, &format!("flush {kind} {TABLE} {name}"));
        }
    }
    let mut wanted = Names::default();
    for member in members {
        script.push_str(&member::enter(member));
        wanted.chains.extend(member::chains(member));
        wanted.sets.extend(member::sets(member));
    }
    for (kind, there, wanted) in
        [("chain", &there.chains, &wanted.chains), ("set", &there.sets, &wanted.sets)]
    {
        for stale in there.iter().filter(|name| member::is_own(name) && !wanted.contains(name)) {
            line(&mut script, &format!("delete {kind} {TABLE} {stale}"));
        }
    }
    script
}

/// One more line of a script.
pub(super) fn line(script: &mut String, text: &str) {
    script.push_str(text);
    script.push('\n');
}

/// One more rule of a chain.
pub(super) fn rule(script: &mut String, chain: &str, text: &str) {
    writeln!(script, "add rule {TABLE} {chain} {text}").expect("into a string");
}

/// Elements as nft lists them.
pub(super) fn list<T: ToString>(all: impl IntoIterator<Item = T>) -> String {
    all.into_iter().map(|one| one.to_string()).collect::<Vec<_>>().join(", ")
}

fn sets(script: &mut String, addresses: impl Iterator<Item = Ipv4Addr>) {
    let pair = "type ipv4_addr . ipv4_addr";
    for (kind, name, body) in [
        ("set", "bound", "typeof ether saddr . ip saddr".to_owned()),
        ("set", "open", "type ipv4_addr".to_owned()),
        ("set", "special", "type ipv4_addr ; flags interval".to_owned()),
        ("map", "own", "type ipv4_addr : verdict".to_owned()),
        ("map", "groups", "type ipv4_addr : verdict".to_owned()),
        ("set", "learned", format!("{pair} ; flags timeout ; size {MAX_LEARNED}")),
        (
            "set",
            "known",
            format!(
                "{pair} ; flags dynamic,timeout ; size {MAX_LEARNED} ; timeout {}s",
                KNOWN_TIME.as_secs()
            ),
        ),
        ("set", "refused", "type ipv4_addr ; flags dynamic ; counter ; size 65536".to_owned()),
        ("set", "flows", "type ipv4_addr ; flags dynamic ; size 65536".to_owned()),
        ("set", "flow_rate", "type ipv4_addr ; flags dynamic ; size 65536".to_owned()),
    ] {
        line(script, &format!("add {kind} {TABLE} {name} {{ {body} ; }}"));
    }
    for name in ["bound", "open", "special"] {
        line(script, &format!("flush set {TABLE} {name}"));
    }
    for name in ["own", "groups"] {
        line(script, &format!("flush map {TABLE} {name}"));
    }
    let special = list(SPECIAL_RANGES);
    line(script, &format!("add element {TABLE} special {{ {special} }}"));
    let bound = list(addresses.map(|address| format!("{} . {address}", show_mac(mac_of(address)))));
    if !bound.is_empty() {
        line(script, &format!("add element {TABLE} bound {{ {bound} }}"));
    }
}

fn guards(script: &mut String, place: &Place) {
    let bridge = &place.bridge;
    rule(script, "prerouting", &format!("iifname != \"{bridge}\" accept"));
    rule(script, "prerouting", "meta nfproto ipv6 goto refused_spoofed");
    rule(script, "prerouting", "ether saddr . ip saddr != @bound goto refused_spoofed");
}

fn paths(script: &mut String, place: &Place) {
    let Place { bridge, range } = place;
    let gateway = address::gateway(*range);
    rule(script, "input", &format!("iifname != \"{bridge}\" accept"));
    rule(script, "input", "ct direction reply ct state established,related accept");
    rule(script, "input", "jump crowd");
    for protocol in ["udp", "tcp"] {
        rule(script, "input", &format!("ip daddr {gateway} {protocol} dport 53 accept"));
    }
    let gate = format!("ct status dnat tcp dport {GATE_PORT} accept");
    rule(script, "input", &gate);
    rule(script, "input", "goto refused_host");
    let named = format!(
        "iifname \"{bridge}\" tcp dport {{ 80, 443 }} ip saddr . ip daddr @learned redirect to :{GATE_PORT}"
    );
    rule(script, "names", &named);
    let others = format!("iifname != \"{bridge}\" oifname != \"{bridge}\" accept");
    rule(script, "forward", &others);
    rule(script, "forward", "ct state invalid drop");
    rule(script, "forward", &format!("iifname \"{bridge}\" jump crowd"));
    rule(script, "forward", "goto sandbox");
    // The first packet of each: what is refused gets no entry.
    let first = "ct status & confirmed == 0";
    let held = format!("{first} add @flows {{ ip saddr ct count over {MAX_FLOWS} }}");
    rule(script, "crowd", &format!("{held} goto refused_many"));
    let fast = format!("{first} update @flow_rate {{ ip saddr {FLOW_RATE} }}");
    rule(script, "crowd", &format!("{fast} goto refused_many"));
    rule(script, "sandbox", &format!("ct original ip daddr {range} goto between"));
    rule(script, "sandbox", "ct original ip saddr vmap @own");
    rule(script, "sandbox", "ct original ip saddr @open goto opened");
    rule(script, "sandbox", "goto refused_policy");
    rule(script, "opened", "ct original ip daddr @special goto refused_private");
    rule(script, "opened", "accept");
    rule(script, "between", "ct original ip saddr vmap @groups");
    rule(script, "between", "goto refused_peer");
    let masquerade = format!("ip saddr {range} oifname != \"{bridge}\" masquerade");
    rule(script, "postrouting", &masquerade);
}

fn refusals(script: &mut String, place: &Place) {
    let Place { bridge, range } = place;
    for reason in ["host", "private", "policy", "peer", "many", "spoofed"] {
        let log = format!(
            "{LOG_RATE} log prefix \"{reason}\" group {LOG_GROUP} snaplen {LOG_BYTES} queue-threshold 1"
        );
        rule(script, &format!("refused_{reason}"), &log);
        let end = if reason == "spoofed" { "drop" } else { "goto refuse" };
        rule(script, &format!("refused_{reason}"), end);
    }
    let count = format!("ct original ip saddr {range} update @refused {{ ct original ip saddr }}");
    rule(script, "refuse", &count);
    // The sandbox is told, so that its programs don't wait; nobody else is.
    let tell = format!("iifname \"{bridge}\" reject with icmpx type admin-prohibited");
    rule(script, "refuse", &tell);
    rule(script, "refuse", "drop");
}
