//! Runs the commands of a page, and holds what they print to what it says.
//!
//! In a `console` block a line that starts with `$ ` is a command, goes on in
//! the lines right below that start with `>`, and the lines below these are its
//! output. `…` stands for any text in a line, and alone on a line for any lines.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::{Daemon, skerry};

const PATIENCE: Duration = Duration::from_secs(120);
const ANY: &str = "…";

#[derive(Debug, PartialEq)]
struct Step {
    command: String,
    output: Vec<String>,
}

fn steps(markdown: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut inside = false;
    for line in markdown.lines() {
        match (inside, line.strip_prefix("$ ")) {
            (false, _) => inside = line == "```console",
            (true, _) if line == "```" => inside = false,
            (true, Some(command)) => {
                steps.push(Step { command: command.to_owned(), output: Vec::new() })
            }
            (true, None) => {
                let step = steps.last_mut().expect("a block starts with a command");
                match line.strip_prefix('>') {
                    Some(more) if step.output.is_empty() => {
                        step.command.push('\n');
                        step.command.push_str(more.strip_prefix(' ').unwrap_or(more));
                    }
                    _ => step.output.push(line.to_owned()),
                }
            }
        }
    }
    steps
}

fn line_matches(wanted: &str, got: &str) -> bool {
    let mut parts = wanted.split(ANY);
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = got.strip_prefix(first) else {
        return false;
    };
    let mut last = first;
    for part in parts {
        let Some(at) = rest.find(part) else {
            return false;
        };
        rest = &rest[at + part.len()..];
        last = part;
    }
    rest.is_empty() || (wanted.contains(ANY) && (last.is_empty() || got.ends_with(last)))
}

fn output_matches(wanted: &[String], got: &[&str]) -> bool {
    match wanted.split_first() {
        None => got.is_empty(),
        Some((first, rest)) if first == ANY => {
            (0..=got.len()).any(|skipped| output_matches(rest, &got[skipped..]))
        }
        Some((first, rest)) => got
            .split_first()
            .is_some_and(|(line, more)| line_matches(first, line) && output_matches(rest, more)),
    }
}

async fn run(step: &Step, daemon: &Daemon, folder: &Path) {
    let programs = skerry().parent().expect("it is in a folder");
    let path = format!("{}:/usr/bin:/bin", programs.display());
    let mut command = tokio::process::Command::new("bash");
    command
        .args(["-c", &format!("exec 2>&1; {}", step.command)])
        .env("PATH", path)
        .env("SKERRY_ADDRESS", daemon.address())
        .env("SKERRY_DATA_DIR", daemon.data_dir())
        .current_dir(folder)
        .kill_on_drop(true);
    let output = tokio::time::timeout(PATIENCE, command.output()).await;
    let output = output.expect("a step of the tour ends").expect("bash can be run");
    let text = String::from_utf8_lossy(&output.stdout);
    let got: Vec<&str> = text.lines().map(str::trim_end).collect();
    let wanted = &step.output;
    assert!(output_matches(wanted, &got), "$ {}\nwant {wanted:#?}\ngot {got:#?}", step.command);
}

/// Follows a page of this repository to its end.
///
/// # Panics
///
/// Where a command prints something else than the page says.
pub async fn follow(page: &str, daemon: &Daemon) {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(page);
    let steps = steps(&fs::read_to_string(page).expect("the page is there"));
    assert!(steps.len() > 5, "the tour has no steps");
    let folder = tempfile::tempdir().expect("a temporary folder");
    for step in &steps {
        run(step, daemon, folder.path()).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_goes_on_in_the_lines_below() {
        let steps = steps("```console\n$ cat <<E\n> a\n>\n>  b\n> E\na\n> x\n```\n");
        assert_eq!(steps.len(), 1);
        assert_eq!(steps[0].command, "cat <<E\na\n\n b\nE");
        assert_eq!(steps[0].output, ["a", "> x"]);
    }

    #[test]
    fn a_tour_is_read_and_compared() {
        let text = "```sh\n$ no\n```\n```console\n$ a\nx …\n…\n$ b\n```\n";
        let steps = steps(text);
        assert_eq!(steps.len(), 2);
        assert_eq!(steps[0].command, "a");
        let wanted = &steps[0].output;
        assert!(output_matches(wanted, &["x 1"]));
        assert!(output_matches(wanted, &["x 1", "more", "lines"]));
        assert!(!output_matches(wanted, &["y 1"]));
        assert!(!output_matches(wanted, &[]));
        assert!(output_matches(&steps[1].output, &[]));
        assert!(!output_matches(&steps[1].output, &["unexpected"]));
        for (wanted, got, same) in [
            ("a", "a", true),
            ("a", "ab", false),
            ("a…c", "abc", true),
            ("a…c", "abcd", false),
            ("…c", "cdc", true),
            ("a…", "abc", true),
            ("…b…", "abc", true),
        ] {
            assert_eq!(line_matches(wanted, got), same, "{wanted} {got}");
        }
    }
}
