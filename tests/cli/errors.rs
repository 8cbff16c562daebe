//! Errors: one line, why, and what to do next.

use std::fs;
use std::net::TcpListener;

use tonic::{Code, Status};

use crate::program::{argument, command, run};
use crate::snapshot::assert_snapshot;
use crate::stage::{Script, Stage, TOKEN, refusal, wrong_field};

#[test]
fn a_wrong_command_line_is_one_line_and_its_exit_code_is_no_commands() {
    let mut lines = String::new();
    for (arguments, code) in [
        (&[] as &[&str], 2),
        (&["lss"], 2),
        (&["ls", "--labl", "a=b"], 2),
        (&["ls", "--label", "a"], 2),
        (&["ls", "-o", "yaml"], 2),
        (&["ls", "--address", "ftp://example.org"], 2),
        (&["ls", "--token", "two words"], 1),
        (&["create", "--memory", "lots"], 2),
        (&["create", "--cpus=-1"], 2),
        (&["create", "--idle-timeout", "soon"], 2),
        (&["create", "--env", "SKERRY_SURELY_NOT_SET"], 2),
        (&["image"], 2),
        (&["image", "import", "x"], 2),
        (&["create", "--volume", "data:srv"], 2),
        (&["create", "--storage", "lots:/srv"], 2),
        (&["create", "--keep-storage"], 2),
        (&["volume", "create", "--size", "big"], 2),
        (&["volume", "rm"], 2),
        (&["fork", "web", "-n", "0"], 2),
        (&["coalesce", "web"], 2),
        (&["rm"], 2),
        (&["rm", "a", "--all"], 2),
        (&["run"], 125),
        (&["run", "host"], 125),
        (&["run", "--snapshot", "ready"], 125),
        (&["run", "host", "--memory", "1X", "--", "true"], 125),
        (&["exec", "web"], 125),
    ] {
        let line = run(&mut command(arguments)).expect_error(code);
        lines.push_str(&format!("$ skerry {}\n{line}\n", arguments.join(" ")));
    }
    assert_snapshot("wrong-command-lines", &lines);
}

#[test]
fn without_a_daemon_every_command_says_how_to_start_one() {
    // A port that was free a moment ago and that nothing listens on.
    let listener = TcpListener::bind("127.0.0.1:0").expect("ports are left");
    let address = listener.local_addr().expect("it is bound").to_string();
    drop(listener);
    for (arguments, code) in [
        (&["ls"] as &[&str], 1),
        (&["create"], 1),
        (&["inspect", "web"], 1),
        (&["rm", "web"], 1),
        (&["watch"], 1),
        (&["info"], 1),
        (&["image", "ls"], 1),
        (&["volume", "rm", "data"], 1),
        (&["snapshot", "ls"], 1),
        (&["tree"], 1),
        (&["df"], 1),
        (&["run", "host", "--", "true"], 125),
        (&["exec", "web", "--", "true"], 125),
    ] {
        let line = run(command(arguments).env("SKERRY_ADDRESS", &address)).expect_error(code);
        let end = format!(
            ": no daemon answers at {address}: connection refused; \
             start it with `skerryd`, or name another with --address"
        );
        assert!(line.ends_with(&end), "{arguments:?}: {line}");
    }
}

#[test]
fn a_refused_token_says_where_one_is_found() {
    let stage = Stage::new(Script::default());
    let data = tempfile::tempdir().expect("a folder");
    let folder = argument(data.path());
    let ls = |token: Option<&str>| {
        let mut command = command(&["ls"]);
        command.env("SKERRY_ADDRESS", stage.address()).env("SKERRY_DATA_DIR", folder);
        if let Some(token) = token {
            command.env("SKERRY_TOKEN", token);
        }
        run(&mut command)
    };
    let missing = ls(None).expect_error(1);
    let given = ls(Some("sk_wrong")).expect_error(1);
    fs::write(data.path().join("admin.token"), "\n").expect("written");
    let empty = ls(None).expect_error(1);
    fs::write(data.path().join("admin.token"), "sk_old\n").expect("written");
    let stale = ls(None).expect_error(1);
    let lines = [missing, given, empty, stale].join("\n").replace(folder, "DATA");
    assert_snapshot("refused-tokens", &format!("{lines}\n"));

    fs::write(data.path().join("admin.token"), format!("{TOKEN}\n")).expect("written");
    ls(None).expect_stdout();
    // A token that is given wins over the environment, and that over the file.
    let flag = run(command(&["ls", "--token", TOKEN])
        .env("SKERRY_ADDRESS", stage.address())
        .env("SKERRY_TOKEN", "sk_wrong"));
    flag.expect_stdout();
}

/// What is said of calls that the daemon refuses, each with its command line.
fn refused(cases: &[(&'static str, Status, &[&str])]) -> String {
    let mut lines = String::new();
    for (call, status, arguments) in cases {
        let refusals = [(*call, status.clone())].into();
        let stage = Stage::new(Script { refusals, ..Script::default() });
        let line = stage.run(arguments).expect_error(1);
        lines.push_str(&format!("$ skerry {}\n{line}\n", arguments.join(" ")));
    }
    lines
}

#[test]
fn what_the_daemon_refuses_is_told_with_the_next_step() {
    let lines = refused(&[
        ("create", wrong_field("limits.memory_bytes", "must be more, is 5"), &["create"]),
        ("create", wrong_field("env[\"A\"]", "must not have NUL"), &["create"]),
        (
            "create",
            refusal(Code::NotFound, "IMAGE_NOT_FOUND", "there is no image x"),
            &["create", "x", "--pull", "never"],
        ),
        (
            "create",
            refusal(Code::AlreadyExists, "SANDBOX_NAME_TAKEN", "the name web is taken"),
            &["create", "--name", "web"],
        ),
        (
            "get",
            refusal(Code::NotFound, "SANDBOX_NOT_FOUND", "there is no sandbox a"),
            &["inspect", "a"],
        ),
        (
            "resume",
            refusal(Code::FailedPrecondition, "WRONG_STATE", "sandbox a is stopped"),
            &["resume", "a"],
        ),
        (
            "delete-image",
            refusal(Code::FailedPrecondition, "IMAGE_IN_USE", "a sandbox was made from x"),
            &["image", "rm", "x"],
        ),
        ("list", refusal(Code::Internal, "STORE_FAILED", "disk\u{1b}[31m\nfull"), &["ls"]),
        ("info", refusal(Code::Unavailable, "SHUTTING_DOWN", "going down"), &["info"]),
    ]);
    assert_snapshot("refusals", &lines);
}

#[test]
fn what_the_storage_refuses_is_told_with_the_next_step() {
    let lines = refused(&[
        (
            "create",
            refusal(Code::NotFound, "VOLUME_NOT_FOUND", "there is no volume x"),
            &["create", "--volume", "x"],
        ),
        (
            "create",
            wrong_field("mounts", "two are at /workspace"),
            &["create", "--volume", "x", "--volume", "y"],
        ),
        (
            "create",
            wrong_field("storage.size_bytes", "must be more, is 5"),
            &["create", "--storage", "5"],
        ),
        (
            "create",
            refusal(Code::NotFound, "SNAPSHOT_NOT_FOUND", "there is no snapshot x"),
            &["create", "--snapshot", "x"],
        ),
        (
            "create",
            refusal(Code::FailedPrecondition, "DISK_LIMIT_UNSUPPORTED", "dir holds no sizes"),
            &["create", "--disk", "1G"],
        ),
        (
            "create-volume",
            refusal(Code::AlreadyExists, "VOLUME_NAME_TAKEN", "the name x is taken"),
            &["volume", "create", "x"],
        ),
        (
            "create-volume",
            wrong_field("size_bytes", "must be more, is 5"),
            &["volume", "create", "--size", "5"],
        ),
        (
            "create-snapshot",
            refusal(Code::AlreadyExists, "SNAPSHOT_NAME_TAKEN", "the name x is taken"),
            &["snapshot", "create", "web", "--name", "x"],
        ),
        (
            "create-snapshot",
            refusal(Code::ResourceExhausted, "DISK_FULL", "the storage is full"),
            &["snapshot", "create", "web"],
        ),
        ("fork", wrong_field("count", "must be 1 to 100, is 101"), &["fork", "web", "-n", "101"]),
        (
            "coalesce",
            refusal(Code::FailedPrecondition, "NOT_A_FORK", "db is not in the fork tree"),
            &["coalesce", "web", "db"],
        ),
    ]);
    assert_snapshot("refusals-of-storage", &lines);
}
