//! Stubs that nobody here wrote, of the protos alone: each language's usual
//! generator makes them in a fresh folder.

use std::path::{Path, PathBuf};

use serde_json::json;
use skerry_test_support::{Daemon, needs_root, skip, tools};

use crate::tool::run;

/// The protos that are called.
const PROTOS: &str = "skerry/v1/sandbox_service.proto skerry/v1/exec_service.proto \
                      skerry/v1/access.proto";

/// A line that finds the protos that come with every generator.
const KNOWN: &str = "known=$(echo ${sdk:-}/python/lib/python3*/site-packages/grpc_tools/_proto)";

/// Runs a line of the shell, which prints what a visit saw.
async fn visits(line: &str, variables: &[(&str, &Path)], gone: &str) {
    let daemon = Daemon::start().await;
    let fresh = tempfile::tempdir().expect("a temporary folder");
    let mut script = format!("set -euo pipefail; fresh={}; ", fresh.path().display());
    for (name, value) in variables {
        script.push_str(&format!("{name}={}; ", value.display()));
    }
    let (address, token) = (daemon.address(), daemon.token());
    script
        .push_str(&format!("address={address}; token={token}; protos='{PROTOS}'; {KNOWN}; {line}"));
    let printed = run(Path::new("/bin/bash"), &["-c", &script]).await.json();
    let wanted = json!({"stdout": "out\n", "stderr": "err\n", "exitCode": 3, "after": gone});
    assert_eq!(printed, [wanted]);
}

/// Where `sdk/install` has put its programs; the error says why they are not
/// there.
fn generators() -> Result<PathBuf, String> {
    tools::find("sdk/bin/protoc")?;
    tools::find("sdk/tests/java/target/classpath")?;
    tools::find("sdk")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_stub_in_typescripts_world() {
    needs_root!();
    let modules = match tools::find("grpc-js/node_modules") {
        Ok(modules) => modules,
        Err(reason) => skip!("{reason}"),
    };
    let line = "NODE_PATH=$modules node tests/thirdparty/plain.cjs proto $address $token";
    visits(line, &[("modules", &modules)], "NOT_FOUND").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_stub_in_go() {
    needs_root!();
    let sdk = match generators() {
        Ok(sdk) => sdk,
        Err(reason) => skip!("{reason}"),
    };
    let line = "options=module=example.org/plain
        for proto in $protos; do options=$options,M$proto=example.org/plain/v1; done
        PATH=$sdk/bin:$PATH protoc --proto_path=proto --proto_path=$known --go_out=$fresh --go_opt=$options \
          --go-grpc_out=$fresh --go-grpc_opt=$options $protos
        cp tests/thirdparty/plain.go sdk/go/go.sum $fresh/
        sed 's|^module .*|module example.org/plain|' sdk/go/go.mod >$fresh/go.mod
        cd $fresh; GOFLAGS=-mod=mod GOPROXY=off go run . $address $token";
    visits(line, &[("sdk", &sdk)], "NotFound").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_stub_in_java() {
    needs_root!();
    let sdk = match generators() {
        Ok(sdk) => sdk,
        Err(reason) => skip!("{reason}"),
    };
    let line = "$sdk/bin/protoc --proto_path=proto --proto_path=$known --java_out=$fresh --grpc-java_out=$fresh \
          --plugin=protoc-gen-grpc-java=$sdk/bin/protoc-gen-grpc-java $protos
        classes=$fresh:$(cat $sdk/tests/java/target/classpath)
        javac -nowarn -proc:none -cp $classes -d $fresh \
          $(find $fresh -name '*.java') tests/thirdparty/Plain.java
        java -cp $classes Plain $address $token";
    visits(line, &[("sdk", &sdk)], "NOT_FOUND").await;
}
