//! Making sandboxes.

use tokio::sync::oneshot;

use super::action::Birth;
use super::command::Command;
use super::copy::Counted;
use super::layout::{self, Origin};
use super::{CreateSandbox, Engine, EngineError, network};
use crate::model::{HOST_IMAGE, Sandbox};

impl Engine {
    /// Makes a sandbox and starts it; it is RUNNING and durable when this
    /// resolves. A repeated `request_id` answers with the first one's sandbox.
    /// Dropping the call does not stop the making.
    pub async fn create(&self, request: CreateSandbox) -> Result<Sandbox, EngineError> {
        Ok(self.create_or_find(request).await?.0)
    }

    /// The same, and whether it was made by this call and not by an earlier one
    /// with its `request_id`.
    pub(crate) async fn create_or_find(
        &self,
        request: CreateSandbox,
    ) -> Result<(Sandbox, bool), EngineError> {
        let snapshot = request.snapshot.as_deref();
        let snapshot = snapshot.map(|snapshot| self.snapshots().get(snapshot)).transpose()?;
        let Some(snapshot) = snapshot else { return self.create_from(request, None).await };
        let origin = Origin {
            trees: snapshot.id.clone(),
            size: Counted { disk: snapshot.size_bytes, volume: snapshot.volume_bytes },
            own_volume: snapshot.own_volume.clone(),
        };
        self.create_from(self.over_snapshot(request, snapshot)?, Some(origin)).await
    }

    pub(super) async fn create_from(
        &self,
        mut request: CreateSandbox,
        mut origin: Option<Origin>,
    ) -> Result<(Sandbox, bool), EngineError> {
        let shared = &self.core.shared;
        request.check()?;
        let image = if request.image.is_empty() { HOST_IMAGE } else { &request.image };
        let (image, _) = shared.images.source(image)?;
        let limits = request.limits(&shared.config)?;
        let main = request.main_process(|| shared.images.config(&image))?;
        let hash = request.request_id.is_some().then(|| request.hash());
        // A fork has what its parent has, also if that is none.
        if request.ports.is_empty() && request.parent.is_none() {
            request.ports = shared.images.config(&image).ports();
        }
        loop {
            self.check_open()?;
            let (reply, answer) = oneshot::channel();
            let mut record = request.record(&image, limits, hash.as_deref(), shared.runtime.name());
            record.main = main.clone();
            layout::plan_volumes(shared, &request, &mut origin, &mut record)?;
            record.network = network::plan(shared, &request, &record.id)?;
            let birth =
                Birth { origin: origin.clone(), health_check: request.health_check.clone() };
            let joined = match shared.reserve(record, birth, reply)? {
                None => None,
                Some((first, reply)) => {
                    // A supervisor that has ended drops the reply.
                    let _ = shared.supervisor(&first).send(Command::Join { reply }).await;
                    Some(first)
                }
            };
            match answer.await {
                Ok(result) => return Ok((result?, joined.is_none())),
                // The first one is gone: this one makes it anew.
                Err(_) if joined.is_some_and(|first| !shared.has(&first)) => {}
                Err(_) => return Err(EngineError::ShuttingDown),
            }
        }
    }
}
