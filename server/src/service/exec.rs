//! `ExecService`.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use skerry_api::v1;
use skerry_api::v1::exec_service_server::ExecService;
use tonic::{Request, Response, Status, Streaming};

use super::check::{Checks, field};
use super::frames::{FrameStream, Frames};
use super::interact::{self, InputOwners};
use super::logs::{self, LogStream};
use super::page::{ListKey, page, page_size};
use super::{Drain, convert};
use crate::engine::{Engine, EngineError};
use crate::model::{ExecId, ExecSpec, OutputStream, SandboxId};
use crate::runtime::{OutputEvent, Process};

/// Collected of each stream where the caller names no bound.
const DEFAULT_OUTPUT_BYTES: usize = 1 << 20;
/// The most that a caller may ask for of each stream.
const MAX_OUTPUT_BYTES: i64 = 16 << 20;

/// Runs commands.
pub(super) struct Execs {
    pub(super) engine: Engine,
    pub(super) drain: Drain,
    pub(super) input_owners: InputOwners,
}

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl ExecService for Execs {
    type ExecStreamStream = FrameStream;
    type AttachExecStream = FrameStream;
    type InteractExecStream = FrameStream;
    type StreamLogsStream = LogStream;

    async fn exec(&self, request: Request<v1::ExecRequest>) -> Answer<v1::ExecResponse> {
        let request = request.into_inner();
        let mut checks = Checks::default();
        let max = output_bound(&mut checks, request.max_output_bytes);
        let spec = spec(checks, &request.sandbox_id, request.spec)?;
        let (sandbox_id, process) = self.start(request.sandbox_id, &spec).await?;
        let mut output = process.read_output(0);
        let (mut stdout, mut stderr) = (Collected::new(max), Collected::new(max));
        let exit = loop {
            match output.next().await? {
                OutputEvent::Chunk { stream: OutputStream::Stdout, data, .. } => stdout.add(data),
                OutputEvent::Chunk { stream: OutputStream::Stderr, data, .. } => stderr.add(data),
                // Whose bytes are gone is not known.
                OutputEvent::Truncated { .. } => {
                    (stdout.truncated, stderr.truncated) = (true, true)
                }
                OutputEvent::Exited(exit) => break exit,
            }
        };
        let exec = convert::exec_info(sandbox_id, &*process, Some(exit));
        Ok(Response::new(v1::ExecResponse {
            result: exec.result,
            exec: Some(exec),
            stdout_truncated: stdout.truncated,
            stderr_truncated: stderr.truncated,
            stdout: stdout.finish(),
            stderr: stderr.finish(),
        }))
    }

    async fn exec_stream(
        &self,
        request: Request<v1::ExecStreamRequest>,
    ) -> Answer<Self::ExecStreamStream> {
        let request = request.into_inner();
        let spec = spec(Checks::default(), &request.sandbox_id, request.spec)?;
        let (sandbox_id, process) = self.start(request.sandbox_id, &spec).await?;
        let started = Frames::started(sandbox_id, process, &self.drain);
        Ok(Response::new(started.stream()))
    }

    async fn start_exec(&self, request: Request<v1::StartExecRequest>) -> Answer<v1::ExecInfo> {
        let request = request.into_inner();
        let spec = spec(Checks::default(), &request.sandbox_id, request.spec)?;
        let (sandbox_id, process) = self.start(request.sandbox_id, &spec).await?;
        Ok(Response::new(convert::exec_info(sandbox_id, &*process, None)))
    }

    async fn attach_exec(
        &self,
        request: Request<v1::AttachExecRequest>,
    ) -> Answer<Self::AttachExecStream> {
        let request = request.into_inner();
        let mut checks = Checks::default();
        let from = offset(&mut checks, request.from_offset);
        let process = self.find(checks, &request.sandbox_id, &request.exec_id)?;
        let sandbox_id = self.id(request.sandbox_id)?;
        Ok(Response::new(Frames::attached(sandbox_id, process, from, &self.drain).stream()))
    }

    async fn interact_exec(
        &self,
        request: Request<Streaming<v1::InteractExecRequest>>,
    ) -> Answer<Self::InteractExecStream> {
        Ok(Response::new(interact::interact(self, request.into_inner()).await?))
    }

    async fn stream_logs(
        &self,
        request: Request<v1::StreamLogsRequest>,
    ) -> Answer<Self::StreamLogsStream> {
        let stream = logs::stream(&self.engine, request.into_inner(), self.drain.clone()).await?;
        Ok(Response::new(stream))
    }

    async fn wait_exec(&self, request: Request<v1::WaitExecRequest>) -> Answer<v1::ExecInfo> {
        let request = request.into_inner();
        let process = self.find(Checks::default(), &request.sandbox_id, &request.exec_id)?;
        let sandbox_id = self.id(request.sandbox_id)?;
        let status = process.wait().await?;
        Ok(Response::new(convert::exec_info(sandbox_id, &*process, Some(status))))
    }

    async fn signal_exec(
        &self,
        request: Request<v1::SignalExecRequest>,
    ) -> Answer<v1::SignalExecResponse> {
        let request = request.into_inner();
        let mut checks = Checks::default();
        checks.signal(request.signal);
        let process = self.find(checks, &request.sandbox_id, &request.exec_id)?;
        if !process.signal(request.signal, request.process_only).await? {
            return Err(EngineError::ExecEnded.into());
        }
        Ok(Response::new(v1::SignalExecResponse {}))
    }

    async fn get_exec(&self, request: Request<v1::GetExecRequest>) -> Answer<v1::ExecInfo> {
        let request = request.into_inner();
        let process = self.find(Checks::default(), &request.sandbox_id, &request.exec_id)?;
        let sandbox_id = self.id(request.sandbox_id)?;
        Ok(Response::new(convert::exec_info(sandbox_id, &*process, process.exit_status())))
    }

    async fn list_execs(
        &self,
        request: Request<v1::ListExecsRequest>,
    ) -> Answer<v1::ListExecsResponse> {
        let request = request.into_inner();
        let mut checks = Checks::default();
        checks.sandbox_ref(&request.sandbox_id);
        let size = page_size(&mut checks, request.page_size);
        checks.finish()?;
        let sandbox_id = self.id(request.sandbox_id)?;
        let running = if request.running_only { "running" } else { "all" };
        let key = ListKey::new("execs", [sandbox_id.as_str(), running]);
        let after = key.cursor(&request.page_token)?.map(|cursor| cursor.parse::<ExecId>());
        let after = after.transpose().map_err(|error| field("page_token", error.to_string()))?;
        let mut processes = self.engine.processes(&sandbox_id)?;
        processes.retain(|process| {
            let running = !request.running_only || process.exit_status().is_none();
            running && after.as_ref().is_none_or(|after| process.id() > after)
        });
        processes.sort_by(|one, other| one.id().cmp(other.id()));
        let (processes, next_page_token) =
            page(&key, processes, size, |process| process.id().as_str());
        let info = |process: &Arc<dyn Process>| {
            convert::exec_info(sandbox_id.clone(), &**process, process.exit_status())
        };
        let execs = processes.iter().map(info).collect();
        Ok(Response::new(v1::ListExecsResponse { execs, next_page_token }))
    }
}

impl Execs {
    /// Starts a process; answers with the sandbox's id too.
    pub(super) async fn start(
        &self,
        sandbox: String,
        spec: &ExecSpec,
    ) -> Result<(String, Arc<dyn Process>), Status> {
        let process = self.engine.start_exec(&sandbox, spec).await?;
        Ok((self.id(sandbox)?, process))
    }

    pub(super) fn find(
        &self,
        mut checks: Checks,
        sandbox: &str,
        exec: &str,
    ) -> Result<Arc<dyn Process>, Status> {
        checks.sandbox_ref(sandbox);
        let exec = exec.parse::<ExecId>().map_err(|error| {
            checks.fail("exec_id", error.to_string());
        });
        checks.finish()?;
        let exec = exec.map_err(|()| field("exec_id", "is no exec's id"))?;
        Ok(self.engine.process(sandbox, &exec)?)
    }

    /// The id of a sandbox that may be given by its name.
    pub(super) fn id(&self, sandbox: String) -> Result<String, Status> {
        if sandbox.parse::<SandboxId>().is_ok() {
            return Ok(sandbox);
        }
        Ok(self.engine.get(&sandbox)?.id.into())
    }
}

fn output_bound(checks: &mut Checks, bytes: i64) -> usize {
    if !(0..=MAX_OUTPUT_BYTES).contains(&bytes) {
        let message = format!("must be 0 to {MAX_OUTPUT_BYTES}, is {bytes}");
        checks.fail("max_output_bytes", message);
    }
    match usize::try_from(bytes) {
        Ok(0) | Err(_) => DEFAULT_OUTPUT_BYTES,
        Ok(bytes) => bytes,
    }
}

/// Checks what to run.
pub(super) fn spec(
    mut checks: Checks,
    sandbox: &str,
    spec: Option<v1::ExecSpec>,
) -> Result<ExecSpec, Status> {
    let mut spec = spec.unwrap_or_default();
    checks.sandbox_ref(sandbox);
    checks.shell("spec", &mut spec);
    let env_bytes = checks.env("spec.env", &spec.env);
    checks.command("spec.command", &spec.command, env_bytes);
    checks.cwd("spec.cwd", &spec.cwd);
    checks.user("spec.user", &spec.user);
    let process = checks.process_settings("spec", &spec);
    checks.finish()?;
    Ok(ExecSpec { command: spec.command, env: spec.env, cwd: spec.cwd, user: spec.user, ..process })
}

pub(super) fn offset(checks: &mut Checks, offset: i64) -> u64 {
    u64::try_from(offset).unwrap_or_else(|_| {
        checks.fail("from_offset", format!("must not be negative, is {offset}"));
        0
    })
}

/// The first bytes of one stream. A single chunk is kept as it came.
struct Collected {
    first: Bytes,
    joined: BytesMut,
    max: usize,
    truncated: bool,
}

impl Collected {
    fn new(max: usize) -> Self {
        Self { first: Bytes::new(), joined: BytesMut::new(), max, truncated: false }
    }

    fn add(&mut self, mut data: Bytes) {
        let room = self.max - self.first.len().max(self.joined.len());
        if data.len() > room {
            self.truncated = true;
            data.truncate(room);
        }
        if data.is_empty() {
            return;
        }
        if self.first.is_empty() {
            self.first = data;
            return;
        }
        if self.joined.is_empty() {
            self.joined.extend_from_slice(&self.first);
        }
        self.joined.extend_from_slice(&data);
    }

    fn finish(self) -> Bytes {
        if self.joined.is_empty() { self.first } else { self.joined.freeze() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn collected_output_stops_at_its_bound() {
        let collect = |max, pieces: &[&'static str]| {
            let mut collected = Collected::new(max);
            pieces.iter().for_each(|piece| collected.add(Bytes::from_static(piece.as_bytes())));
            (collected.truncated, collected.finish())
        };
        assert_eq!(collect(5, &[]), (false, Bytes::new()));
        assert_eq!(collect(5, &["abc", "", "de"]), (false, Bytes::from("abcde")));
        assert_eq!(collect(5, &["abc", "def", "g"]), (true, Bytes::from("abcde")));
        assert_eq!(collect(2, &["abc"]), (true, Bytes::from("ab")));
    }
}
