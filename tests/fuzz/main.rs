//! The fuzz targets without a fuzzer: on their seeds, on what the fuzzer has
//! found, and on every beginning of both.

pub mod targets;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

fn below(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz").join(path)
}

/// Runs a target on all that is in its folder.
fn replay(name: &str) {
    let (_, target) = targets::ALL.iter().find(|(known, _)| *known == name).expect("a target");
    let mut seeds: Vec<PathBuf> = fs::read_dir(below("seeds").join(name))
        .expect("it has seeds")
        .map(|entry| entry.expect("it can be read").path())
        .collect();
    seeds.sort();
    assert!(!seeds.is_empty(), "{name} has no seeds");
    for seed in seeds {
        println!("{}", seed.display());
        let data = fs::read(&seed).expect("it can be read");
        for end in 0..=data.len() {
            target(&data[..end]);
        }
    }
}

#[test]
fn paths_bind_what_their_templates_name() {
    replay("path");
}

#[test]
fn messages_are_the_same_after_json() {
    replay("message");
}

#[test]
fn hosts_lead_where_they_say() {
    replay("host");
}

#[test]
fn a_stream_goes_on_where_it_said() {
    replay("resume");
}

#[test]
fn content_is_the_same_however_its_body_is_cut() {
    replay("form");
}

#[test]
fn every_target_has_its_program_and_nothing_else_has_seeds() {
    let names = |folder: &str| -> BTreeSet<String> {
        let entries = fs::read_dir(below(folder)).expect("it is there");
        let names = entries.map(|entry| entry.expect("it can be read").path());
        names.map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned()).collect()
    };
    let targets: BTreeSet<_> = targets::ALL.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names("programs"), targets);
    assert_eq!(names("seeds"), targets);
}
