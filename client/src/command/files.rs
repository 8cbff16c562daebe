//! `skerry ls-files`.

use std::time::SystemTime;

use clap::Args;
use skerry_client::v1::{FileInfo, FileKind, ListFilesRequest};

use super::Context;
use crate::failure::Failure;
use crate::output::{Cell, Table, Tone};
use crate::units::{show_age, show_size};

/// The most that one page holds.
const PAGE_SIZE: i32 = 10_000;

/// List the files of a sandbox
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  skerry ls-files web                            What is in /workspace
  skerry ls-files web:/etc -l                    With modes, owners and sizes
  skerry ls-files web:src -R                     All that is below
  skerry ls-files web -R -o json                 For programs")]
pub(super) struct LsFiles {
    /// The sandbox, or SANDBOX:PATH; a relative PATH is below /workspace
    #[arg(value_name = "SANDBOX[:PATH]")]
    place: String,
    /// Show modes, owners, sizes and ages
    #[arg(short, long)]
    long: bool,
    /// All that is below, too
    #[arg(short = 'R', long)]
    recursive: bool,
}

impl LsFiles {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        let what = format!("list the files of {}", self.place);
        let (sandbox, path) = self.place.split_once(':').unwrap_or((&self.place, ""));
        let mut request = ListFilesRequest {
            sandbox_id: sandbox.to_owned(),
            path: path.to_owned(),
            recursive: self.recursive,
            page_size: PAGE_SIZE,
            ..ListFilesRequest::default()
        };
        let mut files = Vec::new();
        loop {
            let call = context.client.list_files_page(request.clone());
            let page = context.call(&what, call).await?;
            files.extend(page.files);
            if page.next_page_token.is_empty() {
                break;
            }
            request.page_token = page.next_page_token;
        }
        files.sort_by(|one, other| one.path.cmp(&other.path));
        if context.output.is_json() {
            context.output.json_list(&files)?;
        } else if self.long {
            context.output.table(&table(&files, self.recursive, SystemTime::now()))?;
        } else {
            for file in &files {
                context.output.line(shown(file, self.recursive))?;
            }
        }
        Ok(0)
    }
}

/// A name, or in a tree the whole path.
fn shown(file: &FileInfo, whole: bool) -> &str {
    if whole { &file.path } else { file.path.rsplit('/').next().unwrap_or(&file.path) }
}

fn table(files: &[FileInfo], whole: bool, now: SystemTime) -> Table {
    let mut table = Table::new(&["MODE", "OWNER", "SIZE", "AGE", "NAME"]);
    for file in files {
        let age = file.modify_time.and_then(|time| SystemTime::try_from(time).ok());
        let name = match file.kind() {
            FileKind::Symlink => {
                let target = String::from_utf8_lossy(&file.target);
                Cell::from(format!("{} -> {target}", shown(file, whole)))
            }
            FileKind::Directory => Cell::toned(shown(file, whole), Tone::Good),
            _ => Cell::from(shown(file, whole)),
        };
        table.row([
            Cell::from(show_mode(file)),
            Cell::from(format!("{}:{}", file.uid, file.gid)),
            Cell::from(show_size(file.size_bytes)),
            Cell::from(age.map_or_else(String::new, |time| show_age(time, now))),
            name,
        ]);
    }
    table
}

/// As `ls -l` has it.
fn show_mode(file: &FileInfo) -> String {
    let kind = match file.kind() {
        FileKind::Directory => 'd',
        FileKind::Symlink => 'l',
        FileKind::Fifo => 'p',
        FileKind::Socket => 's',
        FileKind::CharacterDevice => 'c',
        FileKind::BlockDevice => 'b',
        _ => '-',
    };
    let mut text = String::from(kind);
    for (shift, special, (set, bare)) in
        [(6, 0o4000, ('s', 'S')), (3, 0o2000, ('s', 'S')), (0, 0o1000, ('t', 'T'))]
    {
        let bits = file.mode >> shift;
        text.push(if bits & 4 > 0 { 'r' } else { '-' });
        text.push(if bits & 2 > 0 { 'w' } else { '-' });
        text.push(match (file.mode & special > 0, bits & 1 > 0) {
            (true, true) => set,
            (true, false) => bare,
            (false, true) => 'x',
            (false, false) => '-',
        });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_shown_as_ls_does() {
        let shown = |mode, kind: FileKind| {
            show_mode(&FileInfo { mode, kind: kind.into(), ..FileInfo::default() })
        };
        assert_eq!(shown(0o755, FileKind::Directory), "drwxr-xr-x");
        assert_eq!(shown(0o4750, FileKind::Regular), "-rwsr-x---");
        assert_eq!(shown(0o3666, FileKind::Regular), "-rw-rwSrwT");
    }
}
