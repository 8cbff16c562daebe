//! What a sandbox may reach: its policy, and the rules about names and
//! addresses in it.

mod credential;
mod host;

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};

use super::Tenant;

pub use credential::{
    Authority, Credential, CredentialError, Credentials, MAX_CREDENTIALS, Secret, Trusted,
    check_credential_path, check_header, check_methods, check_value,
};
pub use host::{HostError, HostPattern};

/// Entries of one list of a policy.
pub const MAX_POLICY_ENTRIES: usize = 1000;

/// What a sandbox may reach where no entry says otherwise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum EgressMode {
    /// Nothing.
    #[default]
    Deny,
    /// Every public address.
    Open,
    /// What the policy lists.
    Allowlist,
}

/// What a sandbox may reach. Only an allowlist has `hosts`, `cidrs` and
/// `ports`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NetworkPolicy {
    /// The rule.
    pub mode: EgressMode,
    /// Names that resolve, and whose addresses are reached by TCP.
    pub hosts: Vec<HostPattern>,
    /// Addresses that are reached by TCP, UDP and ping.
    pub cidrs: Vec<Ipv4Net>,
    /// Ports of both; empty: all.
    pub ports: Vec<u16>,
    /// Names that never resolve.
    pub deny_hosts: Vec<HostPattern>,
    /// Addresses that are never reached.
    pub deny_cidrs: Vec<Ipv4Net>,
}

impl NetworkPolicy {
    /// A policy without entries.
    pub fn of(mode: EgressMode) -> Self {
        Self { mode, ..Self::default() }
    }

    /// Whether a name, in lower case and without a final dot, may resolve.
    pub fn allows_name(&self, name: &str) -> bool {
        let any = |patterns: &[HostPattern]| patterns.iter().any(|host| host.matches(name));
        !any(&self.deny_hosts)
            && match self.mode {
                EgressMode::Deny => false,
                EgressMode::Open => true,
                EgressMode::Allowlist => any(&self.hosts),
            }
    }

    /// Whether an answer may hold an address: a private one only where the
    /// policy lists it as such.
    pub fn allows_answer(&self, address: Ipv4Addr) -> bool {
        let any = |cidrs: &[Ipv4Net]| cidrs.iter().any(|cidr| cidr.contains(&address));
        if any(&self.deny_cidrs) {
            return false;
        }
        !is_special(address) || self.special_cidrs().any(|cidr| cidr.contains(&address))
    }

    /// Its blocks that lie within special ranges whole. One that is wider
    /// does not open what special ranges it happens to cover.
    pub fn special_cidrs(&self) -> impl Iterator<Item = Ipv4Net> {
        self.cidrs.iter().copied().filter(|cidr| special(*cidr))
    }

    /// Its other blocks.
    pub fn public_cidrs(&self) -> impl Iterator<Item = Ipv4Net> {
        self.cidrs.iter().copied().filter(|cidr| !special(*cidr))
    }
}

/// Ranges that are nobody's public address: private, link-local (and the
/// cloud's metadata with it), shared, reserved, multicast (RFC 6890), and
/// Azure's metadata, which has a public one.
pub const SPECIAL_RANGES: [Ipv4Net; 16] = [
    range([0, 0, 0, 0], 8),
    range([10, 0, 0, 0], 8),
    range([100, 64, 0, 0], 10),
    range([127, 0, 0, 0], 8),
    range([168, 63, 129, 16], 32),
    range([169, 254, 0, 0], 16),
    range([172, 16, 0, 0], 12),
    range([192, 0, 0, 0], 24),
    range([192, 0, 2, 0], 24),
    range([192, 88, 99, 0], 24),
    range([192, 168, 0, 0], 16),
    range([198, 18, 0, 0], 15),
    range([198, 51, 100, 0], 24),
    range([203, 0, 113, 0], 24),
    range([224, 0, 0, 0], 4),
    range([240, 0, 0, 0], 4),
];

const fn range(address: [u8; 4], prefix: u8) -> Ipv4Net {
    let [a, b, c, d] = address;
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

/// Whether an address is in none of the public ranges.
pub fn is_special(address: Ipv4Addr) -> bool {
    SPECIAL_RANGES.iter().any(|range| range.contains(&address))
}

fn special(cidr: Ipv4Net) -> bool {
    SPECIAL_RANGES.iter().any(|range| range.contains(&cidr))
}

/// Why a text is no block of addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CidrError {
    /// It is no IPv4 block.
    #[error("{0:?} is no IPv4 address or block, such as 203.0.113.7 or 203.0.113.0/24")]
    Malformed(String),
    /// Sandboxes have IPv4 alone.
    #[error("{0:?} is IPv6, which sandboxes don't have")]
    Version6(String),
    /// Which one is meant?
    #[error("{given} has bits after its prefix; is {meant} meant?")]
    HostBits {
        /// As it was given.
        given: Ipv4Net,
        /// Without them.
        meant: Ipv4Net,
    },
}

/// Reads `a.b.c.d` or `a.b.c.d/n`.
pub fn parse_cidr(text: &str) -> Result<Ipv4Net, CidrError> {
    if text.contains(':') {
        return Err(CidrError::Version6(text.to_owned()));
    }
    let parsed = match text.parse::<Ipv4Addr>() {
        Ok(address) => Ok(Ipv4Net::from(address)),
        Err(_) => text.parse::<Ipv4Net>(),
    };
    let given = parsed.map_err(|_| CidrError::Malformed(text.to_owned()))?;
    match given.trunc() {
        meant if meant == given => Ok(given),
        meant => Err(CidrError::HostBits { given, meant }),
    }
}

/// What a record says of a sandbox's network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SandboxNetwork {
    /// Its own address, as long as it lives.
    pub address: Ipv4Addr,
    /// What it may reach.
    pub policy: NetworkPolicy,
    /// Sandboxes of one group reach each other.
    pub group: Option<Group>,
    /// What is added to its requests.
    #[serde(default)]
    pub credentials: Credentials,
}

/// A group of sandboxes. Tenants know nothing of each other's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Whose it is.
    pub tenant: Tenant,
    /// Its name among that one's.
    pub name: String,
}

impl Group {
    /// The group of this name; none of the empty one.
    pub fn named(tenant: &Tenant, name: &str) -> Option<Self> {
        let named = || Self { tenant: tenant.clone(), name: name.to_owned() };
        (!name.is_empty()).then(named)
    }
}

impl SandboxNetwork {
    /// The hardware address that belongs to the address: locally
    /// administered, then `S`, then the address.
    pub fn mac(&self) -> [u8; 6] {
        mac_of(self.address)
    }
}

/// The hardware address of whoever has an address on the bridge.
pub fn mac_of(address: Ipv4Addr) -> [u8; 6] {
    let [a, b, c, d] = address.octets();
    [0x02, b'S', a, b, c, d]
}

/// A hardware address as people read it.
pub fn show_mac(mac: [u8; 6]) -> String {
    mac.map(|byte| format!("{byte:02x}")).join(":")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cidr(text: &str) -> Ipv4Net {
        parse_cidr(text).expect(text)
    }

    fn host(text: &str) -> HostPattern {
        text.parse().expect(text)
    }

    #[test]
    fn a_block_is_read_or_refused_with_what_was_meant() {
        assert_eq!(cidr("203.0.113.7"), cidr("203.0.113.7/32"));
        assert_eq!(
            parse_cidr("10.0.0.1/8"),
            Err(CidrError::HostBits {
                given: "10.0.0.1/8".parse().unwrap(),
                meant: cidr("10.0.0.0/8")
            })
        );
        assert!(matches!(parse_cidr("::1"), Err(CidrError::Version6(_))));
        for bad in ["", "10.0.0.0/33", "10.0.0/8", "a", "1.2.3.4/", "1.2.3.4/-1", "01.2.3.4"] {
            assert!(matches!(parse_cidr(bad), Err(CidrError::Malformed(_))), "{bad:?}");
        }
    }

    #[test]
    fn deny_entries_win() {
        let policy = NetworkPolicy {
            mode: EgressMode::Allowlist,
            hosts: vec![host("*.example.com"), host("one.test")],
            deny_hosts: vec![host("bad.example.com")],
            ..NetworkPolicy::default()
        };
        assert!(policy.allows_name("good.example.com") && policy.allows_name("one.test"));
        for refused in ["bad.example.com", "example.com", "two.test", "evil-example.com"] {
            assert!(!policy.allows_name(refused), "{refused}");
        }
        let open = NetworkPolicy { mode: EgressMode::Open, ..policy.clone() };
        assert!(open.allows_name("two.test") && !open.allows_name("bad.example.com"));
        assert!(!NetworkPolicy::of(EgressMode::Deny).allows_name("one.test"));
    }

    #[test]
    fn a_private_answer_needs_a_private_entry() {
        let mut policy = NetworkPolicy::of(EgressMode::Allowlist);
        policy.cidrs = vec![cidr("0.0.0.0/0"), cidr("192.168.7.0/24")];
        policy.deny_cidrs = vec![cidr("192.168.7.9")];
        for allowed in [[93, 184, 216, 34], [192, 168, 7, 1]] {
            assert!(policy.allows_answer(allowed.into()), "{allowed:?}");
        }
        for refused in [[10, 0, 0, 1], [169, 254, 169, 254], [127, 0, 0, 1], [192, 168, 7, 9]] {
            assert!(!policy.allows_answer(refused.into()), "{refused:?}");
        }
    }

    #[test]
    fn metadata_addresses_are_special() {
        for address in ["169.254.169.254", "100.100.100.200", "168.63.129.16", "192.0.0.192"] {
            assert!(is_special(address.parse().unwrap()), "{address}");
        }
        assert!(!is_special([168, 63, 129, 17].into()));
    }

    proptest! {
        #[test]
        fn every_block_is_special_or_public(address: u32, prefix in 0_u8..=32) {
            let block = Ipv4Net::new(address.into(), prefix).unwrap().trunc();
            let policy = NetworkPolicy { cidrs: vec![block], ..NetworkPolicy::default() };
            prop_assert_eq!(policy.special_cidrs().count() + policy.public_cidrs().count(), 1);
            if policy.special_cidrs().count() == 1 {
                prop_assert!(is_special(block.network()) && is_special(block.broadcast()));
            }
        }

        #[test]
        fn hardware_addresses_are_as_different_as_addresses(one: u32, other: u32) {
            let (one, other) = (Ipv4Addr::from(one), Ipv4Addr::from(other));
            prop_assert_eq!(mac_of(one) == mac_of(other), one == other);
            prop_assert_eq!(mac_of(one)[0] & 3, 2, "unicast, locally administered");
        }
    }
}
