//! The daemon itself.

use crate::client::Client;
use crate::error::Error;
use crate::v1::{GetSystemInfoRequest, SystemInfo};

impl Client {
    /// Reads what the daemon is, what isolation its host really gives, and
    /// how much of it is in use.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub async fn system_info(&self) -> Result<SystemInfo, Error> {
        Ok(self.system().get_system_info(GetSystemInfoRequest {}).await?.into_inner())
    }
}
