//! What a failed call about tunnels becomes.

use tonic::{Code, Status};

use super::{answer, shutting_down};
use crate::tunnel::TunnelError;

impl From<TunnelError> for Status {
    fn from(error: TunnelError) -> Self {
        let message = error.to_string();
        match error {
            TunnelError::Engine(error) => return error.into(),
            TunnelError::ShuttingDown => return shutting_down(&message),
            TunnelError::Missing => {
                answer(Code::FailedPrecondition, "CLOUDFLARED_MISSING", message).precondition(
                    "HOST",
                    "cloudflared",
                    "install it, or start skerryd with --cloudflared FILE",
                )
            }
            TunnelError::Exists(_) => {
                answer(Code::AlreadyExists, "TUNNEL_EXISTS", message).field("token")
            }
            TunnelError::LocalPort { .. } => {
                answer(Code::FailedPrecondition, "LOCAL_PORT_UNUSABLE", message)
                    .precondition("LOCAL_PORT", "local_port", "must be free on 127.0.0.1")
                    .field("local_port")
            }
            TunnelError::Failed(_) => answer(Code::Unavailable, "TUNNEL_FAILED", message),
            TunnelError::Unhealthy(_) => answer(Code::Unavailable, "TUNNEL_UNHEALTHY", message),
            TunnelError::NotFound(_) => answer(Code::NotFound, "TUNNEL_NOT_FOUND", message),
            TunnelError::TooMany(_) => {
                answer(Code::ResourceExhausted, "BOUND_REACHED", message).with("bound", "tunnels")
            }
        }
        .into()
    }
}
