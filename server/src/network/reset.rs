//! Removes all that the network has of the host.

use super::links::{self, Netlink};
use super::rules::TABLE;
use super::{NetworkError, host, nft};

/// Why nothing was removed, or not all.
#[derive(Debug, thiserror::Error)]
pub enum ResetError {
    /// A daemon needs it.
    #[error("a skerryd serves this network: stop it first")]
    Running,
    /// A step failed.
    #[error(transparent)]
    Network(#[from] NetworkError),
}

/// Removes the rules, the bridge and every sandbox's link, and the host's
/// forwarding where the bridge had brought it; what is not there is no error.
/// Says what was removed, for people.
pub async fn reset(bridge: &str) -> Result<Vec<String>, ResetError> {
    let _lock = host::lock().map_err(|_| ResetError::Running)?;
    let mut removed = Vec::new();
    let netlink = Netlink::open()?;
    // The links before the rules that bound them.
    if links::remove(&netlink, bridge).await? {
        removed.push(format!("the bridge {bridge} with its links"));
    }
    nft::version().await.map_err(NetworkError::Off)?;
    if !nft::names().await?.chains.is_empty() {
        nft::apply("remove the rules", &format!("delete table {TABLE}\n")).await?;
        removed.push(format!("the table {TABLE}"));
    }
    Ok(removed)
}
