//! Making and finding sandboxes.

use std::collections::BTreeMap;

use super::create::CreateSandbox;
use super::sandbox::Sandbox;
use crate::client::Client;
use crate::error::Error;
use crate::retry::retrying;

/// All sandboxes.
#[derive(Debug, Clone)]
pub struct Sandboxes {
    pub(super) client: Client,
}

impl Sandboxes {
    /// Makes a sandbox of an image, when it is awaited; it runs then. An empty
    /// image is `host`, or that of the snapshot.
    pub fn create(&self, image: impl Into<String>) -> CreateSandbox {
        CreateSandbox::new(self.clone(), image.into())
    }

    /// The sandbox of this name, as it is, or a new one, when it is awaited.
    pub fn get_or_create(
        &self,
        image: impl Into<String>,
        name: impl Into<String>,
    ) -> CreateSandbox {
        self.create(image).name(name).or_get()
    }

    /// By id or name.
    ///
    /// # Errors
    ///
    /// `SANDBOX_NOT_FOUND`.
    pub async fn get(&self, sandbox: &str) -> Result<Sandbox, Error> {
        let info = retrying(|| self.client.sandbox(sandbox)).await?;
        Ok(Sandbox::new(self.client.clone(), info))
    }

    /// All, in order of creation.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub async fn list(&self) -> Result<Vec<Sandbox>, Error> {
        self.list_with(BTreeMap::new()).await
    }

    /// Those that have all these labels, in order of creation.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub async fn list_with(&self, labels: BTreeMap<String, String>) -> Result<Vec<Sandbox>, Error> {
        let found = retrying(|| self.client.list_sandboxes(labels.clone())).await?;
        Ok(found.into_iter().map(|info| Sandbox::new(self.client.clone(), info)).collect())
    }
}
