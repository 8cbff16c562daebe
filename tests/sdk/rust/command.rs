//! Steps that are about commands.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures::{TryStreamExt, stream};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use skerry_client::{CommandResult, Data, Exec, Output};

use super::step::Step;
use super::{Done, Failure, Running, same, same_fields};

const SIGUSR1: i32 = 10;

impl Running {
    pub(super) async fn command_step(&mut self, step: &Step) -> Done {
        let commands = self.sandbox.commands();
        match step.op.as_str() {
            "run" => self.run(step).await?,
            "check" => {
                let result = commands.run(step.command()).await?;
                let code = match result.check() {
                    Ok(result) => result.exit_code,
                    Err(failed) => failed.result.exit_code,
                };
                same("the exit code", &json!(code), &step.want)?;
            }
            "callbacks" => {
                let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
                commands
                    .run(step.command())
                    .on_stdout(|piece| stdout.extend_from_slice(piece))
                    .on_stderr(|piece| stderr.extend_from_slice(piece))
                    .await?;
                let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
                let told = json!({"stdout": text(&stdout), "stderr": text(&stderr)});
                same("what was told", &told, &step.want)?;
            }
            "stream" => self.stream(step).await?,
            "both_ways" => self.both_ways(step).await?,
            "start" => {
                let command = step.command();
                let command = if step.stdin { command.stdin() } else { command };
                self.exec = Some(commands.start(command).await?);
            }
            "pty" => {
                let pty = self.sandbox.pty();
                self.exec = Some(pty.start(step.command(), step.rows, step.columns).await?);
            }
            "attach" => {
                let id = self.exec()?.id().to_owned();
                self.exec = Some(commands.attach(&id, step.offset));
            }
            "until" => self.until(&step.text).await?,
            "write" => self.exec()?.write(step.text.clone()).await?,
            "end_input" => self.exec()?.end_input().await?,
            "resize" => self.exec()?.resize(step.rows, step.columns).await?,
            "signal" => {
                same("the signal", step.signal.as_str(), "USR1")?;
                self.exec()?.signal(SIGUSR1).await?;
            }
            "kill" => self.exec()?.kill().await?,
            "wait" => compare(&self.exec()?.wait().await?, step)?,
            _ => {
                let count = commands.list().await?.len();
                same("the number of execs", &json!(count), &step.want)?;
            }
        }
        Ok(())
    }

    fn exec(&mut self) -> Result<&mut Exec, Failure> {
        self.exec.as_mut().ok_or_else(|| Failure::Wrong("nothing was started".to_owned()))
    }

    async fn run(&self, step: &Step) -> Done {
        let mut command = step.command();
        for (key, value) in &step.env {
            command = command.env(key, value);
        }
        if let Some(cwd) = &step.cwd {
            command = command.cwd(cwd);
        }
        if let Some(user) = &step.user {
            command = command.user(user);
        }
        if let Some(milliseconds) = step.timeout_ms {
            command = command.timeout(Duration::from_millis(milliseconds));
        }
        let mut run = self.sandbox.commands().run(command);
        if let Some(input) = &step.input {
            run = run.input(input.as_str());
        }
        if let Some(bytes) = step.max_output {
            run = run.max_output(bytes);
        }
        compare(&run.await?, step)
    }

    async fn stream(&self, step: &Step) -> Done {
        let mut exec = self.sandbox.commands().stream(step.command()).await?;
        let (mut digest, mut count) = (Sha256::new(), 0);
        let mut output = exec.output();
        while let Some(piece) = output.try_next().await? {
            if let Output::Truncated { before } = piece {
                return Err(Failure::Wrong(format!("output before {before} is lost")));
            }
            digest.update(piece.data());
            count += piece.data().len();
        }
        drop(output);
        let sha256 = hex(&digest.finalize());
        let found = json!({"bytes": count, "sha256": sha256, "exit_code": exec.exit_code()});
        same("the output", &found, &step.want)
    }

    async fn both_ways(&self, step: &Step) -> Done {
        let mib: Bytes = (0..1 << 20).map(|i: usize| (i * 31 + (i >> 8)) as u8).collect();
        let sent = Arc::new(Mutex::new(Sha256::new()));
        let sending = Arc::clone(&sent);
        let pieces = stream::iter((0..step.bytes / mib.len()).map(move |_| {
            sending.lock().expect("nobody panics").update(&mib);
            Ok(mib.clone())
        }));
        let mut received = Sha256::new();
        let cat = self.sandbox.commands().run("cat").input(Data::stream(pieces));
        cat.on_stdout(|piece| received.update(piece)).await?;
        let sent = sent.lock().expect("nobody panics").clone();
        same("what came back", hex(&received.finalize()), hex(&sent.finalize()))
    }

    async fn until(&mut self, wanted: &str) -> Done {
        let mut seen = String::new();
        while let Some(output) = self.exec()?.next().await? {
            seen += &output.text();
            if seen.contains(wanted) {
                return Ok(());
            }
        }
        Err(Failure::Wrong(format!("{wanted:?} not in {seen:?}")))
    }
}

fn compare(result: &CommandResult, step: &Step) -> Done {
    let found = json!({
        "stdout": result.stdout(),
        "stderr": result.stderr(),
        "exit_code": result.exit_code,
        "signal": result.signal,
        "timed_out": result.timed_out,
        "truncated": result.truncated,
    });
    match &step.want {
        Value::Null => Ok(()),
        wanted => same_fields("the result", &found, wanted),
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
