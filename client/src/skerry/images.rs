//! What sandboxes are made from.

use crate::client::Client;
use crate::error::Error;
use crate::retry::retrying;
use crate::v1::pull_image_response::Event;
use crate::v1::{Image, PullImageRequest, PullProgress};

/// All images; `host` is always there.
#[derive(Debug, Clone)]
pub struct Images {
    pub(super) client: Client,
}

impl Images {
    /// Makes an image from a registry: `alpine`, `ghcr.io/owner/name:tag`.
    ///
    /// # Errors
    ///
    /// `INVALID_FIELD` for a reference that is none; what the registry says.
    pub async fn pull(&self, reference: &str) -> Result<Image, Error> {
        let request =
            PullImageRequest { reference: reference.to_owned(), ..PullImageRequest::default() };
        self.pull_with(request, |_| ()).await
    }

    /// The same with all that can be said: a name, a platform, credentials.
    /// `told` is told how far it is.
    ///
    /// # Errors
    ///
    /// As [`Images::pull`].
    pub async fn pull_with(
        &self,
        request: PullImageRequest,
        mut told: impl FnMut(&PullProgress),
    ) -> Result<Image, Error> {
        let mut pull = self.client.pull_image(request).await?;
        while let Some(event) = pull.next().await? {
            match event {
                Event::Progress(progress) => told(&progress),
                Event::Image(image) => return Ok(image),
            }
        }
        Err(Error::cut("the stream ended before the image"))
    }

    /// By id or name.
    ///
    /// # Errors
    ///
    /// `IMAGE_NOT_FOUND`.
    pub async fn get(&self, image: &str) -> Result<Image, Error> {
        retrying(|| self.client.image(image)).await
    }

    /// All, by name.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub async fn list(&self) -> Result<Vec<Image>, Error> {
        retrying(|| self.client.list_images()).await
    }

    /// Removes one that no sandbox was made from; one that is gone is no error.
    ///
    /// # Errors
    ///
    /// `IMAGE_IN_USE`; `FailedPrecondition` for `host`.
    pub async fn delete(&self, image: &str) -> Result<(), Error> {
        retrying(|| self.client.delete_image(image)).await
    }
}
