//! E1, E2, E3 and E13: the runtime's program, descriptors, directories, and
//! other processes.

use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::arena::{Arena, Broken, Finding, Outcome, Run, answer_of};

use super::{Check, Guard, Word, broken, harness, probe};

const DUMPABLE: Guard = Guard::Off(&["dumpable"]);
const NO_DESCRIPTORS: Guard = Guard::Deeper(
    "init's descriptors are close-on-exec and are closed before as well; neither has a switch",
);
const INIT: &str = "under runc process 1 is the caller's own program";
/// Descriptors of the runtime that CVE-2024-21626 leaked lay among these.
const DESCRIPTORS: std::ops::Range<u32> = 0..24;

const fn init(id: &'static str, title: &'static str) -> Check {
    probe(id, title, &[], DUMPABLE).note(INIT)
}

/// Same-uid rights that no namespace takes away.
const fn own(id: &'static str, title: &'static str, guard: Guard) -> Check {
    probe(id, title, &[], guard).note(INIT)
}

pub(crate) const CHECKS: &[Check] = &[
    own(
        "E1.init_exe",
        "read process 1's program",
        Guard::Deeper("the memfd's mode lets nobody but the host's root read it"),
    ),
    own(
        "E1.init_exe_write",
        "open process 1's program for writing",
        Guard::Deeper("the program runs, so that opening it for writing fails as well"),
    ),
    init("E1.init_mem", "open process 1's memory"),
    harness(
        "E1.watch",
        "overwrite the runtime's program while it starts processes (CVE-2019-5736)",
        watch,
        Guard::Deeper("the program is a sealed memfd, so that even an open one takes no write"),
    ),
    harness(
        "E2.descriptors",
        "inherited descriptors beyond 0, 1 and 2",
        descriptors,
        NO_DESCRIPTORS,
    ),
    harness(
        "E3.cwd_fd",
        "working directory /proc/self/fd/N (CVE-2024-21626)",
        cwd_by_descriptor,
        NO_DESCRIPTORS,
    ),
    harness(
        "E3.cwd_dots",
        "working directory through `..`",
        |arena| cwd(arena, "/workspace/../../../../../.."),
        Guard::Deeper("pivot_root leaves nothing above `/`; it has no switch"),
    ),
    harness(
        "E3.cwd_link",
        "working directory through links of the image",
        |arena| {
            let dots = cwd(arena, "/out-by-dots")?;
            if dots.outcome == Outcome::Allowed { Ok(dots) } else { cwd(arena, "/out-by-fd") }
        },
        Guard::Deeper("pivot_root leaves nothing above `/`; it has no switch"),
    ),
    init("E13.ptrace_init", "ptrace process 1"),
    init("E13.process_vm_readv_init", "read process 1's memory by process_vm_readv"),
    init("E13.process_vm_writev_init", "write process 1's memory by process_vm_writev"),
    own(
        "E13.pidfd_getfd_init",
        "take a descriptor of process 1",
        Guard::Off(&["seccomp", "dumpable"]),
    ),
    init("E13.init_environ", "read process 1's environment"),
    init("E13.init_maps", "read process 1's memory map"),
    init("E13.init_fds", "list process 1's descriptors"),
    init("E13.init_root", "go through process 1's root"),
    init("E13.init_cwd", "go through process 1's working directory"),
    init("E13.init_oom_score", "make process 1 the first to be killed for want of memory"),
    own("E13.init_rlimit", "change process 1's limits", Guard::Off(&["seccomp"])),
    own("E13.init_priority", "change process 1's priority", Guard::Off(&["seccomp"])),
    own(
        "E13.init_priority_by_user",
        "change the priority of all of root's processes, process 1 among them",
        Guard::Off(&["seccomp"]),
    ),
    own("E13.init_affinity", "change process 1's processors", Guard::Off(&["seccomp"])),
    probe(
        "E13.other_processes",
        "see a process of another sandbox",
        &[Word::OtherMark],
        Guard::Deeper("the pid namespace is what a sandbox is made of and has no switch"),
    ),
    harness(
        "E13.kill_init",
        "end process 1 by any signal",
        kill_init,
        Guard::Deeper("the kernel keeps fatal signals of its own namespace from process 1"),
    ),
];

fn hashes(arena: &Arena<'_>) -> Result<Vec<[u8; 32]>, Broken> {
    let programs = arena.side.programs();
    programs.iter().map(|path| Ok(Sha256::digest(std::fs::read(path)?).into())).collect()
}

/// The probe watches for programs that are not itself, while the side starts
/// processes, some of them through `#!/proc/self/exe`.
fn watch(arena: &Arena<'_>) -> Result<Finding, Broken> {
    let before = hashes(arena)?;
    let watcher = arena.one.start(&Run::probe(["E1.watch", "4"])).map_err(broken)?;
    for _ in 0..20 {
        let _ = arena.one.run(&Run::probe(["true"]));
        let _ = arena.one.run(&Run::new(["/interpreted"]));
    }
    let ran = watcher.wait(Duration::from_secs(60)).map_err(broken)?;
    let finding = answer_of(&ran).ok_or_else(|| Broken("the watcher said nothing".to_owned()))?;
    if hashes(arena)? != before {
        return Ok(Finding::allowed("a program of the host was changed"));
    }
    Ok(finding)
}

/// While another exec runs, whose pipes must not be seen.
fn descriptors(arena: &Arena<'_>) -> Result<Finding, Broken> {
    let other = arena.one.start(&Run::probe(["hold", "another"])).map_err(broken)?;
    let finding = arena.probe(&Run::probe(["E2.descriptors"]));
    drop(other);
    finding
}

/// A working directory that is refused is a denial too.
fn cwd(arena: &Arena<'_>, path: &str) -> Result<Finding, Broken> {
    let canary = arena.world.canary.display().to_string();
    let run = Run::probe(["E3.cwd".to_owned(), canary]).cwd(path);
    match arena.one.run(&run) {
        Err(refused) => Ok(Finding::denied(format!("refused: {refused}"))),
        Ok(ran) => answer_of(&ran).ok_or_else(|| Broken(format!("{path}: no answer"))),
    }
}

fn cwd_by_descriptor(arena: &Arena<'_>) -> Result<Finding, Broken> {
    let mut last = Finding::denied("not tried");
    for descriptor in DESCRIPTORS {
        last = cwd(arena, &format!("/proc/self/fd/{descriptor}"))?;
        if last.outcome == Outcome::Allowed {
            break;
        }
    }
    Ok(last)
}

/// The sandbox must answer afterwards.
fn kill_init(arena: &Arena<'_>) -> Result<Finding, Broken> {
    let finding = arena.probe(&Run::probe(["E13.kill_init"]));
    match (finding, arena.one.run(&Run::probe(["true"]))) {
        (Ok(finding), Ok(ran)) if ran.exit_code == 0 => Ok(finding),
        (_, Err(refused)) => Ok(Finding::allowed(format!("the sandbox is gone: {refused}"))),
        (finding, Ok(ran)) => Ok(Finding::allowed(format!(
            "{}; the next command ended with {}",
            finding.map_or_else(|broken| broken.to_string(), |finding| finding.detail),
            ran.exit_code
        ))),
    }
}
