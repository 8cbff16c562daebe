//! What the authority knows us by: a key, in a file that only the daemon's
//! own user reads.

use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use instant_acme::{Account, AccountCredentials, NewAccount};
use serde::{Deserialize, Serialize};

use super::authority::Authority;
use super::{AcmeConfig, AcmeError};
use crate::store::PrivateFile;

const FILE: &str = "account.json";
/// Some 500 are usual.
const MAX_FILE_BYTES: u64 = 64 << 10;

/// An account is one authority's.
#[derive(Serialize, Deserialize)]
struct Saved {
    directory: String,
    credentials: serde_json::Value,
}

pub(super) fn make_folder(folder: &Path) -> Result<(), AcmeError> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(AcmeError::at(folder))
}

/// The one of before, or a new one.
pub(super) async fn open(folder: &Path, config: &AcmeConfig) -> Result<Account, AcmeError> {
    if let Some(credentials) = read(folder, &config.directory)? {
        let authority = Authority::new(config)?;
        let builder = Account::builder_with_http(Box::new(authority));
        return Ok(builder.from_credentials(credentials).await?);
    }
    let contact = config.email.as_ref().map(|email| format!("mailto:{email}"));
    let contact: Vec<&str> = contact.iter().map(String::as_str).collect();
    let new = NewAccount {
        contact: &contact,
        // Who names an authority agrees; the option's help says so.
        terms_of_service_agreed: true,
        only_return_existing: false,
    };
    let builder = Account::builder_with_http(Box::new(Authority::new(config)?));
    let (account, credentials) = builder.create(&new, config.directory.clone(), None).await?;
    write(folder, &config.directory, &credentials)?;
    tracing::info!(directory = config.directory, "an account was made for certificates");
    Ok(account)
}

fn read(folder: &Path, directory: &str) -> Result<Option<AccountCredentials>, AcmeError> {
    let path = folder.join(FILE);
    let text = match PrivateFile::read(&path, MAX_FILE_BYTES).map_err(AcmeError::at(&path))? {
        PrivateFile::Missing => return Ok(None),
        PrivateFile::OpenToOthers => {
            tracing::warn!(path = %path.display(), "the key was open to others; it is replaced");
            return Ok(None);
        }
        PrivateFile::Text(text) => text,
    };
    let bad =
        |error: serde_json::Error| AcmeError::File { path: path.clone(), error: error.into() };
    let saved: Saved = serde_json::from_str(&text).map_err(bad)?;
    if saved.directory != directory {
        return Ok(None);
    }
    serde_json::from_value(saved.credentials).map(Some).map_err(bad)
}

fn write(
    folder: &Path,
    directory: &str,
    credentials: &AccountCredentials,
) -> Result<(), AcmeError> {
    let path = folder.join(FILE);
    let saved = serde_json::to_value(credentials).and_then(|credentials| {
        serde_json::to_string(&Saved { directory: directory.to_owned(), credentials })
    });
    let saved =
        saved.map_err(|error| AcmeError::File { path: path.clone(), error: error.into() })?;
    PrivateFile::write(folder, FILE, &saved).map_err(AcmeError::at(&path))
}
