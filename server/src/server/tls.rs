//! TLS from two PEM files, read again when they change: the operator's, or one
//! that an authority's certificate comes to.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use parking_lot::Mutex;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::{Error as PemError, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{Acceptor, VerifierBuilderError, WebPkiClientVerifier};
use rustls::{RootCertStore, ServerConfig};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;

use crate::acme::{Acme, AcmeError, Challenges, PROTOCOL};

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
    /// The certificates that sign callers' can't be used.
    #[error("{}: {error}", path.display())]
    ClientCa {
        /// Their file.
        path: PathBuf,
        /// Why.
        error: VerifierBuilderError,
    },
    /// There is no certificate in the one, or the key is another's.
    #[error("{} and its key: {error}", certificate.display())]
    Pair {
        /// The certificate's file.
        certificate: PathBuf,
        /// Why.
        error: rustls::Error,
    },
    /// No certificate can be had from an authority.
    #[error(transparent)]
    Acme(#[from] AcmeError),
}

/// Makes connections secure by the files as they are now.
pub(super) struct Tls {
    files: Files,
    state: Mutex<State>,
    /// Where the files are an authority's.
    acme: Option<Acme>,
}

/// Where what is needed stands.
#[derive(Debug, Clone)]
pub(super) struct Files {
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
    /// What callers' certificates are signed by, where they need one.
    pub(super) client_ca: Option<PathBuf>,
}

impl Files {
    fn stamps(&self) -> Result<Vec<Stamp>, TlsError> {
        let all = [&self.certificate, &self.key].into_iter().chain(&self.client_ca);
        all.map(|path| stamp(path)).collect()
    }
}

struct State {
    config: Arc<ServerConfig>,
    /// `None`: they are not there yet.
    stamps: Option<Vec<Stamp>>,
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
    pub(super) fn open(files: Files) -> Result<Self, TlsError> {
        let stamps = Some(files.stamps()?);
        let state = State { config: load(&files)?, stamps, looked: Instant::now() };
        Ok(Self { files, state: Mutex::new(state), acme: None })
    }

    /// With an authority's certificate, and until that is there with one that
    /// signs itself, so that the authority and who waits find a listener.
    pub(super) fn by_acme(acme: Acme, client_ca: Option<PathBuf>) -> Result<Self, TlsError> {
        let file = acme.file().to_owned();
        let files = Files { certificate: file.clone(), key: file, client_ca };
        let (config, stamps) = match load(&files) {
            Ok(config) => (config, Some(files.stamps()?)),
            Err(TlsError::ClientCa { path, error }) => {
                return Err(TlsError::ClientCa { path, error });
            }
            Err(_) => (signed_by_itself(acme.names(), files.client_ca.as_deref())?, None),
        };
        let state = State { config, stamps, looked: Instant::now() };
        Ok(Self { files, state: Mutex::new(state), acme: Some(acme) })
    }

    /// What an authority looks for.
    pub(super) fn challenges(&self) -> Option<&Challenges> {
        self.acme.as_ref().map(|acme| &**acme.challenges())
    }

    /// Shakes hands.
    pub(super) async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        let begun = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
        let hello = begun.client_hello();
        let looks = hello.alpn().is_some_and(|mut wanted| wanted.any(|name| name == PROTOCOL));
        let (Some(challenges), true) = (self.challenges(), looks) else {
            return begun.into_stream(self.config()).await;
        };
        let found = hello.server_name().and_then(|name| challenges.handshake(name));
        let config = found.ok_or(io::ErrorKind::NotFound)?;
        // To shake hands is all that an authority wants.
        begun.into_stream(config).await?.shutdown().await?;
        Err(io::ErrorKind::ConnectionAborted.into())
    }

    /// What can't be used, and half of a pair, leaves the old pair in force.
    fn config(&self) -> Arc<ServerConfig> {
        let mut state = self.state.lock();
        if state.looked.elapsed() >= LOOK_EVERY {
            state.looked = Instant::now();
            match self.look_again(&mut state) {
                Ok(false) => {}
                Ok(true) => tracing::info!("the certificate was read again"),
                Err(error) => tracing::warn!(%error, "the old certificate stays"),
            }
        }
        Arc::clone(&state.config)
    }

    /// Whether it was read again. What could not be used is told of once.
    fn look_again(&self, state: &mut State) -> Result<bool, TlsError> {
        if state.stamps.is_none() && !self.files.certificate.exists() {
            return Ok(false);
        }
        let stamps = Some(self.files.stamps()?);
        if stamps == state.stamps {
            return Ok(false);
        }
        state.stamps = stamps;
        state.config = load(&self.files)?;
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

fn load(files: &Files) -> Result<Arc<ServerConfig>, TlsError> {
    let Files { certificate, key, client_ca } = files;
    let wrong = |path: &Path| {
        let path = path.to_owned();
        move |error| TlsError::File { path, error }
    };
    let chain: Vec<_> = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect)
        .map_err(wrong(certificate))?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(wrong(key))?;
    let served = serve_with(chain, key, callers(client_ca.as_deref())?);
    served.map_err(|error| TlsError::Pair { certificate: certificate.to_owned(), error })
}

fn serve_with(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    callers: Arc<dyn ClientCertVerifier>,
) -> Result<Arc<ServerConfig>, rustls::Error> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .with_client_cert_verifier(callers)
        .with_single_cert(chain, key)?;
    config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
    Ok(Arc::new(config))
}

/// What nobody trusts, for some names.
fn signed_by_itself(
    names: &[String],
    client_ca: Option<&Path>,
) -> Result<Arc<ServerConfig>, TlsError> {
    let made = rcgen::generate_simple_self_signed(names).map_err(AcmeError::from)?;
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der());
    let key = key.map_err(|error| AcmeError::Unusable(error.to_owned()))?;
    let served = serve_with(vec![made.cert.der().clone()], key, callers(client_ca)?);
    Ok(served.map_err(|error| AcmeError::Unusable(error.to_string()))?)
}

/// What is asked of callers: a certificate, where there is a file of those who
/// sign them.
fn callers(client_ca: Option<&Path>) -> Result<Arc<dyn ClientCertVerifier>, TlsError> {
    client_ca.map_or_else(|| Ok(WebPkiClientVerifier::no_client_auth()), verifier)
}

/// What holds callers' certificates to those in a file.
fn verifier(path: &Path) -> Result<Arc<dyn ClientCertVerifier>, TlsError> {
    let wrong = |error| TlsError::File { path: path.to_owned(), error };
    let bad = |error| TlsError::ClientCa { path: path.to_owned(), error };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(wrong)? {
        let added = roots.add(certificate.map_err(wrong)?);
        added.map_err(|_| bad(VerifierBuilderError::NoRootAnchors))?;
    }
    let provider = Arc::new(default_provider());
    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().map_err(bad)
}
