//! `image import`: what is sent, and that half an archive is never an image.

use std::fs;
use std::io::{Cursor, Read};
use std::os::unix::fs::{PermissionsExt, symlink};

use skerry_client::v1::pull_image_request::{BasicCredentials, Credentials};
use tar::EntryType;
use tonic::Code;

use crate::program::{Ended, argument, run_with_input};
use crate::stage::{END, Script, Stage, refusal};

fn directory() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    fs::create_dir_all(root.join("bin/deep")).expect("made");
    fs::write(root.join("bin/tool"), vec![7; 300_000]).expect("written");
    fs::set_permissions(root.join("bin/tool"), fs::Permissions::from_mode(0o4750)).expect("set");
    fs::hard_link(root.join("bin/tool"), root.join("bin/tool2")).expect("linked");
    symlink("../bin/tool", root.join("link")).expect("linked");
    let mode = rustix::fs::Mode::from_raw_mode(0o600);
    let fifo = rustix::fs::FileType::Fifo;
    rustix::fs::mknodat(rustix::fs::CWD, root.join("fifo"), fifo, mode, 0).expect("made");
    folder
}

/// Path, kind, mode and length of each entry.
fn entries(archive: &[u8]) -> Vec<(String, EntryType, u32, usize)> {
    let mut archive = tar::Archive::new(Cursor::new(archive));
    let read = |entry: std::io::Result<tar::Entry<'_, Cursor<&[u8]>>>| {
        let mut entry = entry.expect("an entry");
        let mut data = Vec::new();
        entry.read_to_end(&mut data).expect("its data");
        let path = entry.path().expect("a path").display().to_string();
        let header = entry.header();
        (path, header.entry_type(), header.mode().expect("a mode"), data.len())
    };
    archive.entries().expect("entries").map(read).collect()
}

#[test]
fn a_directory_is_sent_as_an_archive() {
    let stage = Stage::new(Script::default());
    let folder = directory();
    let imported = stage.run(&["image", "import", "mine", argument(folder.path())]);
    assert_eq!(imported.expect_stdout(), "mine\n");
    let asked = stage.asked();
    let (name, archive) = &asked.imports[0];
    assert_eq!(name, "mine");
    let entries = entries(archive);
    let shape: Vec<(&str, EntryType, usize)> =
        entries.iter().map(|(path, kind, _, length)| (path.as_str(), *kind, *length)).collect();
    assert_eq!(
        shape[1..],
        [
            ("bin", EntryType::Directory, 0),
            ("bin/deep", EntryType::Directory, 0),
            ("bin/tool", EntryType::Regular, 300_000),
            ("bin/tool2", EntryType::Link, 0),
            ("fifo", EntryType::Fifo, 0),
            ("link", EntryType::Symlink, 0),
        ]
    );
    assert_eq!(entries[3].2, 0o4750);
}

#[test]
fn an_archive_is_sent_as_it_is() {
    let stage = Stage::new(Script::default());
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.tar.gz");
    let mut bytes: Vec<u8> = (0..700_000u32).map(|n| (n % 251) as u8).collect();
    bytes.extend([0; END.len()]);
    fs::write(&path, &bytes).expect("written");
    stage.run(&["image", "import", "a", argument(&path)]).expect_stdout();
    let mut command = stage.command(&["image", "import", "b", "-"]);
    Ended::of(run_with_input(&mut command, &bytes)).expect_stdout();
    let asked = stage.asked();
    assert!(asked.imports == [("a".to_owned(), bytes.clone()), ("b".to_owned(), bytes)]);
}

#[test]
fn what_can_not_be_read_is_no_image() {
    let stage = Stage::new(Script::default());
    let line = stage.run(&["image", "import", "a", "/nonexistent"]).expect_error(1);
    assert!(line.starts_with("import image a: /nonexistent: No such file"), "{line}");
    assert!(stage.asked().calls.is_empty());

    // A process's memory is a file that can't be read from its beginning.
    let line = stage.run(&["image", "import", "a", "/proc/self/mem"]).expect_error(1);
    assert!(line.contains("what is sent can't be read"), "{line}");
    assert!(stage.asked().imports.is_empty());
}

#[test]
fn a_refused_archive_is_the_daemons_error() {
    let status = refusal(Code::InvalidArgument, "BAD_MEMBER", "../x leads out of the image");
    let stage = Stage::new(Script { refusals: [("import", status)].into(), ..Script::default() });
    let folder = directory();
    let line = stage.run(&["image", "import", "a", argument(folder.path())]).expect_error(1);
    assert!(line.starts_with("import image a: ../x leads out of the image; "), "{line}");
}

#[test]
fn images_are_removed_by_name() {
    let stage = Stage::new(Script::default());
    assert_eq!(stage.run(&["image", "rm", "a", "b"]).expect_stdout(), "a\nb\n");
    assert_eq!(stage.asked().calls, ["delete-image a", "delete-image b"]);
}

#[test]
fn a_pull_says_what_is_done_with_each_layer() {
    let stage = Stage::new(Script::default());
    let ended =
        stage.run(&["image", "pull", "alpine", "--platform", "linux/arm64", "--plain-http"]);
    let lines = "abababababab downloading (3M)\nabababababab done (3M)\n";
    assert_eq!((ended.stdout.as_str(), ended.stderr.as_str()), ("alpine\n", lines));
    let quiet = stage.run(&["image", "pull", "alpine", "--name", "a", "-q"]);
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("a\n", ""));
    let asked = stage.asked();
    assert_eq!(asked.calls, ["pull alpine", "pull alpine"]);
    assert!(asked.pulls[0].plain_http && asked.pulls[0].platform == "linux/arm64");
    assert_eq!((asked.pulls[1].name.as_str(), asked.pulls[1].plain_http), ("a", false));
}

#[test]
fn a_password_comes_from_stdin_alone() {
    let stage = Stage::new(Script::default());
    let arguments = ["image", "pull", "r.example/a", "-u", "ada", "--password-stdin", "-q"];
    let mut command = stage.command(&arguments);
    Ended::of(run_with_input(&mut command, b"s3cret\n")).expect_stdout();
    let wanted = BasicCredentials { username: "ada".to_owned(), password: "s3cret".to_owned() };
    assert_eq!(stage.asked().pulls[0].credentials, Some(Credentials::Basic(wanted)));
    assert_eq!(stage.run(&["image", "pull", "a", "-u", "ada"]).code, Some(2));
}

#[test]
fn what_a_registry_refuses_is_not_the_daemons_token() {
    let status = refusal(Code::PermissionDenied, "REGISTRY_DENIED", "r.example denies access");
    let stage = Stage::new(Script { refusals: [("pull", status)].into(), ..Script::default() });
    let line = stage.run(&["image", "pull", "r.example/a"]).expect_error(1);
    assert!(line.contains("--password-stdin") && !line.contains("SKERRY_TOKEN"), "{line}");
}

#[test]
fn images_are_named_pruned_exported_and_built() {
    let stage = Stage::new(Script::default());
    assert_eq!(stage.run(&["image", "tag", "a", "b"]).expect_stdout(), "b\n");
    let pruned = stage.run(&["image", "prune"]).expect_stdout();
    assert_eq!(pruned, "old\nfreed 3M: 1 images, 2 layers\n");
    let dry = stage.run(&["image", "prune", "--dry-run", "--layers"]).expect_stdout();
    assert_eq!(dry, "would free 3M: 0 images, 2 layers\n");
    let folder = directory();
    let path = folder.path().join("out.tar");
    stage.run(&["image", "export", "a", argument(&path)]).expect_stdout();
    assert_eq!(fs::read(&path).expect("written"), b"one two");
    assert_eq!(stage.run(&["image", "export", "a", "-"]).expect_stdout(), "one two");
    fs::write(folder.path().join("Dockerfile"), "FROM scratch\n").expect("written");
    let built =
        stage.run(&["image", "build", "app", argument(folder.path()), "--build-arg", "A=b=c"]);
    assert_eq!((built.stdout.as_str(), built.stderr.as_str()), ("app\n", "STEP 1/1\n"));
    let asked = stage.asked();
    let start = &asked.builds[0];
    assert_eq!((start.containerfile.as_str(), &*start.build_args["A"]), ("FROM scratch\n", "b=c"));
    assert_eq!(
        asked.calls[..3],
        ["tag-image a b", "prune-images false false", "prune-images true true"]
    );
}
