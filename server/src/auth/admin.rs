//! The admin token: made at the first start, and again when its file is gone.

use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::{Token, TokenRecord};
use crate::model::TokenId;
use crate::store::{Batch, PrivateFile, Store, StoreError};

/// The admin token's file in the data directory.
pub const TOKEN_FILE: &str = "admin.token";
/// A token is 68 bytes; nothing longer is read.
const MAX_FILE_BYTES: u64 = 256;

/// Where the admin token in the file comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdminToken {
    /// An earlier start made it.
    Kept,
    /// This start made it; there was none before.
    Made,
    /// This start made it, because the file was gone or held another one; the
    /// token before opens nothing any more.
    Replaced,
}

/// Why there is no admin token.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// Its file can't be read or written.
    #[error("{}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The operating system has no random numbers.
    #[error("no random numbers: {0}")]
    Random(getrandom::Error),
    /// Its record can't be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its record is gone again.
    #[error("the admin's token has no record")]
    NoAdmin,
}

/// Finds the admin token or makes one, and answers with its id. Blocks on
/// small files.
///
/// A new token's record is written first: a crash before its file is there
/// leaves a file that the next start finds unknown, and replaces.
pub(super) async fn open(
    data_dir: &Path,
    store: &Store,
) -> Result<(TokenId, AdminToken), AuthError> {
    let path = data_dir.join(TOKEN_FILE);
    let in_file = |error| AuthError::File { path: path.clone(), error };
    let mut records = store.table::<TokenRecord>().all()?;
    records.retain(|record| record.fixed);
    if let Some(token) = read(&path).map_err(in_file)? {
        let digits = token.hash().to_hex();
        if let Some(found) = records.iter().find(|record| record.hash == digits) {
            return Ok((found.id.clone(), AdminToken::Kept));
        }
    }
    let token = Token::generate().map_err(AuthError::Random)?;
    let record = TokenRecord::admin(token.hash(), SystemTime::now());
    let mut batch = Batch::default();
    for old in &records {
        batch.delete::<TokenRecord>(&old.hash);
    }
    batch.put(&record)?;
    store.commit(batch).await?;
    PrivateFile::write(data_dir, TOKEN_FILE, &format!("{}\n", token.secret())).map_err(in_file)?;
    let origin = if records.is_empty() { AdminToken::Made } else { AdminToken::Replaced };
    Ok((record.id, origin))
}

/// The token in the file; `None` where the file is missing or holds none.
fn read(path: &Path) -> io::Result<Option<Token>> {
    match PrivateFile::read(path, MAX_FILE_BYTES) {
        Ok(PrivateFile::Text(text)) => Ok(Token::read(&text)),
        Ok(PrivateFile::Missing) => Ok(None),
        Ok(PrivateFile::OpenToOthers) => {
            // Only a new token mends that.
            tracing::warn!(path = %path.display(), "the token file is open to others; it is replaced");
            Ok(None)
        }
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::auth::{Access, Tokens};

    struct Daemon {
        dir: tempfile::TempDir,
        store: Store,
    }

    impl Daemon {
        fn new() -> Self {
            let dir = tempfile::tempdir().unwrap();
            let store = Store::open(&dir.path().join("store")).unwrap();
            Self { dir, store }
        }

        async fn start(&self) -> (Access, AdminToken) {
            let (tokens, origin) = Tokens::open(self.dir.path(), &self.store, &[]).await.unwrap();
            (Access::Tokens(tokens), origin)
        }

        fn file(&self) -> PathBuf {
            self.dir.path().join(TOKEN_FILE)
        }

        fn secret(&self) -> String {
            fs::read_to_string(self.file()).unwrap().trim().to_owned()
        }
    }

    #[tokio::test]
    async fn the_token_is_made_once_and_its_file_is_private() {
        let daemon = Daemon::new();
        let (access, origin) = daemon.start().await;
        assert_eq!(origin, AdminToken::Made);
        let secret = daemon.secret();
        assert!(access.identify(secret.as_bytes()).is_some());
        let mode = fs::metadata(daemon.file()).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o600);
        let (access, origin) = daemon.start().await;
        assert_eq!((origin, daemon.secret()), (AdminToken::Kept, secret.clone()));
        assert!(access.identify(secret.as_bytes()).is_some());
        let records = daemon.store.table::<TokenRecord>().all().unwrap();
        assert!(!serde_json::to_string(&records).unwrap().contains(&secret));
    }

    #[tokio::test]
    async fn a_lost_foreign_or_public_file_gets_a_new_token_and_the_old_one_ends() {
        let daemon = Daemon::new();
        let damages: [&dyn Fn(); 3] = [
            &|| fs::remove_file(daemon.file()).unwrap(),
            &|| fs::write(daemon.file(), Token::generate().unwrap().secret()).unwrap(),
            &|| fs::set_permissions(daemon.file(), fs::Permissions::from_mode(0o640)).unwrap(),
        ];
        daemon.start().await;
        for damage in damages {
            let old = daemon.secret();
            damage();
            let (access, origin) = daemon.start().await;
            assert_eq!(origin, AdminToken::Replaced);
            assert!(access.identify(daemon.secret().as_bytes()).is_some());
            assert!(access.identify(old.as_bytes()).is_none());
        }
    }
}
