//! Credentials that change, and what becomes of them in copies.

use skerry_client::Code;
use skerry_client::v1::{
    CreateSandboxRequest, CreateSnapshotRequest, Credential, ForkSandboxRequest, Sandbox,
};
use skerry_test_support::eventually;

use super::{SECRET, Stage, all_names, bearer, create, curl, set};
use crate::needs_network;
use crate::steps::{allow, stdout};
use crate::world::World;

#[tokio::test]
async fn they_change_at_once_and_outlive_the_daemon() {
    needs_network!();
    let mut stage = Stage::set().await;
    let client = &stage.client().clone();
    let sandbox = create(client, all_names(), &[]).await;
    let id = &*sandbox.id;
    let authorities = "ls /etc/ssl/skerry.pem 2>/dev/null | wc -l";
    assert_eq!(stdout(client, id, authorities).await, "0", "one without has no authority");
    let said = curl(client, id, "-k https://api.test/v1").await;
    assert!(said.contains("GET /v1") && !said.contains(SECRET), "{said}");

    set(client, id, &[bearer()]).await;
    curl(client, id, "https://api.test/v1").await;
    assert!(stage.site.requests().contains(SECRET), "one that runs gets it");
    stage.daemon.kill9();
    stage.daemon.restart().await;
    curl(client, id, "https://api.test/v1").await;
    assert!(stage.site.requests().contains(SECRET), "after the daemon's death");

    // A connection that had it ends with it.
    const HOLD: &str = "
import http.client
web = http.client.HTTPSConnection('api.test'); web.request('GET', '/v1')
assert web.getresponse().read(); open('/workspace/held', 'w').close()
web.sock.settimeout(30)
try: print('ended' if web.sock.recv(1) == b'' else 'goes on')
except TimeoutError: print('goes on')
except OSError: print('ended')
";
    let holding = {
        let (client, id) = (client.clone(), id.to_owned());
        tokio::spawn(async move {
            stdout(&client, &id, &format!("python3 - <<'EOF'\n{HOLD}\nEOF")).await
        })
    };
    eventually("the connection is there", async || {
        let there = stdout(client, id, "ls /workspace").await;
        there.contains("held").then_some(())
    })
    .await;
    // A value that is not given stays; another one is sent at once.
    let kept = set(client, id, &client.sandbox(id).await.expect("it is there").credentials).await;
    assert_eq!(kept.credentials[0].value, "");
    curl(client, id, "https://api.test/v1").await;
    assert!(stage.site.requests().contains(SECRET));
    let other = Credential { value: "Bearer another".to_owned(), ..bearer() };
    set(client, id, &[other]).await;
    assert_eq!(holding.await.expect("no panic"), "ended");
    curl(client, id, "https://api.test/v1").await;
    let came = stage.site.requests();
    assert!(came.contains("Bearer another") && !came.contains(SECRET), "{came}");
    set(client, id, &[]).await;
    let said = curl(client, id, "-k https://api.test/v1").await;
    let came = stage.site.requests();
    assert!(said.contains("GET /v1") && !came.contains("another"), "{said}\n{came}");
    let told = stdout(client, id, "env | grep -c CA_BUNDLE; true").await;
    assert_eq!(told, "0");

    // A value is nobody's but of the use that it was given for.
    set(client, id, &[bearer()]).await;
    let elsewhere = Credential {
        value: String::new(),
        host: "other.test".to_owned(),
        header: "authorization".to_owned(),
        path: "/".to_owned(),
        ..bearer()
    };
    let values = Sandbox { credentials: vec![elsewhere], ..Sandbox::default() };
    let error = client.update_sandbox(id, values, vec!["credentials".to_owned()]).await;
    let error = error.expect_err("it is for another host");
    assert_eq!(
        (error.code, &*error.fields[0].field),
        (Code::InvalidArgument, "sandbox.credentials")
    );
    assert!(!stage.daemon.log().contains(SECRET));
}

#[tokio::test]
async fn a_fork_has_them_with_an_authority_of_its_own_and_a_snapshot_has_none() {
    needs_network!();
    let stage = Stage::set().await;
    let client = stage.client();
    let sandbox = create(client, all_names(), &[bearer()]).await;
    let fork = ForkSandboxRequest { sandbox_id: sandbox.id.clone(), ..Default::default() };
    let fork = client.fork_sandbox(fork).await.expect("a fork").remove(0);
    curl(client, &fork.id, "https://api.test/v1").await;
    assert!(stage.site.requests().contains(SECRET), "a fork is as its parent");
    let certificate = "cat /etc/ssl/skerry.pem";
    let [one, other] = [
        stdout(client, &sandbox.id, certificate).await,
        stdout(client, &fork.id, certificate).await,
    ];
    assert_ne!(one, other);
    let count = "grep -c '^# Skerry: the authority' /etc/ssl/certs/ca-certificates.crt";
    assert_eq!(stdout(client, &fork.id, count).await, "1", "it trusts its own alone");

    let request = CreateSnapshotRequest {
        sandbox_id: sandbox.id.clone(),
        name: "taken".to_owned(),
        ..CreateSnapshotRequest::default()
    };
    let snapshot = client.create_snapshot(request).await.expect("a snapshot");
    let mut export = client.export_snapshot(&snapshot.id).await.expect("an archive");
    let mut archive = Vec::new();
    while let Some(piece) = export.next().await.expect("it goes on") {
        archive.extend_from_slice(&piece);
    }
    let archive = zstd::decode_all(&*archive).expect("an archive of zstd");
    let text = String::from_utf8_lossy(&archive);
    assert!(!text.contains(SECRET) && !text.contains("PRIVATE KEY"), "the archive has it");
    let request = CreateSandboxRequest {
        snapshot_id: snapshot.id.clone(),
        network_policy: Some(all_names()),
        ..CreateSandboxRequest::default()
    };
    let copy = client.create_sandbox(request).await.expect("one from it");
    assert!(copy.credentials.is_empty());
    curl(client, &copy.id, "-k https://api.test/v1").await;
    assert!(!stage.site.requests().contains(SECRET));
    client.delete_snapshot(&snapshot.id).await.expect("it is deleted");
}

#[tokio::test]
async fn what_is_no_credential_is_refused_by_its_field() {
    needs_network!();
    let world = World::new();
    let daemon = world.daemon(&[]).await;
    let client = daemon.client();
    let sandbox = create(client, allow(&["api.test"], &[], &[]), &[bearer()]).await;
    let with = |change: fn(&mut Credential)| {
        let mut credential = bearer();
        change(&mut credential);
        vec![credential]
    };
    for (all, field) in [
        (with(|one| one.name.clear()), "[0].name"),
        (with(|one| one.host = "*.api.test".to_owned()), "[0].host"),
        (with(|one| one.host = "10.0.0.1".to_owned()), "[0].host"),
        (with(|one| one.host.clear()), "[0].host"),
        (with(|one| one.path = "v1".to_owned()), "[0].path"),
        (with(|one| one.path = "/v1/../x".to_owned()), "[0].path"),
        (with(|one| one.methods = vec!["get".to_owned()]), "[0].methods"),
        (with(|one| one.header = "Host".to_owned()), "[0].header"),
        (with(|one| one.header = "Transfer-Encoding".to_owned()), "[0].header"),
        (with(|one| one.header = "a b".to_owned()), "[0].header"),
        (with(|one| one.value = "sk-7hZq2-very-hush\r\nX: y".to_owned()), "[0].value"),
        (with(|one| one.value = "x".repeat(8193)), "[0].value"),
        (vec![bearer(), bearer()], "[1].name"),
        (vec![bearer(); 33], ""),
    ] {
        let values = Sandbox { credentials: all.clone(), ..Sandbox::default() };
        let paths = vec!["credentials".to_owned()];
        let error = client.update_sandbox(&sandbox.id, values, paths).await.expect_err(field);
        assert_eq!(error.code, Code::InvalidArgument, "{field}: {error}");
        assert_eq!(error.fields[0].field, format!("sandbox.credentials{field}"), "{error}");
        let request = CreateSandboxRequest { credentials: all, ..Default::default() };
        let error = client.create_sandbox(request).await.expect_err(field);
        assert_eq!(error.fields[0].field, format!("credentials{field}"), "{error}");
        assert!(!format!("{error:?}").contains("sk-7hZq2"), "the error tells it: {error:?}");
    }
    let empty = Credential { value: String::new(), ..bearer() };
    let request = CreateSandboxRequest { credentials: vec![empty], ..Default::default() };
    let error = client.create_sandbox(request).await.expect_err("there is nothing to keep");
    assert_eq!(error.fields[0].field, "credentials[0].value");
    let now = client.sandbox(&sandbox.id).await.expect("it is there");
    assert_eq!(now.credentials, sandbox.credentials);
}
