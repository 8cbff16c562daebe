//! The calls to one registry.

use std::sync::Once;
use std::time::Duration;

use parking_lot::Mutex;
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_RANGE, HeaderValue, RANGE, RETRY_AFTER, WWW_AUTHENTICATE,
};
use reqwest::{Response, StatusCode, Url};
use serde::Deserialize;

use super::challenge::Challenge;
use super::wire::{basic, range_start, redirects, text};
use super::{Credentials, Reference, RegistryError};
use crate::archive::digest::Digest;
use crate::image::oci::{Descriptor, MAX_CONFIG_BYTES, MAX_MANIFEST_BYTES};

/// Time to reach a registry.
const CONNECT_TIME: Duration = Duration::from_secs(15);
/// The most bytes of an answer that holds a token.
const MAX_TOKEN_BYTES: u64 = 1 << 20;
/// Said of what a registry is asked for.
const MANIFEST_TYPES: &str = "application/vnd.oci.image.index.v1+json, \
    application/vnd.oci.image.manifest.v1+json, \
    application/vnd.docker.distribution.manifest.list.v2+json, \
    application/vnd.docker.distribution.manifest.v2+json";

/// How long a registry is waited for, and how often it is asked.
#[derive(Debug, Clone, Copy)]
pub(in crate::image) struct Timing {
    /// Without a byte until it counts as gone.
    pub(in crate::image) stall: Duration,
    /// In a row that brought nothing.
    pub(in crate::image) attempts: u32,
    /// Before the second; doubled before each further one.
    pub(in crate::image) pause: Duration,
}

/// How a registry is reached.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(in crate::image) struct Access {
    /// Without TLS.
    pub(in crate::image) plain_http: bool,
    /// PEM, beside those of this machine.
    pub(in crate::image) ca_certificate: Option<String>,
    /// What it is shown.
    pub(in crate::image) credentials: Option<Credentials>,
}

/// One repository of a registry.
pub(in crate::image) struct Registry {
    http: reqwest::Client,
    /// `https://host:port`.
    base: String,
    reference: Reference,
    credentials: Option<Credentials>,
    /// What it is shown with each call, once it has said what it wants.
    authorization: Mutex<Option<HeaderValue>>,
    timing: Timing,
}

#[derive(Deserialize)]
struct Token {
    token: Option<String>,
    access_token: Option<String>,
}

impl Registry {
    /// Makes ready to call; nothing is sent.
    pub(in crate::image) fn new(
        reference: &Reference,
        access: Access,
        timing: Timing,
    ) -> Result<Self, RegistryError> {
        static PROVIDER: Once = Once::new();
        // Another one that is there already serves as well.
        PROVIDER.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
        let loopback = reference.is_loopback();
        // A caller that gives a certificate means TLS.
        let plain = access.plain_http || (loopback && access.ca_certificate.is_none());
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("skerry/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIME)
            .read_timeout(timing.stall)
            .redirect(redirects());
        if loopback {
            builder = builder.no_proxy();
        }
        if let Some(pem) = &access.ca_certificate {
            let bad = |error: &reqwest::Error| RegistryError::BadCertificate(text(error));
            let certificates = reqwest::Certificate::from_pem_bundle(pem.as_bytes());
            let certificates = certificates.map_err(|error| bad(&error))?;
            if certificates.is_empty() {
                return Err(RegistryError::BadCertificate("there is none in it".to_owned()));
            }
            builder = builder.tls_certs_merge(certificates);
        }
        let http = builder.build().map_err(|error| RegistryError::Unavailable {
            registry: reference.registry().to_owned(),
            cause: text(&error),
        })?;
        let scheme = if plain { "http" } else { "https" };
        Ok(Self {
            http,
            base: format!("{scheme}://{}", reference.host()),
            reference: reference.clone(),
            credentials: access.credentials,
            authorization: Mutex::new(None),
            timing,
        })
    }

    /// How long it is waited for.
    pub(in crate::image) fn timing(&self) -> Timing {
        self.timing
    }

    /// The manifest that the reference names, and its digest.
    pub(in crate::image) async fn manifest(&self) -> Result<(Vec<u8>, Digest), RegistryError> {
        let bytes = self.manifest_bytes(self.reference.version()).await?;
        let digest = Digest::of(&bytes);
        match self.reference.digest() {
            Some(wanted) if *wanted != digest => Err(self.wrong("manifest", wanted, &digest)),
            _ => Ok((bytes, digest)),
        }
    }

    /// A manifest that an index names.
    pub(in crate::image) async fn manifest_of(
        &self,
        named: &Descriptor,
    ) -> Result<Vec<u8>, RegistryError> {
        let bytes = self.manifest_bytes(named.digest.as_str()).await?;
        self.checked("manifest", named, bytes)
    }

    /// A config.
    pub(in crate::image) async fn config(
        &self,
        named: &Descriptor,
    ) -> Result<Vec<u8>, RegistryError> {
        let path = format!("blobs/{}", named.digest);
        let bytes = self.patiently(|| self.whole(&path, None, MAX_CONFIG_BYTES)).await?;
        self.checked("config", named, bytes)
    }

    /// A blob from `offset` on, and where what comes really begins: at the
    /// beginning where the registry does not do parts.
    pub(in crate::image) async fn blob(
        &self,
        blob: &Descriptor,
        offset: u64,
    ) -> Result<(Response, u64), RegistryError> {
        let range = (offset > 0).then(|| format!("bytes={offset}-"));
        let answer = self.get(&format!("blobs/{}", blob.digest), None, range.as_deref()).await?;
        let begins = match answer.status() {
            StatusCode::PARTIAL_CONTENT => {
                let header = answer.headers().get(CONTENT_RANGE);
                let begins = header.and_then(|value| value.to_str().ok()).and_then(range_start);
                begins
                    .ok_or_else(|| self.unavailable("its answer does not say which part it is"))?
            }
            _ => 0,
        };
        Ok((answer, begins))
    }

    /// The next bytes of an answer.
    pub(in crate::image) async fn chunk(
        &self,
        answer: &mut Response,
    ) -> Result<Option<bytes::Bytes>, RegistryError> {
        answer.chunk().await.map_err(|error| self.failed(&error))
    }

    async fn manifest_bytes(&self, version: &str) -> Result<Vec<u8>, RegistryError> {
        let path = format!("manifests/{version}");
        self.patiently(|| self.whole(&path, Some(MANIFEST_TYPES), MAX_MANIFEST_BYTES)).await
    }

    /// Asks again where that may help.
    async fn patiently<T, F: Future<Output = Result<T, RegistryError>>>(
        &self,
        ask: impl Fn() -> F,
    ) -> Result<T, RegistryError> {
        let mut pause = self.timing.pause;
        for _ in 1..self.timing.attempts {
            match ask().await {
                Err(error) if error.is_passing() => tokio::time::sleep(pause).await,
                answer => return answer,
            }
            pause *= 2;
        }
        ask().await
    }

    async fn whole(
        &self,
        path: &str,
        accept: Option<&str>,
        max: u64,
    ) -> Result<Vec<u8>, RegistryError> {
        let mut answer = self.get(path, accept, None).await?;
        self.body(&mut answer, max).await
    }

    /// All of an answer that may not be longer than `max`.
    async fn body(&self, answer: &mut Response, max: u64) -> Result<Vec<u8>, RegistryError> {
        let mut body = Vec::new();
        while let Some(chunk) = self.chunk(answer).await? {
            if (body.len() + chunk.len()) as u64 > max {
                let registry = self.reference.registry().to_owned();
                return Err(RegistryError::TooBig { registry, max });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    /// Makes a call; where the registry asks who calls, says so and calls once
    /// more.
    async fn get(
        &self,
        path: &str,
        accept: Option<&str>,
        range: Option<&str>,
    ) -> Result<Response, RegistryError> {
        let answer = self.call(path, accept, range).await?;
        if answer.status() != StatusCode::UNAUTHORIZED {
            return self.told(path, answer);
        }
        let headers = answer.headers().get_all(WWW_AUTHENTICATE).iter();
        let texts: Vec<_> = headers.filter_map(|header| header.to_str().ok()).collect();
        let Some(challenge) = Challenge::parse(&texts.join(", ")) else {
            return self.told(path, answer);
        };
        let authorization = self.authorized(&challenge).await?;
        *self.authorization.lock() = Some(authorization);
        self.told(path, self.call(path, accept, range).await?)
    }

    async fn call(
        &self,
        path: &str,
        accept: Option<&str>,
        range: Option<&str>,
    ) -> Result<Response, RegistryError> {
        let url = format!("{}/v2/{}/{path}", self.base, self.reference.repository());
        let mut request = self.http.get(url);
        let authorization = self.authorization.lock().clone();
        if let Some(authorization) = authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        if let Some(accept) = accept {
            request = request.header(ACCEPT, accept);
        }
        if let Some(range) = range {
            request = request.header(RANGE, range);
        }
        request.send().await.map_err(|error| self.failed(&error))
    }

    /// What to show the registry.
    async fn authorized(&self, challenge: &Challenge) -> Result<HeaderValue, RegistryError> {
        match (challenge, &self.credentials) {
            (_, Some(Credentials::Bearer(token))) => {
                self.header(&format!("Bearer {}", token.expose()))
            }
            (Challenge::Basic, Some(Credentials::Basic { username, password })) => {
                self.header(&basic(username, password.expose()))
            }
            (Challenge::Basic, None) => Err(self.denied(StatusCode::UNAUTHORIZED)),
            (Challenge::Bearer { realm, service, scope }, _) => {
                let token = self.token(realm, service.as_deref(), scope.as_deref()).await?;
                self.header(&format!("Bearer {token}"))
            }
        }
    }

    /// Asks whom the registry names for a token.
    async fn token(
        &self,
        realm: &str,
        service: Option<&str>,
        scope: Option<&str>,
    ) -> Result<String, RegistryError> {
        let mut url =
            Url::parse(realm).map_err(|_| self.unavailable("it names no address for tokens"))?;
        let own = Url::parse(&self.base).map_err(|_| self.unavailable("it has no address"))?;
        // Credentials are readable by nobody on the way, and by nobody else
        // than the registry itself where there is no TLS.
        if url.scheme() != "https" && url.origin() != own.origin() {
            return Err(self.unavailable("it wants credentials sent elsewhere without TLS"));
        }
        let pull = format!("repository:{}:pull", self.reference.repository());
        if let Some(service) = service {
            url.query_pairs_mut().append_pair("service", service);
        }
        url.query_pairs_mut().append_pair("scope", scope.unwrap_or(&pull));
        let mut request = self.http.get(url);
        if let Some(Credentials::Basic { username, password }) = &self.credentials {
            let header = self.header(&basic(username, password.expose()))?;
            request = request.header(AUTHORIZATION, header);
        }
        let answer = request.send().await.map_err(|error| self.failed(&error))?;
        let mut answer = self.told("the token", answer)?;
        let body = self.body(&mut answer, MAX_TOKEN_BYTES).await?;
        let token: Option<Token> = serde_json::from_slice(&body).ok();
        let token = token.and_then(|token| token.token.or(token.access_token));
        token.ok_or_else(|| self.unavailable("it gives no token"))
    }

    fn header(&self, text: &str) -> Result<HeaderValue, RegistryError> {
        let mut value = HeaderValue::from_str(text)
            .map_err(|_| self.unavailable("credentials or a token that can't be sent"))?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// An answer that is none, as an error.
    fn told(&self, path: &str, answer: Response) -> Result<Response, RegistryError> {
        let registry = self.reference.registry().to_owned();
        match answer.status() {
            status if status.is_success() => Ok(answer),
            status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => Err(self.denied(status)),
            StatusCode::NOT_FOUND => {
                let what = format!("{} ({path})", self.reference.repository());
                Err(RegistryError::NotFound { registry, what })
            }
            StatusCode::TOO_MANY_REQUESTS => {
                let header = answer.headers().get(RETRY_AFTER);
                let seconds = header.and_then(|value| value.to_str().ok()?.parse().ok());
                // A stranger's number: no longer than a day.
                let wait = |seconds: u64| Duration::from_secs(seconds.min(86_400));
                Err(RegistryError::RateLimited { registry, retry_after: seconds.map(wait) })
            }
            status => Err(self.unavailable(&format!("it answers {status}"))),
        }
    }

    fn checked(
        &self,
        what: &'static str,
        named: &Descriptor,
        bytes: Vec<u8>,
    ) -> Result<Vec<u8>, RegistryError> {
        let digest = Digest::of(&bytes);
        if digest == named.digest {
            Ok(bytes)
        } else {
            Err(self.wrong(what, &named.digest, &digest))
        }
    }

    fn denied(&self, status: StatusCode) -> RegistryError {
        RegistryError::Denied {
            registry: self.reference.registry().to_owned(),
            status: status.as_u16(),
            with_credentials: self.credentials.is_some(),
        }
    }

    /// It can't be used, for this reason.
    pub(in crate::image) fn unavailable(&self, cause: &str) -> RegistryError {
        let registry = self.reference.registry().to_owned();
        RegistryError::Unavailable { registry, cause: cause.to_owned() }
    }

    /// It sent something else.
    pub(in crate::image) fn wrong(
        &self,
        what: &'static str,
        wanted: &Digest,
        got: &dyn std::fmt::Display,
    ) -> RegistryError {
        let registry = self.reference.registry().to_owned();
        RegistryError::WrongContent { registry, what, wanted: wanted.clone(), got: got.to_string() }
    }

    fn failed(&self, error: &reqwest::Error) -> RegistryError {
        if error.is_timeout() && !error.is_connect() {
            let seconds = self.timing.stall.as_secs_f32();
            return self.unavailable(&format!("it sent nothing for {seconds} s"));
        }
        self.unavailable(&text(error))
    }
}
