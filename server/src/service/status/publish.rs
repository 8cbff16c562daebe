//! What a port of the host is refused with.

use tonic::{Code, Status};

use super::answer;
use crate::publish::PublishError;

/// `field` is the port's path in the request.
pub(in crate::service) fn status(error: &PublishError, field: &str) -> Status {
    match error {
        PublishError::OutOfRange { .. } => {
            answer(Code::InvalidArgument, "HOST_PORT_OUT_OF_RANGE", error).field(field)
        }
        PublishError::Taken { .. } => {
            answer(Code::AlreadyExists, "HOST_PORT_TAKEN", error).field(field)
        }
        PublishError::Unusable { .. } => {
            answer(Code::FailedPrecondition, "HOST_PORT_UNUSABLE", error)
                .precondition("HOST_PORT", field, "must be free on the host")
                .field(field)
        }
        PublishError::NoneLeft => {
            answer(Code::ResourceExhausted, "BOUND_REACHED", error).field(field).retry()
        }
    }
    .into()
}
