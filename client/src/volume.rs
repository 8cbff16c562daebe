//! Volumes.

use std::collections::BTreeMap;

use prost_types::FieldMask;

use crate::client::Client;
use crate::error::Error;
use crate::page::{PAGE_SIZE, all_pages};
use crate::v1::batch_delete_volumes_response::Answer;
use crate::v1::{
    BatchDeleteVolumesRequest, CreateVolumeRequest, DeleteVolumeRequest, GetVolumeRequest,
    ListVolumesRequest, ListVolumesResponse, UpdateVolumeRequest, Volume,
};

/// The most that one call deletes.
const BATCH_SIZE: usize = 1000;

impl Client {
    /// Makes an empty volume.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` with the fields named; `VOLUME_NAME_TAKEN`;
    /// `DISK_LIMIT_UNSUPPORTED` for a size where the storage holds none;
    /// `DISK_FULL`.
    pub async fn create_volume(&self, request: CreateVolumeRequest) -> Result<Volume, Error> {
        Ok(self.volumes().create_volume(request).await?.into_inner())
    }

    /// Reads one volume, by id or name.
    ///
    /// # Errors
    ///
    /// `VOLUME_NOT_FOUND`.
    pub async fn volume(&self, volume: &str) -> Result<Volume, Error> {
        let request = GetVolumeRequest { volume_id: volume.to_owned() };
        Ok(self.volumes().get_volume(request).await?.into_inner())
    }

    /// Reads all volumes that have all these labels, by name.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub async fn list_volumes(
        &self,
        labels: BTreeMap<String, String>,
    ) -> Result<Vec<Volume>, Error> {
        all_pages(async |page_token| {
            let request =
                ListVolumesRequest { page_size: PAGE_SIZE, labels: labels.clone(), page_token };
            let page = self.volumes_page(request).await?;
            Ok((page.volumes, page.next_page_token))
        })
        .await
    }

    /// Reads one page of volumes, by name.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for a bad page size, or a page token of another list.
    pub async fn volumes_page(
        &self,
        request: ListVolumesRequest,
    ) -> Result<ListVolumesResponse, Error> {
        Ok(self.volumes().list_volumes(request).await?.into_inner())
    }

    /// Changes the fields of a volume that `paths` names, `labels` and
    /// `size_bytes`, to those of `values`.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for a path that can't change; `VOLUME_NOT_FOUND`;
    /// `DISK_LIMIT_UNSUPPORTED`.
    pub async fn update_volume(
        &self,
        volume: &str,
        values: Volume,
        paths: Vec<String>,
    ) -> Result<Volume, Error> {
        let request = UpdateVolumeRequest {
            volume_id: volume.to_owned(),
            volume: Some(values),
            update_mask: Some(FieldMask { paths }),
        };
        Ok(self.volumes().update_volume(request).await?.into_inner())
    }

    /// Removes a volume with all in it; one that is not there is no error.
    /// `force` removes it though sandboxes have it: those that run keep what
    /// they have open until they stop, and can't be started again.
    ///
    /// # Errors
    ///
    /// `VOLUME_IN_USE` while a sandbox has it, stopped ones included.
    pub async fn delete_volume(&self, volume: &str, force: bool) -> Result<(), Error> {
        let request = DeleteVolumeRequest { volume_id: volume.to_owned(), force };
        self.volumes().delete_volume(request).await?;
        Ok(())
    }

    /// Removes several volumes, as [`Client::delete_volume`] does; each has an
    /// answer of its own, in this order, with the reason of one that stays.
    ///
    /// # Errors
    ///
    /// Those of every call. Of more than 1,000, some may be gone by then.
    pub async fn delete_volumes(
        &self,
        volumes: &[String],
        force: bool,
    ) -> Result<Vec<Answer>, Error> {
        let mut answers = Vec::with_capacity(volumes.len());
        for volume_ids in volumes.chunks(BATCH_SIZE) {
            let request = BatchDeleteVolumesRequest { volume_ids: volume_ids.to_vec(), force };
            answers
                .extend(self.volumes().batch_delete_volumes(request).await?.into_inner().answers);
        }
        Ok(answers)
    }
}
