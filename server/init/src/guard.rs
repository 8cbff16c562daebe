//! Which guards are up. All of them, always, except in a build with the
//! feature `guards-off`, with which the security tests show that a test fails
//! without the guard it is about.

/// One of the walls around a machine, by the name that a test calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guard {
    /// The system call filters.
    Seccomp,
    /// The dropped capabilities.
    Capabilities,
    /// The bit that stops set-uid programs; the filters need it, so that it
    /// is there while they are.
    NoNewPrivs,
    /// No device node of the machine's disk can be opened.
    NoDevices,
    /// The covered paths of /proc and /sys.
    MaskedPaths,
    /// The read-only paths of /proc and /sys.
    ReadOnlyPaths,
    /// init can't be traced.
    Dumpable,
    /// A network namespace of its own.
    NetNamespace,
    /// An IPC namespace of its own.
    IpcNamespace,
    /// A host name of its own.
    UtsNamespace,
    /// A view of cgroups of its own.
    CgroupNamespace,
}

#[cfg(feature = "guards-off")]
const NAMES: [(&str, Guard); 11] = [
    ("seccomp", Guard::Seccomp),
    ("capabilities", Guard::Capabilities),
    ("no_new_privs", Guard::NoNewPrivs),
    ("dev_nodev", Guard::NoDevices),
    ("masked_paths", Guard::MaskedPaths),
    ("read_only_paths", Guard::ReadOnlyPaths),
    ("dumpable", Guard::Dumpable),
    ("net_namespace", Guard::NetNamespace),
    ("ipc_namespace", Guard::IpcNamespace),
    ("uts_namespace", Guard::UtsNamespace),
    ("cgroup_namespace", Guard::CgroupNamespace),
];

impl Guard {
    /// Whether it is up.
    #[cfg(not(feature = "guards-off"))]
    pub(crate) fn is_up(self) -> bool {
        true
    }

    /// Whether it is up: not named in the comma-separated
    /// `SKERRY_TEST_GUARD_OFF`.
    #[cfg(feature = "guards-off")]
    pub(crate) fn is_up(self) -> bool {
        let off = std::env::var("SKERRY_TEST_GUARD_OFF").unwrap_or_default();
        !off.split(',').any(|name| NAMES.contains(&(name, self)))
    }
}
