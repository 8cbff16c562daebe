//! The domain's types: plain data and the rules about it. No I/O, no tokio,
//! no tonic, no sled.

mod exec;
mod file;
mod id;
mod image;
mod labels;
mod limits;
mod main_process;
mod name;
mod network;
mod port;
mod sandbox;
mod signal;
mod snapshot;
mod tenant;
mod volume;

pub use exec::{ExecSpec, ExitStatus, OnDisconnect, OutputStream, Rlimit, TerminalSize};
pub use file::{
    ChangeKind, FileEvent, FileFailure, FileInfo, FileInput, FileKind, FilePath, FilePathError,
    FileReason, FileRequest, FileSearch, FileTime, MAX_FILE_CHUNK, MAX_FILE_ENTRIES,
    MAX_FILE_MATCHES, OpenOptions, SetStat,
};
pub use id::{
    ExecId, IdError, ImageId, SandboxId, SnapshotId, SshAccessId, SshKeyId, TokenId, VolumeId,
};
pub use image::{ExecDefaults, HOST_IMAGE, Image, ImageConfig, ImageOrigin, ImageSource};
pub use labels::has_labels;
pub use limits::{LimitError, Limits, LimitsPatch, MIN_DISK_BYTES};
pub use main_process::{MainProcess, MainRequest};
pub use name::{NameError, check_image_name, check_name, is_host_label};
pub use network::{
    Authority, CidrError, Credential, CredentialError, Credentials, EgressMode, Group, HostError,
    HostPattern, MAX_CREDENTIALS, MAX_POLICY_ENTRIES, NetworkPolicy, SPECIAL_RANGES,
    SandboxNetwork, Secret, Trusted, check_credential_path, check_header, check_methods,
    check_value, is_special, mac_of, parse_cidr, show_mac,
};
pub use port::{HealthCheck, MAX_PORTS, Port, PortError, check_ports, is_path, replace_ports};
pub use sandbox::{OnExec, OnIdle, Sandbox, SandboxState, Timeouts};
pub use signal::parse_signal;
pub use snapshot::{Snapshot, SnapshotScope};
pub use tenant::{Reach, Tenant};
pub use volume::{
    DEFAULT_MOUNT_PATH, MAX_MOUNTS, MountPathError, OwnVolume, Retention, Volume, VolumeMount,
    check_mount_path,
};
