//! How far a pull is.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, OnceLock};

use crate::image::blobs::{Blobs, Fetch};
use crate::image::oci::Descriptor;

/// What is done with a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum PullPhase {
    /// Others go first.
    Waiting,
    /// It is fetched.
    Downloading,
    /// It is here.
    Downloaded,
    /// It is unpacked.
    Unpacking,
    /// It is part of the image.
    Done,
}

/// How far a layer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerProgress {
    /// Which.
    pub digest: String,
    /// Bytes that are here.
    pub downloaded: u64,
    /// Bytes in all.
    pub total: u64,
    /// What is done with it.
    pub phase: PullPhase,
}

/// The layers of an image, once they are known; each once.
#[derive(Default)]
pub(super) struct Layers {
    steps: OnceLock<Vec<Step>>,
    /// For each layer of the image, its place among the steps.
    places: OnceLock<Vec<usize>>,
}

/// One layer.
pub(super) struct Step {
    blob: Descriptor,
    fetch: Arc<Fetch>,
    phase: AtomicU8,
}

impl Layers {
    /// These are the layers.
    pub(super) fn begin(&self, blobs: &Blobs, layers: &[Descriptor]) {
        let mut seen = HashSet::new();
        let unique: Vec<_> =
            layers.iter().filter(|layer| seen.insert(layer.digest.clone())).cloned().collect();
        let place = |layer: &Descriptor| {
            unique.iter().position(|one| one.digest == layer.digest).expect("each is among them")
        };
        self.places.get_or_init(|| layers.iter().map(place).collect());
        self.steps.get_or_init(|| {
            let step = |blob: &Descriptor| Step {
                blob: blob.clone(),
                fetch: blobs.fetch_of(&blob.digest),
                phase: AtomicU8::new(PullPhase::Waiting as u8),
            };
            unique.iter().map(step).collect()
        });
    }

    /// Each layer once.
    pub(super) fn steps(&self) -> &[Step] {
        self.steps.get().map_or(&[], Vec::as_slice)
    }

    /// The layer at this place is unpacked from here on, and the one before
    /// it is done.
    pub(super) fn unpacking(&self, index: usize) {
        let places = self.places.get().map_or(&[][..], Vec::as_slice);
        let step = |index: usize| self.steps().get(*places.get(index)?);
        if let Some(before) = index.checked_sub(1).and_then(step) {
            before.set(PullPhase::Done);
        }
        if let Some(step) = step(index) {
            step.set(PullPhase::Unpacking);
        }
    }

    /// All of them are.
    pub(super) fn done(&self) {
        self.steps().iter().for_each(|step| step.set(PullPhase::Done));
    }

    /// How far each is.
    pub(super) fn progress(&self) -> Vec<LayerProgress> {
        let steps = self.steps().iter();
        steps
            .map(|step| LayerProgress {
                digest: step.blob.digest.to_string(),
                downloaded: step.fetch.have().min(step.blob.size),
                total: step.blob.size,
                phase: step.phase(),
            })
            .collect()
    }
}

impl Step {
    pub(super) fn blob(&self) -> &Descriptor {
        &self.blob
    }

    pub(super) fn fetch(&self) -> &Fetch {
        &self.fetch
    }

    pub(super) fn set(&self, phase: PullPhase) {
        self.phase.store(phase as u8, Ordering::Relaxed);
    }

    fn phase(&self) -> PullPhase {
        const PHASES: [PullPhase; 5] = [
            PullPhase::Waiting,
            PullPhase::Downloading,
            PullPhase::Downloaded,
            PullPhase::Unpacking,
            PullPhase::Done,
        ];
        PHASES[usize::from(self.phase.load(Ordering::Relaxed)).min(PHASES.len() - 1)]
    }
}
