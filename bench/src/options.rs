//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, ValueEnum};

/// Measures Skerry side by side with the programs that people would use
/// instead. Needs root; peers that are not installed are skipped.
#[derive(Debug, Parser)]
#[command(name = "skerry-bench", version)]
pub(crate) struct Options {
    /// What to measure.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = RowName::all())]
    pub(crate) rows: Vec<RowName>,
    /// Who takes part.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = Program::all())]
    pub(crate) programs: Vec<Program>,
    /// Measurements of each program in a row.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) n: u32,
    /// Write the report to this file as JSON too.
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Output of one command in row `stream`, in MiB.
    #[arg(long, default_value_t = 1024, value_parser = clap::value_parser!(u32).range(1..=1_048_576))]
    pub(crate) stream_mib: u32,
    /// The file of row `files`, in MiB.
    #[arg(long, default_value_t = 1024, value_parser = clap::value_parser!(u32).range(1..=1_048_576))]
    pub(crate) file_mib: u32,
    /// Entries of the directory in row `list`.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub(crate) list_entries: u32,
    /// Files of the sandbox that is copied in row `fork`, in MiB.
    #[arg(long, default_value_t = 1024, value_parser = clap::value_parser!(u32).range(1..=65_536))]
    pub(crate) fork_mib: u32,
    /// Measurements of each program in rows `files`, `list`, `fork`, `proxy`,
    /// `rest`, `sdk` and `wake`.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) file_n: u32,
    /// Idle sandboxes of Skerry in row `memory`.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) idle: u32,
    /// Idle sandboxes of each peer in row `memory`.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) peer_idle: u32,
    /// Creates at once in row `burst`.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) burst: u32,
    /// How often row `burst` is repeated.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) burst_rounds: u32,
    /// Use the daemon that runs at this address instead of starting one. Its
    /// growth is then missing from row `memory`.
    #[arg(long, value_name = "IP:PORT")]
    pub(crate) address: Option<SocketAddr>,
    /// Token for `--address`.
    #[arg(long, env = "SKERRY_TOKEN", hide_env_values = true)]
    pub(crate) token: Option<String>,
    /// `dist/cli.js` of the npm package @unionstreet/apple-sandboxes, whose
    /// server takes part in row `rest`.
    #[arg(long, value_name = "FILE")]
    pub(crate) apple_sandboxes: Option<PathBuf>,
    /// What `bench/sdk/install` was given: the SDKs of row `sdk` are in it.
    #[arg(long, value_name = "DIRECTORY")]
    pub(crate) sdks: Option<PathBuf>,
    /// The daemon's program; by default it is built, or taken from beside
    /// this one.
    #[arg(long, value_name = "FILE")]
    pub(crate) skerryd: Option<PathBuf>,
    /// Where the run's directory is made; it is removed at the end.
    #[arg(long, value_name = "DIRECTORY")]
    pub(crate) dir: Option<PathBuf>,
}

/// The rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RowName {
    /// From nothing to the exit of the first command.
    Create,
    /// The same with a network.
    CreateNetworked,
    /// A command in a sandbox that runs already.
    Exec,
    /// Throughput of a command's standard output.
    Stream,
    /// The round trip of a terminal.
    Echo,
    /// A large file in and out.
    Files,
    /// A large directory.
    List,
    /// A copy of a sandbox.
    Fork,
    /// Memory of an idle sandbox.
    Memory,
    /// Many creates at once.
    Burst,
    /// Requests through a proxy.
    Proxy,
    /// The API as JSON over HTTP.
    Rest,
    /// The SDKs beside those of docker.
    Sdk,
    /// A request that starts what is stopped.
    Wake,
}

/// The programs that can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Program {
    /// This repository's daemon, over gRPC.
    Skerry,
    /// Docker's client and a dockerd of the run's own.
    Docker,
    /// Podman.
    Podman,
    /// crun on a bundle, without an engine above it.
    Crun,
    /// runc, likewise.
    Runc,
    /// bubblewrap.
    Bwrap,
}

impl RowName {
    fn all() -> Vec<Self> {
        Self::value_variants().to_vec()
    }
}

impl Program {
    fn all() -> Vec<Self> {
        Self::value_variants().to_vec()
    }

    /// The name that it has on the command line and in tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Skerry => "skerry",
            Self::Docker => "docker",
            Self::Podman => "podman",
            Self::Crun => "crun",
            Self::Runc => "runc",
            Self::Bwrap => "bwrap",
        }
    }
}
