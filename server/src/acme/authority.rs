//! Calls to the authority, over the HTTP client that the daemon has.

use std::fs;
use std::pin::Pin;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{Request, Response};
use http_body_util::{BodyExt, Limited};
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client};

use super::{AcmeConfig, AcmeError};

/// For one answer.
const ANSWER_TIME: Duration = Duration::from_secs(60);
/// Bytes of one; a chain of certificates has some thousands.
const MAX_ANSWER_BYTES: usize = 1 << 20;

/// Who signs.
pub(super) struct Authority(Client);

type Answer = Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>>;

impl Authority {
    pub(super) fn new(config: &AcmeConfig) -> Result<Self, AcmeError> {
        let unusable = |why: &dyn ToString| AcmeError::Authority(why.to_string());
        let mut builder = Client::builder()
            .user_agent(concat!("skerry/", env!("CARGO_PKG_VERSION")))
            .timeout(ANSWER_TIME)
            .https_only(true)
            .redirect(Policy::none());
        if let Some(path) = &config.authority {
            let pem = fs::read(path).map_err(AcmeError::at(path))?;
            let found = Certificate::from_pem_bundle(&pem).map_err(|error| unusable(&error))?;
            if found.is_empty() {
                return Err(unusable(&format!("{} has none, in PEM", path.display())));
            }
            builder = builder.tls_certs_only(found);
        }
        builder.build().map(Self).map_err(|error| unusable(&error))
    }
}

impl HttpClient for Authority {
    fn request(&self, request: Request<BodyWrapper<Bytes>>) -> Answer {
        let client = self.0.clone();
        Box::pin(async move {
            let other = |error: reqwest::Error| Error::Other(error.into());
            let (head, body) = request.into_parts();
            let Ok(body) = body.collect().await;
            let request = Request::from_parts(head, body.to_bytes());
            let request = reqwest::Request::try_from(request).map_err(other)?;
            let answer = client.execute(request).await.map_err(other)?;
            let answer: Response<reqwest::Body> = answer.into();
            Ok(answer.map(|body| Limited::new(body, MAX_ANSWER_BYTES)).into())
        })
    }
}
