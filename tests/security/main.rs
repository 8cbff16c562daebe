//! Trying to get out: every check of the list, on Skerry and on runc, and on
//! Skerry once more with the guard switched off that is said to deny it.
//!
//! ```text
//! probe (C, static) --in a sandbox--> one line of JSON --> Finding
//!      by Skerry: ExecService on a daemon of the test's own
//!      by runc:   runc exec in a bundle
//! ```

mod arena;
mod checks;
mod probe_build;
mod report;
mod root_tree;
mod runc;
mod skerry;
mod world;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use arena::{Arena, Finding, Outcome, Side};
use checks::{Check, Guard};
use report::{Results, Row};
use runc::{Profile, Runc};
use skerry::Skerry;
use skerry_test_support::{needs_root, skip};
use world::World;

/// Builds the probe and the host's side; `None` where the test must be
/// skipped, which it then was.
fn world() -> Result<World, String> {
    let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
    let probe = probe_build::build(directory.path())?;
    Ok(World::new(probe).expect("the host has sockets and shared memory"))
}

/// One test at a time: what one of them sets loose would take the machine from
/// what another one measures.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs the checks on one side. What broke is a finding as well: nothing was
/// shown to be denied.
fn run_all(side: &dyn Side, world: &World, checks: &[&Check]) -> BTreeMap<&'static str, Finding> {
    let arena = match Arena::open(side, world) {
        Ok(arena) => arena,
        Err(refused) => panic!("{}: no sandboxes to try: {refused}", side.name()),
    };
    let mut findings = BTreeMap::new();
    for check in checks {
        let finding = check
            .run(&arena)
            .unwrap_or_else(|broken| Finding::allowed(format!("nothing was shown: {broken}")));
        findings.insert(check.id, finding);
    }
    drop(arena.held);
    findings
}

/// Runs the checks, and once more those that do not come to what is wanted: a
/// machine that is too busy to show something shows it the next time. What is
/// not wanted both times is said.
fn unwanted(
    checks: &[&Check],
    wanted: impl Fn(&Check, &Finding) -> bool,
    run: impl Fn(&[&Check]) -> BTreeMap<&'static str, Finding>,
) -> Vec<String> {
    let mut left = checks.to_vec();
    let mut said = Vec::new();
    for _ in 0..2 {
        let findings = run(&left);
        left.retain(|check| findings.get(check.id).is_some_and(|finding| !wanted(check, finding)));
        said = left
            .iter()
            .map(|check| format!("{}: {}", check.id, findings[check.id].detail))
            .collect();
        if left.is_empty() {
            break;
        }
        eprintln!("not as wanted:\n{}", said.join("\n"));
    }
    said
}

/// Checks by the guards that deny them, each set once.
fn by_guards<'a>(checks: &[&'a Check]) -> BTreeMap<&'static [&'static str], Vec<&'a Check>> {
    let mut sets: BTreeMap<&'static [&'static str], Vec<&Check>> = BTreeMap::new();
    for check in checks {
        if let Guard::Off(names) = check.guard {
            sets.entry(names).or_default().push(check);
        }
    }
    sets
}

/// Each set of guards off in a daemon of its own.
fn run_unguarded(world: &World, checks: &[&Check]) -> BTreeMap<&'static str, Finding> {
    let mut findings = BTreeMap::new();
    for (guards, checks) in by_guards(checks) {
        findings.extend(run_all(&Skerry::start(guards), world, &checks));
    }
    findings
}

#[test]
fn nothing_gets_out_of_a_sandbox() {
    needs_root!();
    let _alone = alone();
    let world = match world() {
        Ok(world) => world,
        Err(why) => skip!("the probe can't be built: {why}"),
    };
    let denied = |check: &Check, finding: &Finding| {
        finding.outcome != Outcome::Allowed || matches!(check.guard, Guard::Open(_))
    };
    let run = |checks: &[&Check]| run_all(&Skerry::start(&[]), &world, checks);
    let holes = unwanted(&checks::all(), denied, run);
    assert!(holes.is_empty(), "allowed:\n{}", holes.join("\n"));
}

#[test]
fn each_guard_is_what_denies() {
    needs_root!();
    let _alone = alone();
    let world = match world() {
        Ok(world) => world,
        Err(why) => skip!("the probe can't be built: {why}"),
    };
    let allowed = |_: &Check, finding: &Finding| finding.outcome == Outcome::Allowed;
    let idle = unwanted(&checks::all(), allowed, |checks| run_unguarded(&world, checks));
    assert!(idle.is_empty(), "denied without their guard:\n{}", idle.join("\n"));
}

/// The probe is not one that never succeeds: without a filter it gets through.
#[test]
fn the_probe_gets_through_where_runc_has_no_filter() {
    needs_root!();
    if Runc::program().is_none() {
        skip!("runc is not installed");
    }
    let _alone = alone();
    let world = match world() {
        Ok(world) => world,
        Err(why) => skip!("the probe can't be built: {why}"),
    };
    let directory = world.scratch("spec").expect("the scratch directory is writable");
    let checks = checks::all();
    let findings = run_all(&Runc::new(Profile::Spec, directory), &world, &checks);
    let filtered = checks.iter().filter(|check| matches!(check.guard, Guard::Off(["seccomp"])));
    let denied: Vec<&str> = filtered
        .map(|check| check.id)
        .filter(|id| findings[id].outcome == Outcome::Denied)
        .collect();
    assert!(denied.is_empty(), "the probe did not get through: {denied:?}");
}

#[test]
fn the_page_says_what_the_results_say() {
    let results = std::fs::read_to_string(report::results_path()).expect("the results are kept");
    let results: Results = serde_json::from_str(&results).expect("the results are JSON");
    let checks = checks::all();
    let page = std::fs::read_to_string(report::page_path()).expect("the page is kept");
    assert_eq!(page, report::page(&results, &checks), "make the page again, as its head says");
    let missing: Vec<&str> = checks
        .iter()
        .map(|check| check.id)
        .filter(|id| !results.rows.iter().any(|row| row.check == *id))
        .collect();
    assert!(missing.is_empty(), "without a result: {missing:?}");
}

/// Not a test of anything: runs all sides and writes results and page.
#[test]
#[ignore = "records the results anew"]
fn the_results_are_recorded() {
    needs_root!();
    assert!(Runc::program().is_some(), "runc is not installed");
    let world = world().expect("the probe can be built");
    let checks = checks::all();
    let on_runc = |profile, name: &str| {
        let directory = world.scratch(name).expect("the scratch directory is writable");
        run_all(&Runc::new(profile, directory), &world, &checks)
    };
    let runc = on_runc(Profile::Spec, "spec");
    let runc_docker = on_runc(Profile::Docker, "docker");
    let skerry = run_all(&Skerry::start(&[]), &world, &checks);
    let unguarded = run_unguarded(&world, &checks);
    let row = |check: &&Check| Row {
        check: check.id.to_owned(),
        skerry: skerry[check.id].outcome,
        runc: runc[check.id].outcome,
        runc_docker: runc_docker[check.id].outcome,
        unguarded: unguarded.get(check.id).map(|finding| finding.outcome),
    };
    let results = Results {
        kernel: first_line("uname", "-r"),
        runc: first_line("runc", "--version").replace(" version", ""),
        rows: checks.iter().map(row).collect(),
    };
    let text = serde_json::to_string_pretty(&results).expect("plain data");
    std::fs::write(report::results_path(), text + "\n").expect("the results are writable");
    std::fs::write(report::page_path(), report::page(&results, &checks)).expect("docs is writable");
}

fn first_line(program: &str, argument: &str) -> String {
    let output = std::process::Command::new(program).arg(argument).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    text.unwrap_or_default().lines().next().unwrap_or_default().to_owned()
}
