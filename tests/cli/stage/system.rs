//! The stage itself.

use skerry_client::v1::system_service_server::SystemService;
use skerry_client::v1::{GetSystemInfoRequest, SystemInfo};
use tonic::{Request, Response, Status};

use super::Services;

#[tonic::async_trait]
impl SystemService for Services {
    async fn get_system_info(
        &self,
        _: Request<GetSystemInfoRequest>,
    ) -> Result<Response<SystemInfo>, Status> {
        self.0.call("info", "")?;
        Ok(Response::new(self.0.script.system.clone()))
    }
}
