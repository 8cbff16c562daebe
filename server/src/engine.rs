//! The engine: what makes, keeps and ends sandboxes.

mod error;
mod request;
mod watch;

pub use error::EngineError;
pub use request::{CreateSandbox, Filter, SandboxPatch, TimeoutsPatch};
pub use watch::{SandboxChange, SandboxEvent, WATCH_BACKLOG, Watch, WatchEnd};
