//! `volume`: what it asks, and what it prints.

use std::time::{Duration, SystemTime};

use prost_types::Timestamp;
use skerry_client::v1::Volume;

use crate::snapshot::{assert_snapshot, transcript};
use crate::stage::{Script, Stage};

fn volume(number: u32, name: &str, size_bytes: i64, used_bytes: Option<i64>) -> Volume {
    Volume {
        id: format!("vol_{number:026}"),
        name: name.to_owned(),
        size_bytes,
        used_bytes,
        create_time: Some((SystemTime::now() - Duration::from_secs(3 * 3600)).into()),
        ..Volume::default()
    }
}

fn three() -> Stage {
    let mut data = volume(2, "data", 10 << 30, Some(3 << 29));
    data.sandbox_ids = vec![format!("sbx_{:026}", 1), format!("sbx_{:026}", 2)];
    data.owner_id = format!("sbx_{:026}", 1);
    data.labels = [("keep", "1"), ("drop", "2")]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into();
    data.create_time = Some(Timestamp { seconds: 1_709_210_096, nanos: 0 });
    data.update_time = data.create_time;
    let volumes = vec![volume(1, "cache", 0, Some(0)), data, volume(3, "uncounted", 0, None)];
    Stage::new(Script { volumes, ..Script::default() })
}

#[test]
fn a_volume_is_made_with_what_is_named() {
    let stage = Stage::new(Script::default());
    let created = ["volume", "create", "data", "--size", "10G", "-l", "team=web"];
    assert_eq!(stage.run(&created).expect_stdout(), "data\n");
    stage.run(&["volume", "create"]).expect_stdout();
    let json = stage.run(&["volume", "create", "-s", "none", "-o", "json"]).expect_stdout();
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["sizeBytes"], "0");
    let wanted = [
        r#"create-volume "data" 10737418240 {"team": "web"}"#,
        r#"create-volume "" 0 {}"#,
        r#"create-volume "" 0 {}"#,
    ];
    assert_eq!(stage.asked().calls, wanted);
}

#[test]
fn volumes_are_a_table_of_all_pages() {
    let stage = three();
    let arguments = ["volume", "ls", "-l", "a=b"];
    // The age of what is not of today changes with every day.
    let text = transcript(&arguments, &stage.run(&arguments));
    let age = text
        .lines()
        .find(|line| line.contains("data"))
        .and_then(|line| line.split_whitespace().last());
    let text = text.replace(age.expect("an age"), "9d");
    assert_snapshot("volume-ls", &text);
    assert_eq!(stage.asked().calls[..2], [r#"volumes {"a": "b"} """#, r#"volumes {"a": "b"} "2""#]);
    let names = stage.run(&["volume", "ls", "-q"]).expect_stdout();
    assert_eq!(names, "cache\ndata\nuncounted\n");
    let json = stage.run(&["volume", "ls", "-o", "json"]).expect_stdout();
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json[1]["usedBytes"], "1610612736");
    assert_eq!(json[2]["usedBytes"], serde_json::Value::Null);
}

#[test]
fn inspect_shows_all_that_is_set() {
    let arguments = ["volume", "inspect", "data"];
    assert_snapshot("volume-inspect", &transcript(&arguments, &three().run(&arguments)));
}

#[test]
fn update_masks_exactly_what_is_named() {
    let stage = three();
    let update = |rest: &[&str]| stage.run(&[&["volume", "update", "data"], rest].concat());
    assert_eq!(update(&["--size", "20G"]).expect_stdout(), "data\n");
    update(&["--size", "none", "-l", "new=3", "--remove-label", "drop"]).expect_stdout();
    let wanted = [
        r#"update-volume data ["size_bytes"] 21474836480 {}"#,
        "get-volume data",
        r#"update-volume data ["size_bytes", "labels"] 0 {"keep": "1", "new": "3"}"#,
    ];
    assert_eq!(stage.asked().calls, wanted);
    let line = update(&[]).expect_error(1);
    assert!(line.contains("nothing to change was named"), "{line}");
}

#[test]
fn each_volume_that_is_removed_has_an_answer_of_its_own() {
    let stage = three();
    let ended = stage.run(&["volume", "rm", "cache", "data", "gone"]);
    assert_eq!(ended.stdout, "cache\ngone\n");
    let line = ended.expect_error(1);
    let wanted = "remove volume data: 2 sandboxes have it; \
                  remove the sandboxes that have it first, or give --force";
    assert_eq!(line, wanted);
    let forced = stage.run(&["volume", "rm", "data", "--force", "-o", "json"]);
    assert_eq!(forced.expect_stdout(), "[\"data\"]\n");
    let wanted =
        [r#"delete-volumes ["cache", "data", "gone"] false"#, r#"delete-volumes ["data"] true"#];
    assert_eq!(stage.asked().calls, wanted);
}

#[test]
fn more_than_one_call_takes_are_removed_in_several() {
    let stage = three();
    let names: Vec<String> = (0..1001).map(|number| format!("v{number}")).collect();
    let arguments: Vec<&str> =
        ["volume", "rm"].into_iter().chain(names.iter().map(String::as_str)).collect();
    assert_eq!(stage.run(&arguments).expect_stdout().lines().count(), 1001);
    let calls = &stage.asked().calls;
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[1], r#"delete-volumes ["v1000"] false"#);
}
