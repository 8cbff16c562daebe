//! Whose something is, and who reaches what.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Sandbox, SandboxId};

/// Whose a resource is. The default is the admin's own.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Tenant(Option<Arc<str>>);

impl Tenant {
    /// The tenant of this name; of the empty one, the admin.
    pub fn named(name: &str) -> Self {
        Self((!name.is_empty()).then(|| name.into()))
    }

    /// Its name; empty: the admin.
    pub fn as_str(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }
}

impl From<String> for Tenant {
    fn from(name: String) -> Self {
        Self::named(&name)
    }
}

impl From<Tenant> for String {
    fn from(tenant: Tenant) -> Self {
        tenant.as_str().to_owned()
    }
}

impl fmt::Debug for Tenant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Tenant({:?})", self.as_str())
    }
}

/// What a caller reaches.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reach {
    /// Everything.
    #[default]
    All,
    /// What is one tenant's.
    Tenant(Tenant),
    /// One sandbox of a tenant's.
    Sandbox(Tenant, SandboxId),
}

impl Reach {
    /// Whose what the caller makes is.
    pub fn tenant(&self) -> Tenant {
        match self {
            Self::All => Tenant::default(),
            Self::Tenant(tenant) | Self::Sandbox(tenant, _) => tenant.clone(),
        }
    }

    /// Whether it includes a resource: its tenant, and the sandbox that it is
    /// or belongs to alone.
    pub fn includes(&self, tenant: &Tenant, sandbox: Option<&SandboxId>) -> bool {
        match self {
            Self::All => true,
            Self::Tenant(own) => own == tenant,
            Self::Sandbox(own, only) => own == tenant && sandbox == Some(only),
        }
    }

    /// Whether it includes a sandbox.
    pub fn includes_sandbox(&self, sandbox: &Sandbox) -> bool {
        self.includes(&sandbox.tenant, Some(&sandbox.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reach_ends_at_its_tenant_and_its_sandbox() {
        let (ada, bob) = (Tenant::named("ada"), Tenant::named("bob"));
        let (one, two) = (SandboxId::from_uuid(1), SandboxId::from_uuid(2));
        let table = [
            (Reach::All, [true, true, true, true]),
            (Reach::Tenant(ada.clone()), [true, true, true, false]),
            (Reach::Sandbox(ada.clone(), one.clone()), [true, false, false, false]),
            (Reach::Tenant(Tenant::default()), [false; 4]),
        ];
        for (reach, wanted) in table {
            let seen = [
                reach.includes(&ada, Some(&one)),
                reach.includes(&ada, Some(&two)),
                reach.includes(&ada, None),
                reach.includes(&bob, Some(&one)),
            ];
            assert_eq!(seen, wanted, "{reach:?}");
        }
    }

    #[test]
    fn the_admins_own_has_no_name() {
        assert_eq!(Tenant::named(""), Tenant::default());
        assert_eq!(serde_json::to_string(&Tenant::default()).unwrap(), r#""""#);
        let ada: Tenant = serde_json::from_str(r#""ada""#).unwrap();
        assert_eq!(ada, Tenant::named("ada"));
    }
}
