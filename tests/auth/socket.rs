//! The socket of this machine.

use std::os::unix::fs::{FileTypeExt, PermissionsExt};

use skerry_api::v1::GetIdentityRequest;
use skerry_api::v1::token_service_client::TokenServiceClient;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Endpoint;

use crate::stage::{Shown, Stage, reason};

#[tokio::test]
async fn the_daemons_own_user_needs_no_token_on_the_socket() {
    let stage = Stage::start(&[]).await;
    let path = stage.dir.path().join("data/skerry.sock");
    let data = std::fs::metadata(&path).expect("it is there");
    assert!(data.file_type().is_socket() && data.permissions().mode() & 0o7777 == 0o600);
    let endpoint = Endpoint::from_shared(format!("unix://{}", path.display())).expect("a socket");
    let channel = endpoint.connect_lazy();
    let name = async |shown: Option<(&'static str, String)>| {
        let caller = InterceptedService::new(channel.clone(), Shown(shown));
        let known = TokenServiceClient::new(caller).get_identity(GetIdentityRequest {}).await?;
        Ok::<_, tonic::Status>(known.into_inner().token.expect("a token").name)
    };
    assert_eq!(name(None).await.expect("it opens"), "admin");
    // A token that is shown counts, also where none is needed.
    let secret = stage.tenant("shop", &[]).await;
    let shown = Some(("x-api-key", secret));
    assert_eq!(name(shown).await.expect("it opens"), "");
    let wrong = name(Some(("x-api-key", "wrong".to_owned()))).await.expect_err("it is wrong");
    assert_eq!(reason(&wrong), "TOKEN_UNKNOWN");
    // What a daemon that died leaves does not stop the next.
    let stage = stage.restart(&[]).await;
    assert!(path.exists());
    drop(stage);
}

#[tokio::test]
async fn a_file_that_is_no_socket_is_left_as_it_is() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("thesis.txt");
    std::fs::write(&path, "x").expect("written");
    let flag = path.to_str().expect("plain").to_owned();
    let started = tokio::spawn(async move { Stage::start(&["--socket", &flag]).await });
    assert!(started.await.is_err());
    assert_eq!(std::fs::read_to_string(&path).expect("it is there"), "x");
}
