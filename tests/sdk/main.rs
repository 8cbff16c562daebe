//! The SDKs: each keeps one contract against a real daemon, its stubs are those
//! of the protos, and what its README shows runs.

mod browser;
mod certificate;
mod contract;
mod errors;
mod failures;
mod language;
mod many;
mod newer;
mod packages;
mod proxy;
mod readme;
mod returns;
mod rust;
mod stubs;
mod typed;
