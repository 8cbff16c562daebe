//! Snapshots, what a sandbox is made with, and who uses how much.

use std::time::{Duration, SystemTime};

use prost_types::Timestamp;
use skerry_client::v1::{
    Limits, Retention, SandboxState, Snapshot, Storage, StorageInfo, SystemInfo, Volume,
    VolumeMount,
};

use crate::snapshot::{assert_snapshot, transcript};
use crate::stage::{CREATED, Frame, Script, Stage, sandbox};

fn snapshot(number: u32, name: &str, size_bytes: Option<i64>) -> Snapshot {
    Snapshot {
        id: format!("snap_{number:026}"),
        name: name.to_owned(),
        sandbox_id: CREATED.to_owned(),
        image: "host".to_owned(),
        size_bytes,
        create_time: Some((SystemTime::now() - Duration::from_secs(3 * 3600)).into()),
        ..Snapshot::default()
    }
}

fn stage() -> Stage {
    let mut ready = snapshot(2, "ready", Some(12 << 20));
    ready.labels = [("team".to_owned(), "web".to_owned())].into();
    ready.env = [("KEY".to_owned(), "a\nb".to_owned())].into();
    ready.limits = Some(Limits {
        memory_bytes: Some(512 << 20),
        cpu_millis: Some(1500),
        pids: Some(64),
        disk_bytes: Some(10 << 30),
    });
    let snapshots = vec![snapshot(1, "early", Some(0)), ready, snapshot(3, "uncounted", None)];
    let sandboxes = vec![sandbox(1, "web", SandboxState::Running)];
    Stage::new(Script { snapshots, sandboxes, ..Script::default() })
}

fn shown(stage: &Stage, arguments: &[&str]) -> String {
    transcript(arguments, &stage.run(arguments))
}

#[test]
fn a_snapshot_is_taken_and_removed() {
    let stage = stage();
    let taken = ["snapshot", "create", "web", "--name", "ready", "-l", "a=b"];
    assert_eq!(stage.run(&taken).expect_stdout(), "ready\n");
    let json = stage.run(&["snapshot", "create", "web", "-o", "json"]).expect_stdout();
    assert!(json.starts_with("{\n  \"id\": \"snap_"), "{json}");
    assert_eq!(stage.run(&["snapshot", "rm", "a", "b"]).expect_stdout(), "a\nb\n");
    let json = stage.run(&["snapshot", "rm", "a", "-o", "json"]).expect_stdout();
    assert_eq!(json, "[\"a\"]\n");
    let wanted = [
        r#"create-snapshot web "ready" {"a": "b"}"#,
        r#"create-snapshot web "" {}"#,
        "delete-snapshot a",
        "delete-snapshot b",
        "delete-snapshot a",
    ];
    assert_eq!(stage.asked().calls, wanted);
}

#[test]
fn snapshots_are_a_table_of_all_pages() {
    let stage = stage();
    assert_snapshot("snapshot-ls", &shown(&stage, &["snapshot", "ls", "--sandbox", "web"]));
    assert_eq!(stage.run(&["snapshot", "ls", "-q"]).expect_stdout(), "early\nready\nuncounted\n");
    // The id of a sandbox that may be gone is taken as it is.
    stage.run(&["snapshot", "ls", "-s", CREATED, "-l", "a=b"]).expect_stdout();
    let asked = |filter: &str, page: &str| format!("snapshots {filter} {page:?}");
    let of_web = format!("{CREATED:?} {{}}");
    let labelled = format!("{CREATED:?} {{\"a\": \"b\"}}");
    let wanted = [
        "get web".to_owned(),
        asked(&of_web, ""),
        asked(&of_web, "2"),
        asked("\"\" {}", ""),
        asked("\"\" {}", "2"),
        asked(&labelled, ""),
        asked(&labelled, "2"),
    ];
    assert_eq!(stage.asked().calls, wanted);
}

#[test]
fn inspect_shows_all_of_a_snapshot() {
    let mut one = snapshot(1, "ready", Some(12 << 20));
    one.labels = [("team".to_owned(), "web".to_owned())].into();
    one.env = [("KEY".to_owned(), "a\nb".to_owned())].into();
    one.limits = Some(Limits { cpu_millis: Some(1500), pids: Some(64), ..Limits::default() });
    one.create_time = Some(Timestamp { seconds: 1_709_210_096, nanos: 0 });
    let stage = Stage::new(Script { snapshots: vec![one], ..Script::default() });
    assert_snapshot("snapshot-inspect", &shown(&stage, &["snapshot", "inspect", "ready"]));
    let line = stage.run(&["snapshot", "inspect", "x"]).expect_error(1);
    assert!(line.ends_with("; `skerry snapshot ls` shows what is there"), "{line}");
}

#[test]
fn a_sandbox_is_made_with_volumes() {
    let stage = Stage::new(Script::default());
    let created = stage.run(&[
        "create",
        "--volume",
        "data",
        "-v",
        "models:/models:ro",
        "--storage",
        "1G:/scratch",
        "--keep-storage",
        "--disk",
        "2G",
    ]);
    created.expect_stdout();
    stage.run(&["create", "--storage", "none"]).expect_stdout();
    let asked = stage.asked();
    let mount = |name: &str, path: &str, read_only| VolumeMount {
        volume_id: name.to_owned(),
        path: path.to_owned(),
        read_only,
    };
    let request = &asked.creates[0];
    assert_eq!(request.mounts, [mount("data", "", false), mount("models", "/models", true)]);
    let storage = Storage {
        size_bytes: 1 << 30,
        path: "/scratch".to_owned(),
        retention: Retention::Keep.into(),
    };
    assert_eq!(request.storage, Some(storage));
    assert_eq!(request.limits.and_then(|limits| limits.disk_bytes), Some(2 << 30));
    assert_eq!(asked.creates[1].storage, Some(Storage::default()));
}

#[test]
fn a_snapshot_has_its_image_with_it() {
    let stage = Stage::new(Script { frames: vec![Frame::Exit(0)], ..Script::default() });
    stage.run(&["create", "--snapshot", "ready", "--name", "web"]).expect_stdout();
    for arguments in [
        &["run", "--snapshot", "ready", "--", "ls", "-l", "--", "-e"][..],
        &["run", "--snapshot=ready", "ls", "--", "-l", "--", "-e"],
        &["run", "host", "ls", "-l", "--", "-e"],
    ] {
        stage.run(arguments).expect_stdout();
    }
    let asked = stage.asked();
    let from = |index: usize| {
        let request = &asked.creates[index];
        (request.image.as_str(), request.snapshot_id.as_str())
    };
    assert_eq!([from(0), from(1), from(3)], [("", "ready"), ("", "ready"), ("host", "")]);
    assert_eq!(asked.specs[0].command, ["ls", "-l", "--", "-e"]);
    assert_eq!(asked.specs[2].command, asked.specs[0].command);
}

fn used(
    number: u32,
    name: &str,
    used: Option<i64>,
    size: Option<i64>,
) -> skerry_client::v1::Sandbox {
    let mut sandbox = sandbox(number, name, SandboxState::Running);
    sandbox.disk_used_bytes = used;
    sandbox.limits = Some(Limits { disk_bytes: size, ..Limits::default() });
    sandbox
}

#[test]
fn what_uses_most_comes_first() {
    let volume = |name: &str, used_bytes, size_bytes| Volume {
        name: name.to_owned(),
        used_bytes,
        size_bytes,
        ..Volume::default()
    };
    let storage = |driver: &str, limits| StorageInfo {
        driver: driver.to_owned(),
        total_bytes: 200 << 30,
        free_bytes: 150 << 30,
        limits,
        volumes: 2,
        snapshots: 7,
    };
    let stage = Stage::new(Script {
        system: SystemInfo { storage: Some(storage("btrfs", true)), ..SystemInfo::default() },
        sandboxes: vec![
            used(1, "web", Some(1 << 20), Some(10 << 30)),
            used(2, "db", Some(3 << 29), Some(10 << 30)),
            used(3, "new", Some(0), Some(10 << 30)),
        ],
        volumes: vec![volume("cache", Some(5 << 20), 0), volume("data", Some(9 << 30), 10 << 30)],
        ..Script::default()
    });
    assert_snapshot("df", &shown(&stage, &["df"]));
    let json = stage.run(&["df", "-o", "json"]).expect_stdout();
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["storage"]["freeBytes"], "161061273600");
    assert_eq!(json["sandboxes"][0]["name"], "db");
    assert_eq!(json["volumes"][1]["usedBytes"], "5242880");

    let stage = Stage::new(Script {
        system: SystemInfo { storage: Some(storage("dir", false)), ..SystemInfo::default() },
        sandboxes: vec![used(1, "web", None, None)],
        volumes: vec![volume("data", None, 0)],
        ..Script::default()
    });
    assert_snapshot("df-uncounted", &shown(&stage, &["df"]));
}
