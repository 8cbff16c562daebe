//! Bad input is refused with its field named, and changes nothing.

use std::collections::BTreeMap;

use prost_types::{Duration, FieldMask};
use skerry_api::v1::{
    self, CreateSandboxRequest, ExecRequest, ExecSpec, ForkSandboxRequest, KeepAliveRequest,
    Limits, ListSandboxesRequest, Sandbox, SignalExecRequest, StopSandboxRequest, Timeouts,
    UpdateSandboxRequest, WatchSandboxesRequest,
};
use skerry_server::runtime::fake::Step;
use tonic::Code;

use crate::api::{Api, invalid, reason, refused};

fn map(key: &str, value: &str) -> BTreeMap<String, String> {
    BTreeMap::from([(key.to_owned(), value.to_owned())])
}

fn seconds(seconds: i64) -> Option<Duration> {
    Some(Duration { seconds, nanos: 0 })
}

fn bad_creates() -> Vec<(CreateSandboxRequest, &'static str)> {
    let new = CreateSandboxRequest::default;
    let mut bad = Vec::new();
    let long = "a".repeat(300);
    for name in ["a/b", "..", "a\0", "a\n", &long, "A", "-a", "sbx_a"] {
        bad.push((CreateSandboxRequest { name: name.to_owned(), ..new() }, "name"));
        bad.push((CreateSandboxRequest { hostname: name.to_owned(), ..new() }, "hostname"));
    }
    for image in ["a//b", "a/../b", "..", "a\0", "a\n", &long, ":x"] {
        bad.push((CreateSandboxRequest { image: image.to_owned(), ..new() }, "image"));
    }
    for value in [0, -1, i64::MIN, i64::MAX, 1 << 60] {
        let limits = |limits| CreateSandboxRequest { limits: Some(limits), ..new() };
        let none = Limits::default();
        bad.push((limits(Limits { memory_bytes: Some(value), ..none }), "limits.memory_bytes"));
        bad.push((limits(Limits { cpu_millis: Some(value), ..none }), "limits.cpu_millis"));
        bad.push((limits(Limits { pids: Some(value), ..none }), "limits.pids"));
    }
    for (key, value, field) in [
        ("A=B", "", "env[\"A=B\"]"),
        ("", "x", "env[\"\"]"),
        ("A\0", "x", "env[\"A\\0\"]"),
        ("A", "\0", "env[\"A\"]"),
    ] {
        bad.push((CreateSandboxRequest { env: map(key, value), ..new() }, field));
    }
    let huge = "x".repeat(10 << 20);
    bad.push((CreateSandboxRequest { env: map("A", &huge), ..new() }, "env"));
    bad.push((CreateSandboxRequest { labels: map("a b", ""), ..new() }, "labels[\"a b\"]"));
    bad.push((CreateSandboxRequest { labels: map("", ""), ..new() }, "labels[\"\"]"));
    bad.push((CreateSandboxRequest { labels: map("a", &long), ..new() }, "labels[\"a\"]"));
    let many = (0..65).map(|index| (format!("k{index}"), String::new())).collect();
    bad.push((CreateSandboxRequest { labels: many, ..new() }, "labels"));
    for request_id in ["a\n", "é", &long] {
        let request_id = request_id.to_owned();
        bad.push((CreateSandboxRequest { request_id, ..new() }, "request_id"));
    }
    bad.push((CreateSandboxRequest { on_exec: 9, ..new() }, "on_exec"));
    bad.push((CreateSandboxRequest { pull_policy: 9, ..new() }, "pull_policy"));
    for span in [seconds(0), seconds(-1), seconds(366 * 86_400), seconds(i64::MAX)] {
        let timeouts = |timeouts| CreateSandboxRequest { timeouts: Some(timeouts), ..new() };
        let none = Timeouts::default;
        bad.push((timeouts(Timeouts { idle_timeout: span, ..none() }), "timeouts.idle_timeout"));
        bad.push((timeouts(Timeouts { max_lifetime: span, ..none() }), "timeouts.max_lifetime"));
        bad.push((timeouts(Timeouts { auto_delete: span, ..none() }), "timeouts.auto_delete"));
    }
    let timeouts = Some(Timeouts { on_idle: 99, ..Default::default() });
    bad.push((CreateSandboxRequest { timeouts, ..new() }, "timeouts.on_idle"));
    bad
}

#[tokio::test]
async fn a_bad_create_names_its_field_and_makes_nothing() {
    let api = Api::start().await;
    for (request, field) in bad_creates() {
        invalid(api.sandboxes().create_sandbox(request).await, field);
    }
    let image = "unknown".to_owned();
    let unknown = CreateSandboxRequest { image, ..Default::default() };
    refused(api.sandboxes().create_sandbox(unknown).await, Code::NotFound, "IMAGE_NOT_FOUND");
    let list = api.sandboxes().list_sandboxes(ListSandboxesRequest::default()).await;
    assert!(list.expect("it lists").into_inner().sandboxes.is_empty());
    assert_eq!(api.runtime.calls(Step::Create), 0);
    assert!(api.runtime.disks().is_empty());
}

fn bad_specs() -> Vec<(ExecSpec, &'static str)> {
    let run = |command: &[&str]| ExecSpec {
        command: command.iter().map(|word| (*word).to_owned()).collect(),
        ..Default::default()
    };
    let mut bad = vec![
        (run(&[]), "spec.command"),
        (run(&[""]), "spec.command[0]"),
        (run(&["echo", "a\0b"]), "spec.command[1]"),
        (run(&["echo", &"x".repeat(200 << 10)]), "spec.command[1]"),
        (run(&["x".repeat(120 << 10).as_str(); 10]), "spec.command"),
    ];
    for (key, value, field) in [
        ("A=B", "", "spec.env[\"A=B\"]"),
        ("", "x", "spec.env[\"\"]"),
        ("A", "\0", "spec.env[\"A\"]"),
    ] {
        bad.push((ExecSpec { env: map(key, value), ..run(&["echo"]) }, field));
    }
    let huge = "x".repeat(10 << 20);
    bad.push((ExecSpec { env: map("A", &huge), ..run(&["echo"]) }, "spec.env"));
    for cwd in ["tmp", "./tmp", "/a\0", &format!("/{}", "a".repeat(5000))] {
        bad.push((ExecSpec { cwd: cwd.to_owned(), ..run(&["echo"]) }, "spec.cwd"));
    }
    for user in ["a:b:c", ":", "a\n", "a\0"] {
        bad.push((ExecSpec { user: user.to_owned(), ..run(&["echo"]) }, "spec.user"));
    }
    bad
}

#[tokio::test]
async fn a_bad_exec_names_its_field_and_starts_nothing() {
    let api = Api::start().await;
    let sandbox_id = api.create("one").await.id;
    for (spec, field) in bad_specs() {
        let sandbox_id = sandbox_id.clone();
        let request = ExecRequest { sandbox_id, spec: Some(spec.clone()), max_output_bytes: 0 };
        let stream =
            v1::ExecStreamRequest { sandbox_id: request.sandbox_id.clone(), spec: Some(spec) };
        invalid(api.execs().exec(request).await, field);
        invalid(api.execs().exec_stream(stream).await.map(|_| ()), field);
    }
    let spec = Some(ExecSpec { command: vec!["echo".to_owned()], ..Default::default() });
    for max_output_bytes in [-1, (16 << 20) + 1] {
        let (sandbox_id, spec) = (sandbox_id.clone(), spec.clone());
        let request = ExecRequest { sandbox_id, spec, max_output_bytes };
        invalid(api.execs().exec(request).await, "max_output_bytes");
    }
    let missing = ExecRequest { sandbox_id: sandbox_id.clone(), ..Default::default() };
    invalid(api.execs().exec(missing).await, "spec.command");
    assert_eq!(api.runtime.calls(Step::StartExec), 0);
    let exec_id = format!("exec_{}", "0".repeat(26));
    for signal in [0, -1, 65] {
        let (sandbox_id, exec_id) = (sandbox_id.clone(), exec_id.clone());
        let request = SignalExecRequest { sandbox_id, exec_id, signal, process_only: false };
        invalid(api.execs().signal_exec(request).await, "signal");
    }
    let request = v1::GetExecRequest { sandbox_id, exec_id: "exec_../..".to_owned() };
    invalid(api.execs().get_exec(request).await, "exec_id");
}

#[tokio::test]
async fn a_sandbox_that_can_have_no_such_name_is_bad_input_everywhere() {
    let api = Api::start().await;
    let sandboxes = || api.sandboxes();
    for id in ["", "..", "a/b", "sbx_short", "a\n"] {
        let id = || id.to_owned();
        let get = v1::GetSandboxRequest { sandbox_id: id() };
        invalid(sandboxes().get_sandbox(get).await, "sandbox_id");
        let delete = v1::DeleteSandboxRequest { sandbox_id: id() };
        invalid(sandboxes().delete_sandbox(delete).await, "sandbox_id");
        let start = v1::StartSandboxRequest { sandbox_id: id() };
        invalid(sandboxes().start_sandbox(start).await, "sandbox_id");
        let stop = StopSandboxRequest { sandbox_id: id(), grace_period: None };
        invalid(sandboxes().stop_sandbox(stop).await, "sandbox_id");
        let pause = v1::PauseSandboxRequest { sandbox_id: id() };
        invalid(sandboxes().pause_sandbox(pause).await, "sandbox_id");
        let resume = v1::ResumeSandboxRequest { sandbox_id: id() };
        invalid(sandboxes().resume_sandbox(resume).await, "sandbox_id");
        let list = v1::ListExecsRequest { sandbox_id: id(), ..Default::default() };
        invalid(api.execs().list_execs(list).await, "sandbox_id");
        if !id().is_empty() {
            let watch = WatchSandboxesRequest { sandbox_id: id(), ..Default::default() };
            invalid(sandboxes().watch_sandboxes(watch).await.map(|_| ()), "sandbox_id");
        }
    }
    let get = v1::GetSandboxRequest { sandbox_id: "nobody".to_owned() };
    refused(sandboxes().get_sandbox(get).await, Code::NotFound, "SANDBOX_NOT_FOUND");
}

#[tokio::test]
async fn a_bad_update_names_its_field_and_changes_nothing() {
    let api = Api::start().await;
    let before = api.create("one").await;
    let update = |sandbox: Option<Sandbox>, paths: &[&str]| UpdateSandboxRequest {
        sandbox_id: before.id.clone(),
        sandbox,
        update_mask: Some(FieldMask { paths: paths.iter().map(|path| (*path).into()).collect() }),
    };
    let none = Sandbox::default;
    let limits = |memory_bytes| Sandbox {
        limits: Some(Limits { memory_bytes: Some(memory_bytes), ..Default::default() }),
        ..none()
    };
    let idle = |span| Sandbox {
        timeouts: Some(Timeouts { idle_timeout: span, ..Default::default() }),
        ..none()
    };
    for (request, field) in [
        (update(Some(none()), &[]), "update_mask"),
        (UpdateSandboxRequest { update_mask: None, ..update(Some(none()), &[]) }, "update_mask"),
        (update(Some(none()), &["colour"]), "update_mask"),
        (update(Some(none()), &["id"]), "update_mask"),
        (update(Some(none()), &["name", "image"]), "update_mask"),
        (update(Some(none()), &["limits.disk"]), "update_mask"),
        (update(None, &["name"]), "sandbox"),
        (update(Some(Sandbox { name: "a/b".into(), ..none() }), &["name"]), "sandbox.name"),
        (update(Some(limits(-1)), &["limits.memory_bytes"]), "sandbox.limits.memory_bytes"),
        (update(Some(limits(0)), &["limits"]), "sandbox.limits.memory_bytes"),
        (update(Some(none()), &["limits.pids"]), "sandbox.limits.pids"),
        (update(Some(Sandbox { on_exec: -1, ..none() }), &["on_exec"]), "sandbox.on_exec"),
        (update(Some(idle(seconds(-5))), &["timeouts"]), "sandbox.timeouts.idle_timeout"),
        (
            update(Some(Sandbox { labels: map("a b", ""), ..none() }), &["labels"]),
            "sandbox.labels[\"a b\"]",
        ),
    ] {
        invalid(api.sandboxes().update_sandbox(request).await, field);
    }
    let request = v1::GetSandboxRequest { sandbox_id: before.id.clone() };
    let after = api.sandboxes().get_sandbox(request).await.expect("it is there").into_inner();
    assert_eq!(after, before);
    for span in [seconds(-1), seconds(601), seconds(i64::MIN)] {
        let sandbox_id = before.id.clone();
        let request = StopSandboxRequest { sandbox_id, grace_period: span };
        invalid(api.sandboxes().stop_sandbox(request).await, "grace_period");
    }
    for period in [seconds(-1), seconds(86_401), seconds(i64::MAX)] {
        let request = KeepAliveRequest { sandbox_id: before.id.clone(), period };
        invalid(api.sandboxes().keep_alive(request).await, "period");
    }
}

#[tokio::test]
async fn a_fork_of_what_runs_is_refused_and_makes_nothing() {
    let api = Api::start().await;
    let parent = api.create("parent").await;
    let request = ForkSandboxRequest { sandbox_id: parent.id, memory: true, ..Default::default() };
    let refused = api.sandboxes().fork_sandbox(request).await.expect_err("it is not there yet");
    assert_eq!(
        (refused.code(), reason(&refused)),
        (Code::FailedPrecondition, "MEMORY_FORK_UNSUPPORTED".to_owned())
    );
    let left = api.sandboxes().list_sandboxes(v1::ListSandboxesRequest::default()).await;
    assert_eq!(left.expect("a list").into_inner().sandboxes.len(), 1);
}
