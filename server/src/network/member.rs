//! One sandbox's rules: what a policy and a group become.
//!
//! A `deny` sandbox has none, since what no rule lets through is refused. An
//! `open` one is an element of a set. Any other has a chain of its own.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

use super::Member;
use super::rules::{TABLE, line, list, rule};
use crate::model::{EgressMode, Group, NetworkPolicy, SandboxNetwork};

/// What names of chains and sets begin with that belong to members.
const OWN: &str = "s_";
const GROUP: &str = "g_";

/// How a policy is in the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Nothing,
    Open,
    Chain,
}

fn form(policy: &NetworkPolicy) -> Form {
    let entries = !policy.deny_cidrs.is_empty() || !policy.deny_hosts.is_empty();
    match policy.mode {
        EgressMode::Deny => Form::Nothing,
        EgressMode::Open if !entries => Form::Open,
        EgressMode::Open | EgressMode::Allowlist => Form::Chain,
    }
}

/// Whether a member's rules are nothing but, at most, an element of the set
/// of open ones, which needs no script.
pub(super) fn is_simple(network: &SandboxNetwork) -> bool {
    network.group.is_none() && form(&network.policy) != Form::Chain
}

/// Whether that element is there.
pub(super) fn is_open(network: &SandboxNetwork) -> bool {
    form(&network.policy) == Form::Open
}

/// Whether a chain or set is some member's.
pub(super) fn is_own(name: &str) -> bool {
    name.starts_with(OWN) || name.starts_with(GROUP)
}

fn chain(address: Ipv4Addr) -> String {
    format!("{OWN}{address}")
}

fn ports_set(address: Ipv4Addr) -> String {
    format!("{OWN}{address}_ports")
}

/// A group's chain and its set of members: nft's names have no `-`, those of
/// groups and tenants neither dot nor `_`.
fn group_name(group: &Group) -> String {
    format!("{GROUP}{}_{}", group.tenant.as_str(), group.name).replace('-', ".")
}

/// The chains that a member needs.
pub(super) fn chains(member: &Member) -> Vec<String> {
    let network = &member.network;
    let own = (form(&network.policy) == Form::Chain).then(|| chain(network.address));
    own.into_iter().chain(network.group.as_ref().map(group_name)).collect()
}

/// The sets that a member needs.
pub(super) fn sets(member: &Member) -> Vec<String> {
    let network = &member.network;
    let own = has_ports(&network.policy).then(|| ports_set(network.address));
    own.into_iter().chain(network.group.as_ref().map(group_name)).collect()
}

fn has_ports(policy: &NetworkPolicy) -> bool {
    form(policy) == Form::Chain && !policy.ports.is_empty()
}

/// Puts a member's rules in.
pub(super) fn enter(member: &Member) -> String {
    let mut script = String::new();
    enter_policy(&mut script, &member.network);
    enter_group(&mut script, &member.network);
    script
}

/// Takes a member's rules out; `alone`: it is the last one of its group.
pub(super) fn leave(member: &Member, alone: bool) -> String {
    let mut script = String::new();
    leave_policy(&mut script, &member.network);
    leave_group(&mut script, &member.network, alone);
    script
}

/// Puts new rules in the place of old ones, at one moment.
pub(super) fn change(old: &Member, new: &Member, alone: bool) -> String {
    let mut script = String::new();
    let (old, new) = (&old.network, &new.network);
    if old.policy != new.policy {
        leave_policy(&mut script, old);
        enter_policy(&mut script, new);
    }
    if old.group != new.group {
        leave_group(&mut script, old, alone);
        enter_group(&mut script, new);
    }
    script
}

/// Takes out addresses that were learned from names. Each is put in first: it
/// may have timed out by itself, and what is not there can't be taken out.
pub(super) fn forget(address: Ipv4Addr, learned: &[Ipv4Addr]) -> String {
    let pairs = list(learned.iter().map(|learned| format!("{address} . {learned}")));
    let mut script = String::new();
    if !pairs.is_empty() {
        for set in ["learned", "known"] {
            for verb in ["add", "delete"] {
                line(&mut script, &format!("{verb} element {TABLE} {set} {{ {pairs} }}"));
            }
        }
    }
    script
}

fn enter_policy(script: &mut String, network: &SandboxNetwork) {
    let SandboxNetwork { address, policy, .. } = network;
    match form(policy) {
        Form::Nothing => {}
        Form::Open => line(script, &format!("add element {TABLE} open {{ {address} }}")),
        Form::Chain => {
            let name = chain(*address);
            line(script, &format!("add chain {TABLE} {name}"));
            line(script, &format!("flush chain {TABLE} {name}"));
            fill(script, &name, *address, policy);
            line(script, &format!("add element {TABLE} own {{ {address} : goto {name} }}"));
        }
    }
}

fn leave_policy(script: &mut String, network: &SandboxNetwork) {
    let SandboxNetwork { address, policy, .. } = network;
    match form(policy) {
        Form::Nothing => {}
        Form::Open => line(script, &format!("delete element {TABLE} open {{ {address} }}")),
        Form::Chain => {
            let name = chain(*address);
            line(script, &format!("delete element {TABLE} own {{ {address} : goto {name} }}"));
            line(script, &format!("flush chain {TABLE} {name}"));
            line(script, &format!("delete chain {TABLE} {name}"));
            if has_ports(policy) {
                line(script, &format!("delete set {TABLE} {}", ports_set(*address)));
            }
        }
    }
}

fn fill(script: &mut String, name: &str, address: Ipv4Addr, policy: &NetworkPolicy) {
    if !policy.deny_cidrs.is_empty() {
        let denied = blocks(policy.deny_cidrs.iter().copied());
        rule(script, name, &format!("ct original ip daddr {{ {denied} }} goto refused_policy"));
    }
    if has_ports(policy) {
        let set = ports_set(address);
        line(script, &format!("add set {TABLE} {set} {{ type inet_service ; }}"));
        line(script, &format!("flush set {TABLE} {set}"));
        line(script, &format!("add element {TABLE} {set} {{ {} }}", list(&policy.ports)));
        let other = "meta l4proto { tcp, udp } ct original proto-dst";
        rule(script, name, &format!("{other} != @{set} goto refused_policy"));
    }
    accept(script, name, policy.special_cidrs());
    rule(script, name, "ct original ip daddr @special goto refused_private");
    if policy.mode == EgressMode::Open {
        for port in NAME_PORTS.iter().filter(|_| !policy.deny_hosts.is_empty()) {
            let other = "meta l4proto { tcp, udp } ct original proto-dst";
            rule(script, name, &format!("{other} {port} goto refused_policy"));
        }
        return rule(script, name, "accept");
    }
    accept(script, name, policy.public_cidrs());
    if !policy.hosts.is_empty() {
        let pair = "ct original ip saddr . ct original ip daddr";
        rule(script, name, &format!("meta l4proto tcp {pair} @learned accept"));
        let known =
            format!("meta l4proto {{ icmp, tcp }} ct state established,related {pair} @known");
        rule(script, name, &format!("{known} update @known {{ {pair} }} accept"));
    }
    rule(script, name, "goto refused_policy");
}

fn accept(script: &mut String, name: &str, cidrs: impl Iterator<Item = Ipv4Net>) {
    let cidrs = blocks(cidrs);
    if !cidrs.is_empty() {
        let to = format!("meta l4proto {{ icmp, tcp, udp }} ct original ip daddr {{ {cidrs} }}");
        rule(script, name, &format!("{to} accept"));
    }
}

/// Where names are asked for, plainly and by TLS: who may not resolve all
/// names asks the gateway alone.
const NAME_PORTS: [u16; 2] = [53, 853];

/// Blocks without those that others hold: nft refuses overlaps.
fn blocks(cidrs: impl Iterator<Item = Ipv4Net>) -> String {
    list(Ipv4Net::aggregate(&cidrs.collect()))
}

fn enter_group(script: &mut String, network: &SandboxNetwork) {
    let Some(group) = &network.group else { return };
    let (address, name) = (network.address, group_name(group));
    line(script, &format!("add set {TABLE} {name} {{ type ipv4_addr ; }}"));
    line(script, &format!("add chain {TABLE} {name}"));
    line(script, &format!("flush chain {TABLE} {name}"));
    rule(script, &name, &format!("ct original ip daddr @{name} accept"));
    rule(script, &name, "goto refused_peer");
    line(script, &format!("add element {TABLE} {name} {{ {address} }}"));
    line(script, &format!("add element {TABLE} groups {{ {address} : goto {name} }}"));
}

fn leave_group(script: &mut String, network: &SandboxNetwork, alone: bool) {
    let Some(group) = &network.group else { return };
    let (address, name) = (network.address, group_name(group));
    line(script, &format!("delete element {TABLE} groups {{ {address} : goto {name} }}"));
    line(script, &format!("delete element {TABLE} {name} {{ {address} }}"));
    if alone {
        line(script, &format!("flush chain {TABLE} {name}"));
        line(script, &format!("delete chain {TABLE} {name}"));
        line(script, &format!("delete set {TABLE} {name}"));
    }
}
