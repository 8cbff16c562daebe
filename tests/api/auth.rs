//! Who may call.

use std::net::SocketAddr;

use clap::Parser;
use skerry_api::v1::GetSystemInfoRequest;
use skerry_api::v1::system_service_client::SystemServiceClient;
use skerry_server::config::{Config, ConfigError};
use skerry_server::server::{Server, StartError};
use tonic::service::interceptor::InterceptedService;
use tonic::{Code, Response, Status};

use crate::api::{Api, Bearer, refused};

async fn call_with(
    api: &Api,
    header: Option<&str>,
) -> Result<Response<skerry_api::v1::SystemInfo>, Status> {
    let bearer = Bearer(header.map(str::to_owned));
    let caller = InterceptedService::new(api.channel.clone(), bearer);
    SystemServiceClient::new(caller).get_system_info(GetSystemInfoRequest {}).await
}

#[tokio::test]
async fn only_the_token_in_the_file_opens() {
    let api = Api::start().await;
    let token = api.token.clone().expect("a token was made");
    call_with(&api, Some(&format!("Bearer {token}"))).await.expect("it opens");
    refused(call_with(&api, None).await, Code::Unauthenticated, "TOKEN_MISSING");
    let wrong = format!("Bearer tok_{}", "0".repeat(64));
    refused(call_with(&api, Some(&wrong)).await, Code::Unauthenticated, "TOKEN_UNKNOWN");
    let basic = "Basic YWRtaW46YWRtaW4=";
    refused(call_with(&api, Some(basic)).await, Code::Unauthenticated, "TOKEN_MALFORMED");
    refused(call_with(&api, Some(&token)).await, Code::Unauthenticated, "TOKEN_MALFORMED");
}

#[tokio::test]
async fn a_token_lasts_over_a_restart_until_its_file_is_lost() {
    let api = Api::start().await;
    let token = api.token.clone();
    let mut api = api.restart().await;
    assert_eq!(api.token, token);
    api.end().await;
    std::fs::remove_file(api.dir.path().join("data/admin.token")).expect("it is there");
    let api = api.restart().await;
    assert!(api.token.is_some() && api.token != token);
    let old = format!("Bearer {}", token.expect("a token was made"));
    refused(call_with(&api, Some(&old)).await, Code::Unauthenticated, "TOKEN_UNKNOWN");
}

#[tokio::test]
async fn no_auth_is_for_loopback_alone() {
    let api = Api::start_with(&["--no-auth"]).await;
    assert_eq!(api.token, None);
    call_with(&api, None).await.expect("nothing is asked for");
    let flags = ["skerryd", "--no-auth", "--listen", "0.0.0.0:4000"];
    let refused = Config::try_parse_from(flags).expect("good flags").checked();
    let address: SocketAddr = "0.0.0.0:4000".parse().expect("an address");
    assert_eq!(refused.err(), Some(ConfigError::OpenToTheNetwork(address)));
}

#[tokio::test]
async fn the_data_directory_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let api = Api::start().await;
    let mode = |path: &str| {
        let meta = std::fs::metadata(api.dir.path().join(path)).expect("it is there");
        meta.permissions().mode() & 0o7777
    };
    assert_eq!(mode("data"), 0o700);
    assert_eq!(mode("data/images"), 0o700);
    assert_eq!(mode("data/admin.token"), 0o600);
}

#[tokio::test]
async fn a_directory_of_something_else_is_left_as_it_is() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().expect("a temporary directory");
    std::fs::write(dir.path().join("thesis.txt"), "x").expect("a file");
    let open = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(dir.path(), open).expect("it is the test's");
    let path = dir.path().to_str().expect("it is plain");
    let flags = ["skerryd", "--listen", "127.0.0.1:0", "--data-dir", path];
    let config = Config::try_parse_from(flags).expect("good flags");
    let started = Server::bind(&config, |_, _| unreachable!("it stops before")).await;
    assert!(matches!(started.map(|_| ()), Err(StartError::NotOurs(_))));
    let mode = std::fs::metadata(dir.path()).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o755);
    assert_eq!(std::fs::read_dir(dir.path()).expect("it is there").count(), 1);
}
