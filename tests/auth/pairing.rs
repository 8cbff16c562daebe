//! Pairing codes: one use, few tries, and how many from where.

use std::net::IpAddr;

use skerry_api::v1::pairing_service_client::PairingServiceClient;
use skerry_api::v1::token_service_client::TokenServiceClient;
use skerry_api::v1::{
    ConfirmPairingRequest, ConfirmPairingResponse, CreatePairingRequest, CreateTokenRequest,
    GetIdentityRequest, Pairing, Permission, TokenScope,
};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::caller::http;
use crate::stage::{Stage, reason};

async fn pairing(stage: &Stage, scope: Option<TokenScope>) -> Pairing {
    let request = CreatePairingRequest { scope, ..Default::default() };
    let made = PairingServiceClient::new(stage.admin()).create_pairing(request).await;
    made.expect("a code").into_inner()
}

async fn confirm(
    stage: &Stage,
    from: [u8; 4],
    code: &str,
) -> Result<ConfirmPairingResponse, Status> {
    let request = ConfirmPairingRequest { code: code.to_owned(), device_name: "phone".to_owned() };
    let mut client = PairingServiceClient::new(stage.channel_from(from.into()));
    Ok(client.confirm_pairing(request).await?.into_inner())
}

#[tokio::test]
async fn a_code_gets_its_device_the_token_that_was_asked_for() {
    let stage = Stage::start(&[]).await;
    let scope = TokenScope {
        tenant: "shop".to_owned(),
        permissions: vec![Permission::Read.into()],
        ..Default::default()
    };
    let made = pairing(&stage, Some(scope.clone())).await;
    assert_eq!(made.url, format!("http://{}/pair#{}", stage.address, made.code));
    assert!(made.qr_text.contains('█') && made.qr_png.starts_with(b"\x89PNG"));
    let confirmed = confirm(&stage, [127, 1, 0, 1], &made.code).await.expect("a token");
    let mut known = TokenServiceClient::new(stage.caller(&confirmed.secret));
    let identity = known.get_identity(GetIdentityRequest {}).await.expect("it opens").into_inner();
    let token = identity.token.expect("a token");
    assert_eq!((token.device_name.as_str(), token.name.as_str()), ("phone", "phone"));
    let given = token.scope.expect("a scope");
    assert_eq!((given.tenant, given.permissions), (scope.tenant, scope.permissions));
    assert!(!token.created_by.is_empty() && token.last_use_time.is_some());
    let again = confirm(&stage, [127, 1, 0, 1], &made.code).await.expect_err("it was used");
    assert_eq!((again.code(), reason(&again).as_str()), (Code::NotFound, "PAIRING_NOT_FOUND"));
}

#[tokio::test]
async fn the_code_that_is_printed_at_start_is_an_admins() {
    let stage = Stage::start(&[]).await;
    let invitation = stage.invitation.clone().expect("a code");
    assert!(invitation.qr.contains('█') && invitation.url.ends_with(&invitation.code));
    let confirmed = confirm(&stage, [127, 0, 0, 1], &invitation.code).await.expect("a token");
    let made = TokenServiceClient::new(stage.caller(&confirmed.secret))
        .create_token(CreateTokenRequest::default())
        .await;
    made.expect("an admin may");
}

#[tokio::test]
async fn one_address_is_held_up_and_others_are_not() {
    let stage = Stage::start(&[]).await;
    let mut refusals = Vec::new();
    for _ in 0..14 {
        let refused = confirm(&stage, [127, 2, 0, 1], "222222").await.expect_err("it is wrong");
        refusals.push((refused.code(), refused.get_details_retry_info()));
    }
    assert!(refusals[..10].iter().all(|(code, _)| *code == Code::NotFound), "{refusals:?}");
    for (code, retry) in &refusals[11..] {
        assert_eq!(*code, Code::ResourceExhausted, "{refusals:?}");
        let wait = retry.as_ref().and_then(|retry| retry.retry_delay).expect("a time to wait");
        assert!((1..=61).contains(&wait.as_secs()), "{wait:?}");
    }
    // A header that anyone can write changes nothing.
    let body = r#"{"code":"222222","deviceName":"x"}"#;
    let request = format!(
        "POST /api/v1/pairings:confirm HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\n\
         x-forwarded-for: 192.0.2.77\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        stage.address,
        body.len()
    );
    assert_eq!(http(stage.address, [127, 2, 0, 1].into(), &request).await.0, 429);
    let made = pairing(&stage, None).await;
    confirm(&stage, [127, 2, 0, 2], &made.code).await.expect("another address");
}

#[tokio::test]
async fn a_trusted_proxys_word_counts() {
    let stage = Stage::start(&["--trusted-proxy", "127.0.0.9"]).await;
    let ask = async |from: IpAddr, client: u8| {
        let body = r#"{"code":"222222","deviceName":"x"}"#;
        let request = format!(
            "POST /api/v1/pairings:confirm HTTP/1.1\r\nhost: {}\r\n\
             content-type: application/json\r\nx-forwarded-for: 192.0.2.{client}\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n{body}",
            stage.address,
            body.len()
        );
        http(stage.address, from, &request).await.0
    };
    for client in 1..=20 {
        assert_eq!(ask([127, 0, 0, 9].into(), client).await, 404, "{client}");
    }
}

#[tokio::test]
async fn many_addresses_together_are_held_up_and_five_tries_kill_a_code() {
    let stage = Stage::start(&[]).await;
    let first = pairing(&stage, None).await;
    for host in 1..=5 {
        let refused = confirm(&stage, [127, 3, 0, host], "222222").await.expect_err("it is wrong");
        assert_eq!(refused.code(), Code::NotFound);
    }
    let dead = confirm(&stage, [127, 3, 0, 6], &first.code).await.expect_err("it is dead");
    assert_eq!(reason(&dead), "PAIRING_NOT_FOUND");
    let mut looked_at = 6;
    let mut held_up = 0;
    for host in 0..90 {
        let refused = confirm(&stage, [127, 3, 1, host], "222222").await.expect_err("it is wrong");
        match refused.code() {
            Code::NotFound => looked_at += 1,
            Code::ResourceExhausted => held_up += 1,
            other => panic!("{other:?}"),
        }
    }
    // One a second comes back while the test runs.
    assert!((60..90).contains(&looked_at) && held_up > 0, "{looked_at} {held_up}");
}

#[tokio::test]
async fn a_device_has_a_name() {
    let stage = Stage::start(&[]).await;
    for name in ["", "  ", "a\nb", &"x".repeat(129)] {
        let request =
            ConfirmPairingRequest { code: "222222".to_owned(), device_name: name.to_owned() };
        let mut client = PairingServiceClient::new(stage.channel());
        let refused = client.confirm_pairing(request).await.expect_err("it has none");
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::InvalidArgument, "INVALID_FIELD")
        );
    }
}
