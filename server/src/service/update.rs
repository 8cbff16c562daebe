//! What an update's field mask takes from its sandbox.

use prost_types::FieldMask;
use skerry_api::v1;
use tonic::Status;

use super::check::{Checks, field};
use super::status::publish;
use super::{convert, credential, network, preview, sandbox};
use crate::engine::{EngineError, SandboxPatch, TimeoutsPatch};
use crate::model::{Limits, LimitsPatch, OnExec, Timeouts};

/// Fields of a sandbox that never change by an update.
const FIXED: [&str; 21] = [
    "keep_alive_time",
    "tenant",
    "id",
    "state",
    "state_reason",
    "image",
    "env",
    "hostname",
    "create_time",
    "update_time",
    "start_time",
    "stop_time",
    "oom_kills",
    "runtime",
    "host_uid_base",
    "parent_id",
    "snapshot_id",
    "mounts",
    "disk_used_bytes",
    "ip_address",
    "mac_address",
];

/// Reads what the mask names. `limits` as a whole sets unset ones to the
/// defaults; a single limit must be set.
pub(super) fn patch(
    sandbox: Option<v1::Sandbox>,
    mask: Option<FieldMask>,
    defaults: &Limits,
) -> Result<SandboxPatch, Status> {
    let paths = mask.unwrap_or_default().paths;
    if paths.is_empty() {
        return Err(field("update_mask", "must name at least one field"));
    }
    let given = sandbox.ok_or_else(|| field("sandbox", "must hold the new values"))?;
    let mut checks = Checks::default();
    let mut new = Update {
        limits: convert::limits_patch(&given.limits.unwrap_or_default()),
        timeouts: given.timeouts.unwrap_or_default(),
        on_exec: given.on_exec,
        ports: given.ports,
        name: given.name,
        labels: Some(given.labels),
        network_policy: given.network_policy,
        group: given.group,
        credentials: given.credentials,
        defaults,
        patch: SandboxPatch::default(),
    };
    for path in &paths {
        new.take(&mut checks, path);
    }
    checks.finish()?;
    Ok(new.patch)
}

/// The engine knows limits by their place in a create; in an update they
/// stand in `sandbox`.
pub(super) fn name_the_field(error: EngineError) -> Status {
    match error {
        EngineError::Invalid { field: path, message } if !path.starts_with("sandbox.") => {
            field(format!("sandbox.{path}"), message)
        }
        EngineError::Publish { index, error } => {
            publish::status(&error, &format!("sandbox.ports[{index}].host_port"))
        }
        other => other.into(),
    }
}

struct Update<'a> {
    name: String,
    labels: Option<std::collections::BTreeMap<String, String>>,
    limits: LimitsPatch,
    timeouts: v1::Timeouts,
    on_exec: i32,
    ports: Vec<v1::Port>,
    network_policy: Option<v1::NetworkPolicy>,
    group: String,
    credentials: Vec<v1::Credential>,
    defaults: &'a Limits,
    patch: SandboxPatch,
}

impl Update<'_> {
    fn take(&mut self, checks: &mut Checks, path: &str) {
        match path {
            "name" => {
                checks.name("sandbox.name", &self.name);
                self.patch.name = Some(self.name.clone());
            }
            "labels" => {
                if let Some(labels) = self.labels.take() {
                    checks.labels("sandbox.labels", &labels);
                    self.patch.labels = Some(labels);
                }
            }
            "limits" => self.all_limits(),
            "limits.memory_bytes" => {
                self.patch.limits.memory_bytes = set(checks, path, self.limits.memory_bytes);
            }
            "limits.cpu_millis" => {
                self.patch.limits.cpu_millis = set(checks, path, self.limits.cpu_millis);
            }
            "limits.disk_bytes" => {
                self.patch.limits.disk_bytes = set(checks, path, self.limits.disk_bytes);
            }
            "limits.pids" => self.patch.limits.pids = set(checks, path, self.limits.pids),
            "timeouts" => {
                for part in ["idle_timeout", "on_idle", "max_lifetime", "auto_delete", "always_on"]
                {
                    self.timeout(checks, part);
                }
            }
            "network_policy" => match self.network_policy.take() {
                Some(policy) => {
                    let field = "sandbox.network_policy";
                    self.patch.network_policy = network::policy(checks, field, policy);
                }
                None => {
                    checks.fail("sandbox.network_policy", "must be set, as update_mask names it")
                }
            },
            "group" => {
                checks.name("sandbox.group", &self.group);
                self.patch.group = Some(self.group.clone());
            }
            "credentials" => {
                let (field, given) = ("sandbox.credentials", std::mem::take(&mut self.credentials));
                self.patch.credentials = Some(credential::patched(checks, field, given));
            }
            "on_exec" => {
                let on_exec = on_exec(checks, "sandbox.on_exec", self.on_exec);
                self.patch.on_exec = Some(on_exec);
            }
            "ports" => {
                let ports = std::mem::take(&mut self.ports);
                self.patch.ports = Some(preview::ports(checks, "sandbox.ports", ports));
            }
            _ => match path.strip_prefix("timeouts.") {
                Some(part) => self.timeout(checks, part),
                None => unknown(checks, path),
            },
        }
    }

    fn all_limits(&mut self) {
        let (given, defaults) = (&self.limits, self.defaults);
        self.patch.limits = LimitsPatch {
            memory_bytes: given.memory_bytes.or(Some(defaults.memory_bytes)),
            cpu_millis: given.cpu_millis.or(Some(defaults.cpu_millis)),
            pids: given.pids.or(Some(defaults.pids)),
            disk_bytes: given
                .disk_bytes
                .or_else(|| (defaults.disk_bytes > 0).then_some(defaults.disk_bytes)),
        };
    }

    /// Takes one timeout; an unset one never runs out.
    fn timeout(&mut self, checks: &mut Checks, part: &str) {
        let mut one = v1::Timeouts::default();
        match part {
            "idle_timeout" => one.idle_timeout = self.timeouts.idle_timeout,
            "on_idle" => one.on_idle = self.timeouts.on_idle,
            "max_lifetime" => one.max_lifetime = self.timeouts.max_lifetime,
            "auto_delete" => one.auto_delete = self.timeouts.auto_delete,
            "always_on" => one.always_on = self.timeouts.always_on,
            _ => return unknown(checks, &format!("timeouts.{part}")),
        }
        let read: Timeouts = sandbox::timeouts(checks, "sandbox.timeouts", one);
        let patch: &mut TimeoutsPatch = &mut self.patch.timeouts;
        match part {
            "idle_timeout" => patch.idle = Some(read.idle),
            "on_idle" => patch.on_idle = Some(read.on_idle),
            "max_lifetime" => patch.max_lifetime = Some(read.max_lifetime),
            "auto_delete" => patch.auto_delete = Some(read.auto_delete),
            _ => patch.always_on = Some(read.always_on),
        }
    }
}

fn set(checks: &mut Checks, path: &str, value: Option<i64>) -> Option<i64> {
    if value.is_none() {
        checks.fail(format!("sandbox.{path}"), "must be set, as update_mask names it");
    }
    value
}

fn unknown(checks: &mut Checks, path: &str) {
    let message = if FIXED.contains(&path) {
        format!("`{path}` can't change")
    } else {
        format!("{path:?} is no field that an update may name")
    };
    checks.fail("update_mask", message);
}

/// What an exec does, by its number; `path` is where it stands.
pub(super) fn on_exec(checks: &mut Checks, path: &str, given: i32) -> OnExec {
    convert::model_on_exec(v1::OnExec::try_from(given).unwrap_or_else(|error| {
        checks.fail(path, error.to_string());
        v1::OnExec::Unspecified
    }))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tonic_types::StatusExt;

    use super::*;

    fn read(paths: &[&str]) -> Result<SandboxPatch, Vec<String>> {
        let sandbox = v1::Sandbox {
            name: "new".to_owned(),
            limits: Some(v1::Limits { pids: Some(9), ..Default::default() }),
            timeouts: Some(v1::Timeouts {
                idle_timeout: Some(prost_types::Duration { seconds: 60, nanos: 0 }),
                max_lifetime: Some(prost_types::Duration { seconds: -1, nanos: 0 }),
                ..Default::default()
            }),
            ..Default::default()
        };
        let mask = FieldMask { paths: paths.iter().map(|path| (*path).to_owned()).collect() };
        let defaults = Limits { memory_bytes: 1, cpu_millis: 2, pids: 3, disk_bytes: 0 };
        patch(Some(sandbox), Some(mask), &defaults).map_err(|status| {
            let details = status.get_error_details();
            let violations = &details.bad_request().expect("it names fields").field_violations;
            violations.iter().map(|violation| violation.field.clone()).collect()
        })
    }

    #[test]
    fn only_what_the_mask_names_is_taken() {
        let patch = read(&["name", "timeouts.idle_timeout"]).unwrap();
        assert_eq!(patch.name.as_deref(), Some("new"));
        assert_eq!(patch.timeouts.idle, Some(Some(Duration::from_secs(60))));
        assert_eq!((patch.labels, patch.limits), (None, LimitsPatch::default()));
        assert_eq!(patch.timeouts.max_lifetime, None);
        let patch = read(&["timeouts.auto_delete", "limits.pids"]).unwrap();
        assert_eq!(patch.timeouts.auto_delete, Some(None));
        assert_eq!(patch.limits.pids, Some(9));
    }

    #[test]
    fn limits_as_a_whole_go_back_to_the_defaults() {
        let wanted = LimitsPatch {
            memory_bytes: Some(1),
            cpu_millis: Some(2),
            pids: Some(9),
            disk_bytes: None,
        };
        assert_eq!(read(&["limits"]).unwrap().limits, wanted);
    }

    #[test]
    fn a_path_that_is_fixed_or_unknown_is_refused() {
        for path in [
            "id",
            "image",
            "env",
            "state",
            "host_uid_base",
            "limits.disk",
            "timeouts.",
            "timeouts.x",
            "",
            "*",
        ] {
            assert_eq!(read(&[path]), Err(vec!["update_mask".to_owned()]), "{path}");
        }
        assert_eq!(read(&[]), Err(vec!["update_mask".to_owned()]));
        assert_eq!(
            read(&["limits.memory_bytes"]),
            Err(vec!["sandbox.limits.memory_bytes".to_owned()])
        );
        assert_eq!(read(&["timeouts"]), Err(vec!["sandbox.timeouts.max_lifetime".to_owned()]));
    }
}
