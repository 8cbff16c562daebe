//! Pulling: an image of a registry, whole or not at all.
//!
//! ```text
//!  manifest (of an index, the one for the platform) ─▶ config ─▶ layers, a few
//!  at a time, to images/blobs ─▶ unpack and compare both digests of each into
//!  images/.new-<id> ─▶ as an import: rename, record, listed
//! ```
//!
//! Callers that ask for the same share one pull and see its progress. It goes
//! on as long as one of them waits; when the last one goes away it ends, and
//! what has come of the layers is there for the next.

mod flight;
mod progress;

use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::stream::{StreamExt, TryStreamExt};
use tokio::sync::watch;

pub use flight::Pull;
pub(super) use flight::Pulls;
pub use progress::{LayerProgress, PullPhase};
use progress::{Layers, Step};

use super::blobs::Pins;
use super::import::{Filled, place};
use super::layers::{Layer, unpack_layers};
use super::name::{NameClaim, new_id};
use super::oci::{Config, Descriptor, DocumentError, Manifest, Platform};
use super::registry::{
    Access, Credentials, Reference, Registry, RegistryError, Timing, from_docker_config,
};
use super::{ImageError, ImageStore, Shared};
use crate::archive::reader::ReadStop;
use crate::archive::unpack::UnpackError;
use crate::model::{Image, ImageId, ImageOrigin};

/// Layers of one image that are fetched at once.
const LAYERS_AT_ONCE: usize = 3;
/// An index may name an index, and no deeper.
const MAX_INDEXES: usize = 2;

/// Without a byte until a registry counts as gone, where nobody says.
const DEFAULT_STALL: Duration = Duration::from_secs(30);

/// How many sandboxes were made from an image.
pub type CountUsers = Arc<dyn Fn(&Image) -> usize + Send + Sync>;

/// What to pull. Equal ones are pulled once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PullRequest {
    /// Of which registry, and which image.
    pub reference: Reference,
    /// The image's name here.
    pub name: String,
    /// For which machine.
    pub platform: Platform,
    /// Without TLS, where the registry is not on this machine either.
    pub plain_http: bool,
    /// PEM: whom to trust beside those that this machine does.
    pub ca_certificate: Option<String>,
    /// What to show the registry; the docker config's where there are none.
    pub credentials: Option<Credentials>,
}

/// How pulls behave, as the daemon was told.
#[derive(Debug, Clone)]
pub struct PullConfig {
    /// Credentials for registries.
    pub docker_config: Option<PathBuf>,
    /// Without a byte until a registry counts as gone.
    pub stall: Duration,
}

impl Default for PullConfig {
    fn default() -> Self {
        Self { docker_config: None, stall: DEFAULT_STALL }
    }
}

impl PullConfig {
    fn timing(&self) -> Timing {
        let pause = Duration::from_millis(250).min(self.stall);
        Timing { stall: self.stall, attempts: 4, pause }
    }
}

/// One pull under way.
struct Pulling {
    shared: Arc<Shared>,
    request: PullRequest,
    layers: Arc<Layers>,
    cancelled: watch::Receiver<bool>,
    users: CountUsers,
}

/// What the registry says of the image.
struct Named {
    digest: super::Digest,
    config: Descriptor,
    layers: Vec<Descriptor>,
}

impl ImageStore {
    /// Begins to pull an image, or joins the one that pulls the same. An
    /// image of that name is replaced where `users` counts no sandbox of it.
    pub async fn pull(&self, request: PullRequest, users: CountUsers) -> Result<Pull, ImageError> {
        if request.name == crate::model::HOST_IMAGE {
            return Err(ImageError::BuiltIn);
        }
        self.pulls.join(&self.shared, &self.imports, request, users).await
    }
}

impl Pulling {
    /// Pulls it. `unpacking` is waited for before the disk is filled.
    async fn run(self, unpacking: Arc<tokio::sync::Semaphore>) -> Result<Image, ImageError> {
        let mut cancelled = self.cancelled.clone();
        let fetched = tokio::select! {
            // A sender that is gone is a daemon that ends.
            _ = cancelled.wait_for(|cancelled| *cancelled) => return Err(ImageError::PullEnded),
            fetched = self.fetch() => fetched?,
        };
        let whole = match fetched {
            Fetched::There(image) => return Ok(*image),
            Fetched::SameFiles(other, origin) => return self.name(other, origin).await,
            Fetched::Whole(whole) => whole,
        };
        // Until the image is listed, and names its layers itself.
        let Whole { named, config, origin, pins: _pins } = *whole;
        let _permit = unpacking.acquire_owned().await.map_err(|_| ImageError::PullEnded)?;
        let claim = NameClaim::replacing(Arc::clone(&self.shared), &self.request.name)?;
        self.check_replaced()?;
        let id = new_id();
        let filled = self.unpack(&id, &named, config, origin).await?;
        self.keep(filled.image(id, &claim)).await
    }

    /// Finds out what it is, and has its layers here.
    async fn fetch(&self) -> Result<Fetched, ImageError> {
        let registry = self.registry().await?;
        let named = self.resolve(&registry).await?;
        if let Some(found) = self.known(&named.digest) {
            return Ok(found);
        }
        let config = Config::parse(&registry.config(&named.config).await?)?;
        config.check_layers(named.layers.len())?;
        config.check_platform(&self.request.platform)?;
        let digests = named.layers.iter().map(|layer| layer.digest.clone()).collect();
        let pins = self.shared.blobs.pin(digests);
        self.layers.begin(&self.shared.blobs, &named.layers);
        let steps = self.layers.steps().iter();
        let fetches: Vec<_> = steps.map(|step| self.fetch_layer(&registry, step).boxed()).collect();
        let fetches = futures::stream::iter(fetches).buffer_unordered(LAYERS_AT_ONCE);
        fetches.try_collect::<Vec<()>>().await?;
        let origin = ImageOrigin {
            reference: self.request.reference.to_string(),
            digest: named.digest.to_string(),
            os: config.os.clone(),
            architecture: config.architecture.clone(),
            layers: named.layers.iter().map(|layer| layer.digest.to_string()).collect(),
        };
        Ok(Fetched::Whole(Box::new(Whole { named, config, origin, pins })))
    }

    async fn registry(&self) -> Result<Registry, ImageError> {
        let request = &self.request;
        let mut credentials = request.credentials.clone();
        if let (None, Some(path)) = (&credentials, self.shared.pull.docker_config.clone()) {
            let reference = request.reference.clone();
            let read = tokio::task::spawn_blocking(move || from_docker_config(&path, &reference));
            credentials =
                read.await.map_err(|error| RegistryError::DockerConfig(error.to_string()))??;
        }
        let access = Access {
            plain_http: request.plain_http,
            ca_certificate: request.ca_certificate.clone(),
            credentials,
        };
        Ok(Registry::new(&request.reference, access, self.shared.pull.timing())?)
    }

    async fn resolve(&self, registry: &Registry) -> Result<Named, ImageError> {
        let (mut bytes, mut digest) = registry.manifest().await?;
        for _ in 0..=MAX_INDEXES {
            match Manifest::parse(&bytes)? {
                Manifest::Image { config, layers } => return Ok(Named { digest, config, layers }),
                Manifest::Index(index) => {
                    let chosen = index.choose(&self.request.platform)?;
                    bytes = registry.manifest_of(chosen).await?;
                    digest = chosen.digest.clone();
                }
            }
        }
        Err(DocumentError::NotAnImage("an index of indexes".to_owned()).into())
    }

    /// The image, where it is here already, under this name or another.
    fn known(&self, digest: &super::Digest) -> Option<Fetched> {
        let index = self.shared.index.lock();
        let same = |image: &&Image| {
            let origin = &image.origin;
            // For another machine it is refused, as it would be without this one.
            origin.digest == digest.as_str()
                && self.request.platform.takes(&origin.os, &origin.architecture, "")
        };
        if let Some(image) = index.images.get(&self.request.name).filter(same) {
            return Some(Fetched::There(Box::new(image.clone())));
        }
        let other = index.images.values().find(same)?;
        let reference = self.request.reference.to_string();
        let origin = ImageOrigin { reference, ..other.origin.clone() };
        Some(Fetched::SameFiles(other.name.clone(), origin))
    }

    async fn fetch_layer(&self, registry: &Registry, step: &Step) -> Result<(), ImageError> {
        step.set(PullPhase::Downloading);
        self.shared.blobs.fetch(step.fetch(), registry, step.blob()).await?;
        step.set(PullPhase::Downloaded);
        Ok(())
    }

    /// Unpacks the layers that are here. What is half made of a pull that has
    /// been cancelled is removed before this returns.
    async fn unpack(
        &self,
        id: &ImageId,
        named: &Named,
        config: Config,
        origin: ImageOrigin,
    ) -> Result<Filled, ImageError> {
        let pairs = named.layers.iter().zip(&config.diff_ids);
        let wanted: Vec<Layer> = pairs
            .map(|(layer, diff_id)| Layer {
                digest: Some(layer.digest.clone()),
                diff_id: diff_id.clone(),
            })
            .collect();
        let (shared, steps) = (Arc::clone(&self.shared), Arc::clone(&self.layers));
        let (cancelled, id) = (self.cancelled.clone(), id.to_string());
        let unpacked = tokio::task::spawn_blocking(move || {
            place(&shared, &id, |root| {
                let unpacked = unpack_layers(&wanted, root, |index| {
                    steps.unpacking(index);
                    let digest = wanted[index].digest.as_ref().expect("set above");
                    let blob = shared.blobs.open_blob(digest).map_err(|error| {
                        UnpackError::Store { member: digest.to_string(), error }
                    })?;
                    Ok(Stoppable { inner: blob, cancelled: cancelled.clone() })
                });
                let unpacked = unpacked.inspect_err(|error| {
                    // A blob that rotted on the disk must not stay the answer.
                    if let UnpackError::WrongDigest { layer, .. } = error
                        && let Some(Layer { digest: Some(digest), .. }) = wanted.get(layer - 1)
                    {
                        shared.blobs.forget(digest);
                    }
                })?;
                steps.done();
                Ok(Filled { unpacked, origin, config: config.config })
            })
        });
        let joined = unpacked.await;
        joined.map_err(|error| ImageError::Io {
            path: self.shared.dir.clone(),
            error: error.into(),
        })?
    }

    /// Another name for the files of an image that is here.
    async fn name(&self, other: String, origin: ImageOrigin) -> Result<Image, ImageError> {
        let claim = NameClaim::replacing(Arc::clone(&self.shared), &self.request.name)?;
        self.check_replaced()?;
        let mut image = claim.share(&other)?;
        image.origin = origin;
        self.keep(image).await
    }

    /// Refuses where sandboxes were made from what has the name.
    fn check_replaced(&self) -> Result<(), ImageError> {
        let named = self.shared.index.lock().images.get(&self.request.name).cloned();
        match named.map(|image| (self.users)(&image)) {
            None | Some(0) => Ok(()),
            Some(users) => Err(ImageError::InUse { name: self.request.name.clone(), users }),
        }
    }

    /// Lists the image, in the place of what had its name.
    async fn keep(&self, image: Image) -> Result<Image, ImageError> {
        self.shared.keep(image, &*self.users).await
    }
}

/// What a pull found.
enum Fetched {
    /// The very image.
    There(Box<Image>),
    /// Its files, under this other name.
    SameFiles(String, ImageOrigin),
    /// Its layers, to unpack.
    Whole(Box<Whole>),
}

/// Layers that are here, and what they are to become.
struct Whole {
    named: Named,
    config: Config,
    origin: ImageOrigin,
    /// Keeps the layers here.
    pins: Pins,
}

/// Stops reading when nobody wants it any more.
struct Stoppable<R> {
    inner: R,
    cancelled: watch::Receiver<bool>,
}

impl<R: Read> Read for Stoppable<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if *self.cancelled.borrow() {
            return Err(ReadStop::Aborted.into());
        }
        self.inner.read(buffer)
    }
}
