//! E4, E5, E18 and E19: images that lead out, before and after a restart.

use crate::arena::{Arena, Bounds, Broken, Finding, Outcome, Run, Sandbox, probe_in};
use crate::root_tree::RootTree;

use super::{Check, Guard, broken, harness, untried};

mod archive;

const SAFE_PATHS: Guard =
    Guard::Deeper("every mount point is resolved inside the root; it has no switch");
const EDGE: Guard = Guard::Deeper("checked at the edge, before anything runs; it has no switch");

macro_rules! hostile_image {
    ($path:literal, $target:literal) => {
        harness(
            concat!("E4.", $path),
            concat!("an image whose /", $path, " is a link to the host's"),
            |arena| hostile_image(arena, $path, $target),
            SAFE_PATHS,
        )
    };
}

pub(crate) const CHECKS: &[Check] = &[
    hostile_image!("proc", "proc"),
    hostile_image!("sys", "sys"),
    hostile_image!("dev", "dev"),
    hostile_image!("dev/null", "file"),
    hostile_image!("dev/console", "file"),
    hostile_image!("dev/pts", "dev"),
    hostile_image!("dev/shm", "dev"),
    hostile_image!("etc", "etc"),
    hostile_image!("etc/resolv.conf", "file"),
    hostile_image!("etc/hosts", "file"),
    hostile_image!("etc/passwd", "file"),
    hostile_image!("workspace", "workspace"),
    hostile_image!("tmp", "workspace"),
    hostile_image!("run", "workspace"),
    harness(
        "E5.replaced_mount_points",
        "mount points replaced by links before a restart",
        replaced_mount_points,
        SAFE_PATHS,
    )
    .note("runc has no restart of a container's disk"),
    untried(
        "E5.mount_race",
        "a race on a mount's target",
        "of a volume that another sandbox swaps it in: tests/storage",
    ),
    harness(
        "E18.archive",
        "an archive that leads out of its image: `..`, absolute, through links, hard links, devices",
        archive::check,
        EDGE,
    ),
    untried(
        "E18.files",
        "links swapped under a file call",
        "links are swapped under every call: tests/files",
    ),
    untried(
        "E19.build",
        "a build that leads out",
        "as nobody, and its result is an archive like another: tests/registry",
    ),
];

/// The sandbox's own paths are the real ones, and the host's are untouched.
fn stays_genuine(sandbox: &dyn Sandbox) -> Result<Finding, Broken> {
    for path in ["/proc", "/sys", "/dev/null"] {
        let finding = probe_in(sandbox, &Run::probe(["E4.genuine", path]))?;
        if finding.outcome == Outcome::Allowed {
            return Ok(finding);
        }
    }
    let masked = probe_in(sandbox, &Run::probe(["E6.keys"]))?;
    let _ = sandbox.run(&Run::probe(["true"]).user("user"));
    Ok(masked)
}

fn hostile_image(arena: &Arena<'_>, path: &str, target: &str) -> Result<Finding, Broken> {
    let before = arena.world.trap_state()?;
    let target = arena.world.trap.join(target);
    let root = RootTree::with_link(&arena.world.probe, path, &target.to_string_lossy());
    let finding = match arena.side.sandbox(&root, Bounds::default()) {
        Err(refused) => Finding::denied(format!("refused: {refused}")),
        Ok(sandbox) => stays_genuine(sandbox.as_ref())?,
    };
    if arena.world.trap_state()? != before {
        return Ok(Finding::allowed("the host's directory was changed"));
    }
    Ok(finding)
}

fn replaced_mount_points(arena: &Arena<'_>) -> Result<Finding, Broken> {
    let before = arena.world.trap_state()?;
    let root = RootTree::plain(&arena.world.probe);
    let sandbox = arena.side.sandbox(&root, Bounds::default()).map_err(broken)?;
    let mut replaced = Vec::new();
    for (path, target) in [
        ("/proc", "proc"),
        ("/sys", "sys"),
        ("/dev", "dev"),
        ("/etc", "etc"),
        ("/workspace", "workspace"),
        ("/tmp", "workspace"),
        ("/run", "workspace"),
    ] {
        let target = arena.world.trap.join(target).display().to_string();
        let done = probe_in(sandbox.as_ref(), &Run::probe(["E5.replace", path, &target]))?;
        if done.outcome == Outcome::Allowed {
            replaced.push(path);
        }
    }
    let finding = match sandbox.restart() {
        None => Finding::absent("no restart"),
        Some(Err(refused)) => Finding::denied(format!("{replaced:?} replaced; refused: {refused}")),
        Some(Ok(())) => stays_genuine(sandbox.as_ref())?,
    };
    if arena.world.trap_state()? != before {
        return Ok(Finding::allowed("the host's directory was changed"));
    }
    Ok(finding)
}
