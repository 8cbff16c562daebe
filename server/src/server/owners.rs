//! Whose resources are: what the guard of all calls asks.

use skerry_api::access::Kind;

use crate::auth::{Owner, Owners};
use crate::engine::Engine;
use crate::model::{Sandbox, Tenant};
use crate::ssh::Ssh;

/// Asks whoever keeps a resource.
pub(super) struct Registers {
    pub(super) engine: Engine,
    pub(super) ssh: Option<Ssh>,
}

impl Owners for Registers {
    fn owner(&self, kind: Kind, name: &str) -> Option<Owner> {
        let ssh = self.ssh.as_ref();
        match kind {
            Kind::Sandbox => self.engine.record(name).ok().map(|record| of_sandbox(&record)),
            Kind::Volume => self.engine.volumes().get(name).ok().map(|one| of_tenant(one.tenant)),
            Kind::Snapshot => {
                self.engine.snapshots().get(name).ok().map(|one| of_tenant(one.tenant))
            }
            Kind::SshKey => ssh?.owner_of_key(&name.parse().ok()?).map(of_tenant),
            Kind::SshAccess => {
                ssh?.owner_of_access(&name.parse().ok()?).map(|record| of_sandbox(&record))
            }
        }
    }
}

fn of_sandbox(record: &Sandbox) -> Owner {
    Owner { tenant: record.tenant.clone(), sandbox: Some(record.id.clone()) }
}

fn of_tenant(tenant: Tenant) -> Owner {
    Owner { tenant, sandbox: None }
}
