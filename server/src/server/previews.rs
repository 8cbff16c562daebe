//! Previews among the daemon's parts.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use super::door::Door;
use super::tls::{Files, Tls, TlsError};
use super::{StartError, listen};
use crate::acme::Acme;
use crate::config::Config;
use crate::preview::{PreviewConfig, Previews};
use crate::service::Drain;

pub(super) async fn bind(config: &Config) -> Result<Option<TcpListener>, StartError> {
    let Some(address) = config.preview_listen else { return Ok(None) };
    match listen::bind(address).await {
        Ok(listener) => Ok(Some(listener)),
        Err(StartError::AddressInUse(address)) => Err(StartError::PreviewAddressInUse(address)),
        Err(error) => Err(error),
    }
}

/// The data directory is this daemon's by then.
pub(super) fn open_tls(config: &Config) -> Result<Option<Arc<Tls>>, TlsError> {
    if let Some(acme) = config.acme.config() {
        let acme = Acme::start(&config.data_dir, acme)?;
        return Ok(Some(Arc::new(Tls::by_acme(acme, config.tls_client_ca.clone())?)));
    }
    match (&config.tls_cert, &config.tls_key) {
        (Some(certificate), Some(key)) => {
            let (certificate, key) = (certificate.clone(), key.clone());
            let files = Files { certificate, key, client_ca: config.tls_client_ca.clone() };
            Ok(Some(Arc::new(Tls::open(files)?)))
        }
        _ => Ok(None),
    }
}

pub(super) fn config_of(
    config: &Config,
    main: SocketAddr,
    own: Option<&TcpListener>,
) -> PreviewConfig {
    let own = own.and_then(|listener| listener.local_addr().ok());
    PreviewConfig {
        domain: config.preview_domain.clone(),
        port: own.unwrap_or(main).port(),
        secure: config.is_secure(),
        patience: Duration::from_secs(config.preview_wait),
    }
}

/// On a listener of their own, where there is one; ends what is open when the
/// drain begins.
pub(super) async fn serve(
    listener: Option<TcpListener>,
    door: Door,
    previews: Previews,
    draining: Drain,
) {
    let (mut listening, mut open) = (draining.clone(), draining.clone());
    let serving = async {
        if let Some(listener) = listener {
            listen::serve(listener, door, async move { listening.begun().await }, None, draining)
                .await;
        }
    };
    let closing = async {
        open.begun().await;
        previews.close();
    };
    tokio::join!(serving, closing);
}
