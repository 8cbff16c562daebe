//! `SshService`: what callers may send, and what it answers.

use std::process::Command;
use std::time::{Duration, SystemTime};

use skerry_client::{Client, Code, Error};

use crate::steps::{Reach, needs, public};

async fn refused(client: &Client, sandbox: &str, ttl: u64, key: Option<&str>) -> Error {
    let made = client.create_ssh_access(sandbox, Some(Duration::from_secs(ttl)), key).await;
    made.expect_err("it is refused")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_named() {
    needs!("ssh-keygen");
    let reach = Reach::start().await;
    let (client, sandbox) = (reach.client(), reach.sandbox.as_str());
    for ttl in [0, 59, 24 * 60 * 60 + 1] {
        let error = refused(client, sandbox, ttl, None).await;
        assert_eq!((error.code, error.fields[0].field.as_str()), (Code::InvalidArgument, "ttl"));
    }
    let short = reach.new_key("rsa", &["-b", "1024"]);
    for key in ["nonsense", "ssh-ed25519 AAAA", public(&short).trim()] {
        let error = refused(client, sandbox, 60, Some(key)).await;
        let field = error.fields.first().map(|found| found.field.as_str());
        assert_eq!((error.code, field), (Code::InvalidArgument, Some("public_key")), "{key}");
        let error = client.create_ssh_key(key, "").await.expect_err("it is refused");
        assert_eq!(error.code, Code::InvalidArgument);
    }
    let error = refused(client, "nobody", 60, None).await;
    assert_eq!(error.code, Code::NotFound);
    let key = public(&reach.new_key("ed25519", &["-C", "ada@example"]));
    let error = client.create_ssh_key(&key, "a\nb").await.expect_err("it is refused");
    assert_eq!(error.fields[0].field, "name");
    let made = client.create_ssh_key(&key, "").await.expect("let in");
    assert_eq!((made.name.as_str(), key.starts_with(&made.public_key)), ("ada@example", true));
    let error = client.create_ssh_key(&key, "again").await.expect_err("it is let in already");
    assert_eq!(error.reason.as_deref(), Some("SSH_KEY_EXISTS"));
    assert_eq!(client.list_ssh_keys().await.expect("a list"), [made.clone()]);
    for _ in 0..2 {
        client.delete_ssh_key(&made.id).await.expect("gone either way");
    }
    assert_eq!(client.list_ssh_keys().await.expect("a list"), []);
    let error = client.delete_ssh_key("x").await.expect_err("it is no id");
    assert_eq!(error.fields[0].field, "key_id");
    let error = client.delete_ssh_access("x").await.expect_err("it is no id");
    assert_eq!(error.fields[0].field, "access_id");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_says_all_that_a_client_needs() {
    needs!("ssh-keygen");
    let reach = Reach::start().await;
    let access = &reach.access;
    assert_eq!((access.host.as_str(), &access.user), ("127.0.0.1", &reach.sandbox));
    assert!(reach.made.private_key.starts_with("-----BEGIN OPENSSH PRIVATE KEY-----\n"));
    assert!(
        reach
            .made
            .known_hosts_line
            .starts_with(&format!("[127.0.0.1]:{} ssh-ed25519 ", access.port))
    );
    let command = &reach.made.command;
    for part in ["ssh -i KEY_FILE ", &format!("-p {} ", access.port), "ForwardAgent=no"] {
        assert!(command.contains(part), "{part} in {command}");
    }
    assert!(command.ends_with(&format!("{}@127.0.0.1", access.user)), "{command}");
    let time = |time: &Option<prost_types::Timestamp>| {
        SystemTime::try_from(time.expect("a time")).expect("a time")
    };
    let lasts = time(&access.expire_time).duration_since(time(&access.create_time));
    assert_eq!(lasts.expect("it ends later").as_secs(), 3600);
    let key = public(&reach.new_key("ed25519", &[]));
    let own = reach.client().create_ssh_access(&reach.sandbox, None, Some(&key)).await;
    let own = own.expect("made");
    assert_eq!(own.private_key, "", "the caller has it");
    let ids: Vec<String> = reach
        .client()
        .list_ssh_accesses(None)
        .await
        .expect("a list")
        .into_iter()
        .map(|a| a.id)
        .collect();
    assert_eq!(ids, [access.id.clone(), own.access.expect("an access").id]);
    let log = reach.daemon.log();
    let secret = reach.made.private_key.lines().nth(2).expect("a line");
    assert!(!log.contains(secret), "a private key is in the log");
    let mut search = Command::new("grep");
    let found = search.args(["-rlaF", secret]).arg(reach.daemon.data_dir()).output();
    assert!(found.expect("it runs").stdout.is_empty(), "a private key is in the records");
}
