//! What the gate lets through: by the policies, and the names that addresses
//! were learned from.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::SystemTime;

use super::gate::{Judge, Knock, Way};
use super::guests::Guests;
use super::{Egress, EgressEvent, EgressEventKind, EgressReason};
use crate::model::Credentials;

/// The protocol's number.
const TCP: u8 = 6;

/// Judges by the policies, and tells of what it refuses.
pub(super) struct Judging {
    pub(super) guests: Arc<Guests>,
    pub(super) egress: Arc<Egress>,
}

impl Judge for Judging {
    fn may_pass(&self, way: Way, name: Option<&str>) -> bool {
        let reaches = self.guests.reaches(way.sandbox, *way.asked.ip(), name);
        reaches || self.refuse(way, name, EgressReason::ServerName)
    }

    fn knock(&self, way: Way) -> Knock {
        let knock = self.guests.knock(way.sandbox, *way.asked.ip(), way.asked.port());
        if knock == Knock::Refused {
            self.refuse(way, None, EgressReason::Policy);
        }
        knock
    }

    fn credentials(&self, way: Way, host: &str) -> Option<Arc<Credentials>> {
        self.guests.credentials(way.sandbox, *way.asked.ip(), host)
    }

    fn has_credentials(&self, sandbox: Ipv4Addr) -> bool {
        self.guests.has_credentials(sandbox)
    }
}

impl Judging {
    fn refuse(&self, way: Way, name: Option<&str>, reason: EgressReason) -> bool {
        if let Some(sandbox) = self.guests.id(way.sandbox) {
            let (address, port) = (*way.asked.ip(), way.asked.port());
            let known = || self.guests.name_of(way.sandbox, address);
            let name = name.map(str::to_owned).or_else(known);
            let kind = EgressEventKind::Packet { address, port, protocol: TCP, name };
            self.egress.report_at_gate(EgressEvent {
                time: SystemTime::now(),
                sandbox,
                kind,
                reason,
            });
        }
        false
    }
}
