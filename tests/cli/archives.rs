//! `skerry snapshot export`, `import` and `create --workspace`.

use std::fs;

use crate::stage::{Script, Stage};

#[test]
fn snapshots_go_out_and_come_in() {
    let stage = Stage::new(Script::default());
    let folder = tempfile::tempdir().expect("a directory");
    let path = folder.path().join("out.tar.zst");
    let file = path.to_str().expect("it is text");
    stage.run(&["snapshot", "export", "ready", file]).expect_stdout();
    assert_eq!(fs::read(&path).expect("written"), b"one two");
    assert_eq!(stage.run(&["snapshot", "export", "ready"]).expect_stdout(), "one two");
    assert_eq!(stage.run(&["snapshot", "import", file]).expect_stdout(), "theirs\n");
    let named = stage.run(&["snapshot", "import", file, "--name", "mine"]).expect_stdout();
    assert_eq!(named, "mine\n");
    let taken = ["snapshot", "create", "web", "--workspace", "--name", "work"];
    assert_eq!(stage.run(&taken).expect_stdout(), "work\n");
    let wanted = [
        "export-snapshot ready",
        "export-snapshot ready",
        "import-snapshot \"\" 7",
        "import-snapshot \"mine\" 7",
        "create-snapshot web \"work\" {} workspace",
    ];
    assert_eq!(stage.asked().calls, wanted);
    let missing = stage.run(&["snapshot", "import", "nosuch"]);
    assert_eq!(missing.code, Some(1), "{}", missing.stderr);
    assert!(missing.stderr.contains("import snapshot nosuch"), "{}", missing.stderr);
}
