//! Pulling, as the tests do it.

use skerry_client::v1::pull_image_response::Event;
use skerry_client::v1::{Image, PullImageRequest, PullPhase};
use skerry_client::{Client, Error};
use skerry_test_support::Daemon;

/// A request for a reference, and nothing else.
pub(crate) fn of(reference: &str) -> PullImageRequest {
    PullImageRequest { reference: reference.to_owned(), ..PullImageRequest::default() }
}

/// Pulls to the end.
pub(crate) async fn pulled(client: &Client, request: PullImageRequest) -> Result<Image, Error> {
    let mut pull = client.pull_image(request).await?;
    let mut done = 0;
    loop {
        match pull.next().await? {
            Some(Event::Progress(progress)) => {
                assert!(progress.downloaded_bytes <= progress.total_bytes, "{progress:?}");
                done += usize::from(progress.phase() == PullPhase::Done);
            }
            Some(Event::Image(image)) => {
                assert!(done <= image.layers.len(), "each layer is done once");
                assert!(pull.next().await?.is_none(), "the image is the last event");
                return Ok(image);
            }
            None => panic!("it ended without an image"),
        }
    }
}

/// The error's reason, where it is refused.
pub(crate) async fn refused(client: &Client, request: PullImageRequest) -> Error {
    match pulled(client, request).await {
        Ok(image) => panic!("it was pulled: {image:?}"),
        Err(error) => error,
    }
}

/// Where the files of an image are.
pub(crate) fn root(daemon: &Daemon, image: &Image) -> std::path::PathBuf {
    daemon.pool().join("images").join(&image.id).join("root")
}

/// What there is in the images' directory but the built-in one and the blobs.
pub(crate) fn left(daemon: &Daemon) -> Vec<String> {
    let entries = std::fs::read_dir(daemon.pool().join("images")).expect("it is there");
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name != "host" && name != "blobs").collect()
}

/// Names of blobs.
pub(crate) fn blobs(daemon: &Daemon) -> Vec<String> {
    let dir = daemon.pool().join("images/blobs/sha256");
    let entries = std::fs::read_dir(dir).expect("it is there");
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}
