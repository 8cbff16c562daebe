//! The one place that says who may do what to whose: every call, stream and
//! route asks here.

use std::sync::Arc;

use skerry_api::access::{Kind, Need};

use super::{Caller, Denied};
use crate::model::{Reach, SandboxId, Tenant};

/// Whose a resource is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// Its tenant.
    pub tenant: Tenant,
    /// The sandbox that it is, or belongs to alone.
    pub sandbox: Option<SandboxId>,
}

/// Knows whose resources are.
pub trait Owners: Send + Sync {
    /// Whose the resource is that is named so; `None` where there is none.
    fn owner(&self, kind: Kind, name: &str) -> Option<Owner>;
}

/// Decides about callers; cheap to clone.
#[derive(Clone)]
pub struct Guard {
    owners: Arc<dyn Owners>,
}

impl Guard {
    /// By what `owners` know.
    pub fn new(owners: Arc<dyn Owners>) -> Self {
        Self { owners }
    }

    /// Whether a caller may do what has this need and names this. What is not
    /// there is for the service to say.
    ///
    /// # Errors
    /// The caller may not; what is another's is as if it were not there.
    pub fn check(&self, caller: &Caller, need: Need, kind: Kind, name: &str) -> Result<(), Denied> {
        permit(caller, need)?;
        self.reaches(caller.reach(), kind, name)
    }

    /// Whether a reach includes what is named.
    pub(super) fn reaches(&self, reach: &Reach, kind: Kind, name: &str) -> Result<(), Denied> {
        if name.is_empty() || *reach == Reach::All {
            return Ok(());
        }
        match self.owners.owner(kind, name) {
            Some(owner) if !reach.includes(&owner.tenant, owner.sandbox.as_ref()) => {
                Err(Denied::NotThere(kind, name.to_owned()))
            }
            _ => Ok(()),
        }
    }
}

/// Whether a caller may do what has this need at all.
pub(super) fn permit(caller: &Caller, need: Need) -> Result<(), Denied> {
    if caller.allows(need) { Ok(()) } else { Err(Denied::Permission(need)) }
}
