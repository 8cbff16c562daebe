//! The daemon dies at each named point of each operation, and the next one
//! finds everything in line. The daemon here is this program run again, with
//! the fake runtime; its death is a real SIGKILL.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};

use skerry_server::failpoint;
use skerry_server::model::SandboxState::{self, *};

use crate::rig::{GRACE, Host, Rig};

/// Where the child finds its host, and which operation to die in.
const HOST: &str = "SKERRY_TEST_CRASH_HOST";
const OPERATION: &str = "SKERRY_TEST_CRASH_OPERATION";
const SIGKILL: i32 = 9;
const NAME: &str = "victim";

#[test]
fn every_point_of_the_list_is_in_the_sources_and_the_other_way_round() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("server/src");
    let mut found = BTreeSet::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the sources are there") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            if path.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            let text = fs::read_to_string(&path).expect("the source is there");
            let hits = text.split("failpoint::hit(\"").skip(1);
            found.extend(hits.filter_map(|hit| Some(hit.split_once('"')?.0.to_owned())));
            // There the points of an action are a table.
            if path.ends_with("engine/action.rs") {
                let quoted = text.split('"').skip(1).step_by(2);
                found.extend(quoted.filter(|text| is_point(text)).map(str::to_owned));
            }
        }
    }
    let listed: BTreeSet<_> = failpoint::ALL.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(found, listed);
}

fn is_point(text: &str) -> bool {
    text.split_once('.').is_some_and(|(operation, point)| {
        let word = |text: &str| {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        };
        word(operation) && point.split('.').all(word)
    })
}

/// What may be there after a death at this point: before the operation is
/// announced, the old state; after it is told, the new one; between, what
/// recovery makes of it.
fn allowed(point: &str) -> &'static [Option<SandboxState>] {
    match point {
        "create.running_recorded" => &[Some(Running)],
        // What is applied is lost with the process or not: sled says.
        "store.taken" => &[None],
        "store.applied" | "store.durable" => &[None, Some(Running)],
        // The machine's last steps and the record's way to the disk are at the
        // same time.
        "create.machine" => &[None, Some(Running)],
        "start.machine" => &[Some(Stopped), Some(Running)],
        _ if point.starts_with("create.") => &[None],
        "start.running_recorded" => &[Some(Running)],
        _ if point.starts_with("start.") => &[Some(Stopped)],
        "stop.begun" => &[Some(Running)],
        _ if point.starts_with("stop.") => &[Some(Stopped)],
        "pause.paused_recorded" => &[Some(Paused)],
        _ if point.starts_with("pause.") => &[Some(Running)],
        "resume.running_recorded" => &[Some(Running)],
        "resume.begun" => &[Some(Paused)],
        _ if point.starts_with("resume.") => &[Some(Running)],
        "delete.record_dropped" => &[None],
        "delete.disk" => &[None],
        "delete.begun" => &[Some(Running)],
        // The announcement is on its way.
        "delete.recorded" => &[None, Some(Running)],
        "delete.machine" => &[None, Some(Stopped)],
        _ => panic!("what may be there after {point}?"),
    }
}

#[test]
fn a_death_at_any_point_leaves_nothing_that_the_next_daemon_does_not_put_right() {
    // Those of trees need a real disk: `tests/storage` tries them.
    let of_trees = ["copy.", "snapshot.", "volume."];
    let points =
        failpoint::ALL.iter().filter(|point| !of_trees.iter().any(|of| point.starts_with(of)));
    for point in points {
        let host = Host::new();
        let operation = match point.split_once('.').map_or(*point, |(operation, _)| operation) {
            "store" => "create",
            operation => operation,
        };
        host.life(async |rig| {
            rig.create("bystander").await;
            prepare(&rig, operation).await;
        });
        die(host.path(), operation, &count(point));
        host.life(async |rig| {
            let state = rig.state(NAME);
            assert!(allowed(point).contains(&state), "{state:?} after a death at {point}");
            assert_eq!(rig.state("bystander"), Some(Running), "after a death at {point}");
            println!("after a death at {point}: {state:?}");
            rig.assert_in_line();
            // Nothing is stuck.
            rig.engine.delete(NAME).await.expect("it is deleted");
            rig.create(NAME).await;
            rig.assert_in_line();
        });
    }
}

/// The first write of a life is that of its recovery; the second is the
/// operation's.
fn count(point: &str) -> String {
    if point.starts_with("store.") { format!("{point}:2") } else { point.to_owned() }
}

async fn prepare(rig: &Rig, operation: &str) {
    if operation == "create" {
        return;
    }
    rig.create(NAME).await;
    match operation {
        "start" => drop(rig.engine.stop(NAME, GRACE).await.expect("stop")),
        "resume" => drop(rig.engine.pause(NAME).await.expect("pause")),
        _ => {}
    }
}

/// Runs the operation in a process that dies at the point.
fn die(host: &Path, operation: &str, point: &str) {
    let program = std::env::current_exe().expect("this program has a path");
    let status = Command::new(program)
        .args(["--exact", "crash::the_daemon_that_dies", "--ignored", "--nocapture"])
        .env(HOST, host)
        .env(OPERATION, operation)
        .env("SKERRY_FAILPOINT", point)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("this program runs again");
    assert_eq!(status.signal(), Some(SIGKILL), "it must die at {point}, not by {status}");
}

/// Not a test: what `die` runs.
#[test]
#[ignore = "run by a_death_at_any_point"]
fn the_daemon_that_dies() {
    let (Some(host), Ok(operation)) = (std::env::var_os(HOST), std::env::var(OPERATION)) else {
        return;
    };
    crate::rig::held(async {
        let rig = Host::at(Path::new(&host)).open().await;
        match operation.as_str() {
            "create" => drop(rig.create(NAME).await),
            "start" => drop(rig.engine.start(NAME).await),
            "stop" => drop(rig.engine.stop(NAME, GRACE).await),
            "pause" => drop(rig.engine.pause(NAME).await),
            "resume" => drop(rig.engine.resume(NAME).await),
            "delete" => drop(rig.engine.delete(NAME).await),
            other => panic!("no such operation: {other}"),
        }
    });
}
