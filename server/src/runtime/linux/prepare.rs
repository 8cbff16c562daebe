//! What a machine is made from, opened before it is asked for.

use std::os::fd::OwnedFd;

use skerry_api::init::{Bind, LowerLayer, SmallFile, SpawnRequest};

use super::disk::clone_tree;
use super::{Parts, Step};
use crate::runtime::{MachineFile, MachineSpec, RuntimeError};

/// Everything that can be had before the machine is cloned. Blocks.
pub(super) struct Prepared {
    pub(super) request: SpawnRequest,
    pub(super) descriptors: Vec<OwnedFd>,
}

pub(super) fn prepare(parts: &Parts, spec: &MachineSpec) -> Result<Prepared, RuntimeError> {
    let joining = parts.cgroups.create(&spec.id, &spec.limits)?;
    let mut descriptors =
        vec![parts.sockets.listen(&spec.id).step("make the socket")?, parts.disks.tree(spec)?];
    for lower in &spec.image.lowers {
        descriptors.push(clone_tree(lower).step("open the image")?);
    }
    let mut binds = Vec::new();
    if spec.image.host_usr {
        descriptors.push(clone_tree("/usr".as_ref()).step("open /usr")?);
        // Not idmapped: what only the host's root may read stays unreadable.
        binds.push(Bind { path: "/usr".to_owned(), read_only: true, idmap: false });
    }
    for mount in &spec.mounts {
        descriptors.push(clone_tree(&mount.source).step("open a volume")?);
        let path = mount.path.clone();
        binds.push(Bind { path, read_only: mount.read_only, idmap: true });
    }
    let cgroups = joining.tasks.len() as u32;
    descriptors.extend(joining.tasks.into_iter().map(OwnedFd::from));
    descriptors.push(joining.birth.into());
    let request = SpawnRequest {
        sandbox_id: spec.id.to_string(),
        hostname: spec.hostname.clone(),
        host_uid_base: spec.host_uid_base,
        lowers: spec.image.lowers.iter().map(|_| LowerLayer { idmap: true }).collect(),
        binds,
        cgroups,
        unified: true,
        files: spec.files.iter().map(small_file).collect(),
    };
    Ok(Prepared { request, descriptors })
}

fn small_file(file: &MachineFile) -> SmallFile {
    let (path, content) = (file.path.to_owned(), file.content.clone());
    SmallFile { path, content, replace: file.replace }
}
