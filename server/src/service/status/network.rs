//! What a failed call on the network becomes.

use tonic::{Code, Status};

use super::answer;
use crate::network::{EgressLagged, NetworkError};

impl From<NetworkError> for Status {
    fn from(error: NetworkError) -> Self {
        match &error {
            NetworkError::Off(_) => answer(Code::FailedPrecondition, "NETWORK_OFF", &error)
                .precondition("NETWORK", "network", "start the daemon with --network on"),
            NetworkError::GroupFull(group) => {
                answer(Code::ResourceExhausted, "BOUND_REACHED", &error)
                    .with("group", group)
                    .retry()
            }
            NetworkError::BridgeFull { .. } => {
                answer(Code::ResourceExhausted, "BOUND_REACHED", &error).retry()
            }
            NetworkError::Range(_)
            | NetworkError::Busy
            | NetworkError::BridgeTaken(_)
            | NetworkError::Dns { .. }
            | NetworkError::EgressCa(_)
            | NetworkError::Failed { .. } => answer(Code::Internal, "NETWORK_FAILED", &error),
        }
        .into()
    }
}

impl From<EgressLagged> for Status {
    fn from(lagged: EgressLagged) -> Self {
        answer(Code::ResourceExhausted, "WATCH_LAGGED", lagged).retry().into()
    }
}
