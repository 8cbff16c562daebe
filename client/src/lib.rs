//! A client for [Skerry](https://docs.rs/skerry-client): isolated Linux
//! machines in milliseconds, over gRPC.
//!
//! [`Client`] has a method for every call of the API. It is cheap to clone,
//! connects on the first call and again after the daemon was away.
//!
//! ```no_run
//! use skerry_client::v1::{CreateSandboxRequest, ExecSpec};
//! use skerry_client::{Client, ExecEvent};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::from_env()?;
//! let sandbox = client.create_sandbox(CreateSandboxRequest::default()).await?;
//!
//! let spec = ExecSpec {
//!     command: vec!["echo".to_owned(), "hello".to_owned()],
//!     ..ExecSpec::default()
//! };
//! let mut stream = client.exec_stream(&sandbox.id, spec).await?;
//! while let Some(event) = stream.next().await? {
//!     match event {
//!         ExecEvent::Started(exec) => eprintln!("started as {}", exec.id),
//!         ExecEvent::Stdout(data) => eprintln!("{} bytes of stdout", data.len()),
//!         ExecEvent::Stderr(data) => eprintln!("{} bytes of stderr", data.len()),
//!         ExecEvent::Truncated { before } => eprintln!("output before {before} is lost"),
//!         ExecEvent::Exited(result) => eprintln!("exit code {}", result.exit_code),
//!     }
//! }
//! client.delete_sandbox(&sandbox.id).await?;
//! # Ok(())
//! # }
//! ```
//!
//! Where the daemon is and what opens it comes from [`Config`]:
//! [`Config::from_env`] reads `SKERRY_ADDRESS` and `SKERRY_TOKEN`, and finds
//! the token of a daemon on the same machine by itself.
//!
//! Every failed call is an [`Error`]: a canonical code, a stable reason, the
//! fields that were wrong, and whether and when to try again.
//!
//! The messages are those of the API, in [`v1`].

mod address;
mod client;
mod config;
mod error;
mod exec;
mod export;
mod file;
mod image;
mod interaction;
mod log;
mod page;
mod preview;
mod sandbox;
mod snapshot;
mod ssh;
mod system;
mod upload;
mod volume;

pub use address::{Address, AddressError};
pub use client::Client;
pub use config::{Config, ConfigError, Token, TokenError, TokenSource};
pub use error::{Error, FieldViolation, RetryAdvice};
pub use exec::{ExecEvent, ExecStream};
pub use export::Export;
pub use file::{FileReader, FileStream};
pub use image::{Build, Pull};
pub use interaction::{Interaction, StdinSender};
pub use log::LogStream;
pub use sandbox::Watch;
pub use skerry_api::v1;
pub use tonic::Code;
pub use upload::{UploadError, chunks};
