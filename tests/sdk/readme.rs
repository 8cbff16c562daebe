//! Every program in the documents runs, and prints what the next block of text
//! has. The commands of `console` blocks are run by `tests/daemon/tour.rs`.

use std::fs;
use std::path::Path;

use skerry_test_support::{Daemon, needs_root, skip};

use crate::language::{BUILD_JAVA, BUILD_TYPESCRIPT, client, copied, installed, kept, root, run};

/// Where they are, beside the pages of [`FOLDERS`].
const DOCUMENTS: &[&str] = &[
    "README.md",
    "docs/sdk.md",
    "sdk/python/README.md",
    "sdk/typescript/README.md",
    "sdk/go/README.md",
    "sdk/java/README.md",
];

/// Folders of pages of which each block is run.
const FOLDERS: &[&str] = &["docs/tutorials", "docs/recipes"];
/// Languages whose programs are run here.
const LANGUAGES: &[&str] = &["python", "ts", "go", "java", "rust"];

/// The pages of [`FOLDERS`].
fn pages() -> Vec<String> {
    let pages = FOLDERS.iter().flat_map(|folder| {
        let entries = root().join(folder).read_dir().expect("the pages are there").flatten();
        entries.map(move |entry| format!("{folder}/{}", entry.file_name().to_string_lossy()))
    });
    let mut pages: Vec<String> = pages.collect();
    pages.sort();
    pages
}

fn read(document: &str) -> String {
    fs::read_to_string(root().join(document)).unwrap_or_else(|error| panic!("{document}: {error}"))
}

/// The blocks of a document, with the languages they are in.
fn blocks(document: &str) -> impl Iterator<Item = (&str, &str)> {
    // What is before the first block is no block, nor what is after each.
    let blocks = document.split("\n```").skip(1).step_by(2);
    blocks.map(|block| block.split_once('\n').unwrap_or((block, "")))
}

/// A program that a document shows, and what it prints.
#[derive(Debug, PartialEq)]
struct Program {
    text: String,
    prints: String,
}

/// The programs in a language. A block of text is what all before it print.
fn programs(document: &str, language: &str) -> Vec<Program> {
    let (mut found, mut waiting) = (Vec::new(), Vec::new());
    for (kind, text) in blocks(document) {
        if kind == language {
            waiting.push(format!("{text}\n"));
        } else if kind == "text" {
            let prints = format!("{text}\n");
            let printing = |text| Program { text, prints: prints.clone() };
            found.extend(waiting.drain(..).map(printing));
        }
    }
    assert!(waiting.is_empty(), "what does it print? {waiting:?}");
    found
}

/// The programs in a language of all documents, each with its document.
fn all_programs(language: &str) -> Vec<(String, Program)> {
    let documents = DOCUMENTS.iter().map(|document| (*document).to_owned()).chain(pages());
    let programs = documents.flat_map(|document| {
        let programs = programs(&read(&document), language);
        programs.into_iter().map(move |program| (document.clone(), program))
    });
    programs.collect()
}

/// Runs all programs of a language: after a line that prepares, a line for each,
/// which is `$program` in a folder of its own, `$work`.
async fn runs(language: &str, file: &str, installed: &Path, prepare: &str, line: &str) {
    let build = kept(&format!("sdk-{language}"));
    let daemon = Daemon::start().await;
    let all = tempfile::tempdir().expect("a temporary folder");
    let place = |nth: usize| all.path().join(format!("{nth:03}"));
    let programs = all_programs(language);
    assert!(programs.len() > 1, "{language}: {} programs", programs.len());
    for (nth, (_, program)) in programs.iter().enumerate() {
        fs::create_dir(place(nth)).expect("a writable folder");
        fs::write(place(nth).join(file), &program.text).expect("a writable folder");
    }
    let script = format!(
        "{prepare}; for work in $all/*; do program=$work/{file}; ( {line} ) >$work/printed; done"
    );
    let variables = [("installed", installed), ("build", &build), ("all", all.path())];
    let ended = run(client(&script, &variables, &daemon)).await;
    for (nth, (document, program)) in programs.iter().enumerate() {
        // One that failed is the last that printed.
        let Ok(printed) = fs::read_to_string(place(nth).join("printed")) else { break };
        let told = format!("{document}: {}\n{}", program.text, ended.stderr);
        assert_eq!(printed, program.prints, "{told}");
    }
    ended.success();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_programs_in_python_run() {
    needs_root!();
    let installed = match installed("tests/python") {
        Ok(installed) => installed,
        Err(reason) => skip!("{reason}"),
    };
    let line = "PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=sdk/python/src $installed/bin/python $program";
    runs("python", "tour.py", &installed, "true", line).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_programs_in_typescript_run() {
    needs_root!();
    let installed = match installed("tests/typescript") {
        Ok(installed) => installed,
        Err(reason) => skip!("{reason}"),
    };
    let prepare = format!("{}; {BUILD_TYPESCRIPT}", copied("typescript"));
    // `await using` is not in every Node yet. The package finds itself by its name.
    let line = "npx --no-install esbuild $program --target=node18 --format=esm --log-level=warning \
                --outfile=$build/dist/tour.mjs; node dist/tour.mjs";
    runs("ts", "tour.ts", &installed, &prepare, line).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_programs_in_go_run() {
    needs_root!();
    let installed = match installed("tests") {
        Ok(installed) => installed,
        Err(reason) => skip!("{reason}"),
    };
    let line = "cd $work; cp $sdk/go.sum .
        sed 's|^module .*|module example.org/tour|' $sdk/go.mod >go.mod
        go mod edit -require skerry.dev/skerry@v0.1.0 -replace skerry.dev/skerry=$sdk
        go vet -mod=mod .; GOPROXY=off go run -mod=mod .";
    runs("go", "main.go", &installed, "sdk=$PWD/sdk/go", line).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_programs_in_java_run() {
    needs_root!();
    let installed = match installed("tests/java") {
        Ok(installed) => installed,
        Err(reason) => skip!("{reason}"),
    };
    runs("java", "Tour.java", &installed, BUILD_JAVA, "java -cp $classes $program").await;
}

/// Programs in Rust are examples of the client: a page, and the example's name.
const EXAMPLES: &[(&str, &str)] =
    &[("docs/sdk.md", "tour"), ("docs/tutorials/rust.md", "tutorial")];

#[tokio::test(flavor = "multi_thread")]
async fn the_programs_in_rust_run() {
    needs_root!();
    let shown = all_programs("rust");
    assert!(shown.iter().map(|(page, _)| page).eq(EXAMPLES.iter().map(|(page, _)| *page)));
    // Built with all tests; to build them here would be with other features, anew.
    let tests = std::env::current_exe().expect("this program is a file");
    let built = tests.ancestors().nth(2).expect("a profile's folder").join("examples");
    let daemon = Daemon::start().await;
    for ((page, program), (_, name)) in shown.into_iter().zip(EXAMPLES) {
        let example = read(&format!("client/examples/{name}.rs"));
        let (_, example) = example.split_once("\n\n").expect("a line about it");
        assert_eq!(program.text, example, "{page} shows client/examples/{name}.rs");
        let program_built = built.join(name);
        if !program_built.exists() {
            skip!("client/examples/{name}.rs is not built: cargo test --workspace does");
        }
        let printed = run(client("$built", &[("built", &program_built)], &daemon)).await;
        assert_eq!(printed.success(), program.prints, "{page}");
    }
}

#[test]
fn every_block_of_the_tutorials_and_recipes_is_run() {
    let tours = read("tests/daemon/tour.rs");
    let pages = pages();
    assert!(pages.len() > 8, "{pages:?}");
    for page in pages {
        let text = read(&page);
        for (kind, block) in blocks(&text) {
            let run = match kind {
                "console" => tours.contains(&format!("follow(\"{page}\"")),
                "text" => true,
                language => LANGUAGES.contains(&language),
            };
            assert!(run, "{page}: nothing runs this block: {kind}\n{block}");
        }
    }
}

#[test]
fn a_block_of_text_is_what_all_before_it_print() {
    let document =
        "x\n```go\na\n```\n\n```ts\nb\n```\ny\n```text\n1\n2\n```\n\n```ts\nc\n```\n```text\n```\n";
    let program = |text: &str, prints: &str| Program { text: text.into(), prints: prints.into() };
    assert_eq!(programs(document, "go"), [program("a\n", "1\n2\n")]);
    assert_eq!(programs(document, "ts"), [program("b\n", "1\n2\n"), program("c\n", "\n")]);
}
