//! E18: archives that lead out of the image they are imported as.

use std::io::Write;

use crate::arena::{Arena, Broken, Finding};

/// One raw header and its content: the archive writer refuses such names.
fn entry(name: &str, kind: u8, link: &str, content: &[u8]) -> Vec<u8> {
    let mut header = tar::Header::new_gnu();
    let fields = header.as_gnu_mut().expect("it was made as a GNU header");
    fields.name[..name.len()].copy_from_slice(name.as_bytes());
    fields.linkname[..link.len()].copy_from_slice(link.as_bytes());
    header.set_entry_type(tar::EntryType::new(kind));
    header.set_mode(0o755);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(1);
    header.set_size(content.len() as u64);
    if kind == b'3' || kind == b'4' {
        let numbers = header.set_device_major(1).and_then(|()| header.set_device_minor(1));
        numbers.expect("a GNU header has device numbers");
    }
    header.set_cksum();
    let mut bytes = header.as_bytes().to_vec();
    bytes.write_all(content).expect("a vector takes everything");
    bytes.resize(bytes.len().div_ceil(512) * 512, 0);
    bytes
}

fn archive(entries: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = entries.concat();
    bytes.resize(bytes.len() + 1024, 0);
    bytes
}

/// Each archive must be refused, and the host's files must be as they were.
pub(crate) fn check(arena: &Arena<'_>) -> Result<Finding, Broken> {
    if !arena.side.has_init() {
        return Ok(Finding::absent("runc imports no archives"));
    }
    let before = arena.world.trap_state()?;
    let trap = arena.world.trap.display().to_string();
    let file = format!("{trap}/file");
    let up = format!("{}{trap}/escaped", "../".repeat(12));
    let absolute = format!("{trap}/escaped");
    let evil = b"evil\n";
    let archives = [
        ("..", archive(&[entry(&up, b'0', "", evil)])),
        ("a/../..", archive(&[entry(&format!("a/{up}"), b'0', "", evil)])),
        ("absolute", archive(&[entry(&absolute, b'0', "", evil)])),
        (
            "link and below",
            archive(&[entry("out", b'2', &trap, b""), entry("out/escaped", b'0', "", evil)]),
        ),
        ("link and over", archive(&[entry("out", b'2', &file, b""), entry("out", b'0', "", evil)])),
        ("hard link out", archive(&[entry("out", b'1', &file, b"")])),
        (
            "hard link up",
            archive(&[entry("out", b'1', &format!("{}{file}", "../".repeat(12)), b"")]),
        ),
        (
            "hard link by link",
            archive(&[entry("d", b'2', &trap, b""), entry("out", b'1', "d/file", b"")]),
        ),
        ("character device", archive(&[entry("device", b'3', "", b"")])),
        ("block device", archive(&[entry("device", b'4', "", b"")])),
    ];
    let mut said = Vec::new();
    for (name, bytes) in archives {
        let code = arena.side.import(bytes)?;
        if arena.world.trap_state()? != before {
            return Ok(Finding::allowed(format!("{name}: the host's files were changed")));
        }
        match code {
            Some(code) if code == "InvalidArgument" => {}
            // A later entry of the same name replaces the link: nothing leads out.
            None if name == "link and over" => said.push(format!("{name}: kept inside")),
            code => {
                return Ok(Finding::allowed(format!(
                    "{name}: {}",
                    code.unwrap_or_else(|| "taken".to_owned())
                )));
            }
        }
    }
    Ok(Finding::denied(format!("refused, and nothing was written outside {}", said.join(", "))))
}
