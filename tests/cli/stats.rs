//! What `skerry stats` tells.

use prost_types::Timestamp;
use skerry_client::v1::{Limits, SandboxState, SandboxStats};
use skerry_test_support::{Daemon, needs_root};
use tonic::Code;

use crate::program::{run, start};
use crate::real::skerry;
use crate::snapshot::{assert_snapshot, transcript};
use crate::stage::{Script, Stage, refusal, sandbox};

/// One that is busy, one whose memory is nearly full, one that is stopped.
fn script() -> Script {
    let web = sandbox(1, "web", SandboxState::Running);
    let db = sandbox(2, "db", SandboxState::Paused);
    let old = sandbox(3, "old", SandboxState::Stopped);
    let limits = Limits { disk_bytes: Some(10 << 30), ..web.limits.expect("it has some") };
    let busy = SandboxStats {
        sandbox_id: web.id.clone(),
        state: web.state,
        time: Some(Timestamp { seconds: 1_709_210_096, nanos: 0 }),
        limits: Some(limits),
        cpu_time: Some(prost_types::Duration { seconds: 7, nanos: 0 }),
        memory_used_bytes: Some(30 << 20),
        memory_peak_bytes: Some(100 << 20),
        pids: Some(4),
        disk_used_bytes: Some(20 << 20),
        network_received_bytes: Some(3 << 19),
        network_sent_bytes: Some(1 << 10),
        oom_kills: 0,
    };
    let full = SandboxStats {
        sandbox_id: db.id.clone(),
        state: db.state,
        memory_used_bytes: Some(500 << 20),
        cpu_time: None,
        network_received_bytes: None,
        network_sent_bytes: None,
        disk_used_bytes: None,
        ..busy
    };
    let still = SandboxStats {
        sandbox_id: old.id.clone(),
        state: old.state,
        limits: Some(limits),
        disk_used_bytes: Some(5 << 20),
        ..SandboxStats::default()
    };
    Script { sandboxes: vec![web, db, old], stats: vec![busy, full, still], ..Script::default() }
}

#[test]
fn a_table_of_what_runs_tells_processors_of_two_readings() {
    let stage = Stage::new(script());
    let ended = stage.run(&["stats"]);
    assert_snapshot("stats", &transcript(&["stats"], &ended));
    let asked = stage.asked().calls.iter().filter(|call| call.starts_with("stats")).count();
    assert_eq!(asked, 4, "two readings of those two that are not stopped");
}

#[test]
fn what_is_named_is_told_in_its_order_also_where_it_is_stopped() {
    let stage = Stage::new(script());
    let ended = stage.run(&["stats", "old", "web"]);
    assert_snapshot("stats-named", &transcript(&["stats", "old", "web"], &ended));
    let nobody = stage.run(&["stats", "nobody"]).expect_error(1);
    assert!(nobody.starts_with("read what nobody uses: there is no sandbox"), "{nobody}");
}

#[test]
fn one_that_goes_meanwhile_is_left_out_and_no_sandbox_is_no_wait() {
    let gone = refusal(Code::NotFound, "SANDBOX_NOT_FOUND", "gone");
    let stage = Stage::new(Script { refusals: [("stats", gone)].into(), ..script() });
    let headings = "NAME   STATE   CPUS   MEMORY   PIDS   DISK   RECEIVED   SENT\n";
    assert_eq!(stage.run(&["stats"]).expect_stdout(), headings);
    let json = stage.run(&["stats", "-o", "json"]).expect_stdout();
    assert_eq!(json, "[]\n");
}

#[test]
fn json_is_one_reading_an_object_or_an_array() {
    let stage = Stage::new(script());
    let parse = |arguments: &[&str]| -> serde_json::Value {
        serde_json::from_str(&stage.run(arguments).expect_stdout()).expect("JSON")
    };
    let one = parse(&["stats", "web", "-o", "json"]);
    assert_eq!(one["memoryUsedBytes"], "31457280");
    assert_eq!(one["cpuTime"], "7s");
    let old = parse(&["stats", "old", "-o", "json"]);
    assert!(old.get("cpuTime").is_none_or(serde_json::Value::is_null), "{old}");
    assert_eq!(parse(&["stats", "-o", "json"]).as_array().map(Vec::len), Some(2));
}

#[test]
fn a_watch_prints_until_it_is_ended() {
    use std::io::{BufRead, BufReader};
    let stage = Stage::new(script());
    let mut child = start(&mut stage.command(&["stats", "-w", "--interval", "100ms", "web"]));
    let lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
    let tables = lines.map_while(Result::ok).filter(|line| line.starts_with("web")).take(2);
    for line in tables.collect::<Vec<_>>() {
        assert!(line.contains("0.5 / 1.5"), "{line}");
    }
    child.kill().expect("it runs");
    child.wait().expect("it is this process's child");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_sandbox_has_numbers() {
    needs_root!();
    let daemon = Daemon::start().await;
    let done = |arguments: &[&str]| run(&mut skerry(&daemon, arguments));
    done(&["create", "--name", "web", "--memory", "256M", "--cpus", "1"]).expect_stdout();
    let table = done(&["stats", "web"]).expect_stdout();
    let row = table.lines().nth(1).expect("a row");
    assert!(row.starts_with("web") && row.contains(" / 1 ") && row.contains("/ 256M"), "{table}");
    done(&["stop", "web", "-t", "0"]).expect_stdout();
    assert_eq!(done(&["stats", "-o", "json"]).expect_stdout(), "[]\n");
    let table = done(&["stats", "web"]).expect_stdout();
    assert!(table.contains("stopped   -      -        -"), "{table}");
}
