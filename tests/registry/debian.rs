//! A whole Debian, made by mmdebstrap, as podman sees it.

use std::path::PathBuf;
use std::process::Command;

use skerry_client::v1::{CreateSandboxRequest, ExecSpec};
use skerry_test_support::{Daemon, needs_root, skip, tools};

use crate::buildah::{self, Buildah};
use crate::pull::{of, pulled, root};
use crate::server::{Guard, Registry};
use crate::tree;

/// Where podman has an image's files, in buildah's store: they share it.
fn podman_view(buildah: &Buildah, image: &str) -> PathBuf {
    let folder = buildah.folder();
    let output = Command::new("podman")
        .arg("--root")
        .arg(folder.join("root"))
        .arg("--runroot")
        .arg(folder.join("run"))
        .args(["--storage-driver", "vfs", "image", "mount", image])
        .output()
        .expect("podman can be run");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "podman: {error}");
    PathBuf::from(String::from_utf8_lossy(&output.stdout).trim())
}

#[tokio::test]
async fn a_debian_is_what_podman_sees_and_runs() {
    needs_root!();
    if let Some(reason) = buildah::missing() {
        skip!("{reason}");
    }
    if Command::new("podman").arg("--version").output().is_err() {
        skip!("no podman on this machine: run tests/run to install it");
    }
    let debian = match tools::find("debian.tar") {
        Ok(path) => path.display().to_string(),
        Err(reason) => skip!("{reason}"),
    };
    let (buildah, registry) = (Buildah::new(), Registry::start(Guard::Open).await);
    let container = buildah.run(&["from", "scratch"]);
    buildah.run(&["add", "--quiet", &container, &debian, "/"]);
    buildah.run(&["commit", "--quiet", &container, "debian"]);
    let name = format!("{}/debian:12", registry.address);
    buildah.run(&["push", "--quiet", "--tls-verify=false", "debian", &format!("docker://{name}")]);
    let daemon = Daemon::start().await;
    let client = daemon.client();
    let image = pulled(client, of(&name)).await.expect("it is pulled");
    assert!(image.entries > 3_000, "{} entries", image.entries);
    let view = podman_view(&buildah, "debian");
    tree::assert_same(&root(&daemon, &image), &view);

    let create = CreateSandboxRequest { image: name, ..CreateSandboxRequest::default() };
    let sandbox = client.create_sandbox(create).await.expect("it starts").id;
    let script = "dpkg --audit && perl -e 'print 6*7' && find / -xdev >/dev/null && \
                  su -s /bin/sh daemon -c 'id -un' && cp -a /usr/share/doc /tmp/ && \
                  diff -r --no-dereference /usr/share/doc /tmp/doc";
    let command = ["sh", "-c", script].map(str::to_owned).to_vec();
    let spec = ExecSpec { command, ..ExecSpec::default() };
    let ran = client.exec(&sandbox, spec).await.expect("it runs");
    assert_eq!((&ran.stdout[..], &ran.stderr[..]), (&b"42daemon\n"[..], &b""[..]), "{ran:?}");
    // What ran did not change the image.
    tree::assert_same(&root(&daemon, &image), &view);
}
