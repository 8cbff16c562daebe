//! `skerryd`: isolated Linux machines in milliseconds, over gRPC.
//!
//! Edges (`service`, `ssh`) call the `engine`; the engine calls `runtime`, `network`,
//! `image` and `store`; everything speaks the types of `model`. `server` alone knows
//! every part. The arrows are held by `tests/tidy`.

pub mod acme;
mod archive;
pub mod auth;
pub mod compat;
pub mod config;
pub mod engine;
pub mod failpoint;
pub mod image;
mod incoming;
pub mod main_log;
pub mod model;
pub mod network;
pub mod preview;
pub mod publish;
pub mod qr;
pub mod rest;
pub mod runtime;
pub mod server;
pub mod service;
pub mod snapshot;
pub mod ssh;
pub mod storage;
pub mod store;
pub mod tunnel;
pub mod volume;
pub mod web;
mod whole;
