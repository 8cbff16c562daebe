//! Watches a file, a directory or a tree.
//!
//! A directory is watched before it is read, so that nothing made in between
//! is missed; it may be told twice. When the kernel loses changes, the tree is
//! watched anew and the daemon told to look at everything again.

use std::collections::HashMap;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use rustix::fs::FileType;
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
use rustix::io::Errno;
use skerry_api::init::file_change::Kind;
use skerry_api::init::file_failure::Reason;
use skerry_api::init::file_news::News;
use skerry_api::init::{FileChange, FileEnd, FileWatch};

use super::failure::{About, Outcome, failed, of_errno};
use super::place::{hold, kind_of, open_directory};
use super::session::Session;
use super::walk::{Step, Walk};

/// Directories watched at once.
const MAX_WATCHES: usize = 32_768;
/// Bytes of events read at once.
const BUFFER: usize = 16 << 10;

const CHANGES: WatchFlags = WatchFlags::CREATE
    .union(WatchFlags::DELETE)
    .union(WatchFlags::MODIFY)
    .union(WatchFlags::ATTRIB)
    .union(WatchFlags::MOVE)
    .union(WatchFlags::DELETE_SELF)
    .union(WatchFlags::MOVE_SELF)
    .union(WatchFlags::EXCL_UNLINK);

/// One event as it is kept for a moment.
struct Event {
    watch: i32,
    flags: ReadFlags,
    cookie: u32,
    name: Vec<u8>,
}

struct Watcher<'a> {
    session: &'a mut Session,
    inotify: OwnedFd,
    root: Vec<u8>,
    recursive: bool,
    /// The path of each watch.
    paths: HashMap<i32, Vec<u8>>,
    /// Told last, so that a file that is written to is not told for each write
    /// of one batch.
    last: Option<(Kind, Vec<u8>)>,
}

pub(super) fn watch(session: &mut Session, request: &FileWatch) -> Outcome<()> {
    let path = &request.path[..];
    let flags = CreateFlags::CLOEXEC | CreateFlags::NONBLOCK;
    let inotify = inotify::init(flags).about(path)?;
    let mut watcher = Watcher {
        session,
        inotify,
        root: path.to_vec(),
        recursive: request.recursive,
        paths: HashMap::new(),
        last: None,
    };
    watcher.watch_all()?;
    watcher.session.tell(News::Done(FileEnd {}))?;
    loop {
        watcher.session.wait_for(&watcher.inotify.try_clone().about(path)?)?;
        let events = watcher.read()?;
        if !watcher.take(events)? {
            return Ok(());
        }
    }
}

impl Watcher<'_> {
    fn watch_all(&mut self) -> Outcome<()> {
        let root = self.root.clone();
        let held = hold(&root, true)?;
        self.add(held.as_fd(), root.clone())?;
        let kind = kind_of(&rustix::fs::fstat(&held).about(&root)?);
        if self.recursive && kind == FileType::Directory {
            self.add_below(&root, false)?;
        }
        Ok(())
    }

    /// Watches what is held, whatever its path names by now.
    fn add(&mut self, held: BorrowedFd<'_>, path: Vec<u8>) -> Outcome<()> {
        if self.paths.len() >= MAX_WATCHES {
            let detail = format!("at most {MAX_WATCHES} directories are watched");
            return Err(failed(Reason::TooMany, &path, detail));
        }
        let own_path = format!("/proc/self/fd/{}", held.as_raw_fd());
        match inotify::add_watch(&self.inotify, own_path, CHANGES) {
            Ok(watch) => {
                self.paths.insert(watch, path);
                Ok(())
            }
            Err(Errno::NOSPC) => {
                Err(failed(Reason::TooMany, &path, "the host's bound of watches is reached"))
            }
            Err(errno) => Err(of_errno(errno, &path)),
        }
    }

    /// Watches every directory below one, and tells what is there.
    fn add_below(&mut self, path: &[u8], tell: bool) -> Outcome<()> {
        let Ok(directory) = open_directory(path) else { return Ok(()) };
        let mut walk = Walk::new(directory, path);
        while let Some(step) = walk.next()? {
            self.session.step()?;
            let Step::Entry(entry) = step else { continue };
            let entry_path = walk.path_of(&entry.name);
            if tell {
                self.tell(Kind::Created, entry_path.clone(), None)?;
            }
            if entry.kind == FileType::Directory && walk.enter(&entry.name)? {
                self.add(walk.directory(), entry_path)?;
            }
        }
        Ok(())
    }

    fn read(&mut self) -> Outcome<Vec<Event>> {
        let mut space = [MaybeUninit::<u8>::uninit(); BUFFER];
        let mut reader = Reader::new(&self.inotify, &mut space);
        let mut events = Vec::new();
        loop {
            match reader.next() {
                Ok(event) => events.push(Event {
                    watch: event.wd(),
                    flags: event.events(),
                    cookie: event.cookie(),
                    name: event.file_name().map_or_else(Vec::new, |name| name.to_bytes().to_vec()),
                }),
                Err(Errno::AGAIN | Errno::INTR) => break,
                Err(errno) => return Err(of_errno(errno, &self.root)),
            }
            if reader.is_buffer_empty() {
                break;
            }
        }
        Ok(events)
    }

    /// Tells what the events say; says whether there is anything left to watch.
    fn take(&mut self, events: Vec<Event>) -> Outcome<bool> {
        self.last = None;
        let mut events = events.into_iter().peekable();
        while let Some(event) = events.next() {
            if event.flags.contains(ReadFlags::QUEUE_OVERFLOW) {
                self.session.tell(News::Overflow(FileEnd {}))?;
                self.watch_all()?;
                continue;
            }
            let Some(directory) = self.paths.get(&event.watch).cloned() else { continue };
            if event.flags.contains(ReadFlags::IGNORED) {
                self.paths.remove(&event.watch);
                if directory == self.root {
                    return Ok(false);
                }
                continue;
            }
            let path = joined(&directory, &event.name);
            if event.flags.contains(ReadFlags::MOVED_FROM) {
                let to = events.next_if(|next| {
                    next.flags.contains(ReadFlags::MOVED_TO) && next.cookie == event.cookie
                });
                let to = to.and_then(|to| Some(joined(self.paths.get(&to.watch)?, &to.name)));
                self.moved(&event, path, to)?;
            } else {
                self.changed(&event, path)?;
            }
        }
        Ok(true)
    }

    fn moved(&mut self, event: &Event, path: Vec<u8>, to: Option<Vec<u8>>) -> Outcome<()> {
        let is_directory = event.flags.contains(ReadFlags::ISDIR);
        match to {
            Some(to) => {
                if is_directory {
                    self.rename(&path, &to);
                }
                self.tell(Kind::Moved, path, Some(to))
            }
            None => {
                if is_directory {
                    self.forget(&path);
                }
                self.tell(Kind::Removed, path, None)
            }
        }
    }

    fn changed(&mut self, event: &Event, path: Vec<u8>) -> Outcome<()> {
        let flags = event.flags;
        if flags.intersects(ReadFlags::CREATE | ReadFlags::MOVED_TO) {
            self.tell(Kind::Created, path.clone(), None)?;
            if self.recursive && flags.contains(ReadFlags::ISDIR) {
                // Gone or swapped meanwhile: other events say so.
                if let Ok(held) = hold(&path, false) {
                    self.add(held.as_fd(), path.clone())?;
                    self.add_below(&path, true)?;
                }
            }
            return Ok(());
        }
        if flags.contains(ReadFlags::MODIFY) {
            return self.tell(Kind::Modified, path, None);
        }
        if flags.contains(ReadFlags::DELETE) {
            return self.tell(Kind::Removed, path, None);
        }
        // Of a directory below, its parent's watch tells.
        let is_root = path == self.root;
        if flags.intersects(ReadFlags::DELETE_SELF | ReadFlags::MOVE_SELF) && is_root {
            return self.tell(Kind::Removed, path, None);
        }
        if flags.contains(ReadFlags::ATTRIB) && (is_root || !event.name.is_empty()) {
            return self.tell(Kind::Attributes, path, None);
        }
        Ok(())
    }

    fn rename(&mut self, from: &[u8], to: &[u8]) {
        for path in self.paths.values_mut() {
            if is_within(path, from) {
                *path = [to, &path[from.len()..]].concat();
            }
        }
    }

    fn forget(&mut self, path: &[u8]) {
        let gone = self.paths.extract_if(|_, watched| is_within(watched, path));
        for (watch, _) in gone {
            // It may have ended by itself.
            let _ = inotify::remove_watch(&self.inotify, watch);
        }
    }

    fn tell(&mut self, kind: Kind, path: Vec<u8>, to: Option<Vec<u8>>) -> Outcome<()> {
        let this = Some((kind, path.clone()));
        if kind != Kind::Moved && self.last == this {
            return Ok(());
        }
        self.last = this;
        let to = to.map(Into::into);
        self.session.tell(News::Change(FileChange { kind: kind.into(), path: path.into(), to }))
    }
}

fn joined(directory: &[u8], name: &[u8]) -> Vec<u8> {
    match (name.is_empty(), directory.ends_with(b"/")) {
        (true, _) => directory.to_vec(),
        (false, true) => [directory, name].concat(),
        (false, false) => [directory, b"/", name].concat(),
    }
}

fn is_within(path: &[u8], above: &[u8]) -> bool {
    path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
}
