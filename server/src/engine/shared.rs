//! What every part of the engine reaches: the adapters, the index, and the
//! way in which a record changes.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use parking_lot::Mutex;
use tokio::sync::mpsc;

use super::action::Birth;
use super::command::{Command, Reply};
use super::entry::{Entry, Live};
use super::images::Images;
use super::index::Index;
use super::reaper::Deadlines;
use super::supervisor;
use super::watch::{Announcer, SandboxChange};
use super::{EngineConfig, EngineError};
use crate::main_log::MainLogs;
use crate::model::{Sandbox, SandboxId, VolumeId};
use crate::network::Network;
use crate::publish::HostPorts;
use crate::runtime::Runtime;
use crate::snapshot::Snapshots;
use crate::storage::Pool;
use crate::store::{Store, Table};
use crate::volume::Volumes;

pub(super) struct Shared {
    pub(super) config: EngineConfig,
    pub(super) store: Store,
    pub(super) table: Table<Sandbox>,
    pub(super) runtime: Arc<dyn Runtime>,
    pub(super) images: Arc<dyn Images>,
    pub(super) network: Arc<dyn Network>,
    pub(super) pool: Arc<dyn Pool>,
    pub(super) volumes: Volumes,
    pub(super) snapshots: Snapshots,
    /// What main processes have written.
    pub(super) logs: MainLogs,
    pub(super) host_ports: Arc<HostPorts>,
    pub(super) index: Mutex<Index>,
    pub(super) announcer: Announcer,
    pub(super) deadlines: Deadlines,
    /// No new call is taken.
    pub(super) closing: AtomicBool,
}

impl Shared {
    /// Replaces an entry's record and tells the watchers and the reaper.
    pub(super) fn publish(
        &self,
        entry: &Entry,
        record: Sandbox,
        change: impl FnOnce(&mut Live),
    ) -> Arc<Sandbox> {
        let record = Arc::new(record);
        self.announcer.announce(SandboxChange::Updated, || {
            entry.live(|live| {
                live.record = Arc::clone(&record);
                change(live);
            });
            Some(Arc::clone(&record))
        });
        self.deadlines.changed(entry);
        record
    }

    /// Takes a name, a `request_id`, host ids and an address for a new sandbox,
    /// and starts its supervisor, which makes it. Where the `request_id` has made
    /// one before, answers with that one instead, and gives the reply back.
    pub(super) fn reserve(
        self: &Arc<Self>,
        mut record: Sandbox,
        birth: Birth,
        reply: Reply,
    ) -> Result<Option<(Arc<Entry>, Reply)>, EngineError> {
        let mut result = Ok(None);
        self.announcer.announce(SandboxChange::Created, || {
            let mut index = self.index.lock();
            match self.place(&mut index, &mut record) {
                Ok(None) => {}
                Ok(Some(first)) => {
                    result = Ok(Some((first, reply)));
                    return None;
                }
                Err(error) => {
                    result = Err(error);
                    return None;
                }
            }
            let entry = Entry::new(record, None);
            let record = entry.record();
            index.add(&record, Arc::clone(&entry));
            // Before anyone else can find it and start a supervisor that does
            // not make it.
            entry.supervisor(|| {
                let first = Some((reply, birth));
                supervisor::spawn(Arc::clone(self), Arc::clone(&entry), first)
            });
            Some(record)
        });
        result
    }

    fn place(
        &self,
        index: &mut Index,
        record: &mut Sandbox,
    ) -> Result<Option<Arc<Entry>>, EngineError> {
        if let Some((request_id, hash)) = &record.request
            && let Some(first) = index.of_request(&record.tenant, request_id)
        {
            let same = first.record().request.as_ref().is_some_and(|(_, first)| first == hash);
            return if same {
                Ok(Some(Arc::clone(first)))
            } else {
                Err(EngineError::RequestIdReused)
            };
        }
        if index.len() >= self.config.max_sandboxes {
            let what = format!("{} sandboxes", self.config.max_sandboxes);
            return Err(EngineError::Exhausted { what });
        }
        index.take_name(&record.name, &record.id)?;
        if let Err(error) = index.take_ids(record) {
            index.let_name_go(&record.name, &record.id);
            return Err(error);
        }
        match self.host_ports.claim(&record.id, &mut record.ports) {
            Ok(claim) => claim.keep(&record.ports),
            Err((index_of_port, error)) => {
                index.let_name_go(&record.name, &record.id);
                index.give_ids_back(record);
                return Err(EngineError::Publish { index: index_of_port, error });
            }
        }
        Ok(None)
    }

    /// Removes an entry, frees its name and ids, and tells the watchers.
    pub(super) fn remove(&self, entry: &Entry) {
        self.announcer.announce(SandboxChange::Deleted, || {
            let record = entry.record();
            self.index.lock().remove(&record);
            self.host_ports.free(&record.id);
            Some(record)
        });
    }

    /// The sandboxes that have volumes, by volume.
    pub(super) fn users_of_volumes(&self) -> HashMap<VolumeId, Vec<SandboxId>> {
        let mut users: HashMap<_, Vec<_>> = HashMap::new();
        for entry in self.index.lock().after(None) {
            for mount in &entry.record().mounts {
                let users = users.entry(mount.volume.clone()).or_default();
                // One that has it twice is one.
                if users.last() != Some(&entry.id) {
                    users.push(entry.id.clone());
                }
            }
        }
        users
    }

    /// The sandboxes that have a volume.
    pub(super) fn users_of_volume(&self, volume: &VolumeId) -> Vec<SandboxId> {
        self.users_of_volumes().remove(volume).unwrap_or_default()
    }

    /// By id or name.
    pub(super) fn find(&self, id_or_name: &str) -> Result<Arc<Entry>, EngineError> {
        let found = self.index.lock().find(id_or_name).map(Arc::clone);
        found.ok_or_else(|| EngineError::NotFound { sandbox: id_or_name.to_owned() })
    }

    /// Whether an entry is still there.
    pub(super) fn has(&self, entry: &Arc<Entry>) -> bool {
        self.index.lock().get(&entry.id).is_some_and(|found| Arc::ptr_eq(found, entry))
    }

    /// The way to an entry's supervisor.
    pub(super) fn supervisor(self: &Arc<Self>, entry: &Arc<Entry>) -> mpsc::Sender<Command> {
        entry.supervisor(|| supervisor::spawn(Arc::clone(self), Arc::clone(entry), None))
    }
}
