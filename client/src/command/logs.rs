//! `skerry logs`: what commands have written.

use std::cell::OnceCell;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use clap::Args;
use skerry_client::ExecEvent;
use skerry_client::v1::stream_logs_response::Event;
use skerry_client::v1::{StreamLogsRequest, StreamLogsResponse};

use super::stream::{StreamError, carry};
use super::{Context, out_of_resources};
use crate::failure::Failure;
use crate::output::{RawOutput, Target};
use crate::units::{parse_duration, show_time};

/// Show what a sandbox's main process has written, or one command
#[derive(Debug, Args)]
#[command(after_help = "\
The main process is what a sandbox runs by itself: see `skerry create`. Its
log is kept when the sandbox stops; that of a command goes with the stop.

Examples:
  skerry logs web                                All that is kept
  skerry logs web -f -n 20                       The last lines, and what comes
  skerry logs web --since 10m -t                 Of the last minutes, with times
  skerry logs web exec_01k… -f                   Of one command")]
pub(super) struct Logs {
    /// Name or id of the sandbox
    sandbox: String,
    /// A command's id; `skerry ps` shows it [default: the main process]
    #[arg(conflicts_with_all = ["lines", "since", "timestamps"])]
    exec: Option<String>,
    /// Go on until it ends
    #[arg(short, long)]
    follow: bool,
    /// Only the last lines
    #[arg(short = 'n', long, value_name = "NUMBER", value_parser = clap::value_parser!(i64).range(0..))]
    lines: Option<i64>,
    /// Only what came in this span: 90s, 10m, 2h
    #[arg(long, value_name = "SPAN", value_parser = parse_duration)]
    since: Option<Duration>,
    /// Say before each line when it came
    #[arg(short, long)]
    timestamps: bool,
}

impl Logs {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        let output = RawOutput::start().map_err(|error| out_of_resources("start", &error))?;
        let (what, shown) = match &self.exec {
            Some(exec) => {
                let what = format!("read the output of {exec}");
                (what, self.of_command(exec, context, output).await)
            }
            None => {
                let what = format!("read the log of {}", self.sandbox);
                (what, self.of_main(context, output).await)
            }
        };
        shown.map_err(|error| error.failure(&what, context))?;
        Ok(0)
    }

    async fn of_main(&self, context: &Context, mut output: RawOutput) -> Result<(), StreamError> {
        let since = self.since.and_then(|span| SystemTime::now().checked_sub(span));
        let request = StreamLogsRequest {
            sandbox_id: self.sandbox.clone(),
            follow: self.follow,
            tail_lines: self.lines,
            since_time: since.map(prost_types::Timestamp::from),
            position: 0,
        };
        let mut log = context.client.logs(request).await.map_err(StreamError::Call)?;
        let mut stamps = self.timestamps.then(Stamps::default);
        while let Some(piece) = log.next().await.map_err(StreamError::Call)? {
            let time = time_of(&piece);
            let (target, data) = match piece.event {
                Some(Event::Stdout(chunk)) => (Target::Stdout, chunk.data),
                Some(Event::Stderr(chunk)) => (Target::Stderr, chunk.data),
                _ => continue,
            };
            let data = match &mut stamps {
                Some(stamps) => stamps.stamp(&data, time),
                None => data,
            };
            output.write(target, data).await.map_err(StreamError::Output)?;
        }
        output.finish().await.map_err(StreamError::Output)
    }

    async fn of_command(
        &self,
        exec: &str,
        context: &Context,
        mut output: RawOutput,
    ) -> Result<(), StreamError> {
        let call = context.client.attach_exec(&self.sandbox, exec, 0);
        let mut events = call.await.map_err(StreamError::Call)?;
        if self.follow {
            return carry(events, output, &OnceCell::new()).await.map(|_| ());
        }
        let mut end = 0;
        loop {
            match events.next().await.map_err(StreamError::Call)? {
                Some(ExecEvent::Started(exec)) => {
                    end = u64::try_from(exec.output_end).unwrap_or(0);
                }
                Some(ExecEvent::Stdout(data)) => {
                    output.write(Target::Stdout, data).await.map_err(StreamError::Output)?;
                }
                Some(ExecEvent::Stderr(data)) => {
                    output.write(Target::Stderr, data).await.map_err(StreamError::Output)?;
                }
                Some(ExecEvent::Truncated { .. }) => {}
                Some(ExecEvent::Exited(_)) | None => break,
            }
            if events.offset() >= end {
                break;
            }
        }
        output.finish().await.map_err(StreamError::Output)
    }
}

fn time_of(piece: &StreamLogsResponse) -> SystemTime {
    let time = piece.time.and_then(|time| SystemTime::try_from(time).ok());
    time.unwrap_or(SystemTime::UNIX_EPOCH)
}

/// Puts times before lines.
#[derive(Default)]
struct Stamps {
    in_line: bool,
}

impl Stamps {
    fn stamp(&mut self, data: &[u8], time: SystemTime) -> Bytes {
        let (time, mut stamped) = (show_time(time), Vec::with_capacity(data.len()));
        for line in data.split_inclusive(|byte| *byte == b'\n') {
            if !self.in_line {
                stamped.extend_from_slice(time.as_bytes());
                stamped.push(b' ');
            }
            stamped.extend_from_slice(line);
            self.in_line = line.last() != Some(&b'\n');
        }
        stamped.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_gets_the_time_of_its_first_byte() {
        let mut stamps = Stamps::default();
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let (first, second) = (show_time(at(1)), show_time(at(2)));
        assert_eq!(stamps.stamp(b"a\nb", at(1)), format!("{first} a\n{first} b"));
        assert_eq!(stamps.stamp(b"c\n\n", at(2)), format!("c\n{second} \n"));
    }
}
