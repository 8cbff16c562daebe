//! Who is there: sandboxes by id, name and `request_id`, and whose host ids
//! and addresses are whose.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::EngineError;
use super::entry::Entry;
use crate::model::{Sandbox, SandboxId, Tenant};
use crate::network::AddressPool;

/// First host id of the first range: above those of people and services.
const FIRST_RANGE: u32 = 1 << 20;
/// Host ids of one sandbox.
const RANGE: u32 = 1 << 16;
/// Ranges that fit below the largest uid, which means "none".
pub(super) const MAX_RANGES: u32 = (u32::MAX - FIRST_RANGE) / RANGE;

/// Ranges of host ids: none is shared by two sandboxes that exist.
#[derive(Debug, Default)]
pub(super) struct UidRanges {
    /// Ranges below it were given out at some time.
    next: u32,
    /// Those of them that nobody has now.
    free: BTreeSet<u32>,
}

impl UidRanges {
    /// Takes the lowest range that is free: its first id.
    pub(super) fn take(&mut self) -> Option<u32> {
        if let Some(range) = self.free.pop_first() {
            return Some(FIRST_RANGE + range * RANGE);
        }
        if self.next == MAX_RANGES {
            return None;
        }
        self.next += 1;
        Some(FIRST_RANGE + (self.next - 1) * RANGE)
    }

    /// Marks a range that a record names as taken.
    pub(super) fn claim(&mut self, base: u32) {
        let range = base.saturating_sub(FIRST_RANGE) / RANGE;
        if range >= self.next {
            self.free.extend(self.next..range);
            self.next = range + 1;
        } else {
            self.free.remove(&range);
        }
    }

    /// Gives a range back.
    pub(super) fn give_back(&mut self, base: u32) {
        self.free.insert(base.saturating_sub(FIRST_RANGE) / RANGE);
    }
}

/// The index; behind one lock, held for look-ups only.
pub(super) struct Index {
    by_id: BTreeMap<SandboxId, Arc<Entry>>,
    by_name: HashMap<String, SandboxId>,
    /// By whose request it was, too: tenants know nothing of each other's.
    by_request: HashMap<(Tenant, String), SandboxId>,
    pub(super) ranges: UidRanges,
    /// `None` where sandboxes have no network.
    addresses: Option<AddressPool>,
}

impl Index {
    pub(super) fn new(addresses: Option<AddressPool>) -> Self {
        Self {
            by_id: BTreeMap::new(),
            by_name: HashMap::new(),
            by_request: HashMap::new(),
            ranges: UidRanges::default(),
            addresses,
        }
    }

    /// Takes host ids for a new sandbox, and an address where it has a
    /// network: both or none.
    pub(super) fn take_ids(&mut self, record: &mut Sandbox) -> Result<(), EngineError> {
        let exhausted = |what: &str| EngineError::Exhausted { what: what.to_owned() };
        let base = self.ranges.take().ok_or_else(|| exhausted("ranges of host ids"))?;
        if let Some(network) = &mut record.network {
            let address = self.addresses.as_mut().and_then(AddressPool::take);
            network.address = address.ok_or_else(|| {
                self.ranges.give_back(base);
                exhausted("addresses of sandboxes")
            })?;
        }
        record.host_uid_base = base;
        Ok(())
    }

    /// Gives back what a record took.
    pub(super) fn give_ids_back(&mut self, record: &Sandbox) {
        self.ranges.give_back(record.host_uid_base);
        if let (Some(network), Some(addresses)) = (&record.network, &mut self.addresses) {
            addresses.give_back(network.address);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.by_id.len()
    }

    pub(super) fn get(&self, id: &SandboxId) -> Option<&Arc<Entry>> {
        self.by_id.get(id)
    }

    /// By id or name.
    pub(super) fn find(&self, id_or_name: &str) -> Option<&Arc<Entry>> {
        match id_or_name.parse::<SandboxId>() {
            Ok(id) => self.by_id.get(&id),
            Err(_) => self.by_id.get(self.by_name.get(id_or_name)?),
        }
    }

    /// The sandbox that a tenant's `request_id` made.
    pub(super) fn of_request(&self, tenant: &Tenant, request_id: &str) -> Option<&Arc<Entry>> {
        let key = (tenant.clone(), request_id.to_owned());
        self.by_id.get(self.by_request.get(&key)?)
    }

    /// In order of creation, after one.
    pub(super) fn after(&self, after: Option<&SandboxId>) -> impl Iterator<Item = &Arc<Entry>> {
        use std::ops::Bound::{Excluded, Unbounded};
        let from = after.map_or(Unbounded, Excluded);
        self.by_id.range::<SandboxId, _>((from, Unbounded)).map(|(_, entry)| entry)
    }

    /// Takes a name for a sandbox. Ids are nobody else's name: a name can't
    /// look like one.
    pub(super) fn take_name(&mut self, name: &str, id: &SandboxId) -> Result<(), EngineError> {
        match self.by_name.get(name) {
            Some(owner) if owner == id => Ok(()),
            Some(_) => Err(EngineError::NameTaken { name: name.to_owned() }),
            None => {
                self.by_name.insert(name.to_owned(), id.clone());
                Ok(())
            }
        }
    }

    /// Lets a name go that a sandbox has.
    pub(super) fn let_name_go(&mut self, name: &str, id: &SandboxId) {
        if self.by_name.get(name) == Some(id) {
            self.by_name.remove(name);
        }
    }

    /// Adds a sandbox whose name is free or its own already.
    pub(super) fn add(&mut self, sandbox: &Sandbox, entry: Arc<Entry>) {
        self.by_name.insert(sandbox.name.clone(), sandbox.id.clone());
        if let Some((request_id, _)) = &sandbox.request {
            let key = (sandbox.tenant.clone(), request_id.clone());
            self.by_request.insert(key, sandbox.id.clone());
        }
        self.ranges.claim(sandbox.host_uid_base);
        if let (Some(network), Some(addresses)) = (&sandbox.network, &mut self.addresses) {
            addresses.claim(network.address);
        }
        self.by_id.insert(sandbox.id.clone(), entry);
    }

    /// Removes a sandbox and all that was its own.
    pub(super) fn remove(&mut self, sandbox: &Sandbox) {
        if self.by_id.remove(&sandbox.id).is_none() {
            return;
        }
        self.let_name_go(&sandbox.name, &sandbox.id);
        if let Some((request_id, _)) = &sandbox.request {
            self.by_request.remove(&(sandbox.tenant.clone(), request_id.clone()));
        }
        self.give_ids_back(sandbox);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_last_range_ends_below_the_uid_that_means_none() {
        let mut ranges = UidRanges { next: MAX_RANGES - 1, free: BTreeSet::new() };
        let last = ranges.take().expect("one is left");
        assert!(last.checked_add(RANGE - 1).is_some_and(|id| id < u32::MAX));
        assert_eq!(ranges.take(), None);
    }

    #[test]
    fn claimed_ranges_are_not_given_out() {
        let mut ranges = UidRanges::default();
        ranges.claim(FIRST_RANGE + 2 * RANGE);
        ranges.claim(FIRST_RANGE);
        let taken: Vec<_> = (0..3).filter_map(|_| ranges.take()).collect();
        assert_eq!(taken, [1, 3, 4].map(|range| FIRST_RANGE + range * RANGE));
    }

    proptest! {
        #[test]
        fn no_range_has_two_owners(steps in prop::collection::vec((any::<bool>(), any::<usize>()), 0..200)) {
            let mut ranges = UidRanges::default();
            let mut held = Vec::new();
            for (take, pick) in steps {
                if take || held.is_empty() {
                    held.push(ranges.take().expect("there are enough"));
                } else {
                    ranges.give_back(held.swap_remove(pick % held.len()));
                }
                prop_assert_eq!(held.iter().collect::<HashSet<_>>().len(), held.len());
            }
            prop_assert!(ranges.next <= 200);
        }
    }
}
