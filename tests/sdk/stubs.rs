//! The stubs that are committed are those that the protos make.

use std::path::Path;

use skerry_test_support::skip;

use crate::language::{installed, root, run, shell};

/// What `sdk/generate` makes.
const MADE: &[&str] =
    &["python/src/skerry/v1", "typescript/src/gen", "go/v1", "java/src/generated"];
/// Made too, beside what is written by hand.
const TWIN: &str = "python/src/skerry/_sync";

async fn generate(out: &Path) {
    let tools = installed("").expect("it was looked for");
    run(shell("sdk/generate $out", &[("out", out), ("SKERRY_SDK_TOOLS", &tools)])).await.success();
}

#[tokio::test]
async fn the_stubs_are_those_of_the_protos() {
    if let Err(reason) = installed("bin/protoc-gen-go") {
        skip!("{reason}");
    }
    let out = tempfile::tempdir().expect("a temporary folder");
    generate(out.path()).await;
    let compare = |path: &str, flags: &str| {
        shell(
            &format!("diff -r -x __pycache__ {flags} sdk/{path} $out/{path}"),
            &[("out", out.path())],
        )
    };
    for made in MADE {
        let printed = run(compare(made, "")).await;
        assert!(printed.ok, "run sdk/generate:\n{}{}", printed.stdout, printed.stderr);
    }
    // Only what waits is written by hand.
    let printed = run(compare(TWIN, "-x _waiting.py")).await;
    assert!(printed.ok, "run sdk/generate:\n{}{}", printed.stdout, printed.stderr);
}

#[test]
fn each_service_has_a_stub_in_every_language() {
    let protos = root().join("proto/skerry/v1");
    for entry in protos.read_dir().expect("the protos are there").flatten() {
        let name = entry.file_name().into_string().expect("names are UTF-8");
        let Some(service) = name.strip_suffix("_service.proto") else { continue };
        for stub in [
            format!("python/src/skerry/v1/{service}_service_pb2_grpc.py"),
            format!("typescript/src/gen/skerry/v1/{service}_service_pb.ts"),
            format!("go/v1/{service}_service_grpc.pb.go"),
        ] {
            assert!(root().join("sdk").join(&stub).exists(), "{stub}");
        }
    }
}
