//! What the options ask of the daemon.

use skerry_client::v1::{Limits, OnIdle, SandboxState};

use crate::stage::{CREATED, Frame, Script, Stage, sandbox};

fn seconds(span: Option<prost_types::Duration>) -> Option<(i64, i32)> {
    span.map(|span| (span.seconds, span.nanos))
}

#[test]
fn create_asks_for_all_that_is_named() {
    let stage = Stage::new(Script::default());
    let created = stage.run(&[
        "create",
        "debian",
        "--name",
        "web",
        "--memory",
        "512M",
        "--cpus",
        "1.5",
        "--pids",
        "64",
        "-e",
        "A=b=c",
        "--env",
        "EMPTY=",
        "-l",
        "team=web",
        "--hostname",
        "w",
        "--idle-timeout",
        "90s",
        "--on-idle",
        "pause",
        "--max-lifetime",
        "2h",
        "--auto-delete",
        "7d",
        "--always-on",
    ]);
    assert_eq!(created.expect_stdout(), "web\n");
    let asked = stage.asked();
    let request = &asked.creates[0];
    assert_eq!((request.name.as_str(), request.image.as_str()), ("web", "debian"));
    let limits = Limits {
        memory_bytes: Some(512 << 20),
        cpu_millis: Some(1500),
        pids: Some(64),
        disk_bytes: None,
    };
    assert_eq!(request.limits, Some(limits));
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(request.env, [pair("A", "b=c"), pair("EMPTY", "")].into());
    assert_eq!(request.labels, [pair("team", "web")].into());
    assert_eq!(request.hostname, "w");
    let timeouts = request.timeouts.unwrap_or_default();
    assert_eq!(seconds(timeouts.idle_timeout), Some((90, 0)));
    assert_eq!(timeouts.on_idle(), OnIdle::Pause);
    assert_eq!(seconds(timeouts.max_lifetime), Some((7200, 0)));
    assert_eq!(seconds(timeouts.auto_delete), Some((604_800, 0)));
    assert!(timeouts.always_on);
    assert!(!request.request_id.is_empty());
}

#[test]
fn create_alone_is_of_host_and_answers_with_its_id() {
    let stage = Stage::new(Script::default());
    assert_eq!(stage.run(&["create"]).expect_stdout(), format!("{CREATED}\n"));
    let asked = stage.asked();
    let request = &asked.creates[0];
    assert_eq!((request.name.as_str(), request.image.as_str()), ("", "host"));
    assert_eq!(request.limits, Some(Limits::default()));
}

#[test]
fn a_variable_without_a_value_is_ones_own() {
    let stage = Stage::new(Script { frames: vec![Frame::Exit(0)], ..Script::default() });
    let mut command = stage.command(&["exec", "web", "-e", "MINE", "-e", "B=c", "--", "env"]);
    command.env("MINE", "a value");
    crate::program::run(&mut command).expect_stdout();
    let asked = stage.asked();
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(asked.specs[0].env, [pair("MINE", "a value"), pair("B", "c")].into());
}

#[test]
fn a_command_keeps_its_own_options() {
    let stage = Stage::new(Script { frames: vec![Frame::Exit(0)], ..Script::default() });
    for arguments in [
        &["exec", "-u", "1:2", "-w", "/tmp", "web", "--", "ls", "-o", "json", "--", "-e"][..],
        &["exec", "web", "-u", "1:2", "--cwd", "/tmp", "ls", "-o", "json", "--", "-e"],
    ] {
        stage.run(arguments).expect_stdout();
    }
    let asked = stage.asked();
    assert_eq!(asked.specs[0].command, ["ls", "-o", "json", "--", "-e"]);
    assert_eq!(asked.specs[0].user, "1:2");
    assert_eq!(asked.specs[0].cwd, "/tmp");
    assert_eq!(asked.specs[0], asked.specs[1]);
}

#[test]
fn update_masks_exactly_what_is_named() {
    let mut web = sandbox(1, "web", SandboxState::Running);
    web.labels = [("keep", "1"), ("drop", "2"), ("change", "3")]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into();
    let stage = Stage::new(Script { sandboxes: vec![web], ..Script::default() });
    stage.run(&["update", "web", "--memory", "1G", "--max-lifetime", "none"]).expect_stdout();
    stage
        .run(&["update", "web", "-l", "change=4", "-l", "new=5", "--remove-label", "drop"])
        .expect_stdout();
    stage
        .run(&["update", "web", "--name", "x", "--idle-timeout", "1.5s", "--on-idle", "delete"])
        .expect_stdout();
    let asked = stage.asked();
    let paths: Vec<_> =
        asked.updates.iter().map(|u| u.update_mask.clone().unwrap_or_default().paths).collect();
    assert_eq!(
        paths,
        [
            vec!["limits.memory_bytes", "timeouts.max_lifetime"],
            vec!["labels"],
            vec!["name", "timeouts.idle_timeout", "timeouts.on_idle"],
        ]
    );
    let value = |index: usize| asked.updates[index].sandbox.clone().unwrap_or_default();
    assert_eq!(value(0).limits.and_then(|limits| limits.memory_bytes), Some(1 << 30));
    assert_eq!(value(0).timeouts.and_then(|timeouts| timeouts.max_lifetime), None);
    let labels: Vec<_> = value(1).labels.into_iter().map(|(k, v)| format!("{k}={v}")).collect();
    assert_eq!(labels, ["change=4", "keep=1", "new=5"]);
    let idle = value(2).timeouts.unwrap_or_default();
    assert_eq!(
        (seconds(idle.idle_timeout), idle.on_idle()),
        (Some((1, 500_000_000)), OnIdle::Delete)
    );
}

#[test]
fn an_update_of_nothing_asks_nothing() {
    let stage = Stage::new(Script::default());
    let line = stage.run(&["update", "web"]).expect_error(1);
    assert!(line.contains("nothing to change was named"), "{line}");
    assert!(stage.asked().calls.is_empty());
}

#[test]
fn life_goes_by_name_and_stops_at_the_first_failure() {
    let stage = Stage::new(Script {
        sandboxes: vec![
            sandbox(1, "web", SandboxState::Running),
            sandbox(2, "db", SandboxState::Running),
        ],
        ..Script::default()
    });
    assert_eq!(stage.run(&["start", "web", "db"]).expect_stdout(), "web\ndb\n");
    assert_eq!(stage.run(&["stop", "web", "-t", "2.5s"]).expect_stdout(), "web\n");
    assert_eq!(stage.run(&["stop", "web"]).expect_stdout(), "web\n");
    let ended = stage.run(&["pause", "web", "nosuch", "db"]);
    assert_eq!(ended.stdout, "web\n");
    let line = ended.expect_error(1);
    assert_eq!(line, "pause nosuch: there is no sandbox nosuch; `skerry ls` shows what is there");
    assert_eq!(stage.run(&["resume", CREATED]).expect_stdout(), "web\n");
    assert_eq!(stage.run(&["keep-alive", "web", "--for", "2h"]).expect_stdout(), "web\n");
    let wanted = [
        "start web",
        "start db",
        "stop web 2.500s",
        "stop web",
        "pause web",
        "pause nosuch",
        &format!("resume {CREATED}"),
        "keep alive for 7200 web",
    ];
    assert_eq!(stage.asked().calls, wanted);
}
