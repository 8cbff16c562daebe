//! A sandbox that is made with its tunnels.

use std::sync::Arc;

use futures::future::try_join_all;

use super::{Inner, NewTunnel, TunnelError, Tunnels};
use crate::engine::CreateSandbox;
use crate::model::Sandbox;

impl Tunnels {
    /// Makes a sandbox with tunnels to it, whose `sandbox` is left empty. Where
    /// one can't be made there is no sandbox either, also when the caller
    /// leaves.
    pub async fn create_sandbox(
        &self,
        request: CreateSandbox,
        wanted: Vec<NewTunnel>,
    ) -> Result<Sandbox, TunnelError> {
        let inner = Arc::clone(&self.inner);
        let made = tokio::spawn(async move { inner.create_sandbox(request, wanted).await });
        made.await.unwrap_or(Err(TunnelError::ShuttingDown))
    }
}

impl Inner {
    async fn create_sandbox(
        &self,
        request: CreateSandbox,
        wanted: Vec<NewTunnel>,
    ) -> Result<Sandbox, TunnelError> {
        let (sandbox, made) = self.engine.create_or_find(request).await?;
        let id = sandbox.id.as_str();
        let tunnels =
            wanted.into_iter().map(|new| self.create(NewTunnel { sandbox: id.to_owned(), ..new }));
        let Err(error) = try_join_all(tunnels).await else { return Ok(sandbox) };
        // What an earlier call has made may be at work by now.
        if made && let Err(left) = self.engine.delete(id).await {
            tracing::warn!(sandbox = id, error = %left, "a sandbox without its tunnel is left");
        }
        Err(error)
    }
}
