//! Who makes a call.

use tonic::{Request, Status};

use super::status;
use crate::auth::{Caller, Denied};

/// The caller that the listener found; a call without one is nobody's.
pub(super) fn caller<T>(request: &Request<T>) -> Result<Caller, Status> {
    let caller = request.extensions().get::<Caller>().cloned();
    caller.ok_or_else(|| status::denial(Denied::Missing))
}
