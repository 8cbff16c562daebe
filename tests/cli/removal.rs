//! `rm`, and the question before all is removed.

use std::collections::HashMap;

use skerry_client::v1::SandboxState;
use tonic::Code;

use crate::stage::{Script, Stage, refusal, sandbox};
use crate::terminal::Terminal;

fn three() -> Script {
    let sandboxes = ["a", "b", "c"].iter().zip(1..);
    Script {
        sandboxes: sandboxes.map(|(name, n)| sandbox(n, name, SandboxState::Running)).collect(),
        ..Script::default()
    }
}

#[test]
fn many_are_removed_and_one_that_is_not_there_is_no_error() {
    let stage = Stage::new(Script::default());
    assert_eq!(stage.run(&["rm", "x", "y"]).expect_stdout(), "x\ny\n");
    let mut calls = stage.asked().calls.clone();
    calls.sort();
    assert_eq!(calls, ["delete x", "delete y"]);
}

#[test]
fn all_are_removed_where_that_is_meant() {
    let stage = Stage::new(three());
    assert_eq!(stage.run(&["rm", "--all", "--yes"]).expect_stdout(), "a\nb\nc\n");
}

#[test]
fn without_a_terminal_all_need_a_yes() {
    let stage = Stage::new(three());
    let line = stage.run(&["rm", "--all"]).expect_error(1);
    assert_eq!(line, "remove all 3 sandboxes: nobody is there to ask; give --yes if you mean it");
    assert!(!stage.asked().calls.iter().any(|call| call.starts_with("delete")));
}

#[test]
fn the_question_takes_y_and_nothing_else() {
    for (answer, removed) in [("y\n", 3), ("YES\n", 3), ("n\n", 0), ("\n", 0), ("yup\n", 0)] {
        let stage = Stage::new(three());
        let mut terminal = Terminal::open();
        let child = terminal.start(&mut stage.command(&["rm", "-a"]));
        terminal.wait_for("remove all 3 sandboxes? [y/N] ");
        terminal.type_in(answer);
        let code = terminal.finish(child);
        assert_eq!(code, Some(if removed > 0 { 0 } else { 1 }), "{answer:?}");
        let calls = &stage.asked().calls;
        let deletes = calls.iter().filter(|call| call.starts_with("delete")).count();
        assert_eq!(deletes, removed, "{answer:?}");
    }
}

#[test]
fn a_failure_of_one_leaves_the_others_to_go() {
    let status = refusal(Code::Internal, "STORE_FAILED", "the disk is full");
    let stage = Stage::new(Script { refusals: HashMap::from([("delete", status)]), ..three() });
    let ended = stage.run(&["rm", "a", "b"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""));
    let lines: Vec<&str> = ended.stderr.lines().collect();
    let line = |name: &str| {
        format!("skerry: remove {name}: the disk is full; the daemon's log tells more")
    };
    assert_eq!(lines, [line("a"), line("b")]);
}
