//! E6, E9 to E11 and E14: file systems, devices and sockets.

use crate::arena::{Arena, Bounds, Broken, Finding, Run, probe_in};
use crate::root_tree::RootTree;

use super::{Check, Guard, How, Word, broken, harness, probe};

const MASKED: Guard = Guard::Off(&["masked_paths"]);
const READ_ONLY: Guard = Guard::Off(&["read_only_paths"]);
const NETWORK: Guard = Guard::Off(&["net_namespace"]);
/// Files of the host's root, which the user namespace closes too.
const HOST_ROOTS: Guard =
    Guard::Deeper("the host's root owns it, whom the user namespace leaves out");
const NO_NODE: Guard = Guard::Deeper("/dev is a tmpfs with these nodes and no others");

pub(crate) const CHECKS: &[Check] = &[
    probe("E6.kcore", "/proc/kcore", &[], Guard::Deeper("the kernel it was run on has none")),
    probe("E6.keys", "/proc/keys", &[], Guard::Deeper("a sandbox has no keys to be listed")),
    probe("E6.interrupts", "/proc/interrupts", &[], MASKED),
    probe(
        "E6.latency_stats",
        "/proc/latency_stats",
        &[],
        Guard::Deeper("the kernel it was run on has none"),
    ),
    probe("E6.timer_list", "/proc/timer_list", &[], HOST_ROOTS),
    probe(
        "E6.timer_stats",
        "/proc/timer_stats",
        &[],
        Guard::Deeper("the kernel it was run on has none"),
    ),
    probe(
        "E6.sched_debug",
        "/proc/sched_debug",
        &[],
        Guard::Deeper("the kernel it was run on has none"),
    ),
    probe("E6.scsi", "/proc/scsi", &[], Guard::Deeper("the kernel it was run on has none")),
    probe(
        "E6.acpi",
        "/proc/acpi",
        &[],
        Guard::Deeper("the kernel it was run on shows nothing there"),
    ),
    probe("E6.asound", "/proc/asound", &[], Guard::Deeper("the kernel it was run on has none")),
    probe("E6.firmware", "/sys/firmware", &[], MASKED),
    probe(
        "E6.powercap",
        "/sys/devices/virtual/powercap",
        &[],
        Guard::Deeper("the kernel it was run on has none"),
    ),
    probe("E6.kmsg", "/proc/kmsg", &[], HOST_ROOTS),
    probe("E6.debugfs", "/sys/kernel/debug", &[], Guard::Deeper("nothing mounts it inside")),
    probe("E6.tracefs", "/sys/kernel/tracing", &[], Guard::Deeper("nothing mounts it inside")),
    probe("E6.bpffs", "/sys/fs/bpf", &[], Guard::Deeper("nothing mounts it inside")),
    probe("E6.sysrq_trigger", "write /proc/sysrq-trigger", &[], HOST_ROOTS),
    probe("E6.sysctl_kernel", "write a sysctl of the kernel", &[], HOST_ROOTS),
    probe(
        "E6.sysctl_net",
        "write a sysctl of the network",
        &[],
        Guard::Off(&["read_only_paths", "capabilities"]),
    ),
    probe("E6.irq", "write /proc/irq", &[], HOST_ROOTS),
    probe("E6.proc_sys_writable", "any writable file below /proc/sys", &[], READ_ONLY),
    probe(
        "E6.sys_writable",
        "any writable file below /sys",
        &[],
        Guard::Deeper("the files of /sys belong to the host's root, who is nobody inside"),
    ),
    probe(
        "E6.second_proc",
        "mount a second proc without masks",
        &[],
        Guard::Off(&["seccomp", "masked_paths", "read_only_paths"]),
    ),
    probe(
        "E9.cgroup_writable",
        "write to a cgroup, or its release_agent",
        &[],
        Guard::Deeper(
            "no cgroup file system is mounted inside, and the host's root owns every group",
        ),
    ),
    probe(
        "E9.mount_cgroup",
        "mount a cgroup file system",
        &[],
        Guard::Off(&["seccomp", "capabilities"]),
    ),
    probe(
        "E9.cgroup_path",
        "see the host's path of the sandbox's cgroup",
        &[],
        Guard::Open("an exec joins `user` after the namespace was made, and sees that name"),
    ),
    probe(
        "E9.cgroup_path_v1",
        "the same, of v1 controllers",
        &[],
        Guard::Open(
            "an exec joins them after the namespace was made, and sees its sandbox's own id",
        ),
    ),
    probe("E10.core_pattern", "write core_pattern", &[], HOST_ROOTS),
    probe(
        "E10.modprobe",
        "write the path of modprobe",
        &[],
        Guard::Deeper("the kernel it was run on has none"),
    ),
    probe(
        "E10.uevent_helper",
        "write uevent_helper",
        &[],
        Guard::Deeper("the kernel it was run on has none"),
    ),
    probe(
        "E10.binfmt_misc",
        "register a binary format",
        &[],
        Guard::Deeper("nothing mounts it inside"),
    ),
    probe("E11.devices", "device nodes beyond the plain ones", &[], NO_NODE),
    probe("E11.open@mem", "open /dev/mem", &[Word::Text("/dev/mem")], NO_NODE),
    probe("E11.open@kvm", "open /dev/kvm", &[Word::Text("/dev/kvm")], NO_NODE),
    probe("E11.open@fuse", "open /dev/fuse", &[Word::Text("/dev/fuse")], NO_NODE),
    probe("E11.open@tun", "open /dev/net/tun", &[Word::Text("/dev/net/tun")], NO_NODE),
    probe("E11.mknod_memory", "make and open /dev/mem", &[], USER_NAMESPACE_NODES),
    probe("E11.mknod_kernel_log", "make and open /dev/kmsg", &[], USER_NAMESPACE_NODES),
    probe(
        "E11.mknod_block",
        "make and open the host's disk",
        &[Word::DiskMajor, Word::DiskMinor],
        USER_NAMESPACE_NODES,
    ),
    harness(
        "E11.planted_node",
        "open a device of the host through a node that is on the sandbox's disk",
        planted_node,
        Guard::Off(&["dev_nodev"]),
    ),
    probe(
        "E14.abstract_socket",
        "connect to an abstract socket of the host",
        &[Word::AbstractName],
        NETWORK,
    ),
    probe("E14.host_port", "connect to a port of the host's loopback", &[Word::HostPort], NETWORK),
    probe("E14.interfaces", "interfaces beside loopback", &[], NETWORK),
    probe(
        "E14.sockets",
        "a socket file anywhere inside",
        &[],
        Guard::Deeper("nothing of the host's is mounted but /usr"),
    ),
    probe("E14.vsock", "a socket to the hypervisor (AF_VSOCK)", &[], Guard::Off(&["seccomp"])),
    harness(
        "E14.host_image_sockets",
        "a socket file in a sandbox of the image `host`",
        host_image_sockets,
        Guard::Deeper("nothing of the host's is mounted but /usr"),
    ),
    harness(
        "E14.host_image_secrets",
        "the host's accounts, homes or state in the image `host`",
        host_image_secrets,
        Guard::Deeper("nothing of the host's is mounted but /usr"),
    ),
    Check {
        id: "E6.remount_proc_sys",
        title: "make /proc/sys writable again",
        how: How::Probe(&[]),
        guard: Guard::Off(&["seccomp", "capabilities"]),
        note: "",
    },
    Check {
        id: "E6.unmount_mask",
        title: "take the mask off /proc/keys",
        how: How::Probe(&[]),
        guard: Guard::Off(&["seccomp", "capabilities"]),
        note: "",
    },
];

const USER_NAMESPACE_NODES: Guard =
    Guard::Deeper("a user namespace makes no devices, and opens none");

/// The host itself puts the node there, as a flaw elsewhere might.
fn planted_node(arena: &Arena<'_>) -> Result<Finding, Broken> {
    let root = RootTree::plain(&arena.world.probe);
    let sandbox = arena.side.sandbox(&root, Bounds::default()).map_err(broken)?;
    let (major, minor) = arena.world.device;
    let path = sandbox.host_root().join("planted");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &path,
        rustix::fs::FileType::CharacterDevice,
        rustix::fs::Mode::from_raw_mode(0o666),
        rustix::fs::makedev(major, minor),
    )
    .map_err(|error| Broken(format!("{}: {error}", path.display())))?;
    let finding = match sandbox.restart() {
        Some(Err(refused)) => Ok(Finding::denied(format!("refused: {refused}"))),
        None | Some(Ok(())) => probe_in(sandbox.as_ref(), &Run::probe(["E11.open", "/planted"])),
    };
    std::fs::remove_file(&path)?;
    finding
}

fn in_host_image(arena: &Arena<'_>, script: &str) -> Result<Option<String>, Broken> {
    let Ok(sandbox) = arena.side.sandbox(&RootTree::host(), Bounds::default()) else {
        return Ok(None);
    };
    let ran = sandbox.run(&Run::new(["sh", "-c", script])).map_err(broken)?;
    Ok(Some(String::from_utf8_lossy(&ran.stdout).into_owned()))
}

fn host_image_sockets(arena: &Arena<'_>) -> Result<Finding, Broken> {
    let script = "find /run /var /tmp /etc /home /root /workspace /dev -type s | head -5; echo end";
    Ok(match in_host_image(arena, script)? {
        None => Finding::absent("no image of that kind"),
        Some(said) if !said.contains("end") => return Err(Broken(format!("find said {said:?}"))),
        Some(said) => Finding::of(said.trim() != "end", said.replace('\n', " ")),
    })
}

fn host_image_secrets(arena: &Arena<'_>) -> Result<Finding, Broken> {
    let script =
        "cat /etc/shadow /etc/machine-id 2>/dev/null; ls -A /root /home /var/lib; echo end";
    let Some(said) = in_host_image(arena, script)? else {
        return Ok(Finding::absent("no image of that kind"));
    };
    for path in ["/etc/shadow", "/etc/machine-id"] {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        if let Some(line) = text.lines().find(|line| line.len() > 12 && said.contains(line)) {
            let _ = line;
            return Ok(Finding::allowed(format!("a line of the host's {path}")));
        }
    }
    let canary = arena.world.canary.display().to_string();
    let seen = in_host_image(arena, &format!("test -e {canary} && echo seen"))?;
    Ok(Finding::of(seen.is_some_and(|said| said.contains("seen")), "nothing of the host's"))
}
