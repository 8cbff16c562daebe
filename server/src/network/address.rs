//! Addresses of sandboxes: none is two sandboxes' at once.

use std::collections::{HashSet, VecDeque};
use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

/// The addresses of a range, the gateway's and the range's own two excepted.
/// One that is given back is taken again as late as can be, so that what was
/// sent to its last owner does not reach the next.
#[derive(Debug, Clone)]
pub struct AddressPool {
    range: Ipv4Net,
    /// How many addresses it has.
    size: u32,
    /// Addresses before it were given out at some time.
    next: u32,
    free: VecDeque<u32>,
    taken: HashSet<u32>,
}

impl AddressPool {
    /// The first `most` addresses of a range, or fewer where it has fewer.
    pub fn new(range: Ipv4Net, most: u32) -> Self {
        let bits = 32 - u32::from(range.prefix_len());
        // Network, gateway, broadcast.
        let usable = 2_u64.pow(bits).saturating_sub(3);
        let size = u32::try_from(usable).unwrap_or(u32::MAX).min(most);
        Self { range, size, next: 0, free: VecDeque::new(), taken: HashSet::new() }
    }

    /// The range.
    pub fn range(&self) -> Ipv4Net {
        self.range
    }

    /// The bridge's own address: the range's first.
    pub fn gateway(&self) -> Ipv4Addr {
        gateway(self.range)
    }

    /// Takes one, or `None` where all are taken.
    pub fn take(&mut self) -> Option<Ipv4Addr> {
        let index = loop {
            if self.next < self.size {
                self.next += 1;
                if self.taken.contains(&(self.next - 1)) {
                    continue;
                }
                break self.next - 1;
            }
            break self.free.pop_front()?;
        };
        self.taken.insert(index);
        Some(self.address(index))
    }

    /// Takes this one: a record says so. False where it is not in the range
    /// or taken already.
    pub fn claim(&mut self, address: Ipv4Addr) -> bool {
        let Some(index) = self.index(address) else { return false };
        self.free.retain(|free| *free != index);
        self.taken.insert(index)
    }

    /// Gives one back; one that is not taken is left as it is.
    pub fn give_back(&mut self, address: Ipv4Addr) {
        if let Some(index) = self.index(address)
            && self.taken.remove(&index)
            && index < self.next
        {
            self.free.push_back(index);
        }
    }

    /// Every address that a sandbox may have, those that records claimed
    /// beyond the size included.
    pub fn all(&self) -> impl Iterator<Item = Ipv4Addr> {
        let beyond = self.taken.iter().copied().filter(|index| *index >= self.size);
        (0..self.size).chain(beyond).map(|index| self.address(index))
    }

    fn address(&self, index: u32) -> Ipv4Addr {
        Ipv4Addr::from(u32::from(self.range.network()) + 2 + index)
    }

    fn index(&self, address: Ipv4Addr) -> Option<u32> {
        let first = u32::from(self.range.network()) + 2;
        let inside = self.range.contains(&address) && address != self.range.broadcast();
        u32::from(address).checked_sub(first).filter(|_| inside)
    }
}

/// The first address of a range.
pub(super) fn gateway(range: Ipv4Net) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(range.network()) + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pool(range: &str, most: u32) -> AddressPool {
        AddressPool::new(range.parse().expect(range), most)
    }

    #[test]
    fn a_range_gives_all_its_addresses_but_three() {
        let mut pool = pool("10.0.0.0/29", 100);
        let taken: Vec<_> = std::iter::from_fn(|| pool.take()).collect();
        assert_eq!(taken, [2, 3, 4, 5, 6].map(|last| Ipv4Addr::new(10, 0, 0, last)));
        assert_eq!(pool.gateway(), Ipv4Addr::new(10, 0, 0, 1));
        pool.give_back(taken[3]);
        pool.give_back(taken[0]);
        assert_eq!([pool.take(), pool.take(), pool.take()], [Some(taken[3]), Some(taken[0]), None]);
    }

    #[test]
    fn what_is_outside_the_range_is_not_claimed() {
        let mut pool = pool("10.0.0.0/29", 100);
        for outside in [[10, 0, 0, 0], [10, 0, 0, 1], [10, 0, 0, 7], [10, 0, 0, 8], [9, 0, 0, 2]] {
            assert!(!pool.claim(outside.into()), "{outside:?}");
        }
        assert!(pool.claim([10, 0, 0, 3].into()) && !pool.claim([10, 0, 0, 3].into()));
        assert_eq!(pool.all().count(), 5);
    }

    proptest! {
        #[test]
        fn no_address_has_two_owners(
            claims in prop::collection::vec(0_u8..=255, 0..20),
            steps in prop::collection::vec((any::<bool>(), any::<usize>()), 0..200),
        ) {
            let mut pool = pool("10.1.0.0/24", 40);
            let mut held = Vec::new();
            for last in claims {
                let address = Ipv4Addr::new(10, 1, 0, last);
                if pool.claim(address) {
                    held.push(address);
                }
            }
            for (take, pick) in steps {
                if take || held.is_empty() {
                    held.extend(pool.take());
                } else {
                    pool.give_back(held.swap_remove(pick % held.len()));
                }
                prop_assert_eq!(held.iter().collect::<HashSet<_>>().len(), held.len());
                let all: HashSet<_> = pool.all().collect();
                prop_assert!(held.iter().all(|address| all.contains(address)));
            }
        }
    }
}
