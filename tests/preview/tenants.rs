//! What one tenant has at the edge, another neither sees nor touches: links,
//! previews, tunnels and ports of the host.

use skerry_client::v1::{
    CreateSandboxRequest, CreateTokenRequest, CreateTunnelRequest, Port, Sandbox, TokenScope,
};
use skerry_client::{Client, Error};

use crate::app::{App, OK};
use crate::published::published;
use crate::stage::{Stage, body, host, status};
use crate::tunnel::{QUICK, REGISTERED, StandIn};

/// Who calls with a tenant's token.
struct Tenant {
    client: Client,
    secret: String,
}

impl Tenant {
    async fn new(stage: &Stage, name: &str) -> Self {
        let scope = TokenScope { tenant: name.to_owned(), ..TokenScope::default() };
        let request = CreateTokenRequest { scope: Some(scope), ..CreateTokenRequest::default() };
        let secret = stage.client.create_token(request).await.expect("a token").secret;
        let client = Client::connect(&stage.address, Some(&secret)).expect("a client");
        Self { client, secret }
    }

    async fn sandbox(&self, port: Port) -> Result<Sandbox, Error> {
        let request = CreateSandboxRequest { ports: vec![port], ..Default::default() };
        self.client.create_sandbox(request).await
    }

    fn bearer(&self) -> String {
        format!("Authorization: Bearer {}\r\n", self.secret)
    }
}

fn private() -> Port {
    Port { port: 80, ..Port::default() }
}

#[track_caller]
fn not_there<T: std::fmt::Debug>(called: Result<T, Error>) {
    let refused = called.expect_err("it is another's");
    assert_eq!(refused.reason.as_deref(), Some("SANDBOX_NOT_FOUND"), "{refused:?}");
}

#[tokio::test]
async fn a_preview_opens_with_its_own_tenants_token_and_links() {
    let stage = Stage::start().await;
    let app = App::start(OK).await;
    stage.runtime.listen(80, app.address);
    let (shop, other) = (Tenant::new(&stage, "shop").await, Tenant::new(&stage, "other").await);
    let sandbox = shop.sandbox(private()).await.expect("a sandbox");
    let foreign = other.sandbox(private()).await.expect("a sandbox");
    not_there(other.client.preview_url(&sandbox.id, 80, None).await);
    not_there(other.client.list_urls(&sandbox.id).await);
    not_there(other.client.revoke_previews(&sandbox.id, None).await);
    // A link to one's own port is none to another's.
    let link = other.client.preview_url(&foreign.id, 80, None).await.expect("a link").url;
    let link = link.split_once(&host(&foreign, 80)).expect("its host").1;
    let link = &link[link.find('/').expect("a path")..];
    let opened = stage.get(&foreign, link, "").await;
    assert_eq!(status(&opened), 303);
    let cookie = opened.lines().find_map(|line| line.strip_prefix("set-cookie: "));
    let cookie = cookie.and_then(|cookie| cookie.split(';').next()).expect("a cookie");
    for (path, headers) in [
        ("/", other.bearer()),
        (link, String::new()),
        (link, other.bearer()),
        ("/", format!("Cookie: {cookie}\r\n")),
    ] {
        assert_eq!(status(&stage.get(&sandbox, path, &headers).await), 401, "{path} {headers}");
    }
    assert!(app.seen().is_empty(), "the app was asked");
    let answer = stage.get(&sandbox, "/", &shop.bearer()).await;
    assert_eq!((status(&answer), body(&answer)), (200, "hi"));
}

#[tokio::test]
async fn a_tunnel_is_its_own_tenants() {
    let stand_in = StandIn::new(&format!("{QUICK}{REGISTERED}exec sleep 1000"));
    let stage = stand_in.stage().await;
    let app = App::start(OK).await;
    stage.runtime.listen(80, app.address);
    let (shop, other) = (Tenant::new(&stage, "shop").await, Tenant::new(&stage, "other").await);
    let sandbox = shop.sandbox(private()).await.expect("a sandbox");
    let id = sandbox.id.clone();
    let request = CreateTunnelRequest { sandbox_id: id.clone(), port: 80, ..Default::default() };
    not_there(other.client.create_tunnel(request.clone()).await);
    let made = shop.client.create_tunnel(request).await.expect("it is ready");
    assert_eq!(other.client.list_tunnels(None).await.expect("a list"), []);
    not_there(other.client.list_tunnels(Some(&id)).await);
    not_there(other.client.delete_tunnel(&id, 80).await);
    for client in [&shop.client, &stage.client] {
        assert_eq!(client.list_tunnels(None).await.expect("a list"), [made.clone()]);
    }
}

#[tokio::test]
async fn a_port_of_the_host_does_not_tell_whose_it_is() {
    let stage = crate::published::stage(7).await;
    let (shop, other) = (Tenant::new(&stage, "shop").await, Tenant::new(&stage, "other").await);
    let sandbox = shop.sandbox(published(80, false, 9001)).await.expect("a sandbox");
    let refused = other.sandbox(published(80, false, 9001)).await.expect_err("it is taken");
    assert_eq!(refused.reason.as_deref(), Some("HOST_PORT_TAKEN"));
    let told = format!("{refused:?}");
    assert!(!told.contains(&sandbox.id) && !told.contains(&sandbox.name), "{told}");
    // It leads where it did.
    let urls = shop.client.list_urls(&sandbox.id).await.expect("its own");
    assert!(urls[0].lan.ends_with(":9001"), "{urls:?}");
}
