//! Forks, and the tree that they make.
//!
//! ```text
//!  parent's disk ── frozen for the instant ──▶ trees without a record
//!                                                │ copied for each fork
//!                                                ▼
//!                                     creates, a few at a time
//! ```
//!
//! The trees in between are gone when all are made; those of a daemon that
//! dies meanwhile are swept at the next start, as are its unfinished forks.

use std::collections::HashSet;
use std::sync::Arc;

use futures::stream::{self, StreamExt, TryStreamExt};

use super::layout::Origin;
use super::request::CreateSandbox;
use super::{Engine, EngineError, copy};
use crate::model::{Sandbox, SandboxId, SnapshotId, SnapshotScope};
use crate::whole::whole;

/// Forks of one call.
pub(super) const MAX_FORKS: usize = 100;
/// Forks made at once: more only wait for each other's disks.
const AT_ONCE: usize = 8;

impl Engine {
    /// Makes sandboxes with disks like this one's: all of them, or none.
    pub async fn fork(
        &self,
        id_or_name: &str,
        count: usize,
        name: Option<&str>,
    ) -> Result<Vec<Sandbox>, EngineError> {
        if !(1..=MAX_FORKS).contains(&count) {
            let message = format!("must be 1 to {MAX_FORKS}, is {count}");
            return Err(EngineError::Invalid { field: "count", message });
        }
        let shared = Arc::clone(&self.core.shared);
        let entry = self.find(id_or_name)?;
        let trees = SnapshotId::from_uuid(uuid::Uuid::now_v7().as_u128());
        let (engine, name) = (self.clone(), name.map(str::to_owned));
        // To its end, also where the caller leaves: somebody has to clean up.
        whole(async move {
            let (parent, copied) = copy::ask(&shared, &entry, SnapshotScope::Disk, &trees).await?;
            let (size, own_volume) = (copied.size, copied.volume);
            let origin = Origin { trees: trees.clone(), size, own_volume };
            let made = engine.make_forks(&parent, &origin, count, name.as_deref()).await;
            shared.snapshots.remove_trees(&trees).await;
            made
        })
        .await
    }

    async fn make_forks(
        &self,
        parent: &Sandbox,
        origin: &Origin,
        count: usize,
        name: Option<&str>,
    ) -> Result<Vec<Sandbox>, EngineError> {
        let creates = (1..=count).map(|number| {
            let name = name.map(|name| match count {
                1 => name.to_owned(),
                _ => format!("{name}-{number}"),
            });
            let request = CreateSandbox::fork_of(parent, name);
            let create = self.create_from(request, Some(origin.clone()));
            async { Ok(create.await?.0) }
        });
        let made: Vec<_> = stream::iter(creates).buffered(AT_ONCE).collect().await;
        if made.iter().all(Result::is_ok) {
            return made.into_iter().collect();
        }
        let (whole, failed): (Vec<_>, Vec<_>) = made.into_iter().partition(Result::is_ok);
        let whole = whole.into_iter().flatten().map(|sandbox| sandbox.id).collect();
        self.delete_all(whole).await?;
        Err(failed.into_iter().find_map(Result::err).unwrap_or(EngineError::ShuttingDown))
    }

    /// Deletes a sandbox and all that was forked from it, but the one to
    /// keep, which has no parent any more; says which are gone.
    pub async fn coalesce(
        &self,
        id_or_name: &str,
        keep: &str,
    ) -> Result<(Sandbox, Vec<SandboxId>), EngineError> {
        let (root, kept) = (self.get(id_or_name)?.id, self.get(keep)?.id);
        let family = self.family(&root);
        if !family.contains(&kept) {
            let (sandbox, root) = (keep.to_owned(), id_or_name.to_owned());
            return Err(EngineError::NotInFamily { sandbox, root });
        }
        let keep = kept;
        // The root last: until then the call can be repeated.
        let gone: Vec<_> = family.into_iter().rev().filter(|id| *id != keep).collect();
        let (last, forks): (Vec<_>, Vec<_>) = gone.iter().cloned().partition(|id| *id == root);
        self.delete_all(forks).await?;
        self.delete_all(last).await?;
        let kept = self.update(keep.as_str(), super::SandboxPatch::orphan()).await?;
        Ok((kept, gone))
    }

    /// A sandbox and all that was forked from it, parents first.
    fn family(&self, root: &SandboxId) -> Vec<SandboxId> {
        let index = self.core.shared.index.lock();
        let (mut family, mut known) = (vec![root.clone()], HashSet::from([root.clone()]));
        // Ids sort by time, so that a parent comes before its forks.
        for entry in index.after(Some(root)) {
            let record = entry.record();
            if record.parent.as_ref().is_some_and(|parent| known.contains(parent)) {
                known.insert(record.id.clone());
                family.push(record.id.clone());
            }
        }
        family
    }

    async fn delete_all(&self, ids: Vec<SandboxId>) -> Result<(), EngineError> {
        let deletes = ids.into_iter().map(|id| async move { self.delete(id.as_str()).await });
        stream::iter(deletes).buffer_unordered(AT_ONCE).try_collect().await
    }
}
