//! What `--help` teaches.

use crate::program::{command, run};
use crate::snapshot::{assert_snapshot, transcript};

const COMMANDS: &[&[&str]] = &[
    &[],
    &["run"],
    &["create"],
    &["exec"],
    &["ls"],
    &["ps"],
    &["attach"],
    &["logs"],
    &["kill"],
    &["cp"],
    &["ls-files"],
    &["ssh"],
    &["url"],
    &["ports"],
    &["tunnel"],
    &["tunnel", "create"],
    &["tunnel", "ls"],
    &["tunnel", "check"],
    &["tunnel", "rm"],
    &["inspect"],
    &["update"],
    &["start"],
    &["stop"],
    &["pause"],
    &["resume"],
    &["keep-alive"],
    &["rm"],
    &["fork"],
    &["tree"],
    &["coalesce"],
    &["watch"],
    &["stats"],
    &["info"],
    &["df"],
    &["volume"],
    &["volume", "create"],
    &["volume", "ls"],
    &["volume", "inspect"],
    &["volume", "update"],
    &["volume", "rm"],
    &["snapshot"],
    &["snapshot", "create"],
    &["snapshot", "ls"],
    &["snapshot", "inspect"],
    &["snapshot", "export"],
    &["snapshot", "import"],
    &["snapshot", "rm"],
    &["network"],
    &["network", "show"],
    &["network", "watch"],
    &["image"],
    &["image", "pull"],
    &["image", "import"],
    &["image", "build"],
    &["image", "ls"],
    &["image", "inspect"],
    &["image", "tag"],
    &["image", "export"],
    &["image", "rm"],
    &["image", "prune"],
    &["pair"],
    &["login"],
    &["token"],
    &["token", "create"],
    &["token", "ls"],
    &["token", "revoke"],
    &["completions"],
];

fn help(spoken: &[&str]) -> (String, String) {
    let arguments = [spoken, &["--help"]].concat();
    let ended = run(&mut command(&arguments));
    let text = ended.clone().expect_stdout();
    (text, transcript(&arguments, &ended))
}

#[test]
fn every_command_explains_itself_with_examples() {
    for spoken in COMMANDS {
        let (text, transcript) = help(spoken);
        assert!(text.contains("\nExamples:\n"), "{spoken:?}");
        assert_snapshot(&["help", &spoken.join("-")].join("-"), &transcript);
    }
}

#[test]
fn every_command_is_in_the_help_of_its_parent() {
    let (text, _) = help(&[]);
    let listed = text.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next());
    let listed: Vec<&str> = listed
        .expect("a list of commands")
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let mut known: Vec<&str> =
        COMMANDS.iter().filter_map(|spoken| spoken.first()).copied().collect();
    known.dedup();
    assert_eq!(listed, known);
}

#[test]
fn completions_are_for_each_shell() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = run(&mut command(&["completions", shell])).expect_stdout();
        assert!(script.contains("skerry") && script.contains("inspect"), "{shell}");
    }
}
