//! Clients that others wrote list, describe and call the daemon with nothing
//! but its address and its reflection; buf holds the protos to their rules.

mod buf_breaking;
mod buf_curl;
mod buf_lint;
mod grpcio;
mod grpcurl;
mod plain;
mod protos;
mod tool;

/// The daemon's own services; health and reflection come with them.
const SERVICES: &[&str] = &[
    "grpc.health.v1.Health",
    "skerry.v1.ExecService",
    "skerry.v1.FileService",
    "skerry.v1.ImageService",
    "skerry.v1.SandboxService",
    "skerry.v1.SshService",
    "skerry.v1.SystemService",
];
