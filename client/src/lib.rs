//! A client for Skerry: isolated Linux machines in milliseconds, over gRPC.
//!
//! [`Skerry`] is a daemon. It makes a [`Sandbox`], and that has commands, files,
//! terminals, ports and snapshots:
//!
//! ```no_run
//! use skerry_client::Skerry;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let skerry = Skerry::from_env()?;
//! let sandbox = skerry.sandboxes().create("host").memory(512 << 20).await?;
//!
//! let result = sandbox.commands().run("echo $((6 * 7))").await?.check()?;
//! assert_eq!(result.stdout(), "42\n");
//!
//! sandbox.files().write("note", "hello\n").await?;
//! assert_eq!(sandbox.files().read_text("note").await?, "hello\n");
//!
//! sandbox.delete().await?;
//! # Ok(())
//! # }
//! ```
//!
//! The names are those of the SDKs in other languages. A call of which more can
//! be said is a builder, which is made when it is awaited.
//!
//! # Commands
//!
//! A text is a line for the shell, a list is a program and its arguments; a
//! [`Command`] says more. [`Commands::run`] runs one to its end: a non-zero exit
//! code is a result, and [`CommandResult::check`] makes an error of it.
//! [`Commands::stream`] gives its output as it comes, [`Commands::start`] leaves
//! it in the background:
//!
//! ```no_run
//! use futures::TryStreamExt;
//! use skerry_client::{Command, Output};
//!
//! # async fn example(sandbox: skerry_client::Sandbox) -> Result<(), skerry_client::Error> {
//! let mut exec = sandbox.commands().stream("seq 1 1000000").await?;
//! while let Some(output) = exec.next().await? {
//!     print!("{}", output.text());
//! }
//!
//! // The same as a stream.
//! let mut exec = sandbox.commands().stream(["seq", "1", "10"]).await?;
//! let pieces: Vec<Output> = exec.output().try_collect().await?;
//!
//! // The same by a callback.
//! let mut bytes = 0;
//! sandbox.commands().run("seq 1 10").on_stdout(|piece| bytes += piece.len()).await?;
//!
//! let mut job = sandbox.commands().start(Command::shell("tr a-z A-Z").stdin()).await?;
//! job.write("ada\n").await?;
//! job.end_input().await?;
//! assert_eq!(job.wait().await?.stdout(), "ADA\n");
//! # Ok(())
//! # }
//! ```
//!
//! # Times
//!
//! Three spans, and no word is shared: a command's [`timeout`](Command::timeout),
//! a sandbox's [`idle_timeout`](CreateSandbox::idle_timeout) and its
//! [`max_lifetime`](CreateSandbox::max_lifetime). No call and no stream has a
//! deadline of its own: drop its future to give up. HTTP/2 pings find a peer
//! that has vanished within 40 seconds.
//!
//! # When a connection is lost
//!
//! Output of a command and the content of a file go on by themselves where they
//! were: no byte is lost or doubled. What is gone after a long absence is told,
//! as [`Output::Truncated`]. Input is not sent again, as nobody can know what
//! has arrived: that is an error, `INPUT_CUT`. [`Events`] begin anew. A call
//! that may safely be made again is, five times at most, after the time that
//! the daemon asked for or a growing one.
//!
//! # Errors
//!
//! Every failed call is an [`Error`]: a canonical code, a stable reason, the
//! fields that were wrong, and whether and when to try again.
//!
//! ```no_run
//! # async fn example(skerry: skerry_client::Skerry) {
//! match skerry.sandboxes().get("web").await {
//!     Ok(sandbox) => println!("{:?}", sandbox.state()),
//!     Err(error) if error.reason.as_deref() == Some("SANDBOX_NOT_FOUND") => {}
//!     Err(error) if error.retryable() => println!("later: {error}"),
//!     Err(error) => println!("{error}"),
//! }
//! # }
//! ```
//!
//! # Which daemon
//!
//! [`Skerry::from_env`] reads `SKERRY_ADDRESS` and `SKERRY_TOKEN`, and finds a
//! daemon on the same machine, its token, and tokens that were paired for by
//! itself: see [`Config`]. An address that begins with `https://` is called over
//! TLS.
//!
//! # All else
//!
//! [`Skerry::client`] is a [`Client`], which has a method for every call of the
//! API, with its own messages, in [`v1`]. It tries nothing again by itself.

#![warn(missing_docs)]

mod address;
mod ca;
mod client;
mod config;
mod egress;
mod error;
mod exec;
mod export;
mod fault;
mod file;
mod image;
mod interaction;
mod log;
mod page;
mod preview;
mod retry;
mod sandbox;
mod saved;
mod skerry;
mod snapshot;
mod span;
mod ssh;
mod stats;
mod system;
mod token;
mod tunnel;
mod upload;
mod volume;

pub use address::{Address, AddressError, Scheme};
pub use ca::{Ca, CaError};
pub use client::Client;
pub use config::{Config, ConfigError, Token, TokenError, TokenSource};
pub use egress::EgressWatch;
pub use error::{Error, FieldViolation, RetryAdvice};
pub use exec::{ExecEvent, ExecStream};
pub use export::Export;
pub use fault::Fault;
pub use file::{FileReader, FileStream};
pub use image::{Build, Pull};
pub use interaction::{Interaction, StdinSender};
pub use log::LogStream;
pub use sandbox::Watch;
pub use saved::{save_token, saved_tokens_path};
pub use skerry::{
    Command, CommandFailed, CommandResult, Commands, Content, CreateSandbox, Data, Download,
    Events, Exec, ExecInput, FilePath, Files, Images, MAX_OUTPUT, Output, Ports, Pty, Run, Sandbox,
    SandboxSnapshots, Sandboxes, Skerry, Snapshots, Tokens, Volumes, Write,
};
pub use skerry_api::v1;
pub use stats::StatsWatch;
pub use tonic::Code;
pub use upload::{UploadError, chunks};
