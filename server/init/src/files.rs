//! The file worker: a process in the machine that serves the daemon's calls
//! on files, one after another, with plain blocking calls.
//!
//! It is forked by init, whose rights inside it has: the machine's root. It
//! has no descriptor of init's, and none of a file ever leaves it, so that
//! whatever a hostile machine does to it, or with its names and links, stays
//! in the machine. Nothing but regular files is ever opened for bytes.

mod change;
mod copy;
mod failure;
mod find;
mod info;
mod list;
mod open;
mod pack;
mod place;
mod read;
mod search;
mod session;
mod temporary;
mod unpack;
mod walk;
mod watch;
mod write;

use std::os::fd::OwnedFd;

use rustix::process::{Resource, Rlimit};
use skerry_api::init::FileRequest;
use skerry_api::init::file_request::Request;

use failure::Stop;
use session::Session;

/// Address space of a worker: far more than its buffers and a search's
/// automata need, and a bound on what a hostile tree makes it take.
const MAX_ADDRESS_SPACE: u64 = 1 << 30;

/// Serves the daemon until it closes the socket; says with which code the
/// process ends.
pub(crate) fn run(socket: OwnedFd) -> i32 {
    let limit = Rlimit { current: Some(MAX_ADDRESS_SPACE), maximum: Some(MAX_ADDRESS_SPACE) };
    // A worker without the bound works as well.
    let _ = rustix::process::setrlimit(Resource::As, limit);
    let _ = rustix::thread::set_name(c"skerry-files");
    rustix::process::umask(rustix::fs::Mode::empty());
    let mut session = Session::new(socket);
    let mut left = None;
    while let Some(request) = session.next_request() {
        let outcome = serve(&mut session, &mut left, request);
        if session.finish(outcome).is_err() {
            return 0;
        }
    }
    0
}

fn serve(
    session: &mut Session,
    left: &mut Option<list::Left>,
    request: FileRequest,
) -> Result<(), Stop> {
    let Some(request) = request.request else {
        return Err(Stop::Gone);
    };
    match request {
        Request::Read(request) => read::read(session, &request),
        Request::Write(request) => write::write(session, &request),
        Request::Stat(request) => info::stat(session, &request),
        Request::List(request) => list::list(session, left, &request),
        Request::MakeDir(request) => change::make_dir(session, &request),
        Request::Move(request) => copy::move_to(session, &request),
        Request::Copy(request) => copy::copy(session, &request),
        Request::Remove(request) => change::remove(session, &request),
        Request::Chmod(request) => change::chmod(session, &request),
        Request::Chown(request) => change::chown(session, &request),
        Request::Symlink(request) => change::symlink(session, &request),
        Request::ReadLink(request) => change::read_link(session, &request),
        Request::Search(request) => search::search(session, &request),
        Request::Replace(request) => search::replace(session, &request),
        Request::Watch(request) => watch::watch(session, &request),
        Request::Pack(request) => pack::pack(session, &request),
        Request::Unpack(request) => unpack::unpack(session, &request),
        Request::Open(request) => open::open(session, &request),
    }
}
