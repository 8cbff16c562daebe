//! `fork`, `tree` and `coalesce`.

use skerry_client::v1::{Sandbox, SandboxState};

use crate::snapshot::{assert_snapshot, transcript};
use crate::stage::{Script, Stage, sandbox};
use crate::terminal::Terminal;

/// One of each kind: a family, one without, and a fork of what is gone.
fn family() -> Vec<Sandbox> {
    let fork = |number: u32, name: &str, state, parent: u32| Sandbox {
        parent_id: format!("sbx_{parent:026}"),
        disk_used_bytes: Some(i64::from(number) << 20),
        ..sandbox(number, name, state)
    };
    vec![
        sandbox(1, "web", SandboxState::Running),
        fork(2, "try-1", SandboxState::Paused, 1),
        sandbox(3, "db", SandboxState::Running),
        fork(4, "try-2", SandboxState::Stopped, 1),
        fork(5, "again", SandboxState::Failed, 2),
        fork(6, "orphan", SandboxState::Running, 99),
    ]
}

fn stage() -> Stage {
    Stage::new(Script { sandboxes: family(), ..Script::default() })
}

fn shown(arguments: &[&str]) -> String {
    transcript(arguments, &stage().run(arguments))
}

#[test]
fn forks_are_asked_for_and_named() {
    let stage = stage();
    assert_eq!(stage.run(&["fork", "web"]).expect_stdout(), "fork-1\n");
    let several = stage.run(&["fork", "web", "-n", "2", "--name", "try"]);
    assert_eq!(several.expect_stdout(), "fork-1\nfork-2\n");
    let json = stage.run(&["fork", "web", "--count", "2", "-o", "json"]).expect_stdout();
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json[1]["name"], "fork-2");
    let wanted = [r#"fork web 1 """#, r#"fork web 2 "try""#, r#"fork web 2 """#];
    assert_eq!(stage.asked().calls, wanted);
}

#[test]
fn the_one_that_stays_is_named() {
    let stage = stage();
    assert_eq!(stage.run(&["coalesce", "web", "try-2"]).expect_stdout(), "try-2\n");
    let json = stage.run(&["coalesce", "web", "try-2", "-o", "json"]).expect_stdout();
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["deletedIds"], serde_json::json!(["web"]));
    assert_eq!(json["sandbox"]["name"], "try-2");
    assert_eq!(stage.asked().calls[0], "coalesce web try-2");
}

#[test]
fn a_tree_is_drawn() {
    assert_snapshot("tree", &shown(&["tree"]));
    assert_snapshot("tree-of-one", &shown(&["tree", "try-1"]));
    let json: serde_json::Value =
        serde_json::from_str(&stage().run(&["tree", "web", "-o", "json"]).expect_stdout())
            .expect("JSON");
    let names: Vec<_> =
        json.as_array().into_iter().flatten().map(|one| one["name"].clone()).collect();
    assert_eq!(names, ["web", "try-1", "again", "try-2"]);
}

#[test]
fn a_tree_of_what_is_gone_is_drawn_by_its_id() {
    let gone = format!("sbx_{:026}", 99);
    let lines = stage().run(&["tree", &gone]).expect_stdout();
    let lines: Vec<&str> = lines.lines().skip(1).collect();
    assert!(lines[0].starts_with(&format!("-           {gone}   gone")), "{lines:?}");
    assert!(lines[1].starts_with("└─ orphan   "), "{lines:?}");
    let line = stage().run(&["tree", "nosuch"]).expect_error(1);
    let wanted = "show the forks of nosuch: there is no sandbox nosuch; \
                  `skerry ls` shows what is there";
    assert_eq!(line, wanted);
}

#[test]
fn a_tree_on_a_terminal_has_its_states_in_colour() {
    let stage = stage();
    let mut terminal = Terminal::open();
    let child = terminal.start(&mut stage.command(&["tree"]));
    assert_eq!(terminal.finish(child), Some(0));
    let text = terminal.text();
    for part in ["\x1b[32mrunning\x1b[0m", "\x1b[33mpaused\x1b[0m", "\x1b[2mgone\x1b[0m"] {
        assert!(text.contains(part), "{part:?} in {text:?}");
    }
    assert!(text.contains("│  └─ again") && text.contains("├─ try-1"), "{text:?}");
}
