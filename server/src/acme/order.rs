//! One order: each name is shown to be this host's, then the certificate is
//! fetched.

use std::time::Duration;

use instant_acme::{
    Account, AuthorizationHandle, AuthorizationStatus, ChallengeType, Identifier, NewOrder, Order,
    OrderStatus, RetryPolicy,
};
use rcgen::{CertificateParams, DistinguishedName, KeyPair};

use super::challenge::Challenges;
use super::hook::{Hook, Record};
use super::{AcmeError, CertifiedName, Proof};

/// The authority looks when it likes; a minute is long for it.
const PATIENCE: RetryPolicy = RetryPolicy::new()
    .initial_delay(Duration::from_millis(500))
    .backoff(1.5)
    .timeout(Duration::from_secs(120));

/// With what names are shown.
pub(super) struct Means<'a> {
    pub(super) proof: Proof,
    pub(super) challenges: &'a Challenges,
    pub(super) hook: Option<&'a mut Hook>,
}

/// A key and the chain of its certificate, in one PEM text.
pub(super) async fn fulfil(
    account: &Account,
    names: &[CertifiedName],
    means: &mut Means<'_>,
) -> Result<String, AcmeError> {
    let wanted: Vec<_> = names.iter().map(|name| Identifier::Dns(name.to_string())).collect();
    let mut order = account.new_order(&NewOrder::new(&wanted)).await?;
    show_all(&mut order, means).await?;
    let status = order.poll_ready(&PATIENCE).await?;
    if status != OrderStatus::Ready {
        return Err(why_not(&mut order, means.proof).await);
    }
    let key = KeyPair::generate()?;
    let mut params =
        CertificateParams::new(names.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    params.distinguished_name = DistinguishedName::new();
    order.finalize_csr(params.serialize_request(&key)?.der()).await?;
    let chain = order.poll_certificate(&PATIENCE).await?;
    Ok(format!("{}{chain}", key.serialize_pem()))
}

async fn show_all(order: &mut Order, means: &mut Means<'_>) -> Result<(), AcmeError> {
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let authorization = authorization?;
        // Shown before, not long ago.
        if authorization.status != AuthorizationStatus::Valid {
            show(authorization, means).await?;
        }
    }
    Ok(())
}

/// Shows one name, and says so.
async fn show(
    mut authorization: AuthorizationHandle<'_>,
    means: &mut Means<'_>,
) -> Result<(), AcmeError> {
    let proof = if authorization.wildcard { Proof::Dns01 } else { means.proof };
    let name = match authorization.identifier().identifier {
        Identifier::Dns(name) => name.clone(),
        other => return Err(AcmeError::Unusable(format!("it asks for {other:?}"))),
    };
    let unproved =
        |why: &str| AcmeError::Unproved { name: name.clone(), proof, why: why.to_owned() };
    let mut challenge = authorization
        .challenge(kind(proof))
        .ok_or_else(|| unproved("the authority does not offer it"))?;
    let answer = challenge.key_authorization();
    match proof {
        Proof::Http01 => means.challenges.show_text(&challenge.token, answer.as_str()),
        Proof::TlsAlpn01 => means.challenges.show_certificate(&name, answer.digest().as_ref())?,
        Proof::Dns01 => {
            let record =
                Record { name: format!("_acme-challenge.{name}"), value: answer.dns_value() };
            let hook =
                means.hook.as_mut().ok_or_else(|| unproved("there is no --acme-dns-hook"))?;
            hook.present(record).await?;
        }
    }
    Ok(challenge.set_ready().await?)
}

fn kind(proof: Proof) -> ChallengeType {
    match proof {
        Proof::TlsAlpn01 => ChallengeType::TlsAlpn01,
        Proof::Http01 => ChallengeType::Http01,
        Proof::Dns01 => ChallengeType::Dns01,
    }
}

/// What the authority found, of the first name that it did not take.
async fn why_not(order: &mut Order, proof: Proof) -> AcmeError {
    let mut authorizations = order.authorizations();
    while let Some(Ok(mut authorization)) = authorizations.next().await {
        let Ok(state) = authorization.refresh().await else { continue };
        if state.status == AuthorizationStatus::Valid {
            continue;
        }
        let proof = if state.wildcard { Proof::Dns01 } else { proof };
        let problem = state.challenges.iter().find_map(|challenge| challenge.error.as_ref());
        let why = problem.map_or_else(|| "no reason is told".to_owned(), ToString::to_string);
        return AcmeError::Unproved { name: state.identifier().to_string(), proof, why };
    }
    AcmeError::Unusable("the order is not ready, for no reason that is told".to_owned())
}
