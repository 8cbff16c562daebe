//! The operator's program that puts records into DNS and takes them out:
//! `HOOK present NAME VALUE`, `HOOK cleanup NAME VALUE`. Other values of the
//! same name must stay.
//!
//! What was put in is noted first, so that a daemon that is killed meanwhile
//! has it taken out at its next start.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::AsyncReadExt;
use tokio::process::Command;
use tokio::time::timeout;

use super::AcmeError;
use crate::store::PrivateFile;

/// A hook waits until all of the domain's servers know.
const TIME: Duration = Duration::from_secs(10 * 60);
/// What of its last words is told.
const MAX_TOLD_BYTES: u64 = 4 << 10;
const NOTES: &str = "records.json";
const MAX_NOTES_BYTES: u64 = 1 << 20;

/// A TXT record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) name: String,
    pub(super) value: String,
}

/// The program, and what it has put in.
#[derive(Debug)]
pub(super) struct Hook {
    program: PathBuf,
    folder: PathBuf,
    records: Vec<Record>,
}

impl Hook {
    /// With what an earlier daemon left in.
    pub(super) fn open(folder: &Path, program: &Path) -> Result<Self, AcmeError> {
        let path = folder.join(NOTES);
        let found = PrivateFile::read(&path, MAX_NOTES_BYTES).map_err(AcmeError::at(&path))?;
        let records = match found {
            // Notes that are no notes are not worth a daemon.
            PrivateFile::Text(text) => serde_json::from_str(&text).unwrap_or_default(),
            PrivateFile::Missing | PrivateFile::OpenToOthers => Vec::new(),
        };
        Ok(Self { program: program.to_owned(), folder: folder.to_owned(), records })
    }

    /// Puts a record in.
    pub(super) async fn present(&mut self, record: Record) -> Result<(), AcmeError> {
        self.records.push(record.clone());
        self.note()?;
        self.run("present", &record).await
    }

    /// Takes all out that are in. One that stays is tried again by the next.
    pub(super) async fn clean_up(&mut self) -> Result<(), AcmeError> {
        let mut failed = Ok(());
        for record in std::mem::take(&mut self.records) {
            if let Err(error) = self.run("cleanup", &record).await {
                failed = Err(error);
                self.records.push(record);
            }
        }
        self.note()?;
        failed
    }

    fn note(&self) -> Result<(), AcmeError> {
        let path = self.folder.join(NOTES);
        let text = serde_json::to_string(&self.records);
        let text =
            text.map_err(|error| AcmeError::File { path: path.clone(), error: error.into() })?;
        PrivateFile::write(&self.folder, NOTES, &text).map_err(AcmeError::at(&path))
    }

    async fn run(&self, action: &'static str, record: &Record) -> Result<(), AcmeError> {
        let failed = |why: String| AcmeError::Hook {
            hook: self.program.clone(),
            action,
            record: record.name.clone(),
            why,
        };
        let mut child = Command::new(&self.program)
            .args([action, &record.name, &record.value])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| failed(error.to_string()))?;
        let stderr = child.stderr.take();
        let ended = async {
            let mut told = Vec::new();
            if let Some(mut stderr) = stderr {
                // More than that is let go, so that it does not wait.
                (&mut stderr).take(MAX_TOLD_BYTES).read_to_end(&mut told).await?;
                tokio::io::copy(&mut stderr, &mut tokio::io::sink()).await?;
            }
            Ok::<_, std::io::Error>((child.wait().await?, told))
        };
        match timeout(TIME, ended).await {
            Ok(Ok((status, _))) if status.success() => Ok(()),
            Ok(Ok((status, told))) => {
                let told = String::from_utf8_lossy(&told);
                Err(failed(format!("{status}: {}", told.trim())))
            }
            Ok(Err(error)) => Err(failed(error.to_string())),
            Err(_) => Err(failed(format!("it did not end in {TIME:?}"))),
        }
    }
}
