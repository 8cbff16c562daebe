//! `SystemService`.

use std::sync::Arc;
use std::time::SystemTime;

use skerry_api::v1::system_service_server::SystemService;
use skerry_api::v1::{self, SystemInfo};
use tonic::{Request, Response, Status};

use super::convert;
use crate::engine::Engine;
use crate::image::ImageStore;

/// Tells what this daemon is.
pub(super) struct System {
    pub(super) engine: Engine,
    pub(super) images: Arc<ImageStore>,
    pub(super) facts: Facts,
}

impl System {
    fn storage(&self) -> v1::StorageInfo {
        let (driver, limits, space) = self.engine.storage();
        v1::StorageInfo {
            driver: driver.to_owned(),
            total_bytes: space.map_or(0, |space| convert::signed(space.total)),
            free_bytes: space.map_or(0, |space| convert::signed(space.free)),
            limits,
            volumes: convert::count(self.engine.volumes().count()),
            snapshots: convert::count(self.engine.snapshots().count()),
        }
    }
}

/// What does not change while the daemon runs.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The kernel's release.
    pub kernel: String,
    /// When the daemon started.
    pub start_time: SystemTime,
}

#[tonic::async_trait]
impl SystemService for System {
    async fn get_system_info(
        &self,
        _request: Request<v1::GetSystemInfoRequest>,
    ) -> Result<Response<SystemInfo>, Status> {
        let counts = self.engine.counts();
        let config = self.engine.config();
        let sandbox_counts = counts.sandboxes.iter().map(|(state, count)| v1::StateCount {
            state: convert::state(*state).into(),
            count: convert::count(*count),
        });
        Ok(Response::new(SystemInfo {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            api_version: "skerry.v1".to_owned(),
            runtime: self.engine.runtime_name().to_owned(),
            kernel: self.facts.kernel.clone(),
            capabilities: self.engine.capabilities().into_iter().map(convert::capability).collect(),
            default_limits: Some(convert::limits(&config.default_limits)),
            max_limits: Some(convert::limits(&config.max_limits)),
            max_sandboxes: convert::count(config.max_sandboxes),
            sandbox_counts: sandbox_counts.collect(),
            running_execs: convert::count(counts.running_execs),
            images: convert::count(self.images.count()),
            start_time: Some(convert::timestamp(self.facts.start_time)),
            storage: Some(self.storage()),
        }))
    }
}
