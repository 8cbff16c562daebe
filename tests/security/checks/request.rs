//! E20: hostile users, environments, commands and account files.

use std::time::Duration;

use crate::arena::{Arena, Bounds, Broken, Finding, Outcome, Run, probe_in};
use crate::root_tree::RootTree;
use crate::world::{init_of, status_field};

use super::{Check, Guard, broken, harness};

const EDGE: Guard = Guard::Deeper("checked before anything runs; it has no switch");

/// How much init may need to look at an account file that is too long.
const INIT_PEAK: u64 = 64 << 20;
/// A user's name is looked up in a file of this size.
const HUGE: &str = "536870912";
const AT_MOST: Duration = Duration::from_secs(120);

pub(crate) const CHECKS: &[Check] = &[
    harness("E20.users", "a user that doesn't fit becomes root", users, EDGE),
    harness("E20.environment", "keys with `=` or NUL, values with NUL, 10 MB", environment, EDGE),
    harness("E20.commands", "no program, a directory as program, a NUL in it", commands, EDGE),
    harness(
        "E20.passwd_fifo",
        "an account file that never ends its open stops init",
        |arena| accounts(arena, &["E20.fifo", "/etc/passwd"]),
        EDGE,
    ),
    harness(
        "E20.passwd_zero",
        "an account file without end eats init's memory",
        |arena| accounts(arena, &["E5.replace", "/etc/passwd", "/dev/zero"]),
        EDGE,
    ),
    harness(
        "E20.passwd_huge",
        "an account file of 512 MiB eats init's memory",
        |arena| accounts(arena, &["E20.sparse", "/etc/passwd", HUGE]),
        EDGE,
    ),
];

/// None of these may run as root, in uid or gid.
fn users(arena: &Arena<'_>) -> Result<Finding, Broken> {
    let mut refused = 0;
    let hostile = [
        "4294967296",
        "4294967295",
        "-1",
        "65536",
        "70000",
        "wrap",
        "minus",
        "far",
        "empty",
        "1000:4294967296",
        "1000:-1",
        "user:wrap",
        "1000:",
        ":1000:",
        "0x0",
        "root\nuser",
        "nobody-here",
    ];
    for user in hostile {
        match arena.one.run(&Run::probe(["E20.ids"]).user(user)) {
            Err(_) => refused += 1,
            Ok(ran) => {
                let finding = crate::arena::answer_of(&ran);
                if finding.is_some_and(|finding| finding.outcome == Outcome::Allowed) {
                    return Ok(Finding::allowed(format!("{user:?} became root")));
                }
            }
        }
    }
    Ok(Finding::denied(format!("{refused} of {} refused, none became root", hostile.len())))
}

fn environment(arena: &Arena<'_>) -> Result<Finding, Broken> {
    if arena.side.daemon_pid().is_none() {
        return Ok(Finding::absent("the command line takes none of these"));
    }
    let hostile = [
        ("A=B".to_owned(), "x".to_owned()),
        (String::new(), "x".to_owned()),
        ("A\0B".to_owned(), "x".to_owned()),
        ("A".to_owned(), "x\0y".to_owned()),
        ("A".to_owned(), "x".repeat(10 << 20)),
    ];
    for (key, value) in hostile {
        let mut run = Run::probe(["true"]);
        let shown = format!("{key:?} with {} bytes", value.len());
        run.env.push((key, value));
        if arena.one.run(&run).is_ok() {
            return Ok(Finding::allowed(format!("{shown} was taken")));
        }
    }
    let ran = arena.one.run(&Run::probe(["true"])).map_err(broken)?;
    Ok(Finding::of(ran.exit_code != 0, "all refused, and the next command ran"))
}

fn commands(arena: &Arena<'_>) -> Result<Finding, Broken> {
    let hostile = ["/nothing-here", "/etc", "", "/etc/passwd"];
    for command in hostile {
        if let Ok(ran) = arena.one.run(&Run::new([command])) {
            return Ok(Finding::allowed(format!("{command:?} ended with {}", ran.exit_code)));
        }
    }
    if arena.side.daemon_pid().is_some() && arena.one.run(&Run::new(["/probe\0", "true"])).is_ok() {
        return Ok(Finding::allowed("a NUL was taken"));
    }
    Ok(Finding::denied("all refused"))
}

/// The sandbox spoils its own account file, and its owner asks for a user by
/// name: init must refuse, stay small, and answer the next command.
fn accounts(arena: &Arena<'_>, spoil: &[&str]) -> Result<Finding, Broken> {
    if !arena.side.has_init() {
        return Ok(Finding::absent("runc takes no names"));
    }
    let root = RootTree::plain(&arena.world.probe);
    let sandbox = arena.side.sandbox(&root, Bounds::default()).map_err(broken)?;
    let spoiled = probe_in(sandbox.as_ref(), &Run::probe(spoil.iter().copied()))?;
    if spoiled.outcome != Outcome::Allowed {
        return Err(Broken(format!("{spoil:?}: {}", spoiled.detail)));
    }
    let mark = arena.mark("accounts");
    let _held = sandbox.start(&Run::probe(["hold", &mark])).map_err(broken)?;
    if let Ok(asked) = sandbox.start(&Run::probe(["true"]).user("user")) {
        let _ = asked.wait(AT_MOST);
    }
    let init = init_of(&mark);
    let peak = init.and_then(|pid| status_field(pid, "VmHWM"));
    let kib: u64 = peak
        .and_then(|text| text.split_whitespace().next()?.parse().ok())
        .ok_or_else(|| Broken("init's size".to_owned()))?;
    if kib << 10 > INIT_PEAK {
        return Ok(Finding::allowed(format!("init grew to {kib} KiB")));
    }
    match sandbox.run(&Run::probe(["true"])) {
        Ok(ran) if ran.exit_code == 0 => Ok(Finding::denied(format!("init took {kib} KiB"))),
        Ok(ran) => Ok(Finding::allowed(format!("the next command ended with {}", ran.exit_code))),
        Err(refused) => Ok(Finding::allowed(format!("the next command: {refused}"))),
    }
}
