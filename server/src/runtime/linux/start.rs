//! Starting an exec in a machine.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use skerry_api::init::{self, StartExec, daemon_message, reply, spawn_failure};

use super::cgroup::Cgroups;
use super::machine::Shared;
use super::process::{Handle, LinuxProcess, State, Tag};
use crate::model::{ExecId, ExecSpec, OnDisconnect};
use crate::runtime::{Process, RuntimeError, SpawnError};

/// Asks init for a process and waits until its program runs.
pub(super) async fn start(
    shared: &Arc<Shared>,
    cgroups: &Cgroups,
    id: &ExecId,
    spec: &ExecSpec,
    env: &BTreeMap<String, String>,
) -> Result<Arc<dyn Process>, SpawnError> {
    let tag = Tag { spec: spec.clone(), start_time: SystemTime::now() };
    let message = daemon_message::Message::StartExec(start_message(id, &tag, env));
    let own_cgroup = match wants_own_cgroup(spec) {
        true => Some(cgroups.create_own(&shared.id, id)?),
        false => None,
    };
    let files = match &own_cgroup {
        Some(own) => own.open()?.into(),
        None => Vec::new(),
    };
    let process =
        LinuxProcess::new(Arc::clone(shared), id.clone(), tag, own_cgroup, State::default());
    let process = Arc::new(process);
    let handle = Handle::starting(Arc::clone(&process));
    // Before the request: news of it may come with the reply.
    shared.processes.lock().insert(id.clone(), Arc::clone(&process));
    let mut unstarted = Unstarted { shared, id: Some(id) };
    match shared.connection.request_with(message, &files).await? {
        reply::Result::Started(started) => {
            process.pid.store(started.pid, Ordering::Relaxed);
            unstarted.id = None;
            Ok(Arc::new(handle))
        }
        reply::Result::SpawnFailure(failure) => Err(spawn_error(failure)),
        _ => Err(RuntimeError::Gone.into()),
    }
}

/// Takes an exec out of the table again unless it was started.
struct Unstarted<'a> {
    shared: &'a Shared,
    id: Option<&'a ExecId>,
}

impl Drop for Unstarted<'_> {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            self.shared.processes.lock().remove(id);
        }
    }
}

fn start_message(id: &ExecId, tag: &Tag, env: &BTreeMap<String, String>) -> StartExec {
    let spec = &tag.spec;
    let bytes = |text: &String| text.clone().into_bytes().into();
    StartExec {
        exec_id: id.to_string(),
        tag: serde_json::to_vec(tag).expect("texts and times are JSON").into(),
        argv: spec.command.iter().map(bytes).collect(),
        env: env.iter().map(|(key, value)| format!("{key}={value}").into_bytes().into()).collect(),
        cwd: bytes(&spec.cwd),
        user: bytes(&spec.user),
        umask: spec.umask,
        rlimits: spec
            .rlimits
            .iter()
            .map(|limit| init::Rlimit {
                resource: limit.resource,
                soft: limit.soft,
                hard: limit.hard,
            })
            .collect(),
        terminal: spec.terminal.map(|size| init::TerminalSize {
            rows: size.rows.into(),
            columns: size.columns.into(),
        }),
        stdin: spec.stdin,
        timeout_ms: spec.timeout.map_or(0, |timeout| milliseconds(timeout).max(1)),
        grace_ms: milliseconds(spec.grace),
        contained: wants_own_cgroup(spec),
    }
}

fn milliseconds(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

/// Whether all that it starts may have to be found again.
fn wants_own_cgroup(spec: &ExecSpec) -> bool {
    spec.timeout.is_some() || spec.on_disconnect == OnDisconnect::Kill
}

fn spawn_error(failure: init::SpawnFailure) -> SpawnError {
    use spawn_failure::Kind;
    let kind = failure.kind();
    let detail = failure.detail;
    match kind {
        Kind::CommandNotFound => SpawnError::CommandNotFound(detail),
        Kind::NotExecutable => SpawnError::NotExecutable(detail),
        Kind::BadInterpreter => SpawnError::BadInterpreter(detail),
        Kind::CwdNotFound => SpawnError::CwdNotFound(detail),
        Kind::CwdNotAccessible => SpawnError::CwdNotAccessible(detail),
        Kind::UserNotFound => SpawnError::UserNotFound(detail),
        Kind::OutOfMemory => SpawnError::OutOfMemory(detail),
        Kind::OutOfPids => SpawnError::OutOfPids(detail),
        Kind::TooManyExecs => SpawnError::TooManyExecs(detail),
        Kind::ArgumentsTooLong => SpawnError::ArgumentsTooLong(detail),
        Kind::Other | Kind::Unspecified => SpawnError::Other(detail),
    }
}
