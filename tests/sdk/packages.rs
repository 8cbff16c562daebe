//! Each SDK installs into a fresh folder as what it is published as, and its
//! example prints its result from there.

use std::path::Path;

use skerry_test_support::{Daemon, needs_root, skip};

use crate::language::{BUILD_TYPESCRIPT, client, copied, installed, kept, run};

async fn prints(line: &str, tools: &Path, wanted: &str) {
    let daemon = Daemon::start().await;
    let fresh = tempfile::tempdir().expect("a temporary folder");
    let build = kept("sdk-package");
    let variables = [("fresh", fresh.path()), ("installed", tools), ("build", build.as_path())];
    assert_eq!(run(client(line, &variables, &daemon)).await.success(), wanted);
}

#[tokio::test(flavor = "multi_thread")]
async fn python_installs_into_a_fresh_environment() {
    needs_root!();
    let tools = match installed("tests/python") {
        Ok(tools) => tools,
        Err(reason) => skip!("{reason}"),
    };
    // What it depends on is there; the wheel is built and installed anew.
    let line = "cp -r sdk/python $fresh/sdk; cd $fresh
        $installed/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
          --no-index --no-build-isolation --root-user-action ignore --target $fresh/site ./sdk
        PYTHONPATH=$fresh/site $installed/bin/python sdk/examples/hello.py";
    prints(line, &tools, "42\n").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn typescript_is_packed_and_unpacked() {
    needs_root!();
    let tools = match installed("tests/typescript") {
        Ok(tools) => tools,
        Err(reason) => skip!("{reason}"),
    };
    let copy = copied("typescript");
    let line = format!(
        "{copy}; {BUILD_TYPESCRIPT}; npm pack --silent --ignore-scripts --pack-destination $fresh >/dev/null
        cd $fresh; cp -r $installed/node_modules .; mkdir -p node_modules/@skerry/sdk
        tar -x -f skerry-sdk-*.tgz --strip-components 1 -C node_modules/@skerry/sdk
        cp $build/examples/hello.mjs .; node hello.mjs"
    );
    prints(&line, &tools, "42\n").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn go_runs_a_module_that_requires_it() {
    needs_root!();
    let tools = match installed("tests") {
        Ok(tools) => tools,
        Err(reason) => skip!("{reason}"),
    };
    let line = "sdk=$PWD/sdk/go; cp -r sdk/go/examples/hello $fresh/hello; cd $fresh/hello
        cp $sdk/go.sum .; sed 's|^module .*|module example.org/hello|' $sdk/go.mod >go.mod
        go mod edit -require skerry.dev/skerry@v0.1.0 -replace skerry.dev/skerry=$sdk
        GOPROXY=off GOFLAGS=-mod=mod go run .";
    prints(line, &tools, "42\n").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn java_is_what_a_program_depends_on_that_maven_packages() {
    needs_root!();
    let tools = match installed("tests/java") {
        Ok(tools) => tools,
        Err(reason) => skip!("{reason}"),
    };
    let line = "rsync -a --exclude target sdk/java/ $fresh/; cd $fresh
        maven() { mvn --quiet --batch-mode --offline -Dmaven.repo.local=$installed/../../maven \"$@\" >&2; }
        maven install; cd examples/hello; maven package; java -jar target/hello.jar";
    prints(line, &tools, "42\n").await;
}
