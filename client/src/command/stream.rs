//! A command's stream onto our own outputs, and its end as ours.

use std::cell::OnceCell;
use std::io;

use skerry_client::v1::ExecResult;
use skerry_client::{Error, ExecEvent, ExecStream};

use super::{Context, out_of_resources};
use crate::failure::Failure;
use crate::output::{RawOutput, Target};
use crate::signals::Signals;

/// Why a stream was not carried to its end.
#[derive(Debug)]
pub(super) enum StreamError {
    /// The daemon's side.
    Call(Error),
    /// Our own output.
    Output(io::Error),
}

impl StreamError {
    pub(super) fn failure(&self, what: &str, context: &Context) -> Failure {
        match self {
            Self::Call(error) => context.failure(what, error),
            Self::Output(error) => Failure::output(error),
        }
    }
}

/// Carries a stream to its end and until all of it is written. `started` gets
/// the exec's id as soon as it is known.
pub(super) async fn carry(
    mut stream: ExecStream,
    mut output: RawOutput,
    started: &OnceCell<String>,
) -> Result<ExecResult, StreamError> {
    loop {
        let event = match stream.next().await {
            Ok(event) => event,
            Err(error) => {
                // What came before it is written first; its own failure would
                // hide the cause.
                let _ = output.finish().await;
                return Err(StreamError::Call(error));
            }
        };
        let (target, data) = match event {
            Some(ExecEvent::Started(exec)) => {
                started.get_or_init(|| exec.id);
                continue;
            }
            Some(ExecEvent::Stdout(data)) => (Target::Stdout, data),
            Some(ExecEvent::Stderr(data)) => (Target::Stderr, data),
            Some(ExecEvent::Truncated { before }) => {
                let why = format!("the output before byte {before} is not kept any more");
                Failure::new("read its output", &why, "what follows is whole").say();
                continue;
            }
            Some(ExecEvent::Exited(result)) => {
                output.finish().await.map_err(StreamError::Output)?;
                return Ok(result);
            }
            None => unreachable!("a stream ends with `Exited` or an error"),
        };
        output.write(target, data).await.map_err(StreamError::Output)?;
    }
}

/// The exit code of a command that ended, as a shell has it; says so where
/// the end was for want of memory.
pub(super) fn exit_code(result: &ExecResult) -> u8 {
    if result.oom_killed {
        let what = "the command was killed";
        Failure::new(what, "the sandbox is out of memory", "give it more with --memory").say();
    }
    u8::try_from(result.exit_code).unwrap_or(u8::MAX)
}

/// What a command that streams needs of this process.
pub(super) fn prepare() -> Result<(Signals, RawOutput), Failure> {
    let signals = Signals::catch().map_err(|error| out_of_resources("catch signals", &error))?;
    let output = RawOutput::start().map_err(|error| out_of_resources("start", &error))?;
    Ok((signals, output))
}
