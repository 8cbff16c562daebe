//! Debian's registry and buildah's images: what is pulled is what was pushed.

use skerry_client::v1::pull_image_request::{BasicCredentials, Credentials};
use skerry_client::v1::{CreateSandboxRequest, ExecSpec, Port, PullImageRequest};
use skerry_client::{Client, Code, ExecEvent};
use skerry_test_support::{Daemon, Options, needs_root, skip};

use crate::buildah::{self, Buildah, LAYERS};
use crate::pull::{blobs, left, of, pulled, refused, root};
use crate::server::{Guard, PASSWORD, Registry, USER};
use crate::tree;

async fn output(client: &Client, sandbox: &str, spec: ExecSpec) -> String {
    let mut stream = client.exec_stream(sandbox, spec).await.expect("it starts");
    let mut output = Vec::new();
    while let Some(event) = stream.next().await.expect("it goes on") {
        match event {
            ExecEvent::Stdout(data) | ExecEvent::Stderr(data) => output.extend_from_slice(&data),
            _ => {}
        }
    }
    String::from_utf8(output).expect("text").trim().to_owned()
}

fn shell(text: &str) -> ExecSpec {
    let command = ["/bin/sh", "-c", text].map(str::to_owned).to_vec();
    ExecSpec { command, ..ExecSpec::default() }
}

#[tokio::test]
async fn a_small_image_keeps_its_config_and_its_commands_have_it() {
    needs_root!();
    if let Some(reason) = buildah::missing() {
        skip!("{reason}");
    }
    let (buildah, registry) = (Buildah::new(), Registry::start(Guard::Open).await);
    let name = format!("{}/team/small:V1", registry.address);
    let small = buildah.small();
    buildah.run(&["push", "--quiet", "--tls-verify=false", small, &format!("docker://{name}")]);
    let daemon = Daemon::start().await;
    let client = daemon.client();
    let image = pulled(client, of(&name)).await.expect("it is pulled");
    assert_eq!((&image.name, &image.reference), (&name, &name));
    assert_eq!((image.os.as_str(), image.layers.len() >= 1), ("linux", true));
    assert!(image.digest.starts_with("sha256:") && !image.architecture.is_empty(), "{image:?}");
    let config = image.config.clone().expect("it has one");
    assert_eq!(config.env["COLOUR"], "blue");
    assert_eq!((config.user.as_str(), config.working_dir.as_str()), ("app", "/srv"));
    assert_eq!(config.entrypoint, ["/bin/env"]);
    assert_eq!(config.cmd, ["sh", "-c", "true"]);
    assert_eq!(
        (config.exposed_ports, config.volumes),
        (vec!["80/tcp".into()], vec!["/data".into()])
    );
    assert_eq!((config.stop_signal.as_str(), &*config.labels["team"]), ("SIGQUIT", "web"));
    tree::assert_same(&root(&daemon, &image), &buildah.mount(small));
    assert_eq!(client.image(&name).await.expect("by its name"), image);

    let create = CreateSandboxRequest {
        image: name.clone(),
        env: [("SHAPE".to_owned(), "round".to_owned())].into(),
        ..CreateSandboxRequest::default()
    };
    let ports = vec![Port { port: 9, public: true, ..Port::default() }];
    let named = CreateSandboxRequest { ports: ports.clone(), ..create.clone() };
    assert_eq!(client.create_sandbox(named).await.expect("it starts").ports, ports);
    let sandbox = client.create_sandbox(create).await.expect("it starts");
    assert_eq!(sandbox.ports, [Port { port: 80, ..Port::default() }], "what its image exposes");
    let sandbox = sandbox.id;
    let said =
        output(client, &sandbox, shell("echo $COLOUR $SHAPE $(id -u):$(id -g) $(pwd)")).await;
    assert_eq!(said, "blue round 7:8 /srv");
    let own = ExecSpec {
        env: [("COLOUR".to_owned(), "red".to_owned())].into(),
        user: "0:0".to_owned(),
        cwd: "/bin".to_owned(),
        ..shell("echo $COLOUR $(id -u) $(pwd)")
    };
    assert_eq!(output(client, &sandbox, own).await, "red 0 /bin");
    client.delete_sandbox(&sandbox).await.expect("it goes");
}

#[tokio::test]
async fn an_image_of_forty_layers_is_the_tree_that_buildah_shows() {
    needs_root!();
    if let Some(reason) = buildah::missing() {
        skip!("{reason}");
    }
    let (buildah, registry) = (Buildah::new(), Registry::start(Guard::Open).await);
    let large = buildah.large();
    let daemon = Daemon::start().await;
    let theirs = buildah.mount(large);
    for format in ["oci", "v2s2"] {
        let name = format!("{}/large:{format}", registry.address);
        buildah.run(&[
            "push",
            "--quiet",
            "--tls-verify=false",
            &format!("--format={format}"),
            large,
            &format!("docker://{name}"),
        ]);
        let image = pulled(daemon.client(), of(&name)).await.expect("it is pulled");
        assert_eq!(image.layers.len(), LAYERS);
        tree::assert_same(&root(&daemon, &image), &theirs);
        daemon.client().delete_image(&name).await.expect("it goes");
    }
}

#[tokio::test]
async fn archives_of_layers_are_imported_as_they_are_pulled() {
    needs_root!();
    if let Some(reason) = buildah::missing() {
        skip!("{reason}");
    }
    let buildah = Buildah::new();
    let small = buildah.small();
    let daemon = Daemon::start().await;
    for kind in ["oci-archive", "docker-archive"] {
        let path = buildah.folder().join(kind);
        buildah.run(&["push", "--quiet", small, &format!("{kind}:{}:a:b", path.display())]);
        let file = tokio::fs::File::open(&path).await.expect("it is written");
        let image = daemon.client().import_image(kind, file).await.expect("it is imported");
        tree::assert_same(&root(&daemon, &image), &buildah.mount(small));
        assert_eq!(image.config.expect("it has one").env["COLOUR"], "blue", "{kind}");
        assert_eq!(image.digest.is_empty(), kind == "docker-archive");
    }
}

#[tokio::test]
async fn tls_and_passwords_open_a_registry_and_are_never_shown() {
    needs_root!();
    if let Some(reason) = buildah::missing() {
        skip!("{reason}");
    }
    let (buildah, registry) = (Buildah::new(), Registry::start(Guard::TlsAndPassword).await);
    let name = format!("{}/small", registry.address);
    let certificates = registry.folder().join("certs");
    std::fs::create_dir(&certificates).expect("made");
    std::fs::copy(registry.folder().join("ca.pem"), certificates.join("ca.crt")).expect("copied");
    buildah.run(&[
        "push",
        "--quiet",
        &format!("--cert-dir={}", certificates.display()),
        &format!("--creds={USER}:{PASSWORD}"),
        buildah.small(),
        &format!("docker://{name}"),
    ]);
    let config = registry.folder().join("config.json");
    let arguments = vec!["--docker-config".to_owned(), config.display().to_string()];
    let entry = format!(r#"{{"auths": {{"other.example": {{"auth": "eDp5"}}}}}}"#);
    std::fs::write(&config, entry).expect("written");
    let options = Options { arguments, ..Options::default() };
    let daemon = Daemon::start_with(options).await;
    let client = daemon.client();
    let basic = |password: &str| {
        let username = USER.to_owned();
        Some(Credentials::Basic(BasicCredentials { username, password: password.to_owned() }))
    };
    let with = |ca: &str, credentials: Option<Credentials>| PullImageRequest {
        ca_certificate: ca.to_owned(),
        credentials,
        ..of(&name)
    };
    let ca = registry.ca();
    for (request, code, reason) in [
        (with("", basic(PASSWORD)), Code::Unavailable, "REGISTRY_UNAVAILABLE"),
        (with("no certificate", None), Code::InvalidArgument, "BAD_CA_CERTIFICATE"),
        (with(&ca, None), Code::PermissionDenied, "REGISTRY_DENIED"),
        (with(&ca, basic("wrong")), Code::PermissionDenied, "REGISTRY_DENIED"),
    ] {
        let error = refused(client, request).await;
        assert_eq!((error.code, error.reason.as_deref()), (code, Some(reason)), "{error}");
        assert!(left(&daemon).is_empty() && blobs(&daemon).is_empty());
    }
    pulled(client, with(&ca, basic(PASSWORD))).await.expect("the password opens it");
    client.delete_image(&name).await.expect("it goes");

    let entry = format!(
        r#"{{"auths": {{"{}": {{"username": "{USER}", "password": "{PASSWORD}"}}}}}}"#,
        registry.address
    );
    std::fs::write(&config, entry).expect("written");
    pulled(client, with(&ca, None)).await.expect("the docker config opens it");
    assert!(!daemon.log().contains(PASSWORD), "{}", daemon.log());
    let stored = std::process::Command::new("grep")
        .args(["-rlaF", PASSWORD])
        .arg(daemon.data_dir())
        .output()
        .expect("grep can be run");
    assert!(stored.stdout.is_empty(), "{}", String::from_utf8_lossy(&stored.stdout));
}
