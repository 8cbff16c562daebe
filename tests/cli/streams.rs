//! `run` and `exec`: bytes as they are, exit codes as they are, and nothing
//! left behind.

use std::collections::HashMap;
use std::io::Read;
use std::process::Stdio;

use bytes::Bytes;
use rustix::process::Signal;
use skerry_client::v1::OnIdle;
use tonic::Code;

use crate::program::{finish, signal, start, wait_until};
use crate::stage::{CREATED, Frame, Script, Stage, refusal};

const RUN: &[&str] = &["run", "host", "--", "x"];
const EXEC: &[&str] = &["exec", "web", "--", "x"];

fn frames(frames: Vec<Frame>) -> Stage {
    Stage::new(Script { frames, ..Script::default() })
}

fn was_deleted(stage: &Stage) -> bool {
    stage.was_asked(&format!("delete {CREATED}"))
}

#[test]
fn output_is_byte_for_byte_on_its_own_stream() {
    let every_byte: Vec<u8> = (0..=255).collect();
    let long = Bytes::from(every_byte.repeat(4096));
    let stage = frames(vec![
        Frame::Stdout(long.clone()),
        Frame::KeepAlive,
        Frame::Stderr(Bytes::from_static(b"\xff\x00err")),
        Frame::Stdout(Bytes::new()),
        Frame::Stdout(Bytes::from_static(b"no newline")),
        Frame::Exit(3),
    ]);
    for arguments in [RUN, EXEC] {
        let output = stage.command(arguments).output().expect("skerry can be run");
        assert_eq!(output.status.code(), Some(3));
        assert!(output.stdout == [&long[..], b"no newline"].concat());
        assert_eq!(output.stderr, b"\xff\x00err");
    }
    assert_eq!(stage.asked().calls.len(), 4, "create, exec, delete; exec");
    assert!(was_deleted(&stage));
}

#[test]
fn the_end_is_the_commands_own() {
    for (frame, code) in [(Frame::Exit(0), 0), (Frame::Exit(255), 255), (Frame::Exit(143), 143)] {
        let stage = frames(vec![frame]);
        assert_eq!(stage.run(RUN).code, Some(code));
        assert_eq!(stage.run(EXEC).code, Some(code));
    }
    let killed = frames(vec![Frame::OutOfMemory]).run(EXEC);
    let line = killed.expect_error(137);
    assert!(line.contains("out of memory") && line.contains("--memory"), "{line}");
}

#[test]
fn what_does_not_start_exits_as_a_shell_has_it() {
    for (code, reason, exit) in [
        (Code::NotFound, "COMMAND_NOT_FOUND", 127),
        (Code::PermissionDenied, "NOT_EXECUTABLE", 126),
        (Code::FailedPrecondition, "BAD_INTERPRETER", 126),
        (Code::NotFound, "CWD_NOT_FOUND", 125),
        (Code::NotFound, "USER_NOT_FOUND", 125),
        (Code::NotFound, "SANDBOX_NOT_FOUND", 125),
        (Code::Internal, "SPAWN_FAILED", 125),
    ] {
        let refusals = HashMap::from([("exec", refusal(code, reason, "x: it is not so"))]);
        let stage = Stage::new(Script { refusals, ..Script::default() });
        let line = stage.run(RUN).expect_error(exit);
        assert!(line.starts_with("run x: x: it is not so; "), "{line}");
        assert!(was_deleted(&stage), "{reason}");
        stage.run(EXEC).expect_error(exit);
    }
}

#[test]
fn a_failed_create_has_nothing_to_delete() {
    let status = refusal(Code::ResourceExhausted, "BOUND_REACHED", "there are enough");
    let stage =
        Stage::new(Script { refusals: HashMap::from([("create", status)]), ..Script::default() });
    stage.run(RUN).expect_error(125);
    assert_eq!(stage.asked().calls, ["create host"]);
}

#[test]
fn a_stream_that_is_cut_is_an_error_and_the_sandbox_is_deleted() {
    let stage = frames(vec![Frame::Stdout(Bytes::from_static(b"half")), Frame::Cut]);
    let ended = stage.run(RUN);
    assert_eq!(ended.stdout, "half");
    let line = ended.expect_error(125);
    assert!(line.contains("the stream ended before the command"), "{line}");
    assert!(was_deleted(&stage));
}

#[test]
fn a_sandbox_that_can_not_be_deleted_is_told_but_the_command_counts() {
    let status = refusal(Code::Internal, "STORE_FAILED", "the disk is full");
    let stage = Stage::new(Script {
        frames: vec![Frame::Exit(7)],
        refusals: HashMap::from([("delete", status)]),
        ..Script::default()
    });
    let line = stage.run(RUN).expect_error(7);
    assert!(line.ends_with(&format!("remove it with `skerry rm {CREATED}`")), "{line}");
}

#[test]
fn keep_keeps_and_says_the_name_beside_the_output() {
    let stage = frames(vec![Frame::Stdout(Bytes::from_static(b"out\n")), Frame::Exit(0)]);
    let ended = stage.run(&["run", "host", "--keep", "--name", "web", "--", "x"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), "out\n"));
    assert!(ended.stderr.contains("sandbox web was kept; remove it with `skerry rm web`"));
    assert!(!was_deleted(&stage));
    assert_eq!(stage.asked().creates[0].timeouts.unwrap_or_default().idle_timeout, None);
}

#[test]
fn should_the_client_die_the_daemon_deletes() {
    let stage = frames(vec![Frame::Exit(0)]);
    stage.run(RUN).expect_stdout();
    stage.run(&["run", "host", "--idle-timeout", "5m", "--", "x"]).expect_stdout();
    let timeouts: Vec<_> = stage
        .asked()
        .creates
        .iter()
        .map(|request| request.timeouts.unwrap_or_default())
        .map(|timeouts| (timeouts.idle_timeout.map(|span| span.seconds), timeouts.on_idle()))
        .collect();
    assert_eq!(timeouts, [(Some(60), OnIdle::Delete), (Some(300), OnIdle::Unspecified)]);
}

#[test]
fn a_signal_deletes_the_sandbox_of_a_run() {
    for (sent, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        let stage = frames(vec![Frame::Stdout(Bytes::from_static(b"x")), Frame::Forever]);
        let mut child = start(&mut stage.command(RUN));
        let mut byte = [0];
        let stdout = child.stdout.as_mut().expect("it is piped");
        stdout.read_exact(&mut byte).expect("it runs");
        signal(&child, sent);
        let ended = finish(child);
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(code), ""));
        assert!(was_deleted(&stage));
    }
}

#[test]
fn a_signal_during_the_create_deletes_what_is_made() {
    let stage =
        Stage::new(Script { slow_create: true, frames: vec![Frame::Exit(0)], ..Script::default() });
    let child = start(&mut stage.command(RUN));
    wait_until("the create is asked for", || stage.was_asked("create host"));
    signal(&child, Signal::INT);
    // Whichever comes first, the signal or the answer: both are there before
    // an exec could have ended.
    stage.release();
    let ended = finish(child);
    assert!(matches!(ended.code, Some(130 | 0)), "{ended:?}");
    assert!(was_deleted(&stage));
}

#[test]
fn a_signal_works_while_nobody_reads() {
    let stage = frames(vec![Frame::Endless(Bytes::from(vec![b'x'; 1 << 18]))]);
    let mut child = start(&mut stage.command(RUN));
    let mut stdout = child.stdout.take().expect("it is piped");
    stdout.read_exact(&mut [0]).expect("it runs");
    // From here on the pipe fills up, and the writer with it.
    signal(&child, Signal::TERM);
    assert_eq!(finish(child).code, Some(143));
    assert!(was_deleted(&stage));
    drop(stdout);
}

#[test]
fn a_reader_that_left_ends_a_run_in_silence() {
    let stage = frames(vec![Frame::Endless(Bytes::from(vec![b'x'; 1 << 16]))]);
    let mut child = start(&mut stage.command(RUN));
    let mut stdout = child.stdout.take().expect("it is piped");
    stdout.read_exact(&mut [0]).expect("it runs");
    drop(stdout);
    let ended = finish(child);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(141), ""));
    assert!(was_deleted(&stage));
}

#[test]
fn a_reader_that_left_an_exec_is_the_end_of_its_writer() {
    let stage = frames(vec![Frame::Endless(Bytes::from(vec![b'x'; 1 << 16]))]);
    let mut child = start(&mut stage.command(EXEC));
    let mut stdout = child.stdout.take().expect("it is piped");
    stdout.read_exact(&mut [0]).expect("it runs");
    drop(stdout);
    let ended = finish(child);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(141), ""));
    assert!(stage.was_asked("signal 13"));
}

#[test]
fn a_signal_goes_to_the_command_of_an_exec() {
    let stage = frames(vec![Frame::Stdout(Bytes::from_static(b"x")), Frame::UntilSignal]);
    let mut child = start(&mut stage.command(EXEC));
    child.stdout.as_mut().expect("it is piped").read_exact(&mut [0]).expect("it runs");
    signal(&child, Signal::INT);
    assert_eq!(finish(child).code, Some(130));
    assert!(stage.was_asked("signal 2"));
}

#[test]
fn a_second_signal_leaves_the_command_of_an_exec() {
    let stage = frames(vec![Frame::Stdout(Bytes::from_static(b"x")), Frame::Forever]);
    let mut child = start(&mut stage.command(EXEC));
    child.stdout.as_mut().expect("it is piped").read_exact(&mut [0]).expect("it runs");
    signal(&child, Signal::INT);
    wait_until("the signal is passed on", || stage.was_asked("signal 2"));
    signal(&child, Signal::TERM);
    let line = finish(child).expect_error(143);
    assert!(line.contains("was left running; `skerry attach -i web exec_0"), "{line}");
}

#[test]
fn a_list_into_a_closed_pipe_is_silent() {
    let stage = Stage::new(Script::default());
    for arguments in [&["ls"][..], &["info"], &["completions", "bash"], &["--help"]] {
        let (reader, writer) = std::io::pipe().expect("descriptors are left");
        drop(reader);
        let mut command = stage.command(arguments);
        let child = command.stdout(writer).stderr(Stdio::piped()).spawn();
        let ended = finish(child.expect("skerry can be run"));
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(141), ""), "{arguments:?}");
    }
}
