//! R1 to R7: a sandbox that takes more than its share.

use std::time::Duration;

use skerry_test_support::leaks::kept;

use crate::arena::{Arena, Bounds, Broken, Finding, Outcome, Run, Sandbox, answer_of};
use crate::root_tree::RootTree;
use crate::world::{host_pid, init_of, peak_memory};

use super::{Check, Guard, broken, harness, untried};

const PIDS: i64 = 64;
const FORKS: u32 = 2000;
const MEMORY: i64 = 64 << 20;
/// Four times what the sandbox may have.
const FILL: i64 = 256 << 20;
/// What the kernel may charge above the limit before it reclaims.
const MEMORY_SLACK: u64 = 8 << 20;
const FLOOD: i64 = 1 << 30;
/// What a command killed by SIGKILL ends with.
const KILLED: i32 = 137;
/// How often a command may be killed in the place of what fills the memory.
const TRIES: usize = 100;
/// How much the daemon may grow under a flood: the bound.
const DAEMON_GROWTH: u64 = 32 << 20;
const DESCRIPTORS: u32 = 100_000;
const ORPHANS: u32 = 10_000;
/// Without an init nobody reaps them, and pid numbers are the whole host's.
const ORPHANS_WITHOUT_INIT: u32 = 1000;
/// How long the daemon is away.
const OUTAGE: Duration = Duration::from_secs(6);
/// How much init may grow by output that nobody reads: what it remembers of
/// a log's runs, twice over.
const INIT_GROWTH: u64 = 512 << 10;
const AT_MOST: Duration = Duration::from_secs(300);
const MEMORY_LIMIT: Guard = Guard::Off(&["memory_limit"]);

pub(crate) const CHECKS: &[Check] = &[
    harness(
        "R1.fork_bomb",
        "a fork bomb beyond the limit of processes",
        fork_bomb,
        Guard::Off(&["pids_limit"]),
    ),
    harness(
        "R2.anonymous",
        "memory beyond the limit: anonymous",
        |arena| fill(arena, "R2.anonymous"),
        MEMORY_LIMIT,
    ),
    harness("R2.dev_shm", "memory beyond the limit: tmpfs", fill_dev_shm, MEMORY_LIMIT),
    harness(
        "R2.memfd",
        "memory beyond the limit: memfd",
        |arena| fill(arena, "R2.memfd"),
        MEMORY_LIMIT,
    ),
    harness(
        "R2.socket_buffers",
        "memory beyond the limit: socket buffers",
        |arena| fill(arena, "R2.socket_buffers"),
        MEMORY_LIMIT,
    ),
    harness("R2.page_cache", "memory beyond the limit: page cache", page_cache, MEMORY_LIMIT),
    untried("R3.disk", "fill the disk", "held by the storage where its driver can: tests/storage"),
    harness(
        "R3.flood",
        "a flood of output with a slow reader makes the daemon grow",
        flood,
        Guard::Deeper("flow control has no switch; the same growth bound would fail for a buffer"),
    )
    .note("runc has no daemon; the caller's pipe holds the command back"),
    harness(
        "R3.orphan_flood",
        "a flood that outlives its exec keeps init from a daemon that comes back",
        orphan_flood,
        Guard::Deeper("turns at a pipe are bounded; they have no switch"),
    )
    .note("runc has no daemon"),
    harness(
        "R3.alternating",
        "stdout and stderr byte by byte make init grow while the daemon is away",
        alternating,
        Guard::Deeper("what is kept of each log is bounded; it has no switch"),
    )
    .note("runc has no daemon"),
    harness(
        "R4.descriptors",
        "descriptors without end",
        descriptors,
        Guard::Deeper("the limit is the daemon's own, inherited"),
    ),
    harness(
        "R5.spin",
        "busy processes keep an exec from answering",
        spin,
        Guard::Deeper("the kernel's scheduler is fair without any limit"),
    ),
    untried("R6.io_storm", "an I/O storm at a neighbour's cost", "no I/O controller is used yet"),
    harness(
        "R7.orphans",
        "orphans stay as zombies",
        orphans,
        Guard::Deeper("reaping is what init does and has no switch"),
    )
    .note("under runc process 1 is the caller's own program, which here reaps nothing"),
];

fn bounded(arena: &Arena<'_>, bounds: Bounds) -> Result<Box<dyn Sandbox>, Broken> {
    let root = RootTree::plain(&arena.world.probe);
    arena.side.sandbox(&root, bounds).map_err(broken)
}

/// The sandbox and, through it, its daemon still do what they are asked. While
/// what fills the memory is being killed, the kernel may choose this command
/// instead: it is tried again then.
fn answers(sandbox: &dyn Sandbox) -> Result<(), String> {
    let mut tries = 0;
    loop {
        tries += 1;
        match sandbox.run(&Run::probe(["true"])) {
            Ok(ran) if ran.exit_code == 0 => return Ok(()),
            Ok(ran) if ran.exit_code == KILLED && tries < TRIES => {
                std::thread::sleep(Duration::from_millis(100));
            }
            Ok(ran) => return Err(format!("the next command ended with {}", ran.exit_code)),
            Err(refused) => return Err(format!("the next command: {refused}")),
        }
    }
}

/// The finding, unless the sandbox doesn't answer any more.
fn if_answers(sandbox: &dyn Sandbox, finding: Finding) -> Finding {
    match answers(sandbox) {
        Ok(()) => finding,
        Err(why) => Finding::allowed(format!("{}; {why}", finding.detail)),
    }
}

fn fork_bomb(arena: &Arena<'_>) -> Result<Finding, Broken> {
    let sandbox = bounded(arena, Bounds { pids: Some(PIDS), ..Bounds::default() })?;
    let run = Run::probe(["R1.fork_bomb".to_owned(), FORKS.to_string(), "4".to_owned()]);
    let bomb = sandbox.start(&run).map_err(broken)?;
    std::thread::sleep(Duration::from_secs(1));
    let during = answers(sandbox.as_ref());
    let ran = bomb.wait(AT_MOST).map_err(broken)?;
    let finding = answer_of(&ran).ok_or_else(|| Broken("the bomb said nothing".to_owned()))?;
    Ok(match during {
        Ok(()) => if_answers(sandbox.as_ref(), finding),
        Err(why) => Finding::allowed(format!("{}, but meanwhile {why}", finding.detail)),
    })
}

/// /dev/shm has a size of its own, which is less than the others fill.
fn fill_dev_shm(arena: &Arena<'_>) -> Result<Finding, Broken> {
    fill_within(arena, "R2.dev_shm", MEMORY / 2, MEMORY - (4 << 20))
}

fn fill(arena: &Arena<'_>, check: &str) -> Result<Finding, Broken> {
    fill_within(arena, check, MEMORY, FILL)
}

fn fill_within(arena: &Arena<'_>, check: &str, memory: i64, fill: i64) -> Result<Finding, Broken> {
    let sandbox = bounded(arena, Bounds { memory_bytes: Some(memory), ..Bounds::default() })?;
    let run = Run::probe([check.to_owned(), fill.to_string()]);
    let finding = match sandbox.run(&run) {
        Err(refused) => return Err(Broken(refused.to_string())),
        Ok(ran) => answer_of(&ran).unwrap_or_else(|| {
            let told = if ran.oom_killed == Some(true) { ", told as oom_killed" } else { "" };
            Finding::of(ran.exit_code != KILLED, format!("ended with {}{told}", ran.exit_code))
        }),
    };
    Ok(if_answers(sandbox.as_ref(), finding))
}

/// What is written may go to the disk, but must not stay in memory.
fn page_cache(arena: &Arena<'_>) -> Result<Finding, Broken> {
    let sandbox = bounded(arena, Bounds { memory_bytes: Some(MEMORY), ..Bounds::default() })?;
    let mark = arena.mark("cache");
    let _held = sandbox.start(&Run::probe(["hold", &mark])).map_err(broken)?;
    let run = Run::probe(["R2.page_cache".to_owned(), FILL.to_string()]);
    sandbox.run(&run).map_err(broken)?;
    let peak = host_pid(&mark)
        .and_then(peak_memory)
        .ok_or_else(|| Broken("no peak of the sandbox's memory".to_owned()))?;
    let finding = Finding::of(
        peak > MEMORY.unsigned_abs() + MEMORY_SLACK,
        format!("peak {} MiB of {}", peak >> 20, MEMORY >> 20),
    );
    Ok(if_answers(sandbox.as_ref(), finding))
}

fn flood(arena: &Arena<'_>) -> Result<Finding, Broken> {
    let Some(daemon) = arena.side.daemon_pid() else {
        return Ok(Finding::absent("no daemon"));
    };
    let sandbox = bounded(arena, Bounds::default())?;
    let before = kept(daemon);
    let flood =
        sandbox.start(&Run::probe(["R3.flood".to_owned(), FLOOD.to_string()])).map_err(broken)?;
    let mut most = before;
    for _ in 0..30 {
        std::thread::sleep(Duration::from_millis(100));
        most = most.max(kept(daemon));
    }
    let finding = Finding::of(
        most - before > DAEMON_GROWTH,
        format!("the daemon grew by {} KiB", (most - before) >> 10),
    );
    let finding = if_answers(sandbox.as_ref(), finding);
    drop(flood);
    Ok(finding)
}

fn orphan_flood(arena: &Arena<'_>) -> Result<Finding, Broken> {
    let sandbox = bounded(arena, Bounds::default())?;
    let started = sandbox.start(&Run::probe(["R3.flood_as_orphan"])).map_err(broken)?;
    if !arena.side.outage(OUTAGE)? {
        return Ok(Finding::absent("no daemon"));
    }
    let finding = Finding::denied("init answers the daemon that came back");
    let finding = if_answers(sandbox.as_ref(), finding);
    drop(started);
    Ok(finding)
}

fn alternating(arena: &Arena<'_>) -> Result<Finding, Broken> {
    let sandbox = bounded(arena, Bounds::default())?;
    let mark = arena.mark("alternating");
    let _held = sandbox.start(&Run::probe(["hold", &mark])).map_err(broken)?;
    let flood = sandbox.start(&Run::probe(["R3.alternate"])).map_err(broken)?;
    let init = init_of(&mark).ok_or_else(|| Broken("the host sees no init".to_owned()))?;
    let before = kept(init);
    if !arena.side.outage(OUTAGE)? {
        return Ok(Finding::absent("no daemon"));
    }
    let growth = kept(init).saturating_sub(before);
    drop(flood);
    let finding = Finding::of(growth > INIT_GROWTH, format!("init grew by {} KiB", growth >> 10));
    Ok(if_answers(sandbox.as_ref(), finding))
}

fn descriptors(arena: &Arena<'_>) -> Result<Finding, Broken> {
    let finding =
        arena.probe(&Run::probe(["R4.descriptors".to_owned(), DESCRIPTORS.to_string()]))?;
    Ok(if_answers(arena.one.as_ref(), finding))
}

/// An exec answers while the others still run.
fn spin(arena: &Arena<'_>) -> Result<Finding, Broken> {
    let sandbox = bounded(arena, Bounds::default())?;
    let run = Run::probe(["R5.spin", "8", "6"]);
    let spinning = sandbox.start(&run).map_err(broken)?;
    let during = answers(sandbox.as_ref());
    spinning.wait(AT_MOST).map_err(broken)?;
    Ok(match during {
        Ok(()) => Finding::denied("an exec answered"),
        Err(why) => Finding::allowed(why),
    })
}

fn orphans(arena: &Arena<'_>) -> Result<Finding, Broken> {
    let count = if arena.side.has_init() { ORPHANS } else { ORPHANS_WITHOUT_INIT };
    let sandbox = bounded(arena, Bounds::default())?;
    let ran =
        sandbox.run(&Run::probe(["R7.orphans".to_owned(), count.to_string()])).map_err(broken)?;
    let finding = answer_of(&ran).ok_or_else(|| Broken("no answer".to_owned()))?;
    if finding.outcome == Outcome::Denied {
        return Ok(if_answers(sandbox.as_ref(), finding));
    }
    Ok(finding)
}
