//! The domain's types: plain data and the rules about it. No I/O, no tokio,
//! no tonic, no sled.

mod exec;
mod file;
mod id;
mod image;
mod limits;
mod name;
mod sandbox;

pub use exec::{ExecSpec, ExitStatus, OnDisconnect, OutputStream, Rlimit, TerminalSize};
pub use file::{
    ChangeKind, FileEvent, FileFailure, FileInfo, FileInput, FileKind, FilePath, FilePathError,
    FileReason, FileRequest, FileSearch, FileTime, MAX_FILE_CHUNK, MAX_FILE_ENTRIES,
    MAX_FILE_MATCHES, OpenOptions, SetStat,
};
pub use id::{ExecId, IdError, ImageId, SandboxId, SshAccessId, SshKeyId};
pub use image::{HOST_IMAGE, Image, ImageSource};
pub use limits::{LimitError, Limits, LimitsPatch};
pub use name::{NameError, check_image_name, check_name};
pub use sandbox::{OnExec, OnIdle, Sandbox, SandboxState, Timeouts};
