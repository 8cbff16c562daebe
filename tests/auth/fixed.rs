//! Tokens that the daemon is started with, and either header.

use skerry_api::v1::token_service_client::TokenServiceClient;
use skerry_api::v1::{
    CreateTokenRequest, GetIdentityRequest, ListTokensRequest, RevokeTokenRequest, Token,
};
use tonic::service::interceptor::InterceptedService;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::stage::{Shown, Stage, reason};

const ONE: &str = "0123456789abcdef-one";
const TWO: &str = "0123456789abcdef-two";

/// Whom the daemon takes a caller for that comes from here and shows this.
async fn name(
    stage: &Stage,
    from: [u8; 4],
    header: &'static str,
    value: &str,
) -> Result<String, Status> {
    let shown = Shown(Some((header, value.to_owned())));
    let caller = InterceptedService::new(stage.channel_from(from.into()), shown);
    let identity = TokenServiceClient::new(caller).get_identity(GetIdentityRequest {}).await?;
    Ok(identity.into_inner().token.expect("a token").name)
}

async fn listed(stage: &Stage) -> Vec<Token> {
    let request = ListTokensRequest::default();
    let listed = TokenServiceClient::new(stage.admin()).list_tokens(request).await;
    listed.expect("a list").into_inner().tokens
}

fn flags() -> [String; 4] {
    let flag = "--static-token".to_owned();
    [flag.clone(), format!("ci={ONE}"), flag, format!("bot:{TWO}")]
}

async fn start() -> Stage {
    let flags = flags();
    Stage::start(&flags.each_ref().map(String::as_str)).await
}

#[tokio::test]
async fn static_tokens_open_in_either_header() {
    let stage = start().await;
    let here = [127, 0, 0, 1];
    for (secret, wanted) in [(ONE, "ci"), (TWO, "bot")] {
        let bearer = format!("Bearer {secret}");
        assert_eq!(name(&stage, here, "authorization", &bearer).await.expect("it opens"), wanted);
        assert_eq!(name(&stage, here, "x-api-key", secret).await.expect("it opens"), wanted);
    }
    let admin = stage.admin.clone().expect("a token");
    assert_eq!(name(&stage, here, "x-api-key", &admin).await.expect("it opens"), "admin");
    let listed = listed(&stage).await;
    let mut names: Vec<_> = listed.iter().map(|token| token.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["admin", "bot", "ci"]);
    for token in listed {
        let request = RevokeTokenRequest { token_id: token.id };
        let revoked = TokenServiceClient::new(stage.admin()).revoke_token(request).await;
        let refused = revoked.expect_err("it is kept elsewhere");
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::FailedPrecondition, "TOKEN_FIXED")
        );
    }
    // Without the flags they are gone.
    let stage = stage.restart(&[]).await;
    let refused = name(&stage, here, "x-api-key", ONE).await.expect_err("it is gone");
    assert_eq!(reason(&refused), "TOKEN_UNKNOWN");
}

#[tokio::test]
async fn who_guesses_is_held_up_and_a_chosen_secret_with_them() {
    let stage = start().await;
    let (guesser, other) = ([127, 4, 0, 1], [127, 4, 0, 2]);
    let mut reasons = Vec::new();
    for number in 0..34 {
        let guess = format!("{number:016}");
        let refused = name(&stage, guesser, "x-api-key", &guess).await.expect_err("it is wrong");
        reasons.push(reason(&refused));
        if refused.code() == Code::ResourceExhausted {
            assert!(refused.get_details_retry_info().is_some(), "{refused:?}");
        }
    }
    assert!(reasons[..30].iter().all(|reason| reason == "TOKEN_UNKNOWN"), "{reasons:?}");
    assert_eq!(reasons.last().map(String::as_str), Some("TOO_MANY_TRIES"));
    let held = name(&stage, guesser, "x-api-key", ONE).await.expect_err("it is held up");
    assert_eq!(reason(&held), "TOO_MANY_TRIES");
    assert_eq!(name(&stage, other, "x-api-key", ONE).await.expect("it opens"), "ci");
    // One that the daemon made can't be guessed, and goes on.
    let made = stage.token(CreateTokenRequest { name: "made".to_owned(), ..Default::default() });
    let made = made.await.secret;
    assert_eq!(name(&stage, guesser, "x-api-key", &made).await.expect("it opens"), "made");
}

#[tokio::test]
async fn a_token_lasts_over_a_restart_and_when_it_was_shown_is_kept() {
    let stage = Stage::start(&[]).await;
    let request = CreateTokenRequest { name: "kept".to_owned(), ..Default::default() };
    let made = stage.token(request).await;
    assert!(made.secret.starts_with("tok_") && made.secret.len() == 68);
    assert!(made.token.as_ref().is_some_and(|token| token.last_use_time.is_none()));
    name(&stage, [127, 0, 0, 1], "x-api-key", &made.secret).await.expect("it opens");
    let stage = stage.restart(&[]).await;
    let listed = listed(&stage).await;
    let kept = listed.iter().find(|token| token.name == "kept").expect("it is kept");
    assert!(kept.last_use_time.is_some(), "{kept:?}");
    name(&stage, [127, 0, 0, 1], "x-api-key", &made.secret).await.expect("it opens");
}

#[tokio::test]
async fn without_auth_there_are_no_tokens() {
    let stage = Stage::start(&["--no-auth"]).await;
    assert!(stage.invitation.is_none());
    let mut client = TokenServiceClient::new(stage.nobody());
    let identity = client.get_identity(GetIdentityRequest {}).await.expect("anyone may");
    assert!(identity.into_inner().token.is_none());
    let refused = client.create_token(CreateTokenRequest::default()).await.expect_err("none");
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::FailedPrecondition, "AUTH_OFF"));
}
