//! What the listener shows an authority that looks: at a path without TLS,
//! or as a certificate.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use rcgen::{CertificateParams, CustomExtension, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::PrivateKeyDer;
use rustls::sign::{CertifiedKey, SingleCertAndKey};

use super::AcmeError;

/// The protocol that an authority asks for (RFC 8737).
pub(crate) const PROTOCOL: &[u8] = b"acme-tls/1";
/// Where it looks without TLS.
const PATH: &str = "/.well-known/acme-challenge/";

/// What is to be shown now; nothing, mostly.
#[derive(Debug, Default)]
pub struct Challenges {
    /// By token.
    texts: Mutex<HashMap<String, String>>,
    /// By name.
    certificates: Mutex<HashMap<String, Arc<ServerConfig>>>,
}

impl Challenges {
    /// What is at a path.
    pub(crate) fn text(&self, path: &str) -> Option<String> {
        self.texts.lock().get(path.strip_prefix(PATH)?).cloned()
    }

    /// What to shake hands with who asks for [`PROTOCOL`] with.
    pub(crate) fn handshake(&self, name: &str) -> Option<Arc<ServerConfig>> {
        self.certificates.lock().get(&name.to_ascii_lowercase()).cloned()
    }

    pub(super) fn show_text(&self, token: &str, text: &str) {
        self.texts.lock().insert(token.to_owned(), text.to_owned());
    }

    pub(super) fn show_certificate(&self, name: &str, digest: &[u8]) -> Result<(), AcmeError> {
        let config = handshake(name, digest)?;
        self.certificates.lock().insert(name.to_owned(), Arc::new(config));
        Ok(())
    }

    pub(super) fn hide_all(&self) {
        self.texts.lock().clear();
        self.certificates.lock().clear();
    }
}

/// A certificate that signs itself and holds the proof.
fn handshake(name: &str, digest: &[u8]) -> Result<ServerConfig, AcmeError> {
    let unusable = |error: rustls::Error| AcmeError::Unusable(error.to_string());
    let mut params = CertificateParams::new([name.to_owned()])?;
    params.custom_extensions = vec![CustomExtension::new_acme_identifier(digest)];
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    let key = PrivateKeyDer::try_from(key.serialize_der())
        .map_err(|error| AcmeError::Unusable(error.to_owned()))?;
    let provider = Arc::new(default_provider());
    let key = provider.key_provider.load_private_key(key).map_err(unusable)?;
    // Not looked at again, as a certificate for visitors is: the proof is an
    // extension that only an authority knows.
    let shown = CertifiedKey::new(vec![certificate.der().clone()], key);
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(shown)));
    config.alpn_protocols = vec![PROTOCOL.to_vec()];
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_found_until_it_is_hidden() {
        let challenges = Challenges::default();
        challenges.show_text("token", "token.thumb");
        challenges.show_certificate("box.example.com", &[7; 32]).unwrap();
        let path = "/.well-known/acme-challenge/token";
        assert_eq!(challenges.text(path).as_deref(), Some("token.thumb"));
        assert_eq!(challenges.text("/token"), None);
        assert!(challenges.handshake("Box.Example.Com").is_some());
        assert!(challenges.handshake("other.example.com").is_none());
        challenges.hide_all();
        assert!(challenges.text(path).is_none());
        assert!(challenges.handshake("box.example.com").is_none());
    }
}
