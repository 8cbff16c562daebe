//! The native driver: machines out of Linux namespaces, cgroups and an
//! overlay, each with a `skerry-init` of its own.
//!
//! ```text
//! <pool>/sandboxes/<id>/{upper,work}   the disk; owners are the machine's ids
//! <data>/run/<id>.sock                 where init listens
//! <cgroup>/skerry/<host part>/<id>     what the kernel counts and bounds
//! ```
//!
//! A machine outlives the daemon that made it: a later one connects to its
//! socket. What is left of one that has no record is found by these names.

mod capabilities;
mod cgroup;
mod connection;
mod dial;
mod disk;
mod exec_log;
mod files;
mod machine;
mod namespace;
mod prepare;
mod process;
mod readers;
mod socket;
mod start;
mod zygote;

use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use super::{Capability, Machine, MachineSpec, Runtime, RuntimeError};
use crate::model::SandboxId;
use crate::storage::Pool;
use cgroup::Cgroups;
use disk::Disks;
use machine::LinuxMachine;
use socket::Sockets;
use zygote::Zygote;

/// How long a machine may take to answer: it needs some milliseconds, and
/// much longer only on a host that is badly overloaded.
const READY_TIMEOUT: Duration = Duration::from_secs(30);

/// What the record keeps of a machine.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Note {
    /// Of its init, on the host.
    pid: i32,
}

/// The native driver.
#[derive(Clone)]
pub struct LinuxRuntime {
    parts: Arc<Parts>,
}

struct Parts {
    zygote: Zygote,
    cgroups: Cgroups,
    disks: Disks,
    sockets: Sockets,
}

impl Parts {
    /// Sandboxes that have a socket or a cgroup, some of them twice.
    fn machines(&self) -> Result<Vec<SandboxId>, RuntimeError> {
        let mut machines = self.sockets.list()?;
        machines.extend(self.cgroups.list()?);
        Ok(machines)
    }
}

impl LinuxRuntime {
    /// Prepares the host for machines whose state is below `data_dir`.
    ///
    /// # Errors
    /// When it does not run as root, or the host lacks what no machine can do
    /// without; the text says which.
    pub fn open(data_dir: &Path, pool: Arc<dyn Pool>) -> Result<Self, RuntimeError> {
        let parts = Parts {
            cgroups: Cgroups::open(data_dir)?,
            disks: Disks::new(pool),
            sockets: Sockets::open(data_dir)?,
            zygote: Zygote::start()?,
        };
        Ok(Self { parts: Arc::new(parts) })
    }
}

/// Names the step in which a call failed.
trait Step<T> {
    fn step(self, step: impl Into<String>) -> Result<T, RuntimeError>;
}

impl<T, E: Into<std::io::Error>> Step<T> for Result<T, E> {
    fn step(self, step: impl Into<String>) -> Result<T, RuntimeError> {
        self.map_err(|error| failed(step, &error.into()))
    }
}

fn failed(step: impl Into<String>, error: &std::io::Error) -> RuntimeError {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::OutOfMemory => RuntimeError::Exhausted("memory".to_owned()),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            RuntimeError::Exhausted("disk space".to_owned())
        }
        _ => RuntimeError::Failed { step: step.into(), cause: error.to_string() },
    }
}

/// Runs a call that may block on the disk where that holds nobody up.
async fn blocking<T: Send + 'static>(
    call: impl FnOnce() -> Result<T, RuntimeError> + Send + 'static,
) -> Result<T, RuntimeError> {
    tokio::task::spawn_blocking(call).await.unwrap_or_else(|error| {
        Err(RuntimeError::Failed {
            step: "run a blocking call".to_owned(),
            cause: error.to_string(),
        })
    })
}

/// Ends a half-made machine when the create fails or is dropped.
struct Unfinished {
    runtime: LinuxRuntime,
    id: Option<SandboxId>,
}

impl Unfinished {
    fn keep(mut self) {
        self.id = None;
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let Some(id) = self.id.take() else { return };
        let runtime = self.runtime.clone();
        // Only a dropped create gets here: a failed one has destroyed already.
        if let Ok(handle) = tokio::runtime::Handle::try_current() {
            handle.spawn(async move {
                if let Err(error) = runtime.destroy(&id).await {
                    tracing::warn!(sandbox = %id, %error, "a half-made machine stays");
                }
            });
        }
    }
}

#[async_trait]
impl Runtime for LinuxRuntime {
    fn name(&self) -> &'static str {
        "linux"
    }

    fn capabilities(&self) -> Vec<Capability> {
        capabilities::probe(&self.parts.cgroups, self.parts.disks.has_limits())
    }

    async fn create(
        &self,
        spec: &MachineSpec,
        born: oneshot::Sender<serde_json::Value>,
    ) -> Result<Arc<dyn Machine>, RuntimeError> {
        let unfinished = Unfinished { runtime: self.clone(), id: Some(spec.id.clone()) };
        let (parts, owned_spec) = (Arc::clone(&self.parts), spec.clone());
        let prepared = blocking(move || prepare::prepare(&parts, &owned_spec)).await;
        let made = match prepared {
            Ok(prepared) => {
                let making = machine::make(&self.parts, &spec.id, prepared, born);
                tokio::time::timeout(READY_TIMEOUT, making).await.unwrap_or_else(|_| {
                    Err(RuntimeError::Failed {
                        step: "wait for init".to_owned(),
                        cause: format!("no answer in {READY_TIMEOUT:?}"),
                    })
                })
            }
            Err(error) => Err(error),
        };
        match made {
            Ok(machine) => {
                unfinished.keep();
                Ok(machine)
            }
            Err(error) => {
                self.destroy(&spec.id).await?;
                unfinished.keep();
                Err(error)
            }
        }
    }

    async fn connect(
        &self,
        id: &SandboxId,
        note: &serde_json::Value,
    ) -> Result<Arc<dyn Machine>, RuntimeError> {
        let note = Note::deserialize(note).map_err(|_| RuntimeError::Gone)?;
        let connecting = LinuxMachine::connect(&self.parts, id, &note);
        let machine = tokio::time::timeout(READY_TIMEOUT, connecting)
            .await
            .map_err(|_| RuntimeError::Gone)??;
        Ok(machine)
    }

    async fn network_namespace(
        &self,
        id: &SandboxId,
        note: &serde_json::Value,
    ) -> Result<Option<OwnedFd>, RuntimeError> {
        let note = Note::deserialize(note).map_err(|_| RuntimeError::Gone)?;
        namespace::open(id, note.pid).map(Some)
    }

    async fn destroy(&self, id: &SandboxId) -> Result<(), RuntimeError> {
        self.parts.cgroups.destroy(id).await?;
        self.parts.sockets.remove(id).step("remove the socket")
    }

    async fn remove_disk(&self, id: &SandboxId) -> Result<(), RuntimeError> {
        let (parts, id) = (Arc::clone(&self.parts), id.clone());
        blocking(move || parts.disks.remove(&id)).await
    }

    async fn list(&self) -> Result<Vec<SandboxId>, RuntimeError> {
        let parts = Arc::clone(&self.parts);
        blocking(move || {
            let mut all = parts.disks.list()?;
            all.extend(parts.machines()?);
            all.sort();
            all.dedup();
            Ok(all)
        })
        .await
    }

    async fn machines(&self) -> Result<Vec<SandboxId>, RuntimeError> {
        let parts = Arc::clone(&self.parts);
        blocking(move || parts.machines()).await
    }
}

/// The ids among a directory's names; `suffix` is cut off.
fn ids_in(directory: &Path, suffix: &str) -> Result<Vec<SandboxId>, RuntimeError> {
    let entries = std::fs::read_dir(directory).step(format!("list {}", directory.display()))?;
    Ok(entries
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let name = entry.file_name();
            name.to_str()?.strip_suffix(suffix)?.parse().ok()
        })
        .collect())
}
