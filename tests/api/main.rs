//! The API as a caller sees it: real gRPC to a server in this process, over a
//! runtime in which nothing runs.

mod api;
mod auth;
mod execs;
mod files;
mod images;
mod input;
mod lists;
mod sandboxes;
mod wire;
