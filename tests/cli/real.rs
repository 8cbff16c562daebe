//! The same program with the real daemon and real sandboxes.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::process::Signal;
use skerry_test_support::{Daemon, needs_root, skip};

use crate::program::{Ended, argument, command, finish, run, run_with_input, signal, start};
use crate::terminal::Terminal;

/// How much goes through both streams at once.
const MANY_BYTES: usize = 32 << 20;

/// `skerry` for this daemon, whose token it finds by itself.
pub(crate) fn skerry(daemon: &Daemon, arguments: &[&str]) -> Command {
    let mut command = command(arguments);
    command.env("SKERRY_ADDRESS", daemon.address()).env("SKERRY_DATA_DIR", daemon.data_dir());
    command
}

fn done(daemon: &Daemon, arguments: &[&str]) -> Ended {
    run(&mut skerry(daemon, arguments))
}

async fn assert_no_sandbox(daemon: &Daemon) {
    let left = daemon.client().list_sandboxes(BTreeMap::new()).await;
    assert_eq!(left.expect("the daemon answers"), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_prints_what_the_command_prints_and_leaves_nothing() {
    needs_root!();
    let daemon = Daemon::start().await;
    let printed = done(&daemon, &["run", "host", "--", "sh", "-c", "echo $((6*7))"]);
    assert_eq!(printed.expect_stdout(), "42\n");
    for (script, code) in [("exit 3", 3), ("kill -9 $$", 137), ("exit 255", 255)] {
        let ended = done(&daemon, &["run", "host", "--", "sh", "-c", script]);
        assert_eq!(ended.code, Some(code), "{script}: {ended:?}");
    }
    done(&daemon, &["run", "host", "--", "no-such-program"]).expect_error(127);
    done(&daemon, &["run", "host", "--", "/etc"]).expect_error(126);
    done(&daemon, &["run", "host", "--cwd", "/nonexistent", "--", "true"]).expect_error(125);
    done(&daemon, &["run", "no-such-image", "--", "true"]).expect_error(125);
    let line = done(&daemon, &["run", "host", "--memory", "5", "--", "true"]).expect_error(125);
    assert!(line.contains("limits.memory_bytes") && line.ends_with("; correct --memory"), "{line}");
    assert_no_sandbox(&daemon).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_bytes_arrive_as_they_were_written() {
    needs_root!();
    let daemon = Daemon::start().await;
    let script = format!("head -c {MANY_BYTES} /dev/urandom | tee /dev/stderr");
    let mut command = skerry(&daemon, &["run", "host", "--", "sh", "-c", &script]);
    let output = command.output().expect("skerry can be run");
    assert!(output.status.success(), "{}", output.status);
    assert_eq!(output.stdout.len(), MANY_BYTES);
    assert!(output.stdout == output.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_life_from_create_to_rm() {
    needs_root!();
    let daemon = Daemon::start().await;
    let json = |arguments: &[&str]| -> serde_json::Value {
        let text = done(&daemon, &[&["-o", "json"], arguments].concat()).expect_stdout();
        serde_json::from_str(&text).expect("JSON")
    };
    let options = ["--name", "web", "--memory", "128M", "-l", "team=web", "-e", "A=b c"];
    let created = done(&daemon, &[&["create"][..], &options].concat());
    assert_eq!(created.expect_stdout(), "web\n");
    let line = done(&daemon, &["create", "--name", "web"]).expect_error(1);
    assert!(line.contains("`skerry rm`"), "{line}");
    assert_eq!(json(&["ls", "-l", "team=web"])[0]["limits"]["memoryBytes"], "134217728");
    assert_eq!(json(&["ls", "-l", "team=db"]), serde_json::json!([]));

    let script = "echo \"$A\" > note; cat note; pwd";
    let ran = done(&daemon, &["exec", "web", "--", "sh", "-c", script]);
    assert_eq!(ran.expect_stdout(), "b c\n/workspace\n");
    assert!(done(&daemon, &["ps", "web"]).expect_stdout().contains("exit 0"));

    let updated = json(&["update", "web", "--name", "site", "--memory", "256M", "-l", "env=test"]);
    assert_eq!(updated["labels"], serde_json::json!({"env": "test", "team": "web"}));
    assert_eq!(json(&["pause", "site"])["state"], "SANDBOX_STATE_PAUSED");
    assert_eq!(json(&["resume", "site"])["state"], "SANDBOX_STATE_RUNNING");
    assert_eq!(json(&["stop", "site", "-t", "1s"])["state"], "SANDBOX_STATE_STOPPED");
    let line = done(&daemon, &["exec", "site", "--", "true"]).expect_error(125);
    assert!(line.contains("`skerry inspect` shows its state"), "{line}");
    assert_eq!(json(&["start", "site"])["state"], "SANDBOX_STATE_RUNNING");
    let kept = done(&daemon, &["exec", "site", "--", "cat", "note"]);
    assert_eq!(kept.expect_stdout(), "b c\n");
    assert!(done(&daemon, &["inspect", "site"]).expect_stdout().contains("256M"));
    assert!(done(&daemon, &["info"]).expect_stdout().contains("CAPABILITY"));
    assert_eq!(done(&daemon, &["rm", "site", "web"]).expect_stdout(), "site\nweb\n");
    assert_no_sandbox(&daemon).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_ends_what_it_should() {
    needs_root!();
    let daemon = Daemon::start().await;
    let script = "trap 'echo caught; exit 7' INT; echo ready; sleep 1000 >/dev/null 2>&1 & wait";
    for (arguments, code, rest) in [
        (&["run", "host", "--", "sh", "-c", script][..], 130, ""),
        (&["exec", "web", "--", "sh", "-c", script], 7, "caught\n"),
    ] {
        if arguments[0] == "exec" {
            done(&daemon, &["create", "--name", "web"]).expect_stdout();
        }
        let mut child = start(&mut skerry(&daemon, arguments));
        let stdout = child.stdout.as_mut().expect("it is piped");
        stdout.read_exact(&mut [0; 6]).expect("it says that it is ready");
        signal(&child, Signal::INT);
        let ended = finish(child);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(code), rest), "{ended:?}");
    }
    done(&daemon, &["rm", "--all", "--yes"]).expect_stdout();
    assert_no_sandbox(&daemon).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn input_arrives_as_it_was_written_and_ends() {
    needs_root!();
    let daemon = Daemon::start().await;
    done(&daemon, &["create", "--name", "web"]).expect_stdout();
    let input: Vec<u8> = (0..3_000_000u32).map(|n| (n % 251) as u8).collect();
    let mut cat = skerry(&daemon, &["exec", "-i", "web", "--", "sh", "-c", "cat; exit 6"]);
    let output = run_with_input(&mut cat, &input);
    assert_eq!(output.status.code(), Some(6));
    assert!(output.stdout == input, "{} bytes", output.stdout.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_is_one_inside_and_is_set_back_afterwards() {
    needs_root!();
    let daemon = Daemon::start().await;
    done(&daemon, &["create", "--name", "web"]).expect_stdout();
    let on_terminal = |script: &str, talk: &dyn Fn(&mut Terminal, &std::process::Child)| {
        let mut terminal = Terminal::open();
        terminal.resize(31, 97);
        let arguments = ["exec", "-it", "web", "--", "sh", "-c", script];
        let child = terminal.start(&mut skerry(&daemon, &arguments));
        talk(&mut terminal, &child);
        let code = terminal.finish(child);
        assert!(terminal.echoes(), "it was left raw");
        (code, terminal.text())
    };
    let script = "stty size; while [ \"$(stty size)\" = '31 97' ]; do sleep 0.05; done; \
                  stty size; read line; echo got $line; exit 4";
    let (code, text) = on_terminal(script, &|terminal, child| {
        terminal.wait_for("31 97");
        terminal.resize(40, 120);
        // What a terminal does for the program in its foreground.
        signal(child, Signal::WINCH);
        terminal.wait_for("40 120");
        terminal.type_in("hello\r");
    });
    assert_eq!(code, Some(4), "{text}");
    assert!(text.contains("got hello"), "{text}");

    // Debian's sh loses a signal that comes while it starts a program.
    let script = "trap 'exit 9' INT; echo ready; sleep 1000 >/dev/null 2>&1 & wait";
    let (code, text) = on_terminal(script, &|terminal, _| {
        terminal.wait_for("ready");
        terminal.type_in("\x03");
    });
    assert_eq!(code, Some(9), "{text}");

    let (code, text) = on_terminal("echo ready; sleep 600", &|terminal, _| {
        terminal.wait_for("ready");
        terminal.type_in("\x10\x11");
    });
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("was left running; `skerry attach -i web exec_"), "{text}");

    let script =
        "trap 'echo not yet' TERM; echo ready; sleep 1000 >/dev/null 2>&1 & while :; do wait; done";
    let (code, text) = on_terminal(script, &|terminal, child| {
        terminal.wait_for("ready");
        signal(child, Signal::TERM);
        terminal.wait_for("not yet");
        signal(child, Signal::TERM);
    });
    assert_eq!(code, Some(143), "{text}");
}

/// A program that is a whole root file system, where there is one.
fn static_busybox() -> Option<&'static Path> {
    let path = Path::new("/bin/busybox");
    let program = fs::read(path).ok()?;
    let loader = b"/ld-linux";
    let dynamic = program.windows(loader.len()).any(|part| part == loader);
    (!dynamic).then_some(path)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_becomes_an_image_that_runs() {
    needs_root!();
    let Some(busybox) = static_busybox() else {
        skip!("no /bin/busybox that needs no libraries; it is in Debian's busybox-static");
    };
    let daemon = Daemon::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    for below in ["bin", "etc", "dev", "proc", "sys", "tmp"] {
        fs::create_dir(folder.path().join(below)).expect("made");
    }
    fs::copy(busybox, folder.path().join("bin/busybox")).expect("copied");
    std::os::unix::fs::symlink("busybox", folder.path().join("bin/sh")).expect("linked");
    let imported = done(&daemon, &["image", "import", "tiny", argument(folder.path())]);
    assert_eq!(imported.expect_stdout(), "tiny\n");
    let ran = done(&daemon, &["run", "tiny", "--", "sh", "-c", "echo $0"]);
    assert_eq!(ran.expect_stdout(), "sh\n");
    done(&daemon, &["image", "rm", "tiny"]).expect_stdout();
    assert_eq!(done(&daemon, &["image", "ls", "-q"]).expect_stdout(), "host\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_cut_off_is_no_image() {
    needs_root!();
    let daemon = Daemon::start().await;
    let mut builder = tar::Builder::new(Vec::new());
    for number in 0..200 {
        let mut header = tar::Header::new_gnu();
        header.set_size(512);
        header.set_mode(0o644);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(0);
        let name = format!("file-{number}");
        builder.append_data(&mut header, name, &[1; 512][..]).expect("into memory");
    }
    let archive = builder.into_inner().expect("into memory");
    for round in 0..10 {
        // A name is taken until the daemon has seen that its import is over.
        let name = format!("half-{round}");
        let cut = 1024 * (1 + 19 * round);
        let mut command = skerry(&daemon, &["image", "import", &name, "-"]);
        let mut child = start(command.stdin(Stdio::piped()));
        let mut stdin = child.stdin.take().expect("it is piped");
        stdin.write_all(&archive[..cut]).expect("skerry reads its input");
        // Some of it may have gone: that is what is tried.
        signal(&child, Signal::KILL);
        child.wait().expect("it is this process's child");
    }
    assert_eq!(done(&daemon, &["image", "ls", "-q"]).expect_stdout(), "host\n");
    let mut whole = skerry(&daemon, &["image", "import", "whole", "-"]);
    Ended::of(run_with_input(&mut whole, &archive)).expect_stdout();
}
