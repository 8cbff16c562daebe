//! The authority that one sandbox trusts: it signs certificates for hosts that
//! the sandbox has a credential for, and its key stays here.

use std::io;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::crypto::ring::sign::any_ecdsa_type;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;

use crate::model::{Authority, SandboxId, Secret};
use crate::network::NetworkError;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Clocks inside may be behind.
const BEFORE: Duration = DAY;
/// A sandbox's authority: longer than sandboxes live.
const AUTHORITY_TIME: Duration = Duration::from_secs(20 * 365 * 24 * 60 * 60);
/// A host's certificate, made for one connection and checked as it begins.
const HOST_TIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Makes the authority of a sandbox.
pub fn new_authority(sandbox: &SandboxId) -> Result<Authority, NetworkError> {
    let name = format!("Skerry, for {sandbox} alone");
    let made = KeyPair::generate().and_then(|key| {
        let certificate = authority_params(&name).self_signed(&key)?;
        Ok((certificate.pem(), key.serialize_pem()))
    });
    let (certificate, key) = made.map_err(|error| NetworkError::Failed {
        step: "make the sandbox's authority".to_owned(),
        cause: error.to_string(),
    })?;
    Ok(Authority { name, certificate, key: Secret::new(key), trusted: None })
}

/// A certificate of this host's, with a key of its own.
pub(super) fn issue(authority: &Authority, host: &str) -> io::Result<CertifiedKey> {
    let key = KeyPair::from_pem(authority.key.reveal()).map_err(io::Error::other)?;
    let params = authority_params(&authority.name);
    let issuer = Issuer::from_params(&params, &key);
    let own = KeyPair::generate().map_err(io::Error::other)?;
    let params = host_params(host).map_err(io::Error::other)?;
    let certificate = params.signed_by(&own, &issuer).map_err(io::Error::other)?;
    let root = CertificateDer::from_pem_slice(authority.certificate.as_bytes());
    let chain = vec![certificate.der().clone(), root.map_err(io::Error::other)?];
    let own = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(own.serialize_der()));
    Ok(CertifiedKey::new(chain, any_ecdsa_type(&own).map_err(io::Error::other)?))
}

fn authority_params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    last(&mut params, AUTHORITY_TIME);
    params
}

fn host_params(host: &str) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(vec![host.to_owned()])?;
    // A common name has at most 64 bytes, and nobody reads it beside the
    // alternative one.
    params.distinguished_name.push(DnType::OrganizationName, "Skerry");
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    last(&mut params, HOST_TIME);
    Ok(params)
}

fn last(params: &mut CertificateParams, time: Duration) {
    // A clock before 1970 makes certificates that nobody takes.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let epoch = date_time_ymd(1970, 1, 1);
    params.not_before = epoch + now.saturating_sub(BEFORE);
    params.not_after = epoch + now + time;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hosts_certificate_is_its_authoritys_and_no_others() {
        let [one, other] = [1, 2].map(|id| new_authority(&SandboxId::from_uuid(id)).unwrap());
        assert_ne!(one.certificate, other.certificate);
        let issued = issue(&one, "api.test").unwrap();
        let (_, leaf) = x509_parser::parse_x509_certificate(&issued.cert[0]).unwrap();
        for (authority, signs) in [(&one, true), (&other, false)] {
            let root = CertificateDer::from_pem_slice(authority.certificate.as_bytes()).unwrap();
            let (_, root) = x509_parser::parse_x509_certificate(&root).unwrap();
            assert!(root.is_ca() && !leaf.is_ca());
            assert_eq!(leaf.issuer() == root.subject(), signs);
        }
        assert!(!format!("{one:?}").contains("PRIVATE"), "{one:?}");
    }
}
