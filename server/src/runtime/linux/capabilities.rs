//! What isolation this host really gives, looked up, not assumed.

use std::path::Path;

use super::cgroup::Cgroups;
use crate::runtime::{Capability, CapabilityStatus};

/// Number of CAP_SYS_RESOURCE in /proc/self/status.
const CAP_SYS_RESOURCE: u32 = 24;

pub(super) fn probe(cgroups: &Cgroups, disk_limits: bool) -> Vec<Capability> {
    let on = |name, detail: &str| Capability {
        name,
        status: CapabilityStatus::On,
        detail: detail.to_owned(),
    };
    let mut all = vec![
        on("user_namespace", "65,536 ids of its own for each sandbox; its root is nobody outside"),
        on("pid_namespace", "processes of its own"),
        on("mount_namespace", "a root of its own by pivot_root; nothing of the host's is left"),
        on("network_namespace", "loopback of its own; `network` says what else"),
        on("ipc_namespace", "System V IPC and message queues of its own"),
        on("uts_namespace", "a host name of its own"),
        on("cgroup_namespace", "a view of cgroups of its own"),
        on("no_new_privileges", "setuid programs and file capabilities give nothing"),
        on("capabilities", "12 kept, over its own namespaces only"),
        on("seccomp", "allow-list of system calls; 32-bit and x32 calls refused"),
        on("masked_paths", "as runc masks /proc and /sys"),
        on("overlay_root", "overlayfs over a read-only image, idmapped layers"),
        on("pause", "cgroup v2 freezer"),
        on("kill", "cgroup v2 kill, all processes at once"),
    ];
    all.extend(limits(cgroups));
    all.push(rlimits());
    all.push(if disk_limits {
        on("disk_limit", "a btrfs subvolume with a quota group of its own")
    } else {
        Capability {
            name: "disk_limit",
            status: CapabilityStatus::Off,
            detail: "disks are plain directories, or their btrfs counts no quotas".to_owned(),
        }
    });
    all
}

fn limits(cgroups: &Cgroups) -> Vec<Capability> {
    let version = if cgroups.layout().is_unified() { "cgroup v2" } else { "cgroup v1 (hybrid)" };
    let of = |name, status, detail: String| Capability { name, status, detail };
    let swap = if cgroups.layout().limits_swap() {
        of("swap_limit", CapabilityStatus::On, format!("counted with memory, {version}"))
    } else if has_swap() {
        let detail = "this kernel does not count swap: memory beyond the limit may be swapped";
        of("swap_limit", CapabilityStatus::Off, detail.to_owned())
    } else {
        of("swap_limit", CapabilityStatus::On, "the host has no swap".to_owned())
    };
    vec![
        of("memory_limit", CapabilityStatus::On, version.to_owned()),
        swap,
        of("cpu_limit", CapabilityStatus::On, version.to_owned()),
        of("pids_limit", CapabilityStatus::On, version.to_owned()),
    ]
}

/// The first line of /proc/swaps is a heading.
fn has_swap() -> bool {
    std::fs::read_to_string(Path::new("/proc/swaps")).is_ok_and(|swaps| swaps.lines().count() > 1)
}

fn rlimits() -> Capability {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let effective = status
        .lines()
        .find_map(|line| line.strip_prefix("CapEff:"))
        .and_then(|set| u64::from_str_radix(set.trim(), 16).ok())
        .unwrap_or(0);
    let name = "raise_hard_rlimits";
    if effective >> CAP_SYS_RESOURCE & 1 == 1 {
        let detail = "the daemon has CAP_SYS_RESOURCE".to_owned();
        return Capability { name, status: CapabilityStatus::On, detail };
    }
    Capability {
        name,
        status: CapabilityStatus::Degraded,
        detail: "the daemon lacks CAP_SYS_RESOURCE: rlimits can only be lowered".to_owned(),
    }
}
