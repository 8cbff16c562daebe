//! Every SDK runs the scenarios of sdk/contract, some of them by connections
//! that are cut.

use std::fs;
use std::path::{Path, PathBuf};

use skerry_test_support::{Daemon, needs_root, skip};
use tokio::process::Command;

use crate::language::{
    BUILD_JAVA, BUILD_TYPESCRIPT_TESTS, Printed, client, installed, kept, root, run,
};
use crate::proxy::Proxy;
use crate::rust::{Scenario, World, perform};

const PYTHON: &str = "PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=sdk/python/src \
     $installed/bin/python sdk/python/tests/contract.py $SKERRY_CONTRACT";

/// Runs a language's scenarios.
pub(crate) struct Runner {
    line: String,
    installed: PathBuf,
    build: PathBuf,
}

impl Runner {
    /// A language's; the error says what it needs.
    pub(crate) fn of(language: &str) -> Result<Self, String> {
        let (folder, line) = match language {
            "python" => ("tests/python", PYTHON.to_owned()),
            "python3.9" => ("tests/python3.9", PYTHON.to_owned()),
            "typescript" => {
                let run = "node dist-tests/tests/contract.js $SKERRY_CONTRACT";
                ("tests/typescript", format!("{BUILD_TYPESCRIPT_TESTS}; {run}"))
            }
            "go" => {
                ("tests", "cd sdk/go; go vet .; go test -race -count=1 -v -run Contract .".into())
            }
            "java" => {
                let run = "java -cp $classes dev.skerry.contract.Contract $SKERRY_CONTRACT";
                ("tests/java", format!("{BUILD_JAVA}; {run}"))
            }
            other => unreachable!("{other} has no SDK"),
        };
        let build = kept(&format!("sdk-{language}"));
        Ok(Self { line, installed: installed(folder)?, build })
    }

    /// Runs a file of scenarios against a daemon.
    pub(crate) fn command(&self, scenarios: &Path, daemon: &Daemon) -> Command {
        let variables = [
            ("installed", self.installed.as_path()),
            ("build", self.build.as_path()),
            ("SKERRY_CONTRACT", scenarios),
        ];
        client(&self.line, &variables, daemon)
    }
}

/// A line for each scenario, of which none may have failed.
#[track_caller]
pub(crate) fn kept_scenarios(printed: &Printed) -> Vec<&str> {
    let lines = printed.stdout.lines();
    let table: Vec<&str> =
        lines.filter(|line| line.starts_with("ok\t") || line.starts_with("FAILED\t")).collect();
    let failed: Vec<&&str> = table.iter().filter(|line| line.starts_with("FAILED")).collect();
    assert!(failed.is_empty() && printed.ok, "{failed:#?}\n{}\n{}", printed.stdout, printed.stderr);
    table
}

/// Runs a language's scenarios and holds it to all.
async fn keeps(language: &str) {
    needs_root!();
    let runner = match Runner::of(language) {
        Ok(runner) => runner,
        Err(reason) => skip!("{reason}"),
    };
    let daemon = Daemon::start().await;
    let proxy = Proxy::cutting(daemon.address().parse().expect("an address")).await;
    let file = root().join("sdk/contract/scenarios.json");
    let mut command = runner.command(&file, &daemon);
    command.env("SKERRY_CUT_ADDRESS", proxy.address.to_string());
    hold(language, &kept_scenarios(&run(command).await));
}

/// Keeps a language's table, says how much of it is kept, and holds it to all.
fn hold(language: &str, table: &[impl AsRef<str>]) {
    let table: Vec<&str> = table.iter().map(AsRef::as_ref).collect();
    let file = kept("").join(format!("contract-{language}.tsv"));
    fs::write(file, table.join("\n") + "\n").expect("the target folder is writable");
    let kept = table.iter().filter(|line| line.starts_with("ok\t")).count();
    let wanted: Vec<serde_json::Value> = serde_json::from_str(&scenarios()).expect("JSON");
    println!("{language} keeps {kept} of {}", wanted.len());
    let failed: Vec<&&str> = table.iter().filter(|line| line.starts_with("FAILED")).collect();
    assert!(failed.is_empty(), "{failed:#?}");
    assert_eq!(kept, wanted.len(), "{table:#?}");
}

fn scenarios() -> String {
    fs::read_to_string(root().join("sdk/contract/scenarios.json")).expect("they are there")
}

#[tokio::test(flavor = "multi_thread")]
async fn rust_keeps_the_contract() {
    needs_root!();
    let daemon = Daemon::start().await;
    let proxy = Proxy::cutting(daemon.address().parse().expect("an address")).await;
    let world = World {
        skerry: daemon.client().clone().into(),
        address: daemon.address().to_owned(),
        cut_address: proxy.address.to_string(),
        token: daemon.token(),
    };
    let text = scenarios().replace("$UNIQUE", &format!("rust-{}", std::process::id()));
    let scenarios: Vec<Scenario> = serde_json::from_str(&text).expect("scenarios");
    let mut table = Vec::new();
    for scenario in &scenarios {
        table.push(match perform(&world, scenario).await {
            Ok(()) => format!("ok\t{}", scenario.name),
            Err(failure) => format!("FAILED\t{}\t{failure}", scenario.name),
        });
    }
    hold("rust", &table);
}

#[tokio::test(flavor = "multi_thread")]
async fn python_keeps_the_contract() {
    keeps("python").await;
}

/// The oldest that the package takes, with the oldest of what it depends on.
#[tokio::test(flavor = "multi_thread")]
async fn the_oldest_python_keeps_the_contract() {
    keeps("python3.9").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn typescript_keeps_the_contract() {
    keeps("typescript").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn go_keeps_the_contract_without_a_race() {
    keeps("go").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn java_keeps_the_contract() {
    keeps("java").await;
}
