//! Whether a tunnel's public URL answers: asked for as a visitor would, and
//! nothing else. What it names must be public, or cloudflared's log, or who
//! answers there, could lead the daemon to the host's own network.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use reqwest::header::{COOKIE, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Url};
use tokio::net::lookup_host;
use tokio::time::{Instant, sleep, timeout};

use crate::model::is_special;

/// For one answer.
const ANSWER_TIME: Duration = Duration::from_secs(10);
/// Between two.
const PAUSE: Duration = Duration::from_secs(1);
/// To the same host.
const MAX_REDIRECTS: usize = 5;
const PORT: u16 = 443;
/// Statuses from here on say that it is not healthy.
const FIRST_ERROR: u16 = 400;

/// The last answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// Its status; `None` where there was none.
    pub status: Option<u16>,
    /// Why it is not healthy; `None`: it is.
    pub reason: Option<String>,
}

/// Where names lead.
pub(super) trait Resolve {
    async fn resolve(&self, host: &str) -> Result<Vec<SocketAddr>, String>;
}

/// As DNS has it, and only to public addresses.
pub(super) struct PublicDns;

impl Resolve for PublicDns {
    async fn resolve(&self, host: &str) -> Result<Vec<SocketAddr>, String> {
        let found = lookup_host((host, PORT)).await;
        let found: Vec<_> =
            found.map_err(|error| format!("{host} is not found: {error}"))?.collect();
        match found.iter().find(|address| !is_public(address.ip())) {
            Some(address) => Err(format!("{host} leads to {}, which is not public", address.ip())),
            None if found.is_empty() => Err(format!("{host} is not found")),
            None => Ok(found),
        }
    }
}

/// Asks again and again until it is healthy, or for so long.
pub(super) async fn check(
    url: &str,
    cookie: Option<&str>,
    patience: Duration,
    names: &impl Resolve,
    authorities: &[Certificate],
) -> Health {
    let deadline = Instant::now() + patience;
    loop {
        let asked = timeout(ANSWER_TIME, ask(url, cookie, names, authorities)).await;
        let asked = asked.unwrap_or_else(|_| Err(format!("no answer in {ANSWER_TIME:?}")));
        let health = match asked {
            Ok(status) if status < FIRST_ERROR => {
                return Health { status: Some(status), reason: None };
            }
            Ok(status) => {
                let reason = Some(format!("{url} is answered with {status}"));
                Health { status: Some(status), reason }
            }
            Err(why) => Health { status: None, reason: Some(why) },
        };
        if Instant::now() + PAUSE >= deadline {
            return health;
        }
        sleep(PAUSE).await;
    }
}

async fn ask(
    url: &str,
    cookie: Option<&str>,
    names: &impl Resolve,
    authorities: &[Certificate],
) -> Result<u16, String> {
    let url = Url::parse(url).map_err(|error| format!("{url} is no URL: {error}"))?;
    let host = match url.domain() {
        Some(host) if url.scheme() == "https" && url.port().is_none() => host.to_owned(),
        _ => return Err(format!("{url} is not https:// and a host's name")),
    };
    let addresses = names.resolve(&host).await?;
    let same = host.clone();
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("skerry/", env!("CARGO_PKG_VERSION")))
        // As they were looked at, not as they are a moment later.
        .resolve_to_addrs(&host, &addresses)
        .no_proxy()
        .https_only(true)
        .redirect(Policy::custom(move |attempt| {
            let url = attempt.url();
            let at_home = url.domain() == Some(&*same) && url.port().is_none();
            match at_home && url.scheme() == "https" && attempt.previous().len() <= MAX_REDIRECTS {
                true => attempt.follow(),
                // The redirect itself is the answer.
                false => attempt.stop(),
            }
        }));
    if !authorities.is_empty() {
        builder = builder.tls_certs_only(authorities.iter().cloned());
    }
    let client = builder.build().map_err(|error| text(&error))?;
    let mut request = client.get(url);
    if let Some(mut cookie) = cookie.and_then(|cookie| HeaderValue::from_str(cookie).ok()) {
        cookie.set_sensitive(true);
        request = request.header(COOKIE, cookie);
    }
    // What it says beyond its status does not matter.
    let answer = request.send().await.map_err(|error| text(&error))?;
    Ok(answer.status().as_u16())
}

/// An error and what is behind it.
fn text(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut inner = error.source();
    while let Some(error) = inner {
        text = format!("{text}: {error}");
        inner = error.source();
    }
    text
}

/// Whether an address is of the Internet, and not of this host, its networks
/// or those that mean something special (RFC 6890).
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => !is_special(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// Only global unicast, without what leads on to an IPv4 address or a tunnel
/// and without documentation.
fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        [0x2001, 0 | 0xdb8, ..] | [0x2002, ..] | [0x3fff, ..] => false,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rcgen::{CertifiedKey, generate_simple_self_signed};
    use rustls::ServerConfig;
    use rustls::crypto::ring::default_provider;
    use rustls::pki_types::PrivateKeyDer;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use tokio_rustls::TlsAcceptor;

    use super::*;

    const HOST: &str = "one.example";
    const SHORT: Duration = Duration::from_millis(1);

    /// A host that answers one request after the other, each with the next of
    /// these; it tells what was asked.
    struct Host {
        address: SocketAddr,
        authority: Certificate,
        asked: tokio::sync::mpsc::UnboundedReceiver<String>,
    }

    struct Here(SocketAddr);

    impl Resolve for Here {
        async fn resolve(&self, host: &str) -> Result<Vec<SocketAddr>, String> {
            assert_eq!(host, HOST, "no other host is asked for");
            Ok(vec![self.0])
        }
    }

    impl Host {
        async fn start(answers: Vec<String>) -> Self {
            let _there = default_provider().install_default();
            let CertifiedKey { cert, signing_key } =
                generate_simple_self_signed([HOST.to_owned()]).unwrap();
            let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
            let config = ServerConfig::builder()
                .with_no_client_auth()
                .with_single_cert(vec![cert.der().clone()], key)
                .unwrap();
            let acceptor = TlsAcceptor::from(Arc::new(config));
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let (told, asked) = tokio::sync::mpsc::unbounded_channel();
            tokio::spawn(async move {
                for answer in answers {
                    let (stream, _) = listener.accept().await.unwrap();
                    let Ok(mut stream) = acceptor.accept(stream).await else { continue };
                    let mut bytes = Vec::new();
                    while !bytes.windows(4).any(|end| end == b"\r\n\r\n") {
                        assert!(stream.read_buf(&mut bytes).await.unwrap() > 0);
                    }
                    told.send(String::from_utf8(bytes).unwrap()).unwrap();
                    stream.write_all(answer.as_bytes()).await.unwrap();
                    stream.shutdown().await.unwrap();
                }
            });
            let authority = Certificate::from_der(cert.der()).unwrap();
            Self { address, authority, asked }
        }

        async fn check(&self, patience: Duration) -> Health {
            let authorities = [self.authority.clone()];
            let url = format!("https://{HOST}");
            check(&url, Some("a=b"), patience, &Here(self.address), &authorities).await
        }
    }

    fn answer(status: &str, headers: &str) -> String {
        format!("HTTP/1.1 {status}\r\n{headers}content-length: 0\r\nconnection: close\r\n\r\n")
    }

    #[tokio::test]
    async fn it_is_asked_until_it_answers_well() {
        let answers = vec![answer("530 No", ""), answer("204 Yes", "")];
        let mut host = Host::start(answers).await;
        let health = host.check(Duration::from_secs(60)).await;
        assert_eq!(health, Health { status: Some(204), reason: None });
        let asked = host.asked.recv().await.unwrap().to_lowercase();
        assert!(asked.starts_with("get / http/1.1\r\n") && asked.contains("\r\ncookie: a=b\r\n"));
        let bad = Host::start(vec![answer("530 No", "")]).await;
        let health = bad.check(SHORT).await;
        assert_eq!(health.status, Some(530));
        assert!(health.reason.unwrap().ends_with("is answered with 530"));
    }

    #[tokio::test]
    async fn a_redirect_is_followed_to_the_same_host_alone() {
        let to = |place: &str| answer("302 There", &format!("location: {place}\r\n"));
        let mut host = Host::start(vec![to("/in"), answer("200 OK", "")]).await;
        assert_eq!(host.check(SHORT).await.status, Some(200));
        host.asked.recv().await.unwrap();
        assert!(host.asked.recv().await.unwrap().starts_with("GET /in "));
        for place in [
            "https://other.example/",
            "http://one.example/",
            "https://one.example:8443/",
            "http://169.254.169.254/latest",
        ] {
            let host = Host::start(vec![to(place)]).await;
            assert_eq!(host.check(SHORT).await.status, Some(302), "{place}");
        }
    }

    #[tokio::test]
    async fn only_https_and_a_name_are_asked() {
        for url in [
            "http://one.example",
            "https://127.0.0.1",
            "https://[::1]",
            "https://one.example:8443",
            "file:///etc/passwd",
            "",
        ] {
            let unused = Here("127.0.0.1:1".parse().unwrap());
            let health = check(url, None, SHORT, &unused, &[]).await;
            assert_eq!(health.status, None, "{url}");
            assert!(health.reason.is_some(), "{url}");
        }
    }

    #[tokio::test]
    async fn a_name_of_this_host_is_not_asked() {
        let why = PublicDns.resolve("localhost").await.unwrap_err();
        assert!(why.contains("which is not public"), "{why}");
    }

    #[test]
    fn what_is_not_of_the_internet_is_not_public() {
        for address in [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.0.0.8",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "2002:a00:1::",
            "3fff::1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
        for address in ["1.1.1.1", "100.63.0.1", "100.128.0.1", "198.20.0.1", "2606:4700:a8::1"] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }
}
