//! E8, E15 and E16: system calls and the objects of the kernel.

use std::time::Duration;

use crate::arena::{Arena, Bounds, Broken, Finding, Outcome, Run, answer_of, probe_in};
use crate::root_tree::RootTree;

use super::{Check, Guard, Word, broken, harness, probe};

/// Until a process that was started does what it is there for.
const SETTLE: Duration = Duration::from_secs(1);
const SECCOMP: Guard = Guard::Off(&["seccomp"]);
/// The kernel asks for a capability over the whole host before it looks at
/// the arguments, and no sandbox has one.
const HOST_RIGHT: Guard =
    Guard::Deeper("the kernel itself asks for a capability over the host first");
const NOT_BUILT: Guard = Guard::Deeper("the kernel it was run on has no such call");
const SECCOMP_AND_CAPABILITIES: Guard = Guard::Off(&["seccomp", "capabilities"]);

const fn call(id: &'static str, title: &'static str) -> Check {
    probe(id, title, &[], SECCOMP)
}

const fn guarded(id: &'static str, title: &'static str, guard: Guard) -> Check {
    probe(id, title, &[], guard)
}

pub(crate) const CHECKS: &[Check] = &[
    call("E8.bpf", "bpf"),
    call("E8.perf_event_open", "perf_event_open"),
    call("E8.userfaultfd", "userfaultfd"),
    call("E8.keyctl", "keyctl"),
    call("E8.add_key", "add_key"),
    call("E8.request_key", "request_key"),
    call("E8.io_uring_setup", "io_uring_setup"),
    call("E8.io_uring_enter", "io_uring_enter"),
    call("E8.io_uring_register", "io_uring_register"),
    guarded("E8.kexec_load", "kexec_load", NOT_BUILT),
    guarded("E8.kexec_file_load", "kexec_file_load", NOT_BUILT),
    guarded("E8.init_module", "init_module", NOT_BUILT),
    guarded("E8.finit_module", "finit_module", NOT_BUILT),
    guarded("E8.delete_module", "delete_module", NOT_BUILT),
    call("E8.open_by_handle_at", "open_by_handle_at"),
    call("E8.mount", "mount"),
    guarded("E8.mount_tmpfs", "mount a tmpfs", SECCOMP_AND_CAPABILITIES),
    call("E8.umount2", "umount2"),
    guarded("E8.pivot_root", "pivot_root", SECCOMP_AND_CAPABILITIES),
    call("E8.setns", "setns"),
    call("E8.open_tree", "open_tree"),
    guarded("E8.move_mount", "move_mount", SECCOMP_AND_CAPABILITIES),
    guarded("E8.fsopen", "fsopen", SECCOMP_AND_CAPABILITIES),
    call("E8.fsconfig", "fsconfig"),
    guarded("E8.fsmount", "fsmount", SECCOMP_AND_CAPABILITIES),
    guarded("E8.fspick", "fspick", SECCOMP_AND_CAPABILITIES),
    call("E8.mount_setattr", "mount_setattr"),
    guarded("E8.swapon", "swapon", HOST_RIGHT),
    guarded("E8.swapoff", "swapoff", HOST_RIGHT),
    guarded("E8.reboot", "reboot", SECCOMP_AND_CAPABILITIES),
    guarded("E8.acct", "acct", HOST_RIGHT),
    call("E8.quotactl", "quotactl"),
    guarded("E8.iopl", "iopl", NOT_BUILT),
    guarded("E8.ioperm", "ioperm", NOT_BUILT),
    guarded("E8.fanotify_init", "fanotify_init", HOST_RIGHT),
    call("E8.kcmp", "kcmp"),
    guarded("E8.vhangup", "vhangup", HOST_RIGHT),
    guarded("E8.lookup_dcookie", "lookup_dcookie", NOT_BUILT),
    call("E8.unshare_user", "unshare a user namespace"),
    call("E8.unshare_user_mount_net", "unshare user, mount and network namespaces"),
    guarded("E8.unshare_mount", "unshare a mount namespace", SECCOMP_AND_CAPABILITIES),
    call("E8.clone_user", "clone into a user namespace"),
    call("E8.clone_user_high_bits", "the same with bits that the kernel ignores"),
    call("E8.clone3", "clone3, which must say ENOSYS"),
    call("E8.ia32", "any call by the 32-bit table (int 0x80)"),
    call("E8.ia32_unshare_user", "unshare a user namespace by the 32-bit table"),
    guarded("E8.x32", "any call by x32 numbers", NOT_BUILT),
    guarded("E8.x32_unshare_user", "unshare a user namespace by x32 numbers", NOT_BUILT),
    call("E8.tiocsti", "type into a terminal (TIOCSTI)"),
    call("E8.tiocsti_high_bits", "the same with bits that the kernel ignores"),
    call("E8.tioclinux", "TIOCLINUX"),
    call("E8.af_alg", "a socket of the kernel's cryptography (AF_ALG)"),
    guarded("E8.af_packet", "a packet socket", SECCOMP_AND_CAPABILITIES),
    harness(
        "E15.sysv_memory",
        "System V shared memory of another sandbox",
        |arena| planted(arena, "sysv_memory"),
        Guard::Off(&["ipc_namespace"]),
    ),
    harness(
        "E15.sysv_queue",
        "a System V message queue of another sandbox",
        |arena| planted(arena, "sysv_queue"),
        Guard::Off(&["ipc_namespace"]),
    ),
    harness(
        "E15.sysv_semaphore",
        "a System V semaphore of another sandbox",
        |arena| planted(arena, "sysv_semaphore"),
        Guard::Off(&["ipc_namespace"]),
    ),
    harness(
        "E15.posix_queue",
        "a POSIX message queue of another sandbox",
        |arena| planted(arena, "posix_queue"),
        Guard::Off(&["ipc_namespace"]),
    ),
    harness(
        "E15.dev_shm",
        "a file in another sandbox's /dev/shm",
        |arena| planted(arena, "dev_shm"),
        Guard::Deeper("each sandbox mounts a tmpfs of its own"),
    ),
    harness(
        "E15.keyring",
        "a key in another sandbox's user keyring",
        |arena| planted(arena, "keyring"),
        Guard::Deeper("without seccomp, the keyrings of two user namespaces are still apart"),
    )
    .note("under runc both are uid 0 of the host, with one keyring"),
    harness(
        "E15.device_lock",
        "a lock on /dev/null is met by another sandbox",
        device_lock,
        Guard::Open(
            "the nodes of /dev are the same inodes in every sandbox: two that work together can signal",
        ),
    ),
    harness(
        "E15.device_watch",
        "see another sandbox open /dev/null (inotify)",
        device_watch,
        Guard::Open(
            "the nodes of /dev are the same inodes in every sandbox: one sees when another is busy",
        ),
    ),
    harness(
        "E15.usr_lock",
        "a lock on a file of /usr is met by another sandbox of the image `host`",
        usr_lock,
        Guard::Open(
            "/usr is the host's own: one sees which files of it others open, the host included",
        ),
    ),
    probe(
        "E15.dmesg",
        "the kernel's log by syslog",
        &[],
        Guard::Deeper("kernel.dmesg_restrict and the user namespace deny it too"),
    ),
    probe("E15.kmsg", "the kernel's log by /dev/kmsg", &[], Guard::Deeper("there is no such node")),
    probe("E16.settimeofday", "set the clock", &[], HOST_RIGHT),
    probe("E16.clock_settime", "set the clock by clock_settime", &[], HOST_RIGHT),
    probe("E16.adjtimex", "adjust the clock", &[], HOST_RIGHT),
    probe(
        "E16.host_name",
        "see the host's name",
        &[Word::HostName],
        Guard::Off(&["uts_namespace"]),
    ),
    harness(
        "E16.sethostname",
        "change the host's name",
        sethostname,
        Guard::Deeper("the host's name belongs to the host's user namespace"),
    )
    .note("changing the name inside is no escape"),
    probe(
        "E16.sysctl_hostname",
        "change the name by sysctl",
        &[],
        Guard::Deeper("the host's root owns it, whom the user namespace leaves out"),
    ),
];

/// Makes an object in the first sandbox, looks for it in the second, and
/// removes it again.
fn planted(arena: &Arena<'_>, kind: &str) -> Result<Finding, Broken> {
    let name = std::process::id().to_string();
    let step = |what: &str| Run::probe([format!("E15.{kind}.{what}"), name.clone()]);
    let made = probe_in(arena.one.as_ref(), &step("plant"))?;
    if made.outcome != Outcome::Allowed {
        return Ok(made);
    }
    let finding = probe_in(arena.two.as_ref(), &step("seek"))?;
    if kind != "dev_shm" {
        probe_in(arena.one.as_ref(), &step("uproot"))?;
    }
    Ok(finding)
}

fn device_lock(arena: &Arena<'_>) -> Result<Finding, Broken> {
    let hold = Run::probe(["E15.lock.hold", "/dev/null"]);
    let held = arena.one.start(&hold).map_err(broken)?;
    std::thread::sleep(SETTLE);
    let finding = probe_in(arena.two.as_ref(), &Run::probe(["E15.lock.meet", "/dev/null"]));
    drop(held);
    finding
}

/// Starting a process opens /dev/null as its input.
fn device_watch(arena: &Arena<'_>) -> Result<Finding, Broken> {
    let watch = Run::probe(["E15.watch", "/dev/null", "3"]);
    let watcher = arena.one.start(&watch).map_err(broken)?;
    std::thread::sleep(SETTLE);
    for _ in 0..3 {
        probe_in(arena.two.as_ref(), &Run::probe(["E11.open", "/dev/null"]))?;
    }
    let ran = watcher.wait(Duration::from_secs(30)).map_err(broken)?;
    answer_of(&ran).ok_or_else(|| Broken("the watcher said nothing".to_owned()))
}

/// By flock(1), which every Debian has: the image `host` has no probe.
fn usr_lock(arena: &Arena<'_>) -> Result<Finding, Broken> {
    let host = || arena.side.sandbox(&RootTree::host(), Bounds::default());
    let (Ok(one), Ok(two)) = (host(), host()) else {
        return Ok(Finding::absent("no image of that kind"));
    };
    let file = "/usr/bin/flock";
    let hold = Run::new(["flock", "--nonblock", file, "sleep", "30"]);
    let held = one.start(&hold).map_err(broken)?;
    std::thread::sleep(SETTLE);
    let met = two
        .run(&Run::new(["flock", "--nonblock", "--conflict-exit-code", "77", file, "true"]))
        .map_err(broken)?;
    drop(held);
    match met.exit_code {
        0 => Ok(Finding::denied("nobody else's lock")),
        77 => Ok(Finding::allowed("locked by the other")),
        code => Err(Broken(format!("flock ended with {code}"))),
    }
}

/// The host's name must stay, whatever the sandbox was told. Sets it back.
fn sethostname(arena: &Arena<'_>) -> Result<Finding, Broken> {
    let before = &arena.world.host_name;
    let inside = arena.probe(&Run::probe(["E16.sethostname", "skerry-probe-name"]))?;
    let after = std::fs::read_to_string("/proc/sys/kernel/hostname")?.trim().to_owned();
    if after != *before {
        std::fs::write("/proc/sys/kernel/hostname", before)?;
        return Ok(Finding::allowed(format!("the host is called {after} now")));
    }
    Ok(Finding::denied(format!("{}; the host keeps its name", inside.detail)))
}
