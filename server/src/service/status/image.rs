//! Errors of images and registries as statuses.

use std::io;

use tonic::{Code, Status};

use super::{Answer, RETRY_AFTER, answer};
use crate::image::{BuildError, DocumentError, ImageError, RegistryError, UnpackError};

impl From<ImageError> for Status {
    fn from(error: ImageError) -> Self {
        Self::from(&error)
    }
}

impl From<&ImageError> for Status {
    fn from(error: &ImageError) -> Self {
        let message = error.to_string();
        let say = |code, reason| answer(code, reason, &message);
        match error {
            ImageError::NotFound(image) => {
                say(Code::NotFound, "IMAGE_NOT_FOUND").with("image", image)
            }
            ImageError::NameTaken(name) => {
                say(Code::AlreadyExists, "IMAGE_NAME_TAKEN").with("name", name)
            }
            ImageError::BuiltIn => say(Code::FailedPrecondition, "IMAGE_BUILT_IN").precondition(
                "IMAGE",
                crate::model::HOST_IMAGE,
                "must be an imported image",
            ),
            ImageError::HostUnavailable(_) => {
                say(Code::FailedPrecondition, "HOST_IMAGE_UNAVAILABLE").precondition(
                    "HOST",
                    crate::model::HOST_IMAGE,
                    "import an image and use that",
                )
            }
            ImageError::InUse { name, .. } => say(Code::FailedPrecondition, "IMAGE_IN_USE")
                .precondition("IMAGE", name, "delete the sandboxes that were made from it first"),
            ImageError::Busy => say(Code::ResourceExhausted, "TOO_MANY_IMPORTS").retry(),
            ImageError::Unpack(error) => return unpack_status(error),
            ImageError::Document(error) => return document_status(error),
            ImageError::Store(_) => say(Code::Internal, "STORE_FAILED"),
            ImageError::Storage(error) => return super::storage::status(error),
            ImageError::Registry(error) => return registry_status(error),
            ImageError::Build(error) => return build_status(error),
            ImageError::PullEnded => say(Code::Unavailable, "IMAGE_CALL_ENDED").retry(),
            ImageError::Io { error, .. } => storage(error, &message),
        }
        .into()
    }
}

pub(super) fn unpack_status(error: &UnpackError) -> Status {
    let invalid = |reason| answer(Code::InvalidArgument, reason, error).field("chunk");
    match error {
        UnpackError::Member { member, .. } => invalid("BAD_MEMBER").with("member", member),
        UnpackError::Damaged(_) | UnpackError::Empty => invalid("BAD_ARCHIVE"),
        UnpackError::TooMuch { .. } => invalid("ARCHIVE_TOO_BIG"),
        UnpackError::WrongDigest { .. } => invalid("WRONG_DIGEST"),
        UnpackError::Aborted => answer(Code::Cancelled, "IMPORT_ABORTED", error),
        UnpackError::Store { error: cause, .. } => storage(cause, &error.to_string()),
    }
    .into()
}

fn document_status(error: &DocumentError) -> Status {
    let say = |code, reason| answer(code, reason, error);
    match error {
        DocumentError::NoPlatform { .. } => {
            say(Code::NotFound, "IMAGE_PLATFORM_NOT_FOUND").field("platform")
        }
        DocumentError::NotAnImage(_) | DocumentError::Several(_) => {
            say(Code::InvalidArgument, "NOT_AN_IMAGE")
        }
        DocumentError::TooBig { .. } | DocumentError::TooManyLayers(_) => {
            say(Code::InvalidArgument, "IMAGE_TOO_BIG")
        }
        DocumentError::Unreadable { .. } | DocumentError::LayersDiffer { .. } => {
            say(Code::InvalidArgument, "BAD_MANIFEST")
        }
        DocumentError::BadConfig { field, .. } => {
            say(Code::InvalidArgument, "BAD_IMAGE_CONFIG").with("field", field)
        }
    }
    .into()
}

fn storage(error: &io::Error, message: &str) -> Answer {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            answer(Code::ResourceExhausted, "DISK_FULL", message).retry()
        }
        _ => answer(Code::Internal, "STORAGE_FAILED", message),
    }
}

fn build_status(error: &BuildError) -> Status {
    let say = |code, reason| answer(code, reason, error);
    match error {
        BuildError::NoBuilder(program) => say(Code::FailedPrecondition, "BUILDER_MISSING")
            .precondition("PROGRAM", program, "install Debian's buildah where skerryd runs"),
        BuildError::Failed(_) => say(Code::Aborted, "BUILD_FAILED"),
        BuildError::TimedOut(_) => say(Code::DeadlineExceeded, "BUILD_TIMED_OUT"),
        BuildError::ContextTooBig => say(Code::InvalidArgument, "ARCHIVE_TOO_BIG").field("chunk"),
    }
    .into()
}

fn registry_status(error: &RegistryError) -> Status {
    let say = |code, reason| answer(code, reason, error);
    match error {
        RegistryError::Denied { registry, status, .. } => {
            say(Code::PermissionDenied, "REGISTRY_DENIED")
                .with("registry", registry)
                .with("status", status)
        }
        RegistryError::NotFound { registry, .. } => {
            say(Code::NotFound, "IMAGE_NOT_IN_REGISTRY").with("registry", registry)
        }
        RegistryError::RateLimited { registry, retry_after } => {
            let mut answer = say(Code::ResourceExhausted, "REGISTRY_RATE_LIMITED");
            answer.details.set_retry_info(Some(retry_after.unwrap_or(RETRY_AFTER)));
            answer.with("registry", registry)
        }
        RegistryError::Unavailable { registry, .. } => {
            say(Code::Unavailable, "REGISTRY_UNAVAILABLE").with("registry", registry).retry()
        }
        RegistryError::WrongContent { registry, .. } => {
            say(Code::DataLoss, "WRONG_DIGEST").with("registry", registry)
        }
        RegistryError::TooBig { registry, .. } => {
            say(Code::InvalidArgument, "IMAGE_TOO_BIG").with("registry", registry)
        }
        RegistryError::BadCertificate(_) => {
            say(Code::InvalidArgument, "BAD_CA_CERTIFICATE").field("ca_certificate")
        }
        RegistryError::DockerConfig(_) => say(Code::FailedPrecondition, "BAD_DOCKER_CONFIG")
            .precondition("DOCKER_CONFIG", "--docker-config", "repair or leave out the file"),
    }
    .into()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tonic_types::StatusExt;

    use super::*;

    #[test]
    fn a_registrys_refusal_is_never_that_of_this_api() {
        let registry = || "r".to_owned();
        let denied =
            RegistryError::Denied { registry: registry(), status: 401, with_credentials: false };
        assert_eq!(registry_status(&denied).code(), Code::PermissionDenied);
        let limited = RegistryError::RateLimited {
            registry: registry(),
            retry_after: Some(Duration::from_secs(7)),
        };
        let status = registry_status(&limited);
        assert_eq!(status.code(), Code::ResourceExhausted);
        let retry = status.get_error_details().retry_info().unwrap().retry_delay;
        assert_eq!(retry, Some(Duration::from_secs(7)));
    }
}
