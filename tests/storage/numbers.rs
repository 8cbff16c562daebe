//! The numbers by which programs tell files apart: device and inode. Where two
//! files had one, `find` told of loops, and `cp` of files onto themselves.

use skerry_client::v1::CreateSandboxRequest;

use crate::rig::{Driver, Rig, from, named};

/// What an image has, and what a sandbox makes: directories with a file each.
const MANY: usize = 300;
const MAKE: &str = "mkdir /d7/own; cd /d7/own; i=0; \
                    while [ $i -lt 600 ]; do mkdir $i; : >$i/f; i=$((i+1)); done; echo made";
const NUMBERS: &str = "find / -xdev -exec stat -c '%d:%i %n' '{}' +";

crate::on_both! {
    no_two_files_of_a_sandbox_have_one_number,
}

async fn no_two_files_of_a_sandbox_have_one_number(driver: Driver) {
    let rig = Rig::start(driver).await;
    let paths: Vec<_> = (0..MANY).map(|number| format!("d{number}/f")).collect();
    let files: Vec<_> = paths.iter().map(|path| (path.as_str(), &b""[..])).collect();
    rig.image("many", &files).await;
    let image = "many".to_owned();
    rig.sandbox(CreateSandboxRequest { image, ..named("one") }).await;
    rig.sh("one", MAKE).await;
    rig.snapshot("one", "then").await;
    rig.sandbox(from("then", "later")).await;
    rig.fork("one", 1, "forked").await;
    rig.sandbox(named("host")).await;
    rig.sh("host", "mkdir /d7").await;
    for sandbox in ["one", "later", "forked", "host"] {
        if sandbox != "one" {
            rig.sh(sandbox, &MAKE.replace("own", "more")).await;
        }
        assert_all_differ(&rig.sh(sandbox, NUMBERS).await);
    }
}

fn assert_all_differ(listed: &str) {
    let mut seen = std::collections::HashMap::new();
    for (number, path) in listed.lines().filter_map(|line| line.split_once(' ')) {
        let other = seen.insert(number, path);
        assert_eq!(other, None, "{path} has the same number, {number}");
    }
    assert!(seen.len() > 2 * MANY, "{}", seen.len());
}
