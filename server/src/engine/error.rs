//! What the engine answers instead of a result.

use std::sync::Arc;

use crate::model::{SandboxId, SandboxState};
use crate::network::NetworkError;
use crate::publish::PublishError;
use crate::runtime::{FileError, RuntimeError, SpawnError};
use crate::snapshot::SnapshotError;
use crate::storage::StorageError;
use crate::store::StoreError;
use crate::volume::VolumeError;

/// Why the engine did not do what it was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EngineError {
    /// No sandbox has this id or name.
    #[error("there is no sandbox {sandbox:?}")]
    NotFound {
        /// What was given.
        sandbox: String,
    },
    /// Another sandbox has the name.
    #[error("there is a sandbox named {name:?} already")]
    NameTaken {
        /// The name.
        name: String,
    },
    /// The `request_id` came with another request before.
    #[error("the request_id was used with another request")]
    RequestIdReused,
    /// No image has this id or name.
    #[error("there is no image {0:?}")]
    UnknownImage(String),
    /// No volume has this id or name.
    #[error("there is no volume {volume:?}")]
    UnknownVolume {
        /// What was given.
        volume: String,
        /// At which place among the mounts.
        index: usize,
    },
    /// Not forked from the one that it should be forked from.
    #[error("{sandbox} is neither {root} nor forked from it")]
    NotInFamily {
        /// The sandbox, as it was named.
        sandbox: String,
        /// The one it should be forked from.
        root: String,
    },
    /// Of the storage.
    #[error(transparent)]
    Storage(Arc<StorageError>),
    /// Of a volume.
    #[error(transparent)]
    Volume(#[from] VolumeError),
    /// Of a snapshot.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// Not in this state.
    #[error("{sandbox} is {state:?}; {wanted}")]
    WrongState {
        /// The sandbox.
        sandbox: SandboxId,
        /// Its state.
        state: SandboxState,
        /// What it would have to be, or what to do instead.
        wanted: &'static str,
    },
    /// It was deleted while the call was under way.
    #[error("{sandbox} was deleted meanwhile")]
    Deleted {
        /// The sandbox.
        sandbox: SandboxId,
    },
    /// It runs nothing by itself.
    #[error("{sandbox} has no main process")]
    NoMainProcess {
        /// The sandbox.
        sandbox: SandboxId,
    },
    /// A field is not as it must be.
    #[error("{field}: {message}")]
    Invalid {
        /// The field's path in the request.
        field: &'static str,
        /// What it must be.
        message: String,
    },
    /// At a bound.
    #[error("at the bound of {what}")]
    Exhausted {
        /// Of what.
        what: String,
    },
    /// The process could not be started.
    #[error(transparent)]
    Spawn(SpawnError),
    /// The call on files failed.
    #[error(transparent)]
    File(FileError),
    /// The sandbox has no such exec, or not any more.
    #[error("the sandbox has no exec {exec:?}")]
    ExecNotFound {
        /// What was given.
        exec: String,
    },
    /// Not among the sandbox's ports.
    #[error("port {port} of {sandbox} is not open: name it among the sandbox's ports")]
    PortNotOpen {
        /// The sandbox.
        sandbox: SandboxId,
        /// The port.
        port: u16,
    },
    /// A port of the host can't be had.
    #[error("{error}")]
    Publish {
        /// At which place among the ports.
        index: usize,
        /// Why.
        #[source]
        error: PublishError,
    },
    /// The health check of its create failed.
    #[error("port {port} did not pass the health check in {attempts} attempts: {why}")]
    Unhealthy {
        /// The port.
        port: u16,
        /// How often it was asked.
        attempts: u32,
        /// How the last one went.
        why: String,
    },
    /// The exec has ended.
    #[error("the exec has ended")]
    ExecEnded,
    /// The runtime failed.
    #[error(transparent)]
    Runtime(#[from] RuntimeError),
    /// Of the network.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The daemon is going down.
    #[error("the daemon is shutting down")]
    ShuttingDown,
}

impl From<StorageError> for EngineError {
    fn from(error: StorageError) -> Self {
        Self::Storage(Arc::new(error))
    }
}
