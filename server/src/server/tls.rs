//! TLS from two PEM files, read again when they change.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use parking_lot::Mutex;
use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::{Error as PemError, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Between two looks at the files: connections come, at most, so much later
/// to a new certificate.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// What is spoken on it, by preference.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// Why the files can't be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// One can't be read, or is no PEM of its kind.
    #[error("{}: {error}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: PemError,
    },
    /// One is not there.
    #[error("{}: {error}", path.display())]
    Missing {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// There is no certificate in the one, or the key is another's.
    #[error("{} and its key: {error}", certificate.display())]
    Pair {
        /// The certificate's file.
        certificate: PathBuf,
        /// Why.
        error: rustls::Error,
    },
}

/// Makes connections secure by the files as they are now.
pub(super) struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    state: Mutex<State>,
}

struct State {
    acceptor: TlsAcceptor,
    stamps: [Stamp; 2],
    looked: Instant,
}

/// By which a file that changed is known: a new one has another number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    device: u64,
    number: u64,
    length: u64,
    modified: Option<SystemTime>,
}

impl Tls {
    /// Reads the files.
    pub(super) fn open(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let stamps = [stamp(certificate)?, stamp(key)?];
        let acceptor = load(certificate, key)?;
        let state = Mutex::new(State { acceptor, stamps, looked: Instant::now() });
        Ok(Self { certificate: certificate.to_owned(), key: key.to_owned(), state })
    }

    /// Shakes hands.
    pub(super) async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        let acceptor = self.acceptor();
        acceptor.accept(stream).await
    }

    /// What can't be used, and half of a pair, leaves the old pair in force.
    fn acceptor(&self) -> TlsAcceptor {
        let mut state = self.state.lock();
        if state.looked.elapsed() >= LOOK_EVERY {
            state.looked = Instant::now();
            match self.look_again(&mut state) {
                Ok(false) => {}
                Ok(true) => tracing::info!("the certificate was read again"),
                Err(error) => tracing::warn!(%error, "the old certificate stays"),
            }
        }
        state.acceptor.clone()
    }

    /// Whether it was read again. What could not be used is told of once.
    fn look_again(&self, state: &mut State) -> Result<bool, TlsError> {
        let stamps = [stamp(&self.certificate)?, stamp(&self.key)?];
        if stamps == state.stamps {
            return Ok(false);
        }
        state.stamps = stamps;
        state.acceptor = load(&self.certificate, &self.key)?;
        Ok(true)
    }
}

fn stamp(path: &Path) -> Result<Stamp, TlsError> {
    let data =
        fs::metadata(path).map_err(|error| TlsError::Missing { path: path.to_owned(), error })?;
    Ok(Stamp {
        device: data.dev(),
        number: data.ino(),
        length: data.len(),
        modified: data.modified().ok(),
    })
}

fn load(certificate: &Path, key: &Path) -> Result<TlsAcceptor, TlsError> {
    let wrong = |path: &Path| {
        let path = path.to_owned();
        move |error| TlsError::File { path, error }
    };
    let chain: Vec<_> = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect)
        .map_err(wrong(certificate))?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(wrong(key))?;
    let pair = |error| TlsError::Pair { certificate: certificate.to_owned(), error };
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(pair)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(pair)?;
    config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
    Ok(TlsAcceptor::from(Arc::new(config)))
}
