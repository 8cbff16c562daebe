//! Disks, volumes, snapshots and forks on both drivers of the storage: the
//! same tests, and what one driver alone can do.

mod archives;
mod choice;
mod crash;
mod disks;
mod forks;
mod numbers;
mod rig;
mod snapshots;
mod volumes;
mod workspaces;

/// Makes a test for each driver of a function that takes one.
macro_rules! on_both {
    ($($test:ident,)+) => {
        mod btrfs {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                skerry_test_support::needs_root!();
                skerry_test_support::needs_btrfs!();
                super::$test(crate::rig::Driver::Btrfs).await;
            })+
        }
        mod dir {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                skerry_test_support::needs_root!();
                super::$test(crate::rig::Driver::Dir).await;
            })+
        }
    };
}
pub(crate) use on_both;
