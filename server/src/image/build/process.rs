//! The processes of a build.

use std::collections::VecDeque;
use std::env;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, timeout_at};

use super::folder::{BASES, CONTAINERFILE, CONTEXT, Folder, IDS, RESULT};
use super::{BuildError, BuildEvent, BuildRequest};
use crate::image::ImageError;
use crate::storage::StorageError;

/// Between two looks at how much room the storage has.
const SPACE_LOOK: Duration = Duration::from_secs(1);
/// What a build needs on this machine.
const PROGRAMS: &[&str] = &["buildah", "unshare", "mount", "tar", "sh"];
/// Bytes of one piece of the log.
const PIECE_BYTES: usize = 32 << 10;
/// The end of the log, which an error tells.
const TOLD_BYTES: usize = 2 << 10;
/// Time until the first process has its user namespace.
const NAMESPACE_TIME: Duration = Duration::from_secs(10);
/// Pause between two looks for it.
const LOOK: Duration = Duration::from_millis(2);

/// Waits for its ids, then has them, then for namespaces of its own. Setting
/// ids takes back what `--kill-child` asks for: they are set before.
const OUTER: &str = r#"read -r _ || exit 1
export net=$1; shift
exec unshare --setgid 0 --setuid 0 -- \
  unshare --mount --pid --fork --kill-child --ipc --uts $net --propagation private --mount-proc -- \
  sh -c "$0" sh "$@""#;

/// As the first process of its pid namespace, root of nobody, in the folder:
/// which its path does not lead to, since the folders above are not for it.
/// What buildah writes below /var/cache is of no use to anyone.
const INNER: &str = r#"exec 2>&1
set -e
mount --no-canonicalize --bind . /tmp
cd /tmp
mount -t tmpfs -o size=1m tmpfs /var/cache
[ -z "$net" ] || mount -t sysfs -o ro sysfs /sys
mkdir home context
tar -xf context.tar -C context --no-same-owner
rm context.tar
export HOME=/tmp/home TMPDIR=/tmp/home _CONTAINERS_USERNS_CONFIGURED=done
b() { buildah --root /tmp/root --runroot /tmp/run --storage-driver vfs "$@"; }
n=0
while read -r name; do
  id=$(b pull --quiet oci-archive:/tmp/base-$n.tar)
  b tag "$id" "$name"
  rm base-$n.tar
  n=$((n + 1))
done <bases
b build --isolation chroot --no-cache --format oci --tag localhost/built "$@" -f Containerfile context
b push --quiet localhost/built oci-archive:/tmp/result.tar >/dev/null"#;

/// How a build ended that did not fail.
pub(super) enum Ended {
    /// Its result is there.
    Built,
    /// Its caller went away, or the daemon goes down.
    Unwanted,
}

/// Whether all that a build needs is here.
pub(super) fn check_programs() -> Result<(), BuildError> {
    let path = env::var_os("PATH").unwrap_or_default();
    for program in PROGRAMS {
        let has = |dir: std::path::PathBuf| dir.join(program).is_file();
        if !env::split_paths(&path).any(has) {
            return Err(BuildError::NoBuilder(program));
        }
    }
    Ok(())
}

/// Runs a build to its end, and its processes with it.
pub(super) async fn run(
    folder: &Folder,
    request: &BuildRequest,
    has_context: bool,
    log: mpsc::Sender<BuildEvent>,
    mut closing: watch::Receiver<bool>,
) -> Result<Ended, ImageError> {
    debug_assert!([CONTEXT, CONTAINERFILE, BASES, RESULT].iter().all(|name| INNER.contains(name)));
    if !has_context {
        write_empty(folder).await?;
    }
    let mut child = spawn(folder, request).map_err(ImageError::at(folder.path()))?;
    let deadline = Instant::now() + request.timeout;
    let gone = log.clone();
    let unwanted = async {
        tokio::select! {
            () = gone.closed() => {}
            // A sender that is gone is a daemon that ends.
            _ = closing.wait_for(|closing| *closing) => {}
        }
    };
    let followed = tokio::select! {
        followed = timeout_at(deadline, follow(&mut child, folder.first_id(), log)) => followed,
        error = cramped(folder) => {
            end(&mut child).await;
            return Err(error.into());
        }
        () = unwanted => {
            end(&mut child).await;
            return Ok(Ended::Unwanted);
        }
    };
    end(&mut child).await;
    match followed {
        Err(_) => Err(BuildError::TimedOut(request.timeout).into()),
        Ok(Err(error)) => Err(ImageError::Io { path: folder.path().to_owned(), error }),
        Ok(Ok(None)) => Ok(Ended::Built),
        Ok(Ok(Some(said))) => Err(BuildError::Failed(said).into()),
    }
}

/// Ends when the storage is nearly full: a bound of its own holds a build only
/// where the storage has bounds.
async fn cramped(folder: &Folder) -> StorageError {
    loop {
        sleep(SPACE_LOOK).await;
        match folder.is_cramped() {
            Ok(false) => {}
            Ok(true) => return StorageError::Full,
            Err(error) => return error,
        }
    }
}

/// An archive of nothing, for a build without a context.
async fn write_empty(folder: &Folder) -> Result<(), ImageError> {
    let path = folder.path().join(CONTEXT);
    tokio::fs::write(&path, [0; 1024]).await.map_err(ImageError::at(&path))
}

fn spawn(folder: &Folder, request: &BuildRequest) -> std::io::Result<Child> {
    let network = match request.network {
        true => "",
        false => "--net",
    };
    let mut command = Command::new("unshare");
    command.args(["--user", "--keep-caps", "--", "sh", "-c", OUTER, INNER, network]);
    for (key, value) in &request.args {
        command.arg("--build-arg").arg(format!("{key}={value}"));
    }
    command
        .env_clear()
        .env("PATH", env::var_os("PATH").unwrap_or_default())
        .env("LANG", "C.UTF-8")
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
}

/// Kills the first process, and all the others with it.
async fn end(child: &mut Child) {
    if let Err(error) = child.kill().await {
        tracing::warn!(%error, "can't end a build");
    }
}

/// Gives the build its ids and reads its log; the end of the log where it
/// failed.
async fn follow(
    child: &mut Child,
    first_id: u32,
    log: mpsc::Sender<BuildEvent>,
) -> std::io::Result<Option<String>> {
    let pid = child.id().ok_or(std::io::ErrorKind::NotFound)?;
    map_ids(pid, first_id).await?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(b"go\n").await?;
    }
    let mut told = VecDeque::new();
    if let Some(mut stdout) = child.stdout.take() {
        loop {
            let mut piece = BytesMut::with_capacity(PIECE_BYTES);
            if stdout.read_buf(&mut piece).await? == 0 {
                break;
            }
            told.extend(piece.iter().copied());
            let beyond = told.len().saturating_sub(TOLD_BYTES);
            told.drain(..beyond);
            // Who went away is noticed where the build is waited for.
            let _gone = log.send(BuildEvent::Log(Bytes::from(piece))).await;
        }
    }
    let status = child.wait().await?;
    let said = || String::from_utf8_lossy(told.make_contiguous()).trim().to_owned();
    Ok((!status.success()).then(said))
}

/// Ids 0 to 65,535 of the build become those from `first_id` on.
async fn map_ids(pid: u32, first_id: u32) -> std::io::Result<()> {
    let own = tokio::fs::read_link("/proc/self/ns/user").await?;
    let path = format!("/proc/{pid}/ns/user");
    let deadline = Instant::now() + NAMESPACE_TIME;
    while tokio::fs::read_link(&path).await? == own {
        if Instant::now() > deadline {
            return Err(std::io::ErrorKind::TimedOut.into());
        }
        sleep(LOOK).await;
    }
    let map = format!("0 {first_id} {IDS}\n");
    for file in ["uid_map", "gid_map"] {
        let path = format!("/proc/{pid}/{file}");
        tokio::fs::write(Path::new(&path), &map).await?;
    }
    Ok(())
}
