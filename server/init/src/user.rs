//! Users and groups, from the machine's own /etc/passwd and /etc/group: files
//! that a hostile machine may have written.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};

use bytes::Bytes;
use rustix::fs::{FileType, Mode, OFlags};

/// More than any distribution's files have.
const MAX_FILE: u64 = 1 << 20;
/// The kernel's bound is 65,536; nobody is in so many.
const MAX_GROUPS: usize = 256;

/// As whom to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    pub(crate) groups: Vec<u32>,
    pub(crate) home: String,
}

/// Finds `user[:group]`, each a name or an id; empty is root.
pub(crate) fn find(wanted: &str) -> Option<User> {
    let passwd = read_lines("/etc/passwd");
    let group = read_lines("/etc/group");
    find_in(wanted, &passwd, &group)
}

/// Whose a file is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ownership {
    /// Unset: as it is.
    pub(crate) uid: Option<u32>,
    /// Unset: as it is.
    pub(crate) gid: Option<u32>,
}

/// Finds `user`, `user:`, `user:group` or `:group`, each a name or an id. A
/// user without a colon has the login group.
pub(crate) fn ownership(wanted: &str) -> Option<Ownership> {
    match wanted.split_once(':') {
        Some(("", group)) => {
            let gid = find_group(&read_lines("/etc/group"), group)?;
            Some(Ownership { uid: None, gid: Some(gid) })
        }
        Some((user, "")) => Some(of_user(&find(user)?)),
        _ if wanted.is_empty() => None,
        _ => Some(of_user(&find(wanted)?)),
    }
}

fn of_user(user: &User) -> Ownership {
    Ownership { uid: Some(user.uid), gid: Some(user.gid) }
}

/// The users' names by id.
pub(crate) fn user_names() -> HashMap<u32, Bytes> {
    names(&read_lines("/etc/passwd"))
}

/// The groups' names by id.
pub(crate) fn group_names() -> HashMap<u32, Bytes> {
    names(&read_lines("/etc/group"))
}

/// The first entry of an id is the one that counts.
fn names(lines: &str) -> HashMap<u32, Bytes> {
    let mut names = HashMap::new();
    for entry in lines.lines().map(fields) {
        if let Some(id) = parse_id(entry[2]) {
            let name = || Bytes::copy_from_slice(entry[0].as_bytes());
            names.entry(id).or_insert_with(name);
        }
    }
    names
}

fn find_in(wanted: &str, passwd: &str, group: &str) -> Option<User> {
    let (name, group_name) = match wanted.split_once(':') {
        Some((name, group_name)) => (name, Some(group_name)),
        None => (wanted, None),
    };
    let name = if name.is_empty() { "root" } else { name };
    let entry = passwd.lines().map(fields).find(|entry| is(entry, name));
    let (uid, login_gid, home, login) = match &entry {
        Some([login, _, uid, gid, _, home, ..]) => {
            (parse_id(uid)?, parse_id(gid)?, (*home).to_owned(), Some(*login))
        }
        // An image needs no /etc/passwd to have a root.
        _ if name == "root" => (0, 0, "/root".to_owned(), Some("root")),
        _ => (parse_id(name)?, 0, "/".to_owned(), None),
    };
    let gid = match group_name {
        None => login_gid,
        Some(wanted) => find_group(group, wanted)?,
    };
    let mut groups = vec![gid];
    if let (Some(login), None) = (login, group_name) {
        groups.extend(groups_of(group, login).filter(|other| *other != gid).take(MAX_GROUPS));
    }
    Some(User { uid, gid, groups, home })
}

fn fields(line: &str) -> [&str; 7] {
    let mut all = [""; 7];
    for (place, field) in all.iter_mut().zip(line.split(':')) {
        *place = field;
    }
    all
}

/// By name first: a user may be called 1000.
fn is(entry: &[&str; 7], wanted: &str) -> bool {
    entry[0] == wanted || (entry[2] == wanted && !entry[0].is_empty())
}

fn find_group(group: &str, wanted: &str) -> Option<u32> {
    let named = group.lines().map(fields).find(|entry| entry[0] == wanted);
    match named {
        Some(entry) => parse_id(entry[2]),
        None => parse_id(wanted),
    }
}

fn groups_of<'a>(group: &'a str, login: &'a str) -> impl Iterator<Item = u32> + 'a {
    group
        .lines()
        .map(fields)
        .filter(move |entry| entry[3].split(',').any(|member| member == login))
        .filter_map(|entry| parse_id(entry[2]))
}

/// Only the 65,536 ids that a machine has; digits alone, no sign.
fn parse_id(text: &str) -> Option<u32> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|id| *id < 65_536)
}

/// A regular file's text; empty when it is missing, or something else that
/// could block.
fn read_lines(path: &str) -> String {
    read_regular(path).unwrap_or_default()
}

fn read_regular(path: &str) -> io::Result<String> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = rustix::fs::open(path, flags, Mode::empty())?;
    if FileType::from_raw_mode(rustix::fs::fstat(&file)?.st_mode) != FileType::RegularFile {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut bytes = Vec::new();
    File::from(file).take(MAX_FILE).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/sh\n\
        ada:x:1000:1000::/home/ada:/bin/sh\nbad:x:99999999:0::/:/\nneg:x:-1:0::/:/\nshort\n";
    const GROUP: &str = "root:x:0:\nada:x:1000:\nvideo:x:44:bob,ada\naudio:x:29:ada\n";

    fn ids(wanted: &str) -> Option<(u32, u32, Vec<u32>)> {
        find_in(wanted, PASSWD, GROUP).map(|user| (user.uid, user.gid, user.groups))
    }

    #[test]
    fn names_and_ids_are_found_with_their_groups() {
        assert_eq!(ids(""), Some((0, 0, vec![0])));
        assert_eq!(ids("ada"), Some((1000, 1000, vec![1000, 44, 29])));
        assert_eq!(ids("1000"), Some((1000, 1000, vec![1000, 44, 29])));
        assert_eq!(ids("ada:video"), Some((1000, 44, vec![44])));
        assert_eq!(ids("4321:7"), Some((4321, 7, vec![7])));
        assert_eq!(ids("4321"), Some((4321, 0, vec![0])));
    }

    #[test]
    fn what_is_unknown_or_out_of_range_is_nobody() {
        for wanted in ["eve", "ada:nogroup", "bad", "neg", "-1", "65536", "4294967296", "+1", "0x0"]
        {
            assert_eq!(ids(wanted), None, "{wanted}");
        }
    }

    #[test]
    fn root_needs_no_passwd_file() {
        assert_eq!(find_in("", "", "").map(|user| user.uid), Some(0));
    }
}
