//! Every method of the descriptors by every kind of token, over gRPC and as
//! JSON over HTTP: what the rule says is what happens.

use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use prost_reflect::DynamicMessage;
use skerry_api::access::{Kind, Named, Need, RULES};
use skerry_api::v1::sandbox_service_client::SandboxServiceClient;
use skerry_api::v1::snapshot_service_client::SnapshotServiceClient;
use skerry_api::v1::ssh_service_client::SshServiceClient;
use skerry_api::v1::token_service_client::TokenServiceClient;
use skerry_api::v1::volume_service_client::VolumeServiceClient;
use skerry_api::v1::{
    CreateSandboxRequest, CreateSnapshotRequest, CreateSshAccessRequest, CreateSshKeyRequest,
    CreateTokenRequest, CreateVolumeRequest, GetSandboxRequest, ListSandboxesRequest,
    ListSnapshotsRequest, ListSshAccessesRequest, ListSshKeysRequest, ListVolumesRequest,
    Permission, PullPolicy, RevokeTokenRequest, TokenScope, WatchSandboxesRequest,
};
use skerry_test_support::eventually;
use tonic::service::interceptor::InterceptedService;

use crate::caller::{Method, Outcome, methods};
use crate::stage::{Shown, Stage, reason};

/// The tokens of the table.
struct Tokens {
    /// The tenant whose the resources are.
    own: String,
    foreign: String,
    read: String,
    read_exec: String,
    expired: String,
    revoked: String,
    /// Bound to another sandbox of the same tenant.
    bound: String,
    unknown: String,
}

impl Tokens {
    async fn make(stage: &Stage) -> Self {
        let own = stage.tenant("shop", &[]).await;
        let short = CreateTokenRequest {
            expire_time: Some((SystemTime::now() + Duration::from_millis(300)).into()),
            scope: Some(TokenScope { tenant: "shop".to_owned(), ..Default::default() }),
            ..Default::default()
        };
        let expired = stage.token(short).await.secret;
        eventually("it expires", async || {
            let identity = TokenServiceClient::new(stage.caller(&expired));
            let mut identity = identity;
            identity.get_identity(skerry_api::v1::GetIdentityRequest {}).await.err()
        })
        .await;
        let gone = stage.token(CreateTokenRequest::default()).await;
        let token_id = gone.token.expect("a token").id;
        let revoked = TokenServiceClient::new(stage.admin())
            .revoke_token(RevokeTokenRequest { token_id })
            .await;
        revoked.expect("it is revoked");
        let sandbox_id = stage.sandbox(&own).await.id;
        let bound = TokenScope { sandbox_id, ..Default::default() };
        let bound = CreateTokenRequest { scope: Some(bound), ..Default::default() };
        Self {
            foreign: stage.tenant("other", &[]).await,
            read: stage.tenant("shop", &[Permission::Read]).await,
            read_exec: stage.tenant("shop", &[Permission::Exec]).await,
            bound: stage.token(bound).await.secret,
            unknown: format!("tok_{}", "0".repeat(64)),
            revoked: gone.secret,
            expired,
            own,
        }
    }
}

/// The names of a tenant's resources, one of each kind.
struct Things {
    sandbox: String,
    volume: String,
    snapshot: String,
    ssh_key: String,
    ssh_access: String,
}

impl Things {
    async fn make(stage: &Stage, secret: &str) -> Self {
        let sandbox = stage.sandbox(secret).await.id;
        let volume = VolumeServiceClient::new(stage.caller(secret))
            .create_volume(CreateVolumeRequest::default())
            .await;
        let request = CreateSnapshotRequest { sandbox_id: sandbox.clone(), ..Default::default() };
        let snapshot =
            SnapshotServiceClient::new(stage.caller(secret)).create_snapshot(request).await;
        let request = CreateSshKeyRequest { public_key: ssh_key(), ..Default::default() };
        let key = SshServiceClient::new(stage.caller(secret)).create_ssh_key(request).await;
        let request = CreateSshAccessRequest { sandbox_id: sandbox.clone(), ..Default::default() };
        let access = SshServiceClient::new(stage.caller(secret)).create_ssh_access(request).await;
        let access = access.expect("it is made").into_inner().access;
        Self {
            sandbox,
            volume: volume.expect("it is made").into_inner().id,
            snapshot: snapshot.expect("it is made").into_inner().id,
            ssh_key: key.expect("it is made").into_inner().id,
            ssh_access: access.expect("an access").id,
        }
    }

    fn of(&self, kind: Kind) -> &str {
        match kind {
            Kind::Sandbox => &self.sandbox,
            Kind::Volume => &self.volume,
            Kind::Snapshot => &self.snapshot,
            Kind::SshKey => &self.ssh_key,
            Kind::SshAccess => &self.ssh_access,
        }
    }

    /// A message for a method that names these, by one of its names or by all.
    fn named_in(&self, method: &Method, only: Option<&'static Named>) -> DynamicMessage {
        let names = method.rule.names.iter().filter(|name| only.is_none_or(|only| only == *name));
        let names: Vec<_> = names.map(|name| (name, self.of(name.kind))).collect();
        method.message(&names)
    }
}

/// A public key that nobody else has.
fn ssh_key() -> String {
    let key = russh::keys::PrivateKey::random(&mut rand10(), russh::keys::Algorithm::Ed25519);
    key.expect("a key").public_key().to_openssh().expect("a line")
}

fn rand10() -> impl rand::CryptoRng {
    rand::rng()
}

fn missing(kind: Kind) -> &'static str {
    match kind {
        Kind::Sandbox => "SANDBOX_NOT_FOUND",
        Kind::Volume => "VOLUME_NOT_FOUND",
        Kind::Snapshot => "SNAPSHOT_NOT_FOUND",
        Kind::SshKey => "SSH_KEY_NOT_FOUND",
        Kind::SshAccess => "SSH_ACCESS_NOT_FOUND",
    }
}

/// What a method is called by, and how that must go.
struct Row<'a> {
    what: &'static str,
    secret: Option<&'a str>,
    message: DynamicMessage,
    wanted: Option<Outcome>,
}

fn refused(code: u16, reason: &str) -> Option<Outcome> {
    Some(Outcome::Refused(code, reason.to_owned()))
}

/// The rows of one method, the right token last: it may end what is named.
fn rows<'a>(method: &Method, tokens: &'a Tokens, things: &Things, admin: &'a str) -> Vec<Row<'a>> {
    let rule = method.rule;
    let all = || things.named_in(method, None);
    let row = |what, secret, wanted| Row { what, secret, message: all(), wanted };
    if rule.need == Need::Nothing {
        return vec![row("no token", None, None), row("unknown", Some(&tokens.unknown), None)];
    }
    let mut rows = vec![
        row("no token", None, refused(401, "TOKEN_MISSING")),
        row("unknown", Some(&tokens.unknown), refused(401, "TOKEN_UNKNOWN")),
        row("expired", Some(&tokens.expired), refused(401, "TOKEN_UNKNOWN")),
        row("revoked", Some(&tokens.revoked), refused(401, "TOKEN_UNKNOWN")),
    ];
    let small: Option<&'a str> = match rule.need {
        Need::Nothing | Need::Read => None,
        Need::Exec => Some(&tokens.read),
        Need::Manage => Some(&tokens.read_exec),
        Need::Admin => Some(&tokens.own),
    };
    if let Some(small) = small {
        rows.push(row("too small a scope", Some(small), refused(403, "SCOPE_TOO_SMALL")));
    }
    if rule.need == Need::Admin {
        rows.push(row("right", Some(admin), None));
        return rows;
    }
    let foreign = Some(tokens.foreign.as_str());
    for name in rule.names {
        let (message, wanted) =
            (things.named_in(method, Some(name)), refused(404, missing(name.kind)));
        rows.push(Row { what: "foreign tenant", secret: foreign, message, wanted });
    }
    if rule.names.is_empty() {
        rows.push(row("foreign tenant", foreign, None));
    }
    let bound = match (rule.bound, rule.names.is_empty()) {
        (false, _) => refused(403, "TOKEN_BOUND"),
        (true, false) => refused(404, missing(rule.names[0].kind)),
        (true, true) => None,
    };
    rows.push(row("bound to another sandbox", Some(&tokens.bound), bound));
    rows.push(row("right", Some(&tokens.own), None));
    rows
}

/// Source addresses, each for few unknown tokens: many would be held up.
struct Addresses(u8);

impl Addresses {
    fn next(&mut self) -> IpAddr {
        self.0 += 1;
        [127, 7, 7, self.0].into()
    }
}

fn hold(method: &Method, row: &Row<'_>, over: &str, outcome: &Outcome) {
    let called = format!("{} over {over}, {}", method.name(), row.what);
    match &row.wanted {
        Some(wanted) => assert_eq!(outcome, wanted, "{called}"),
        None => assert!(!outcome.is_denied(), "{called}: {outcome:?}"),
    }
}

async fn is_there(stage: &Stage, sandbox: &str) -> bool {
    let request = GetSandboxRequest { sandbox_id: sandbox.to_owned() };
    SandboxServiceClient::new(stage.admin()).get_sandbox(request).await.is_ok()
}

#[tokio::test]
async fn every_method_holds_to_its_rule_over_grpc() {
    let stage = Stage::start(&[]).await;
    let tokens = Tokens::make(&stage).await;
    let mut addresses = Addresses(0);
    let all = methods();
    assert_eq!(all.len(), RULES.len());
    for method in &all {
        let things = Things::make(&stage, &tokens.own).await;
        let channel = stage.channel_from(addresses.next());
        for row in rows(method, &tokens, &things, stage.admin.as_deref().expect("a token")) {
            let shown = row.secret.map(|secret| ("authorization", format!("Bearer {secret}")));
            let caller = InterceptedService::new(channel.clone(), Shown(shown));
            hold(method, &row, "gRPC", &method.grpc(caller, &row.message).await);
            let untouched = row.what == "right" || is_there(&stage, &things.sandbox).await;
            assert!(untouched, "{}: {} did it", method.name(), row.what);
        }
    }
}

#[tokio::test]
async fn every_method_holds_to_its_rule_over_rest() {
    let stage = Stage::start(&[]).await;
    let tokens = Tokens::make(&stage).await;
    let mut addresses = Addresses(100);
    for method in &methods() {
        // A WebSocket is taken up before the call is made: see `revoke`.
        let socket = method.descriptor.is_client_streaming() && method.http.0 == "GET";
        let things = Things::make(&stage, &tokens.own).await;
        let from = addresses.next();
        for row in rows(method, &tokens, &things, stage.admin.as_deref().expect("a token")) {
            if socket && !matches!(row.wanted, Some(Outcome::Refused(401, _))) {
                continue;
            }
            let shown = row.secret.map(|secret| format!("authorization: Bearer {secret}\r\n"));
            let headers = shown.unwrap_or_default();
            let outcome = method.rest(stage.address, from, &headers, &row.message).await;
            hold(method, &row, "REST", &outcome);
            let untouched = row.what == "right" || is_there(&stage, &things.sandbox).await;
            assert!(untouched, "{}: {} did it", method.name(), row.what);
        }
    }
}

#[tokio::test]
async fn lists_and_watches_show_the_callers_own() {
    let stage = Stage::start(&[]).await;
    let tokens = Tokens::make(&stage).await;
    let things = Things::make(&stage, &tokens.own).await;
    let counts = async |secret: &str| {
        let caller = stage.caller(secret);
        let sandboxes = SandboxServiceClient::new(caller.clone())
            .list_sandboxes(ListSandboxesRequest::default())
            .await;
        let volumes = VolumeServiceClient::new(caller.clone())
            .list_volumes(ListVolumesRequest::default())
            .await;
        let snapshots = SnapshotServiceClient::new(caller.clone())
            .list_snapshots(ListSnapshotsRequest::default())
            .await;
        let accesses = SshServiceClient::new(caller.clone())
            .list_ssh_accesses(ListSshAccessesRequest::default())
            .await;
        let keys = SshServiceClient::new(caller).list_ssh_keys(ListSshKeysRequest::default()).await;
        [
            sandboxes.expect("a list").into_inner().sandboxes.len(),
            volumes.expect("a list").into_inner().volumes.len(),
            snapshots.expect("a list").into_inner().snapshots.len(),
            accesses.expect("a list").into_inner().accesses.len(),
            keys.expect("a list").into_inner().keys.len(),
        ]
    };
    assert_eq!(counts(&tokens.own).await, [2, 1, 1, 1, 1]);
    assert_eq!(counts(&tokens.read).await, [2, 1, 1, 1, 1]);
    assert_eq!(counts(&tokens.foreign).await, [0; 5]);
    assert_eq!(counts(stage.admin.as_deref().expect("a token")).await, [2, 1, 1, 1, 1]);
    let of = async |secret: &str| {
        let request = WatchSandboxesRequest::default();
        let mut client = SandboxServiceClient::new(stage.caller(secret));
        let mut watch = client.watch_sandboxes(request).await.expect("a watch").into_inner();
        let mut seen = Vec::new();
        while let Some(sandbox) = watch.message().await.expect("an event").expect("more").sandbox {
            seen.push(sandbox.id);
        }
        seen
    };
    assert!(of(&tokens.own).await.contains(&things.sandbox));
    assert_eq!(of(&tokens.foreign).await, Vec::<String>::new());
    assert_eq!(of(&tokens.bound).await.len(), 1);
    let bound = SandboxServiceClient::new(stage.caller(&tokens.bound))
        .list_sandboxes(ListSandboxesRequest::default())
        .await;
    assert_eq!(bound.expect("a list").into_inner().sandboxes.len(), 1);
}

#[tokio::test]
async fn what_is_copied_stays_its_tenants_and_requests_are_known_apart() {
    let stage = Stage::start(&[]).await;
    let own = stage.tenant("shop", &[]).await;
    let other = stage.tenant("other", &[]).await;
    let sandbox = stage.sandbox(&own).await;
    assert_eq!(sandbox.tenant, "shop");
    // Also where an admin does it.
    let request =
        skerry_api::v1::ForkSandboxRequest { sandbox_id: sandbox.id.clone(), ..Default::default() };
    let forks = SandboxServiceClient::new(stage.admin()).fork_sandbox(request).await;
    let forks = forks.expect("forks").into_inner().sandboxes;
    assert_eq!(forks[0].tenant, "shop");
    let request = CreateSnapshotRequest { sandbox_id: sandbox.id.clone(), ..Default::default() };
    let snapshot = SnapshotServiceClient::new(stage.admin()).create_snapshot(request).await;
    assert_eq!(snapshot.expect("a snapshot").into_inner().tenant, "shop");
    let create = async |secret: &str| {
        let request = CreateSandboxRequest { request_id: "one".to_owned(), ..Default::default() };
        let made = SandboxServiceClient::new(stage.caller(secret)).create_sandbox(request).await;
        made.expect("it is made").into_inner()
    };
    let (first, again, others) = (create(&own).await, create(&own).await, create(&other).await);
    assert_eq!(first.id, again.id);
    assert_ne!(first.id, others.id);
    assert_eq!(others.tenant, "other");
    // Whose they are is kept.
    let stage = stage.restart(&[]).await;
    let listed = SandboxServiceClient::new(stage.caller(&other))
        .list_sandboxes(ListSandboxesRequest::default())
        .await;
    let listed = listed.expect("a list").into_inner().sandboxes;
    assert_eq!(listed.iter().map(|one| &one.id).collect::<Vec<_>>(), [&others.id]);
}

#[tokio::test]
async fn only_who_may_pull_images_has_a_create_pull_one() {
    let stage = Stage::start(&[]).await;
    let tenant = stage.tenant("shop", &[]).await;
    // Nobody serves there.
    let request = CreateSandboxRequest {
        image: "127.0.0.1:1/app".to_owned(),
        pull_policy: PullPolicy::Missing.into(),
        ..Default::default()
    };
    for (caller, wanted) in
        [(stage.caller(&tenant), "IMAGE_NOT_FOUND"), (stage.admin(), "REGISTRY_UNAVAILABLE")]
    {
        let made = SandboxServiceClient::new(caller).create_sandbox(request.clone()).await;
        assert_eq!(reason(&made.expect_err("there is no such image")), wanted);
    }
}
