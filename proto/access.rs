//! Who may call which method: a table that the build makes of the protos.

/// What a caller must be let do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Need {
    /// No token.
    Nothing,
    /// To look.
    Read,
    /// To work inside a sandbox.
    Exec,
    /// To make, change and delete what there is.
    Manage,
    /// To be an admin.
    Admin,
}

/// Of what kind a named resource is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A sandbox, by id or name.
    Sandbox,
    /// A volume, by id or name.
    Volume,
    /// A snapshot, by id or name.
    Snapshot,
    /// A public SSH key, by id.
    SshKey,
    /// A short-lived SSH access, by id.
    SshAccess,
}

/// A field of a request that names a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    /// Of what kind.
    pub kind: Kind,
    /// The numbers of the fields that lead to it, its own last.
    pub path: &'static [u32],
}

/// The rule of one method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// `/package.Service/Method`.
    pub method: &'static str,
    /// What the caller must be let do.
    pub need: Need,
    /// What its request names; of a stream of requests the first one.
    pub names: &'static [Named],
    /// A token that is bound to one sandbox may call it.
    pub bound: bool,
    /// It answers with a stream.
    pub streams: bool,
}

include!(concat!(env!("OUT_DIR"), "/skerry_rules.rs"));
