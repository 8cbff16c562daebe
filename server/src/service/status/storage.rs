//! Errors of volumes, snapshots and the storage.

use tonic::{Code, Status};

use super::{Answer, answer};
use crate::snapshot::SnapshotError;
use crate::storage::StorageError;
use crate::volume::VolumeError;

impl From<VolumeError> for Status {
    fn from(error: VolumeError) -> Self {
        let message = error.to_string();
        let say = |code, reason| answer(code, reason, &message);
        match error {
            VolumeError::NotFound(volume) => {
                say(Code::NotFound, "VOLUME_NOT_FOUND").with("volume", volume)
            }
            VolumeError::NameTaken(name) => {
                say(Code::AlreadyExists, "VOLUME_NAME_TAKEN").with("name", name)
            }
            VolumeError::InUse { name, .. } => say(Code::FailedPrecondition, "VOLUME_IN_USE")
                .precondition("VOLUME", name, "delete the sandboxes that have it, or use `force`"),
            VolumeError::Storage(error) => storage(&error),
            VolumeError::Store(_) => say(Code::Internal, "STORE_FAILED"),
        }
        .into()
    }
}

impl From<SnapshotError> for Status {
    fn from(error: SnapshotError) -> Self {
        let message = error.to_string();
        let say = |code, reason| answer(code, reason, &message);
        match error {
            SnapshotError::NotFound(snapshot) => {
                say(Code::NotFound, "SNAPSHOT_NOT_FOUND").with("snapshot", snapshot)
            }
            SnapshotError::NameTaken(name) => {
                say(Code::AlreadyExists, "SNAPSHOT_NAME_TAKEN").with("name", name)
            }
            SnapshotError::Busy => say(Code::ResourceExhausted, "TOO_MANY_TRANSFERS").retry(),
            SnapshotError::NoArchive(_) => {
                say(Code::InvalidArgument, "NOT_A_SNAPSHOT").field("chunk")
            }
            SnapshotError::OtherFormat(format) => {
                say(Code::FailedPrecondition, "SNAPSHOT_FORMAT_UNKNOWN").precondition(
                    "ARCHIVE",
                    format.to_string(),
                    "import it with the skerryd that it was made for",
                )
            }
            SnapshotError::ImageMissing(image) => say(Code::FailedPrecondition, "IMAGE_MISSING")
                .with("image", &image)
                .precondition("IMAGE", &image, "pull or import the image by this name first"),
            SnapshotError::OtherImage { image, wanted, .. } => {
                say(Code::FailedPrecondition, "IMAGE_DIFFERS").with("image", &image).precondition(
                    "IMAGE",
                    &wanted,
                    "pull the image of this digest by this name",
                )
            }
            SnapshotError::Archive(error) => return super::image::unpack_status(&error),
            SnapshotError::Storage(error) => storage(&error),
            SnapshotError::Store(_) => say(Code::Internal, "STORE_FAILED"),
        }
        .into()
    }
}

/// The storage's own errors.
pub(super) fn status(error: &StorageError) -> Status {
    storage(error).into()
}

fn storage(error: &StorageError) -> Answer {
    match error {
        StorageError::NoLimits => answer(Code::FailedPrecondition, "DISK_LIMIT_UNSUPPORTED", error)
            .precondition(
                "STORAGE",
                "size",
                "leave it out, or use a data directory with the driver btrfs, quotas enabled",
            ),
        StorageError::NoWorkspace => {
            answer(Code::FailedPrecondition, "WORKSPACE_NOT_A_DIRECTORY", error).precondition(
                "SANDBOX",
                "/workspace",
                "make it a directory, or take the whole disk",
            )
        }
        StorageError::Full => answer(Code::ResourceExhausted, "DISK_FULL", error).retry(),
        _ => answer(Code::Internal, "STORAGE_FAILED", error),
    }
}
