//! The API of Skerry as Rust types, generated from `proto/` by `build.rs`.

/// The public API: what every client speaks.
#[cfg(feature = "grpc")]
#[allow(missing_docs, clippy::all, unreachable_pub)]
pub mod v1 {
    tonic::include_proto!("skerry.v1");
}

#[cfg(feature = "grpc")]
mod credential;

/// Who may call which method, as the protos say by `skerry.v1.access`.
#[cfg(feature = "grpc")]
pub mod access;

/// What the daemon and `skerry-init` say to each other.
#[allow(missing_docs, clippy::all, unreachable_pub)]
pub mod init {
    include!(concat!(env!("OUT_DIR"), "/skerry.init.v1.rs"));
}

/// The encoded descriptor set of the public API, options and comments
/// included: what reflection serves.
#[cfg(feature = "grpc")]
pub const DESCRIPTOR_SET: &[u8] =
    include_bytes!(concat!(env!("OUT_DIR"), "/skerry_descriptor.bin"));

/// The `domain` of every error's `google.rpc.ErrorInfo`: whose reasons its
/// `reason` is one of.
pub const ERROR_DOMAIN: &str = "skerry.dev";
