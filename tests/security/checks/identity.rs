//! E7, E12 and E17: capabilities, user ids, and files that give rights.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use crate::arena::{Arena, Broken, Finding, Outcome, Run, probe_in};
use crate::world::{host_pid, status_field};

use super::{Check, Guard, Word, harness, probe};

const CAPABILITIES: Guard = Guard::Off(&["capabilities"]);
const EMPTY: &[Word] = &[Word::Text("0")];
const USER_NAMESPACE: Guard =
    Guard::Deeper("the user namespace is what a sandbox is made of and has no switch");

pub(crate) const CHECKS: &[Check] = &[
    probe("E7.bounding", "capabilities beyond the profile: bounding", &[Word::Profile], CAPABILITIES)
        .note("the profile: CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, SETGID, SETUID, SETPCAP, NET_BIND_SERVICE, SYS_CHROOT, AUDIT_WRITE, SETFCAP"),
    probe("E7.effective", "capabilities beyond the profile: effective", &[Word::Profile], CAPABILITIES),
    probe("E7.permitted", "capabilities beyond the profile: permitted", &[Word::Profile], CAPABILITIES),
    probe(
        "E7.inheritable",
        "inheritable capabilities (CVE-2022-29162)",
        EMPTY,
        Guard::Deeper("a new user namespace begins without any"),
    ),
    probe(
        "E7.ambient",
        "ambient capabilities",
        EMPTY,
        Guard::Deeper("a new user namespace begins without any"),
    )
    .note("`runc spec` of this version asks for three"),
    probe(
        "E7.effective@user",
        "capabilities of a user that is not root: effective",
        EMPTY,
        Guard::Deeper("the kernel clears them when root becomes a user"),
    )
    .as_user(),
    probe(
        "E7.ambient@user",
        "capabilities of a user that is not root: ambient",
        EMPTY,
        Guard::Deeper("the kernel clears them when root becomes a user"),
    )
    .as_user(),
    probe(
        "E7.no_new_privs",
        "no_new_privs is not set",
        &[],
        Guard::Off(&["no_new_privs", "seccomp"]),
    )
    .note("loading a filter sets it as well"),
    harness(
        "E7.set_uid",
        "a set-uid program makes a user root",
        set_uid,
        Guard::Off(&["no_new_privs", "seccomp"]),
    ),
    harness(
        "E7.file_capability",
        "a program's file capabilities give a user rights",
        file_capability,
        Guard::Off(&["no_new_privs", "seccomp"]),
    ),
    probe("E12.uid_map", "root inside is root outside", &[], USER_NAMESPACE),
    harness("E12.host_uid", "a sandbox's process runs as uid 0 of the host", host_uid, USER_NAMESPACE),
    harness("E12.overlap", "two sandboxes share a uid of the host", overlap, USER_NAMESPACE),
    probe(
        "E12.unmapped_uid",
        "become a uid outside of the range",
        &[Word::Text("70000")],
        USER_NAMESPACE,
    ),
    probe(
        "E17.trusted_opaque",
        "set trusted.overlay.opaque",
        &[],
        Guard::Deeper("the kernel takes trusted.* from the host's root alone"),
    ),
    probe(
        "E17.trusted_redirect",
        "set trusted.overlay.redirect",
        &[],
        Guard::Deeper("the kernel takes trusted.* from the host's root alone"),
    ),
    harness(
        "E17.user_redirect",
        "an overlay attribute set inside reaches the host's layer",
        redirect_on_host,
        Guard::Deeper("overlayfs escapes its own attributes"),
    ),
    probe(
        "E17.security_attribute",
        "set an attribute of security.*",
        &[],
        Guard::Deeper("the kernel takes security.* from the host's root alone"),
    ),
    probe(
        "E17.whiteout",
        "make a whiteout",
        &[],
        Guard::Deeper("overlayfs makes none for a caller"),
    ),
    harness(
        "E17.set_uid_on_host",
        "a set-uid file made inside makes a host's user root",
        set_uid_on_host,
        Guard::Deeper("the data directory is closed to others; it has no switch"),
    )
    .note("who may enter a bundle's directory is up to runc's caller"),
    harness(
        "E17.capability_on_host",
        "a file's capabilities set inside work for a host's user",
        capability_on_host,
        Guard::Deeper("the data directory is closed to others; it has no switch"),
    )
    .note("who may enter a bundle's directory is up to runc's caller"),
];

fn set_uid(arena: &Arena<'_>) -> Result<Finding, Broken> {
    let mut run = Run::probe(["E7.set_uid"]).user("1000:1000");
    "/probe-set-uid".clone_into(&mut run.command[0]);
    arena.probe(&run)
}

/// Copies the probe by itself: its root file system has no other program.
fn armed_copy(arena: &Arena<'_>) -> Result<Finding, Broken> {
    arena.probe(&Run::probe(["E17.arm_capability", "/probe-set-uid"]))
}

/// The set-uid bit and the capabilities sit on one file; as uid 1000 with
/// no_new_privs neither works.
fn file_capability(arena: &Arena<'_>) -> Result<Finding, Broken> {
    let armed = armed_copy(arena)?;
    if armed.outcome != Outcome::Allowed {
        return Ok(Finding::denied(format!("can't be set: {}", armed.detail)));
    }
    let mut run = Run::probe(["E7.file_capability"]).user("1000:1000");
    "/probe-set-uid".clone_into(&mut run.command[0]);
    arena.probe(&run)
}

/// The uid outside of the process with a mark.
fn base_uid(mark: &str) -> Result<u64, Broken> {
    let pid = host_pid(mark).ok_or_else(|| Broken(format!("the host sees no process {mark}")))?;
    let uids = status_field(pid, "Uid").ok_or_else(|| Broken(format!("no status of {pid}")))?;
    let first = uids.split_whitespace().next().unwrap_or_default().to_owned();
    first.parse().map_err(|_| Broken(format!("uids of {pid}: {uids}")))
}

fn host_uid(arena: &Arena<'_>) -> Result<Finding, Broken> {
    let uid = base_uid(&arena.mark("one"))?;
    Ok(Finding::of(uid == 0, format!("uid {uid} outside")))
}

/// Ranges have 65,536 ids each.
fn overlap(arena: &Arena<'_>) -> Result<Finding, Broken> {
    let (one, two) = (base_uid(&arena.mark("one"))?, base_uid(&arena.mark("two"))?);
    Ok(Finding::of(one.abs_diff(two) < 65_536, format!("ranges from {one} and from {two}")))
}

fn redirect_on_host(arena: &Arena<'_>) -> Result<Finding, Broken> {
    let set = probe_in(arena.one.as_ref(), &Run::probe(["E17.user_redirect"]))?;
    if set.outcome != Outcome::Allowed {
        return Ok(set);
    }
    let path = arena.one.host_root().join("workspace/probe-xattr");
    let mut names = vec![0_u8; 4096];
    let length = rustix::fs::llistxattr(&path, &mut names[..])
        .map_err(|error| Broken(format!("{}: {error}", path.display())))?;
    let names = String::from_utf8_lossy(&names[..length]).into_owned();
    let raw = names
        .split('\0')
        .any(|name| name == "user.overlay.redirect" || name == "trusted.overlay.redirect");
    Ok(Finding::of(
        raw && !mounted_without_user_attributes(arena),
        format!("on the host: {}", names.replace('\0', " ")),
    ))
}

/// An overlay that was not mounted with `userxattr` doesn't heed user.overlay.*.
fn mounted_without_user_attributes(arena: &Arena<'_>) -> bool {
    let Some(pid) = host_pid(&arena.mark("one")) else {
        return false;
    };
    let mounts = fs::read_to_string(format!("/proc/{pid}/mountinfo")).unwrap_or_default();
    !mounts.lines().any(|line| line.contains("userxattr"))
}

/// Runs a program of the sandbox's disk as the host's nobody.
fn run_as_nobody(arena: &Arena<'_>, check: &str) -> Result<Finding, Broken> {
    if !arena.side.has_init() {
        return Ok(Finding::absent("the bundle is the caller's"));
    }
    let path = arena.one.host_root().join("probe-set-uid");
    let status = fs::symlink_metadata(&path)
        .map_err(|error| Broken(format!("{}: {error}", path.display())))?;
    let ran = Command::new(&path)
        .arg(check)
        .uid(65_534)
        .gid(65_534)
        .current_dir("/")
        .stdin(Stdio::null())
        .output();
    match ran {
        Err(error) => Ok(Finding::denied(format!(
            "mode {:o} of uid {} on the host, but nobody can't run it: {error}",
            status.mode() & 0o7777,
            status.uid()
        ))),
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            Ok(Finding::of(said.contains("\"allowed\""), said))
        }
    }
}

fn set_uid_on_host(arena: &Arena<'_>) -> Result<Finding, Broken> {
    let made = arena.probe(&Run::probe(["E17.arm_set_uid", "/probe-set-uid"]))?;
    if made.outcome != Outcome::Allowed {
        return Ok(made);
    }
    run_as_nobody(arena, "E7.set_uid")
}

fn capability_on_host(arena: &Arena<'_>) -> Result<Finding, Broken> {
    if !arena.side.has_init() {
        return Ok(Finding::absent("the bundle is the caller's"));
    }
    let armed = armed_copy(arena)?;
    if armed.outcome != Outcome::Allowed {
        return Ok(armed);
    }
    run_as_nobody(arena, "E7.file_capability")
}
