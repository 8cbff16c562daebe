//! Between the API's messages and the model. What was checked converts
//! without failing.

use std::time::{Duration, SystemTime};

use prost_types::Timestamp;
use skerry_api::v1;

use super::rlimit;
use crate::model::{
    ExecSpec, ExitStatus, Image, Limits, LimitsPatch, MainProcess, OnDisconnect, OnExec, OnIdle,
    Retention, Sandbox, SandboxState, Timeouts, VolumeMount, show_mac,
};
use crate::runtime::{Capability, CapabilityStatus, Process};

/// Sizes and offsets are signed in the API; none comes near the sign.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn count(number: usize) -> i64 {
    signed(number as u64)
}

pub(super) fn timestamp(time: SystemTime) -> Timestamp {
    Timestamp::from(time)
}

pub(super) fn duration(span: Duration) -> prost_types::Duration {
    prost_types::Duration {
        seconds: signed(span.as_secs()),
        nanos: span.subsec_nanos().cast_signed(),
    }
}

pub(super) fn state(state: SandboxState) -> v1::SandboxState {
    match state {
        SandboxState::Creating => v1::SandboxState::Creating,
        SandboxState::Running => v1::SandboxState::Running,
        SandboxState::Pausing => v1::SandboxState::Pausing,
        SandboxState::Paused => v1::SandboxState::Paused,
        SandboxState::Resuming => v1::SandboxState::Resuming,
        SandboxState::Stopping => v1::SandboxState::Stopping,
        SandboxState::Stopped => v1::SandboxState::Stopped,
        SandboxState::Starting => v1::SandboxState::Starting,
        SandboxState::Failed => v1::SandboxState::Failed,
        SandboxState::Deleting => v1::SandboxState::Deleting,
    }
}

/// `None` for the unspecified one.
pub(super) fn model_state(state: v1::SandboxState) -> Option<SandboxState> {
    Some(match state {
        v1::SandboxState::Unspecified => return None,
        v1::SandboxState::Creating => SandboxState::Creating,
        v1::SandboxState::Running => SandboxState::Running,
        v1::SandboxState::Pausing => SandboxState::Pausing,
        v1::SandboxState::Paused => SandboxState::Paused,
        v1::SandboxState::Resuming => SandboxState::Resuming,
        v1::SandboxState::Stopping => SandboxState::Stopping,
        v1::SandboxState::Stopped => SandboxState::Stopped,
        v1::SandboxState::Starting => SandboxState::Starting,
        v1::SandboxState::Failed => SandboxState::Failed,
        v1::SandboxState::Deleting => SandboxState::Deleting,
    })
}

fn on_idle(on_idle: OnIdle) -> v1::OnIdle {
    match on_idle {
        OnIdle::Stop => v1::OnIdle::Stop,
        OnIdle::Pause => v1::OnIdle::Pause,
        OnIdle::Delete => v1::OnIdle::Delete,
    }
}

/// Unspecified is the same as stop.
pub(super) fn model_on_idle(on_idle: v1::OnIdle) -> OnIdle {
    match on_idle {
        v1::OnIdle::Unspecified | v1::OnIdle::Stop => OnIdle::Stop,
        v1::OnIdle::Pause => OnIdle::Pause,
        v1::OnIdle::Delete => OnIdle::Delete,
    }
}

fn on_exec(on_exec: OnExec) -> v1::OnExec {
    match on_exec {
        OnExec::Refuse => v1::OnExec::Refuse,
        OnExec::Wake => v1::OnExec::Wake,
    }
}

/// Unspecified is the same as refuse.
pub(super) fn model_on_exec(on_exec: v1::OnExec) -> OnExec {
    match on_exec {
        v1::OnExec::Unspecified | v1::OnExec::Refuse => OnExec::Refuse,
        v1::OnExec::Wake => OnExec::Wake,
    }
}

pub(super) fn limits(limits: &Limits) -> v1::Limits {
    v1::Limits {
        memory_bytes: Some(limits.memory_bytes),
        cpu_millis: Some(limits.cpu_millis),
        pids: Some(limits.pids),
        disk_bytes: (limits.disk_bytes > 0).then_some(limits.disk_bytes),
    }
}

pub(super) fn limits_patch(limits: &v1::Limits) -> LimitsPatch {
    LimitsPatch {
        memory_bytes: limits.memory_bytes,
        cpu_millis: limits.cpu_millis,
        pids: limits.pids,
        disk_bytes: limits.disk_bytes,
    }
}

fn timeouts(timeouts: &Timeouts) -> v1::Timeouts {
    v1::Timeouts {
        idle_timeout: timeouts.idle.map(duration),
        on_idle: on_idle(timeouts.on_idle).into(),
        max_lifetime: timeouts.max_lifetime.map(duration),
        auto_delete: timeouts.auto_delete.map(duration),
        always_on: timeouts.always_on,
    }
}

pub(super) fn sandbox(sandbox: Sandbox) -> v1::Sandbox {
    let network = sandbox.network;
    let address = network.as_ref().map(|network| network.address.to_string());
    let mac = network.as_ref().map(|network| show_mac(network.mac()));
    v1::Sandbox {
        id: sandbox.id.into(),
        name: sandbox.name,
        state: state(sandbox.state).into(),
        state_reason: sandbox.state_reason,
        image: sandbox.image,
        labels: sandbox.labels,
        limits: Some(limits(&sandbox.limits)),
        timeouts: Some(timeouts(&sandbox.timeouts)),
        env: sandbox.env,
        hostname: sandbox.hostname,
        create_time: Some(timestamp(sandbox.create_time)),
        update_time: Some(timestamp(sandbox.update_time)),
        start_time: sandbox.start_time.map(timestamp),
        stop_time: sandbox.stop_time.map(timestamp),
        keep_alive_time: sandbox.keep_alive.map(timestamp),
        oom_kills: signed(sandbox.oom_kills),
        runtime: sandbox.runtime,
        host_uid_base: i64::from(sandbox.host_uid_base),
        on_exec: on_exec(sandbox.on_exec).into(),
        parent_id: sandbox.parent.map(String::from).unwrap_or_default(),
        snapshot_id: sandbox.snapshot.map(String::from).unwrap_or_default(),
        mounts: sandbox.mounts.into_iter().map(volume_mount).collect(),
        disk_used_bytes: sandbox.disk_used_bytes.map(signed),
        main: sandbox.main.map(main_process),
        user: sandbox.user,
        cwd: sandbox.cwd,
        ports: sandbox.ports.into_iter().map(super::preview::message).collect(),
        network_policy: network.as_ref().map(|network| super::network::message(&network.policy)),
        credentials: network
            .as_ref()
            .map(|network| super::credential::messages(&network.credentials))
            .unwrap_or_default(),
        group: network
            .and_then(|network| network.group)
            .map(|group| group.name)
            .unwrap_or_default(),
        ip_address: address.unwrap_or_default(),
        mac_address: mac.unwrap_or_default(),
        tenant: sandbox.tenant.into(),
    }
}

fn main_process(main: MainProcess) -> v1::MainProcess {
    v1::MainProcess {
        entrypoint: main.entrypoint,
        command: main.command,
        stop_signal: main.stop_signal.to_string(),
        exec_id: main.exec.map(String::from).unwrap_or_default(),
        exit_code: main.exit.map(|exit| exit.exit_code()),
    }
}

fn volume_mount(mount: VolumeMount) -> v1::VolumeMount {
    let (volume_id, path) = (mount.volume.into(), mount.path);
    v1::VolumeMount { volume_id, path, read_only: mount.read_only }
}

/// Unspecified is the same as delete.
pub(super) fn model_retention(retention: v1::Retention) -> Retention {
    match retention {
        v1::Retention::Unspecified | v1::Retention::Delete => Retention::Delete,
        v1::Retention::Keep => Retention::Keep,
    }
}

fn exec_spec(spec: &ExecSpec) -> v1::ExecSpec {
    v1::ExecSpec {
        command: spec.command.clone(),
        env: spec.env.clone(),
        cwd: spec.cwd.clone(),
        user: spec.user.clone(),
        // Became the command.
        shell: String::new(),
        umask: spec.umask,
        rlimits: spec.rlimits.iter().map(rlimit::to_message).collect(),
        terminal: spec
            .terminal
            .map(|size| v1::TerminalSize { rows: size.rows.into(), columns: size.columns.into() }),
        keep_stdin: spec.stdin,
        timeout: spec.timeout.map(duration),
        grace_period: spec.timeout.map(|_| duration(spec.grace)),
        on_disconnect: match spec.on_disconnect {
            OnDisconnect::Keep => v1::OnDisconnect::Keep,
            OnDisconnect::Kill => v1::OnDisconnect::Kill,
        }
        .into(),
    }
}

pub(super) fn exec_result(status: &ExitStatus) -> v1::ExecResult {
    v1::ExecResult {
        exit_code: status.exit_code(),
        signal: status.signal,
        oom_killed: status.oom_killed,
        timed_out: status.timed_out,
    }
}

/// An exec of the sandbox with this id, which has ended so, or runs.
pub(super) fn exec_info(
    sandbox_id: String,
    process: &dyn Process,
    status: Option<ExitStatus>,
) -> v1::ExecInfo {
    let state = if status.is_some() { v1::ExecState::Exited } else { v1::ExecState::Running };
    let (output_start, output_end) = process.output_range();
    v1::ExecInfo {
        id: process.id().to_string(),
        sandbox_id,
        spec: Some(exec_spec(process.spec())),
        state: state.into(),
        pid: process.pid(),
        result: status.as_ref().map(exec_result),
        start_time: Some(timestamp(process.start_time())),
        end_time: status.map(|status| timestamp(status.end_time)),
        output_start: signed(output_start),
        output_end: signed(output_end),
    }
}

pub(super) fn image(image: Image) -> v1::Image {
    let (origin, config) = (image.origin, image.config);
    v1::Image {
        id: image.id.into(),
        name: image.name,
        size_bytes: signed(image.size_bytes),
        entries: signed(image.entries),
        create_time: Some(timestamp(image.create_time)),
        reference: origin.reference,
        digest: origin.digest,
        architecture: origin.architecture,
        os: origin.os,
        layers: origin.layers,
        config: Some(v1::ImageConfig {
            entrypoint: config.entrypoint,
            cmd: config.cmd,
            env: config.env,
            user: config.user,
            working_dir: config.working_dir,
            exposed_ports: config.exposed_ports,
            stop_signal: config.stop_signal,
            volumes: config.volumes,
            labels: config.labels,
        }),
    }
}

/// An image among many: without what may be long.
pub(super) fn listed_image(image: Image) -> v1::Image {
    v1::Image { layers: Vec::new(), config: None, ..self::image(image) }
}

pub(super) fn capability(capability: Capability) -> v1::Capability {
    let status = match capability.status {
        CapabilityStatus::On => v1::CapabilityStatus::On,
        CapabilityStatus::Degraded => v1::CapabilityStatus::Degraded,
        CapabilityStatus::Off => v1::CapabilityStatus::Off,
    };
    v1::Capability {
        name: capability.name.to_owned(),
        status: status.into(),
        detail: capability.detail,
    }
}
