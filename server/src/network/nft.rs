//! The program `nft`: applies a script as one transaction, and lists what is
//! there. Elements that change often go by [`super::element`] instead.

use std::io;
use std::net::Ipv4Addr;
use std::process::{Output, Stdio};

use serde::Deserialize;
use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use super::NetworkError;
use super::rules::{Names, TABLE};

/// By PATH, and where Debian has it where PATH is a plain user's.
const PROGRAMS: [&str; 2] = ["nft", "/usr/sbin/nft"];
/// Of its own words, in an error.
const MAX_ERROR: usize = 400;

/// What `nft -j list` prints.
#[derive(Deserialize)]
struct Listing {
    nftables: Vec<Object>,
}

#[derive(Deserialize)]
struct Object {
    chain: Option<Named>,
    set: Option<Named>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

/// Which version there is; `Err` says why it can't be used.
pub(super) async fn version() -> Result<String, String> {
    match run(&["--version"], "").await {
        Ok(output) if output.status.success() => {
            Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
        }
        Ok(output) => Err(said(&output)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err("there is no program nft: install nftables".to_owned())
        }
        Err(error) => Err(format!("can't run nft: {error}")),
    }
}

/// Applies a script, or nothing of it.
pub(super) async fn apply(step: &str, script: &str) -> Result<(), NetworkError> {
    let failed = |cause| NetworkError::Failed { step: step.to_owned(), cause };
    let output = run(&["-f", "-"], script).await.map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        return Ok(());
    }
    tracing::debug!(script, "nft refuses");
    Err(failed(said(&output)))
}

/// The chains and sets of the table; none where there is no table.
pub(super) async fn names() -> Result<Names, NetworkError> {
    let failed = |cause| NetworkError::Failed { step: "list the table of rules".to_owned(), cause };
    let arguments = [&["-j", "-t", "list", "table"][..], &words(TABLE)].concat();
    let output = run(&arguments, "").await.map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        return match said(&output) {
            none if none.contains("No such file or directory") => Ok(Names::default()),
            other => Err(failed(other)),
        };
    }
    let listing: Listing =
        serde_json::from_slice(&output.stdout).map_err(|error| failed(error.to_string()))?;
    let mut names = Names::default();
    for object in listing.nftables {
        names.chains.extend(object.chain.map(|named| named.name));
        names.sets.extend(object.set.map(|named| named.name));
    }
    Ok(names)
}

/// An address that a name had for a sandbox.
pub(super) struct Learned {
    pub(super) sandbox: Ipv4Addr,
    pub(super) address: Ipv4Addr,
    pub(super) name: Option<String>,
}

/// What the rules hold of learned addresses.
pub(super) async fn learned() -> Result<Vec<Learned>, NetworkError> {
    let elements = elements("known").await?;
    let read = |element: &Value| {
        let pair = element["val"]["concat"].as_array()?;
        Some(Learned {
            sandbox: pair.first()?.as_str()?.parse().ok()?,
            address: pair.get(1)?.as_str()?.parse().ok()?,
            name: element["comment"].as_str().map(str::to_owned),
        })
    };
    Ok(elements.iter().filter_map(read).collect())
}

/// How many packets were refused to a sandbox.
pub(super) async fn refused(sandbox: Ipv4Addr) -> Result<u64, NetworkError> {
    let sandbox = sandbox.to_string();
    let of_sandbox = |element: &&Value| element["val"].as_str() == Some(&sandbox);
    let elements = elements("refused").await?;
    let found = elements.iter().find(of_sandbox);
    Ok(found.and_then(|element| element["counter"]["packets"].as_u64()).unwrap_or_default())
}

/// The elements of one set.
async fn elements(name: &str) -> Result<Vec<Value>, NetworkError> {
    let failed = |cause| NetworkError::Failed { step: format!("list the set {name}"), cause };
    let arguments = [&["-j", "list", "set"][..], &words(TABLE), &[name]].concat();
    let output = run(&arguments, "").await.map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        return Err(failed(said(&output)));
    }
    let mut listing: Value =
        serde_json::from_slice(&output.stdout).map_err(|error| failed(error.to_string()))?;
    let objects = listing["nftables"].as_array_mut().map(std::mem::take).unwrap_or_default();
    let mut sets =
        objects.into_iter().filter_map(|mut object| match object["set"]["elem"].take() {
            Value::Array(elements) => Some(elements),
            _ => None,
        });
    let elements = sets.next().unwrap_or_default();
    Ok(elements.into_iter().map(|mut element| element["elem"].take()).collect())
}

fn words(table: &'static str) -> Vec<&'static str> {
    table.split(' ').collect()
}

fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    text.trim().chars().take(MAX_ERROR).collect()
}

async fn run(arguments: &[&str], input: &str) -> io::Result<Output> {
    let mut spawned = Err(io::ErrorKind::NotFound.into());
    for program in PROGRAMS {
        spawned = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        if !matches!(&spawned, Err(error) if error.kind() == io::ErrorKind::NotFound) {
            break;
        }
    }
    let mut process = spawned?;
    let mut stdin = process.stdin.take().expect("it was asked for");
    let written = async move {
        match stdin.write_all(input.as_bytes()).await {
            // It has said why it did not read on.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            written => written,
        }
    };
    let (written, output) = tokio::join!(written, process.wait_with_output());
    written?;
    output
}
