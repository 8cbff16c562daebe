//! A program of an SDK: it is started once, so that neither its start nor its
//! connecting is measured, and given orders.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::time::timeout;

use crate::command::last_lines;

/// How long it may take until it answers: its start is in the first order.
const ANSWER: Duration = Duration::from_secs(120);

/// It ends with this value.
pub(super) struct Program {
    child: Child,
    orders: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    stderr: PathBuf,
}

impl Program {
    /// Starts `file` for a sandbox, with its error output in `dir`.
    pub(super) fn start(
        file: &Path,
        environment: &[(&str, &str)],
        id: &str,
        dir: &Path,
    ) -> io::Result<Self> {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let stderr = dir.join(format!("sdk-{name}"));
        let mut child = Command::new(file)
            .arg(id)
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(&stderr)?)
            .spawn()?;
        let orders = child.stdin.take().expect("standard input is a pipe");
        let answers = child.stdout.take().expect("standard output is a pipe");
        let pipes = (ChildStdin::from_std(orders), ChildStdout::from_std(answers));
        match pipes {
            (Ok(orders), Ok(answers)) => {
                let answers = BufReader::new(answers).lines();
                Ok(Self { child, orders, answers, stderr })
            }
            (Err(error), _) | (_, Err(error)) => {
                end(&mut child);
                Err(error)
            }
        }
    }

    /// Gives an order and answers with its figure, else with what the program
    /// said last.
    pub(super) async fn order(&mut self, order: &str) -> Result<f64, String> {
        let line = format!("{order}\n");
        let answer = timeout(ANSWER, async {
            self.orders.write_all(line.as_bytes()).await.ok()?;
            self.answers.next_line().await.ok()?
        });
        match answer.await {
            Ok(Some(figure)) => figure.parse().map_err(|_| figure),
            Ok(None) => Err(format!("it ended: {}", last_lines(&self.stderr))),
            Err(_) => Err(format!("not within {} s", ANSWER.as_secs())),
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

fn end(child: &mut Child) {
    // Already gone is as good.
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(dir: &Path, text: &str) -> Program {
        let script = dir.join("script");
        std::fs::write(&script, text).expect("a writable folder");
        let id = script.to_str().expect("it is text");
        Program::start(Path::new("/bin/sh"), &[("WORD", "exec")], id, dir).expect("a shell")
    }

    #[tokio::test]
    async fn an_order_is_answered_with_a_figure() {
        let dir = tempfile::tempdir().expect("a folder");
        let text = "while read order count; do [ $order = $WORD ] && echo $count.5; done";
        let mut program = program(dir.path(), text);
        assert_eq!(program.order("exec 2").await, Ok(2.5));
        assert_eq!(program.order("exec 3").await, Ok(3.5));
    }

    #[tokio::test]
    async fn one_that_ends_is_quoted() {
        let dir = tempfile::tempdir().expect("a folder");
        let mut program = program(dir.path(), "read order; echo no such luck >&2; exit 1");
        let error = program.order("exec 2").await.expect_err("it has ended");
        assert!(error.contains("no such luck"), "{error}");
    }
}
