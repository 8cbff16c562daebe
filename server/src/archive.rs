//! Trees of files as tar archives, out and in: what images, disks and volumes
//! have in common. What comes in is hostile.

pub(crate) mod attribute;
pub(crate) mod digest;
mod lower;
pub(crate) mod member;
pub(crate) mod pack;
pub(crate) mod pieces;
pub(crate) mod place;
pub(crate) mod reader;
mod times;
pub(crate) mod unpack;

pub use digest::{Digest, DigestError};
pub use member::Refusal;
pub(crate) use pieces::Intake;
pub use unpack::UnpackError;
