//! Whether a range of addresses is nobody's.

use ipnet::Ipv4Net;

/// The smallest range that makes sense: five sandboxes.
const LONGEST_PREFIX: u8 = 29;
/// The largest: what is wider is a mistake.
const SHORTEST_PREFIX: u8 = 8;

/// Something of the host's that has addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Which.
    pub net: Ipv4Net,
    /// What has them, for people: `the address of eth0`.
    pub by: String,
}

/// Why a range can't be the sandboxes'.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RangeError {
    /// Too small or too large.
    #[error(
        "--network-range {0} must be a private block of /{SHORTEST_PREFIX} to /{LONGEST_PREFIX}"
    )]
    Size(Ipv4Net),
    /// The host uses it.
    #[error("--network-range {range} overlaps {net}, {by}: give a range that is free here", net = taken.net, by = taken.by)]
    Collision {
        /// What was asked for.
        range: Ipv4Net,
        /// What is there.
        taken: Taken,
    },
    /// Sandboxes have addresses of another one.
    #[error(
        "{count} sandboxes have addresses outside --network-range {range}, {address} for one: delete them or give the range that they were made with"
    )]
    Records {
        /// What was asked for.
        range: Ipv4Net,
        /// How many.
        count: usize,
        /// One of them.
        address: std::net::Ipv4Addr,
    },
}

/// Holds a range to what it must be, beside what the host has. A default
/// route is nobody's.
pub fn check_range(range: Ipv4Net, taken: &[Taken]) -> Result<(), RangeError> {
    let private = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];
    let private = private.iter().filter_map(|block| block.parse::<Ipv4Net>().ok());
    let inside = private.into_iter().any(|block| block.contains(&range));
    let prefix = range.prefix_len();
    if !inside || !(SHORTEST_PREFIX..=LONGEST_PREFIX).contains(&prefix) || range != range.trunc() {
        return Err(RangeError::Size(range));
    }
    let collides = |taken: &&Taken| {
        taken.net.prefix_len() > 0 && (taken.net.contains(&range) || range.contains(&taken.net))
    };
    match taken.iter().find(collides) {
        Some(taken) => Err(RangeError::Collision { range, taken: taken.clone() }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn net(text: &str) -> Ipv4Net {
        text.parse().expect(text)
    }

    fn taken(text: &str) -> Taken {
        Taken { net: net(text), by: "a route".to_owned() }
    }

    #[test]
    fn a_range_collides_with_what_it_holds_and_what_holds_it() {
        let range = net("10.88.0.0/16");
        for free in ["10.87.0.0/16", "0.0.0.0/0", "192.168.0.0/16"] {
            assert_eq!(check_range(range, &[taken(free)]), Ok(()), "{free}");
        }
        for mine in ["10.88.3.0/24", "10.88.0.0/16", "10.0.0.0/8", "10.88.1.1/32"] {
            let all = [taken("192.168.0.0/16"), taken(mine)];
            let wanted = RangeError::Collision { range, taken: taken(mine) };
            assert_eq!(check_range(range, &all), Err(wanted), "{mine}");
        }
    }

    #[test]
    fn a_range_is_private_and_neither_tiny_nor_huge() {
        for bad in ["8.8.0.0/16", "10.0.0.0/30", "0.0.0.0/0", "10.0.0.1/16", "172.0.0.0/8"] {
            assert_eq!(check_range(net(bad), &[]), Err(RangeError::Size(net(bad))), "{bad}");
        }
    }
}
