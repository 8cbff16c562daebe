//! How much there is.

use std::sync::Arc;

use super::{Engine, exec};
use crate::model::{Image, SandboxState};

/// How much there is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Sandboxes by state; states without any are left out.
    pub sandboxes: Vec<(SandboxState, usize)>,
    /// Execs that run now, in all sandboxes.
    pub running_execs: usize,
}

impl Engine {
    /// How much there is now.
    pub fn counts(&self) -> Counts {
        let entries: Vec<_> = self.core.shared.index.lock().after(None).map(Arc::clone).collect();
        let mut counts = Counts::default();
        for entry in entries {
            let state = entry.record().state;
            match counts.sandboxes.iter_mut().find(|(counted, _)| *counted == state) {
                Some((_, count)) => *count += 1,
                None => counts.sandboxes.push((state, 1)),
            }
            counts.running_execs += exec::count_running(&entry);
        }
        counts
    }

    /// How many sandboxes and snapshots were made from an image.
    pub fn users_of(&self, image: &Image) -> usize {
        let snapshots = self.core.shared.snapshots.users_of(&image.name);
        let index = self.core.shared.index.lock();
        let users = index.after(None).filter(|entry| entry.record().image == image.name);
        users.count() + snapshots
    }
}
