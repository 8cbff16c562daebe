//! What it is told about its certificate, where an authority makes it.

use std::path::PathBuf;
use std::time::Duration;

use axum::http::Uri;
use clap::Args;

use super::ConfigError;
use crate::acme::{AcmeConfig, CertifiedName, Proof};

/// Where certificates come from when it is not told.
const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";

/// A certificate by ACME, with its renewals.
#[derive(Debug, Clone, Args)]
pub struct AcmeOptions {
    /// Serve TLS with a certificate for this name, which an authority makes and
    /// renews; *.preview.DOMAIN is for previews. May be given again. You agree to
    /// the authority's terms
    #[arg(
        long,
        env = "SKERRY_ACME_NAME",
        value_name = "NAME",
        value_delimiter = ',',
        conflicts_with_all = ["tls_cert", "tls_key"]
    )]
    pub acme_name: Vec<CertifiedName>,
    /// The authority's directory
    #[arg(
        long,
        env = "SKERRY_ACME_DIRECTORY",
        default_value = LETS_ENCRYPT,
        value_name = "URL",
        value_parser = parse_directory
    )]
    pub acme_directory: String,
    /// Who signed the authority's own certificate, a PEM file [default: whom the
    /// system trusts]
    #[arg(long, env = "SKERRY_ACME_CA", value_name = "FILE")]
    pub acme_ca: Option<PathBuf>,
    /// Where the authority may write to
    #[arg(long, env = "SKERRY_ACME_EMAIL", value_name = "ADDRESS", value_parser = parse_email)]
    pub acme_email: Option<String>,
    /// How names are shown to be this host's: port 443, or 80, must lead to --listen,
    /// or a hook writes to DNS, as for names with a star in any case
    #[arg(long, env = "SKERRY_ACME_PROOF", value_enum, default_value_t, value_name = "PROOF")]
    pub acme_proof: Proof,
    /// A program that writes to DNS, run as FILE present|cleanup NAME VALUE
    #[arg(long, env = "SKERRY_ACME_DNS_HOOK", value_name = "FILE")]
    pub acme_dns_hook: Option<PathBuf>,
    /// Seconds after the first failure
    #[arg(
        long,
        hide = true,
        default_value_t = 60,
        value_parser = clap::value_parser!(u64).range(1..=3600)
    )]
    pub acme_pause: u64,
}

impl AcmeOptions {
    /// What to have, if anything.
    pub fn config(&self) -> Option<AcmeConfig> {
        if self.acme_name.is_empty() {
            return None;
        }
        Some(AcmeConfig {
            names: self.acme_name.clone(),
            directory: self.acme_directory.clone(),
            authority: self.acme_ca.clone(),
            email: self.acme_email.clone(),
            proof: self.acme_proof,
            hook: self.acme_dns_hook.clone(),
            pause: Duration::from_secs(self.acme_pause),
        })
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let by_dns = |name: &&CertifiedName| name.is_wildcard() || self.acme_proof == Proof::Dns01;
        match (&self.acme_dns_hook, self.acme_name.iter().find(by_dns)) {
            (None, Some(name)) => Err(ConfigError::NoDnsHook(name.to_string())),
            (Some(hook), _) if !hook.is_absolute() => {
                Err(ConfigError::RelativePath { option: "--acme-dns-hook", path: hook.clone() })
            }
            _ => Ok(()),
        }
    }
}

fn parse_directory(text: &str) -> Result<String, String> {
    match text.parse::<Uri>() {
        Ok(url) if url.scheme_str() == Some("https") => Ok(text.to_owned()),
        _ => Err("must be a URL that begins with https://".to_owned()),
    }
}

fn parse_email(text: &str) -> Result<String, String> {
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic() && !b",:?&".contains(&byte));
    match text.split_once('@') {
        Some((user, host)) if plain && !user.is_empty() && host.contains('.') => {
            Ok(text.to_owned())
        }
        _ => Err("must be an address, as me@example.com".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::Config;
    use super::*;

    fn parse(flags: &[&str]) -> Result<Config, ConfigError> {
        Config::try_parse_from([&["skerryd"], flags].concat()).unwrap().checked()
    }

    #[test]
    fn a_star_needs_a_hook() {
        assert!(parse(&["--acme-name", "a.example"]).unwrap().acme.config().is_some());
        assert!(parse(&[]).unwrap().acme.config().is_none());
        let star = ["--acme-name", "a.example,*.preview.example.com"];
        let refused = parse(&star);
        assert_eq!(refused.unwrap_err(), ConfigError::NoDnsHook("*.preview.example.com".into()));
        let by_dns = ["--acme-name", "a.example", "--acme-proof", "dns-01"];
        assert!(parse(&by_dns).is_err());
        assert!(parse(&[&star[..], &["--acme-dns-hook", "/hook"]].concat()).is_ok());
        assert!(parse(&[&star[..], &["--acme-dns-hook", "hook"]].concat()).is_err());
    }

    #[test]
    fn what_is_no_name_and_no_authority_is_refused() {
        for flags in [
            &["--acme-name", "localhost"][..],
            &["--acme-name", "a.example", "--tls-cert", "/c", "--tls-key", "/k"],
            &["--acme-directory", "http://ca.example/directory"],
            &["--acme-email", "me"],
            &["--acme-email", "me@a.example,you@a.example"],
        ] {
            assert!(Config::try_parse_from([&["skerryd"], flags].concat()).is_err(), "{flags:?}");
        }
    }
}
