//! Results as tables and as JSON.

use std::time::{Duration, SystemTime};

use prost_types::Timestamp;
use skerry_client::v1::watch_sandboxes_response::EventType;
use skerry_client::v1::{
    Capability, CapabilityStatus, ExecInfo, ExecResult, ExecSpec, ExecState, Image, ImageConfig,
    Limits, OnIdle, SandboxState, StateCount, StorageInfo, SystemInfo, Timeouts, Volume,
    VolumeMount, WatchSandboxesResponse,
};

use crate::snapshot::{assert_snapshot, transcript};
use crate::stage::{Script, Stage, sandbox};

fn ago(seconds: u64) -> Option<Timestamp> {
    Some((SystemTime::now() - Duration::from_secs(seconds)).into())
}

/// 2024-02-29 12:34:56 UTC and so many seconds.
fn leap_day(seconds: i64) -> Option<Timestamp> {
    Some(Timestamp { seconds: 1_709_210_096 + seconds, nanos: 0 })
}

fn shown(stage: &Stage, arguments: &[&str]) -> String {
    let ended = stage.run(arguments);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    transcript(arguments, &ended).replace(&stage.address(), "127.0.0.1:4000")
}

fn sandboxes() -> Script {
    let mut failed = sandbox(3, "a-rather-long-name", SandboxState::Failed);
    failed.limits =
        Some(Limits { memory_bytes: Some(3 << 29), cpu_millis: Some(2000), ..Limits::default() });
    Script {
        sandboxes: vec![
            sandbox(1, "web", SandboxState::Running),
            sandbox(2, "db", SandboxState::Paused),
            failed,
        ],
        ..Script::default()
    }
}

#[test]
fn a_list_is_a_table_of_all_pages() {
    let stage = Stage::new(sandboxes());
    assert_snapshot("ls", &shown(&stage, &["ls"]));
    assert_snapshot("ls-quiet", &shown(&stage, &["ls", "-q"]));
    assert_eq!(stage.asked().calls[..2], ["list {} \"\"", "list {} \"2\""]);
}

#[test]
fn an_empty_list_is_its_headings_or_an_empty_array() {
    let stage = Stage::new(Script::default());
    let headings = "NAME   ID   IMAGE   STATE   AGE   CPUS   MEMORY\n";
    assert_eq!(stage.run(&["ls"]).expect_stdout(), headings);
    assert_eq!(stage.run(&["ls", "-o", "json"]).expect_stdout(), "[]\n");
    assert_eq!(stage.run(&["ls", "-q"]).expect_stdout(), "");
}

#[test]
fn labels_filter_at_the_daemon() {
    let stage = Stage::new(Script::default());
    stage.run(&["ls", "-l", "team=web", "--label", "env=a=b"]).expect_stdout();
    assert_eq!(stage.asked().calls, [r#"list {"env": "a=b", "team": "web"} """#]);
}

#[test]
fn json_is_an_array_for_lists_and_an_object_for_one() {
    let stage = Stage::new(sandboxes());
    let parse = |arguments: &[&str]| -> serde_json::Value {
        serde_json::from_str(&stage.run(arguments).expect_stdout()).expect("JSON")
    };
    let list = parse(&["ls", "-o", "json"]);
    assert_eq!(list.as_array().map(Vec::len), Some(3));
    assert_eq!(list[1]["name"], "db");
    assert_eq!(list[1]["state"], "SANDBOX_STATE_PAUSED");
    assert_eq!(list[2]["limits"]["memoryBytes"], "1610612736");
    assert_eq!(parse(&["inspect", "web", "--output=json"]), list[0]);
    assert_eq!(parse(&["-o", "json", "pause", "web"]), list[0]);
    assert_eq!(parse(&["-o", "json", "pause", "web", "db"])[1], list[1]);
    assert_eq!(parse(&["-o", "json", "rm", "web", "db"]), serde_json::json!(["web", "db"]));
    assert_eq!(parse(&["-o", "json", "create"])["image"], "host");
}

#[test]
fn inspect_shows_all_that_is_set() {
    let mut web = sandbox(1, "web", SandboxState::Stopped);
    web.state_reason = "idle for 10 minutes\u{7}".to_owned();
    web.labels = [("team".to_owned(), "web".to_owned())].into();
    web.env = [("KEY".to_owned(), "a\nb".to_owned())].into();
    web.timeouts = Some(Timeouts {
        idle_timeout: Some(prost_types::Duration { seconds: 600, nanos: 0 }),
        on_idle: OnIdle::Pause.into(),
        max_lifetime: None,
        auto_delete: Some(prost_types::Duration { seconds: 7 * 86_400, nanos: 0 }),
        always_on: true,
    });
    web.create_time = leap_day(0);
    web.update_time = leap_day(61);
    web.start_time = leap_day(1);
    web.stop_time = leap_day(60);
    web.oom_kills = 2;
    web.runtime = "linux".to_owned();
    web.host_uid_base = 1_000_000_000;
    let stage = Stage::new(Script { sandboxes: vec![web], ..Script::default() });
    assert_snapshot("inspect", &shown(&stage, &["inspect", "web"]));
    assert_snapshot("inspect-json", &shown(&stage, &["inspect", "web", "-o", "json"]));
}

#[test]
fn inspect_names_what_it_is_made_of() {
    let id = |prefix: &str, number: u32| format!("{prefix}_{number:026}");
    let mount = |number: u32, path: &str, read_only| VolumeMount {
        volume_id: id("vol", number),
        path: path.to_owned(),
        read_only,
    };
    let mut fork = sandbox(2, "try", SandboxState::Running);
    fork.parent_id = id("sbx", 1);
    fork.snapshot_id = id("snap", 1);
    fork.mounts = vec![mount(1, "/data", true), mount(2, "/workspace", false)];
    fork.disk_used_bytes = Some(12 << 20);
    fork.limits = Some(Limits { disk_bytes: Some(10 << 30), ..Limits::default() });
    fork.create_time = leap_day(0);
    let stage = Stage::new(Script {
        sandboxes: vec![sandbox(1, "web", SandboxState::Running), fork],
        volumes: vec![Volume { id: id("vol", 1), name: "data".to_owned(), ..Volume::default() }],
        ..Script::default()
    });
    assert_snapshot("inspect-fork", &shown(&stage, &["inspect", "try"]));
}

#[test]
fn execs_are_a_table() {
    let exec =
        |number: u32, state: ExecState, result: Option<ExecResult>, command: &[&str]| ExecInfo {
            id: format!("exec_{number:026}"),
            state: state.into(),
            pid: 10 + number.cast_signed(),
            result,
            spec: Some(ExecSpec {
                command: command.iter().map(|word| (*word).to_owned()).collect(),
                ..ExecSpec::default()
            }),
            start_time: ago(90 * 60),
            output_end: 1 << (10 * number),
            ..ExecInfo::default()
        };
    let ended = |exit_code, oom_killed| {
        Some(ExecResult { exit_code, signal: 0, oom_killed, timed_out: false })
    };
    let stage = Stage::new(Script {
        execs: vec![
            exec(1, ExecState::Exited, ended(0, false), &["true"]),
            exec(2, ExecState::Exited, ended(137, true), &["make", "-j"]),
            exec(3, ExecState::Exited, ended(3, false), &["sh", "-c", "exit\n3"]),
            exec(4, ExecState::Running, None, &["sleep", "inf"]),
        ],
        ..Script::default()
    });
    assert_snapshot("ps", &shown(&stage, &["ps", "web"]));
    assert_snapshot("ps-running", &shown(&stage, &["ps", "web", "--running", "-q"]));
}

#[test]
fn images_are_a_table() {
    let stage = Stage::new(Script {
        images: vec![
            Image {
                id: format!("img_{:026}", 1),
                name: "debian:12".to_owned(),
                size_bytes: 130 << 20,
                entries: 7321,
                create_time: ago(3 * 86_400),
                ..Image::default()
            },
            Image { id: "host".to_owned(), name: "host".to_owned(), ..Image::default() },
        ],
        ..Script::default()
    });
    assert_snapshot("image-ls", &shown(&stage, &["image", "ls"]));
    assert_eq!(stage.run(&["image", "ls", "-q"]).expect_stdout(), "debian:12\nhost\n");
}

#[test]
fn info_says_what_the_host_really_gives() {
    let capability = |name: &str, status: CapabilityStatus, detail: &str| Capability {
        name: name.to_owned(),
        status: status.into(),
        detail: detail.to_owned(),
    };
    let limits = Limits {
        memory_bytes: Some(2 << 30),
        cpu_millis: Some(2000),
        pids: Some(1024),
        disk_bytes: Some(10 << 30),
    };
    let count = |state: SandboxState, count| StateCount { state: state.into(), count };
    let stage = Stage::new(Script {
        system: SystemInfo {
            version: "0.1.0".to_owned(),
            api_version: "skerry.v1".to_owned(),
            runtime: "linux".to_owned(),
            kernel: "6.1.0".to_owned(),
            capabilities: vec![
                capability("user_namespace", CapabilityStatus::On, "65536 ids each"),
                capability("swap_limit", CapabilityStatus::Degraded, "cgroup v1 counts no swap"),
                capability("network", CapabilityStatus::Off, "loopback only"),
            ],
            default_limits: Some(limits),
            max_limits: Some(limits),
            max_sandboxes: 1000,
            sandbox_counts: vec![
                count(SandboxState::Running, 3),
                count(SandboxState::Paused, 0),
                count(SandboxState::Stopped, 1),
            ],
            running_execs: 5,
            images: 2,
            start_time: ago(26 * 3600),
            storage: Some(StorageInfo {
                driver: "btrfs".to_owned(),
                total_bytes: 200 << 30,
                free_bytes: 150 << 30,
                limits: true,
                volumes: 4,
                snapshots: 7,
            }),
        },
        ..Script::default()
    });
    assert_snapshot("info", &shown(&stage, &["info"]));
}

fn event(kind: EventType, state: Option<SandboxState>) -> WatchSandboxesResponse {
    WatchSandboxesResponse { r#type: kind.into(), sandbox: state.map(|s| sandbox(1, "web", s)) }
}

#[test]
fn a_watch_of_one_ends_when_it_is_deleted() {
    let events = vec![
        event(EventType::Existing, Some(SandboxState::Running)),
        event(EventType::Current, None),
        event(EventType::KeepAlive, None),
        event(EventType::Updated, Some(SandboxState::Stopping)),
        event(EventType::Deleted, Some(SandboxState::Deleting)),
        event(EventType::Created, Some(SandboxState::Running)),
    ];
    let stage = Stage::new(Script { events, ..Script::default() });
    let lines = stage.run(&["watch", "web"]).expect_stdout();
    let lines: Vec<Vec<&str>> =
        lines.lines().map(|line| line.split_whitespace().skip(2).collect()).collect();
    assert_eq!(
        lines,
        [
            ["existing", "web", "running"],
            ["updated", "web", "stopping"],
            ["deleted", "web", "deleting"]
        ]
    );
    let json = stage.run(&["watch", "web", "-o", "json"]).expect_stdout();
    let types: Vec<serde_json::Value> = json
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON")["type"].clone())
        .collect();
    let wanted = ["EXISTING", "CURRENT", "UPDATED", "DELETED"].map(|t| format!("EVENT_TYPE_{t}"));
    assert_eq!(types, wanted);
}

#[test]
fn a_watch_that_fell_behind_begins_anew() {
    let events = vec![event(EventType::Existing, Some(SandboxState::Running))];
    let stage = Stage::new(Script { events, ..Script::default() });
    let ended = stage.run(&["watch"]);
    assert_eq!(stage.asked().calls, ["watch", "watch"]);
    assert_eq!(ended.stdout.lines().count(), 2, "{}", ended.stdout);
    assert_eq!(ended.expect_error(1), "watch sandboxes: the daemon ended the watch; watch again");
}

#[test]
fn everything_about_an_image_is_a_list_of_pairs() {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let image = Image {
        id: "img_00000000000000000000000001".to_owned(),
        name: "app".to_owned(),
        size_bytes: 3 << 20,
        entries: 12,
        create_time: leap_day(0),
        reference: "ghcr.io/owner/app:1.2".to_owned(),
        digest: format!("sha256:{}", "0a".repeat(32)),
        architecture: "amd64".to_owned(),
        os: "linux".to_owned(),
        layers: vec![format!("sha256:{}", "1b".repeat(32))],
        config: Some(ImageConfig {
            entrypoint: words(&["/bin/app", "--flag with space"]),
            cmd: words(&["serve"]),
            env: [("PATH".to_owned(), "/bin".to_owned())].into(),
            user: "app".to_owned(),
            working_dir: "/srv".to_owned(),
            exposed_ports: words(&["80/tcp"]),
            stop_signal: "SIGQUIT".to_owned(),
            volumes: words(&["/data"]),
            labels: [("team".to_owned(), "web".to_owned())].into(),
        }),
    };
    let stage = Stage::new(Script { images: vec![image], ..Script::default() });
    assert_snapshot("image-inspect", &shown(&stage, &["image", "inspect", "app"]));
}
