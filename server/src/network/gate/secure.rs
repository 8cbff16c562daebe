//! TLS that ends at the gate, so that a credential can be added.
//!
//! ```text
//!  sandbox ══ TLS, by the sandbox's own authority ══ gate ══ TLS ══ the host
//! ```
//!
//! The host is connected to first: both sides speak what it has chosen.

use std::io;
use std::path::Path;
use std::sync::Arc;

use parking_lot::Mutex;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::sign::SingleCertAndKey;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;
use tokio_rustls::{TlsAcceptor, TlsConnector, server};

use super::connection::connect;
use super::{PATIENCE, Way, authority};
use crate::model::Authority;

const H2: &[u8] = b"h2";
const HTTP: &[u8] = b"http/1.1";

/// Whom hosts' certificates are believed by: the host's own list, read when it
/// is first needed, and what the daemon was told beside.
#[derive(Default)]
pub(in crate::network) struct Roots {
    more: Vec<CertificateDer<'static>>,
    all: OnceCell<Arc<RootCertStore>>,
}

impl Roots {
    /// With the certificates of a PEM file, beside the host's.
    pub(in crate::network) fn with(path: &Path) -> Result<Self, String> {
        let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
        let more: Vec<_> = read.map_err(|error| format!("{}: {error}", path.display()))?;
        match more.is_empty() {
            true => Err(format!("{} has no certificate, in PEM", path.display())),
            false => Ok(Self { more, all: OnceCell::new() }),
        }
    }

    async fn get(&self) -> Arc<RootCertStore> {
        let read = async || {
            let more = self.more.clone();
            let read = tokio::task::spawn_blocking(move || {
                let mut roots = RootCertStore::empty();
                let native = rustls_native_certs::load_native_certs();
                for error in native.errors {
                    tracing::warn!(%error, "a certificate of the host's can't be read");
                }
                roots.add_parsable_certificates(native.certs.into_iter().chain(more));
                roots
            });
            Arc::new(read.await.unwrap_or_else(|_| RootCertStore::empty()))
        };
        Arc::clone(self.all.get_or_init(read).await)
    }
}

/// The other side of a connection whose TLS ends here.
pub(super) struct Secure {
    pub(super) host: String,
    protocol: Option<&'static [u8]>,
    connector: TlsConnector,
    /// The connection that decided about the protocol, or why there is none.
    first: Mutex<Option<io::Result<TlsStream<TcpStream>>>>,
}

impl Secure {
    /// Connects to a host, with what the client offers to speak.
    pub(super) async fn open(way: Way, host: String, offered: &[Vec<u8>], roots: &Roots) -> Self {
        let known = [H2, HTTP].into_iter();
        let offered: Vec<_> =
            known.filter(|protocol| offered.iter().any(|one| one == protocol)).collect();
        let roots = roots.get().await;
        let first = handshake(way, &host, &connector(&roots, &offered)).await;
        let protocol = match &first {
            Ok(stream) => {
                let chosen = stream.get_ref().1.alpn_protocol();
                [H2, HTTP].into_iter().find(|protocol| chosen == Some(*protocol))
            }
            Err(_) => offered.last().copied(),
        };
        let connector = connector(&roots, protocol.as_slice());
        Self { host, protocol, connector, first: Mutex::new(Some(first)) }
    }

    /// Whether both sides speak HTTP/2.
    pub(super) fn is_h2(&self) -> bool {
        self.protocol == Some(H2)
    }

    /// The first connection to the host, or another.
    pub(super) async fn connect(&self, way: Way) -> io::Result<TlsStream<TcpStream>> {
        let first = self.first.lock().take();
        match first {
            Some(first) => first,
            None => handshake(way, &self.host, &self.connector).await,
        }
    }

    /// Answers the client as the host.
    pub(super) async fn accept<S>(
        &self,
        stream: S,
        signer: &Authority,
    ) -> io::Result<server::TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let key = authority::issue(signer, &self.host)?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(key)));
        config.alpn_protocols = self.protocol.iter().map(|protocol| protocol.to_vec()).collect();
        // The certificate is for this connection alone.
        config.send_tls13_tickets = 0;
        timeout(PATIENCE, TlsAcceptor::from(Arc::new(config)).accept(stream)).await?
    }
}

fn connector(roots: &Arc<RootCertStore>, protocols: &[&[u8]]) -> TlsConnector {
    let mut config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring has them")
        .with_root_certificates(Arc::clone(roots))
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    TlsConnector::from(Arc::new(config))
}

async fn handshake(
    way: Way,
    host: &str,
    connector: &TlsConnector,
) -> io::Result<TlsStream<TcpStream>> {
    let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
    let stream = connect(way).await?;
    timeout(PATIENCE, connector.connect(name, stream)).await?
}
