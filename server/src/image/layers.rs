//! Layers, one over the other, as one root.

use std::io::Read;
use std::path::Path;

use crate::archive::digest::{Digest, HashedReader};
use crate::archive::unpack::{UnpackError, Unpacked, Unpacking, read_failed};

/// What a layer must turn out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layer {
    /// Of its bytes as they came; `None` where nobody said.
    pub(super) digest: Option<Digest>,
    /// Of what they unwrap to.
    pub(super) diff_id: Digest,
}

/// Unpacks layers, the lowest first, into the empty directory `root`. `open`
/// is given a layer's place among them. Both digests of each are compared:
/// what differs is never made visible.
pub(super) fn unpack_layers<R: Read>(
    layers: &[Layer],
    root: &Path,
    mut open: impl FnMut(usize) -> Result<R, UnpackError>,
) -> Result<Unpacked, UnpackError> {
    let mut unpacking = Unpacking::new(root)?;
    for (index, layer) in layers.iter().enumerate() {
        let mut source = HashedReader::new(open(index)?);
        let diff_id = unpacking.layer(&mut source)?;
        let wrong = |wanted: &Digest, got: Digest| UnpackError::WrongDigest {
            layer: index + 1,
            wanted: wanted.clone(),
            got,
        };
        if diff_id != layer.diff_id {
            return Err(wrong(&layer.diff_id, diff_id));
        }
        let digest = source.finish().map_err(read_failed)?;
        match &layer.digest {
            Some(wanted) if *wanted != digest => return Err(wrong(wanted, digest)),
            _ => {}
        }
    }
    Ok(unpacking.finish())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::MetadataExt;

    use tar::EntryType;

    use super::*;
    use crate::archive::member::Refusal;
    use crate::archive::unpack::tests::{Tar, header, skip_without_root};

    fn layer(bytes: &[u8]) -> Layer {
        Layer { digest: Some(Digest::of(bytes)), diff_id: Digest::of(bytes) }
    }

    fn unpack(tars: Vec<Tar>) -> (tempfile::TempDir, Result<Unpacked, UnpackError>) {
        let blobs: Vec<_> = tars.into_iter().map(Tar::end).collect();
        let layers: Vec<_> = blobs.iter().map(|blob| layer(blob)).collect();
        let temp = tempfile::tempdir().unwrap();
        let unpacked = unpack_layers(&layers, temp.path(), |index| Ok(&blobs[index][..]));
        (temp, unpacked)
    }

    /// Every path and what it holds, in order.
    fn tree(tars: Vec<Tar>) -> String {
        let (temp, unpacked) = unpack(tars);
        unpacked.unwrap();
        let mut lines = Vec::new();
        let mut waiting = vec![temp.path().to_owned()];
        while let Some(path) = waiting.pop() {
            let meta = fs::symlink_metadata(&path).unwrap();
            let name = path.strip_prefix(temp.path()).unwrap().display().to_string();
            if meta.is_dir() {
                waiting.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
                lines.push(format!("{name}/"));
            } else if meta.is_symlink() {
                lines.push(format!("{name}->{}", fs::read_link(&path).unwrap().display()));
            } else {
                lines.push(format!("{name}={}", fs::read_to_string(&path).unwrap()));
            }
        }
        lines.retain(|line| line != "/");
        lines.sort();
        lines.join(" ")
    }

    fn lower() -> Tar {
        Tar::new()
            .kind(EntryType::Directory, b"d/")
            .file(b"d/a", b"1")
            .file(b"d/b", b"1")
            .file(b"d/s/t", b"1")
            .file(b"f", b"1")
    }

    #[test]
    fn layers_go_over_one_another() {
        if skip_without_root() {
            return;
        }
        let dir = EntryType::Directory;
        for (what, upper, wanted) in [
            ("nothing", Tar::new(), "d/ d/a=1 d/b=1 d/s/ d/s/t=1 f=1"),
            ("a whiteout", Tar::new().file(b"d/.wh.a", b""), "d/ d/b=1 d/s/ d/s/t=1 f=1"),
            ("of a directory", Tar::new().file(b".wh.d", b""), "f=1"),
            (
                "of nothing",
                Tar::new().file(b".wh.x", b"").file(b"x/y/.wh.z", b""),
                "d/ d/a=1 d/b=1 d/s/ d/s/t=1 f=1",
            ),
            (
                "before its own file",
                Tar::new().file(b"d/.wh.a", b"").file(b"d/a", b"2"),
                "d/ d/a=2 d/b=1 d/s/ d/s/t=1 f=1",
            ),
            (
                "after its own file",
                Tar::new().file(b"d/a", b"2").file(b"d/.wh.a", b""),
                "d/ d/a=2 d/b=1 d/s/ d/s/t=1 f=1",
            ),
            (
                "after its own directory",
                Tar::new().file(b"d/n", b"2").file(b".wh.d", b""),
                "d/ d/n=2 f=1",
            ),
            (
                "opaque first",
                Tar::new().file(b"d/.wh..wh..opq", b"").file(b"d/n", b"2"),
                "d/ d/n=2 f=1",
            ),
            (
                "opaque in the middle",
                Tar::new().file(b"d/n", b"2").file(b"d/.wh..wh..opq", b"").file(b"d/m", b"2"),
                "d/ d/m=2 d/n=2 f=1",
            ),
            (
                "opaque last, deep",
                Tar::new().file(b"d/s/n", b"2").kind(dir, b"d/e/").file(b"d/.wh..wh..opq", b""),
                "d/ d/e/ d/s/ d/s/n=2 f=1",
            ),
            ("opaque root", Tar::new().file(b".wh..wh..opq", b"").file(b"n", b"2"), "n=2"),
            (
                "books of another file system",
                Tar::new().file(b".wh..wh.plnk", b""),
                "d/ d/a=1 d/b=1 d/s/ d/s/t=1 f=1",
            ),
            ("a file over a directory", Tar::new().file(b"d", b"2"), "d=2 f=1"),
            ("a link over a directory", Tar::new().link(EntryType::Symlink, b"d", "f"), "d->f f=1"),
            (
                "a directory over a file",
                Tar::new().kind(dir, b"f/").file(b"f/n", b"2"),
                "d/ d/a=1 d/b=1 d/s/ d/s/t=1 f/ f/n=2",
            ),
            (
                "a hard link to a lower file",
                Tar::new().link(EntryType::Link, b"h", "d/a"),
                "d/ d/a=1 d/b=1 d/s/ d/s/t=1 f=1 h=1",
            ),
        ] {
            assert_eq!(tree(vec![lower(), upper]), wanted, "{what}");
        }
    }

    #[test]
    fn a_whiteout_reaches_through_links_of_the_image_and_spares_its_own_layer() {
        if skip_without_root() {
            return;
        }
        let lower =
            Tar::new().file(b"usr/bin/old", b"1").link(EntryType::Symlink, b"bin", "/usr/bin");
        let upper = Tar::new()
            .file(b"bin/new", b"2")
            .file(b"usr/bin/.wh.new", b"")
            .file(b"bin/.wh.old", b"");
        assert_eq!(tree(vec![lower, upper]), "bin->/usr/bin usr/ usr/bin/ usr/bin/new=2");
    }

    #[test]
    fn nothing_leaves_the_root() {
        if skip_without_root() {
            return;
        }
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("kept"), "kept").unwrap();
        let target = outside.path().to_str().unwrap();
        let lower = || Tar::new().link(EntryType::Symlink, b"l", target);
        for upper in [
            Tar::new().file(b"l/evil", b"x"),
            Tar::new().file(b"l/.wh.kept", b""),
            Tar::new().file(b"l/.wh..wh..opq", b""),
            Tar::new().link(EntryType::Link, b"h", "l/kept"),
            Tar::new().kind(EntryType::Directory, b"l/"),
        ] {
            let (temp, _either_way) = unpack(vec![lower(), upper]);
            assert_eq!(fs::read_to_string(outside.path().join("kept")).unwrap(), "kept");
            assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
            assert!(!temp.path().join("h").exists());
        }
        let (_temp, climbing) = unpack(vec![
            Tar::new().link(EntryType::Symlink, b"up", "../../../../tmp"),
            Tar::new().file(b"up/inside", b"x"),
        ]);
        assert!(climbing.is_err() || !std::path::Path::new("/tmp/inside").exists());
    }

    #[test]
    fn a_hostile_member_of_any_layer_refuses_all() {
        if skip_without_root() {
            return;
        }
        let foreign = || {
            let mut header = header(EntryType::Regular, 0);
            header.set_uid(65_536);
            header
        };
        for (upper, wanted) in [
            (Tar::new().file(b"../evil", b""), Refusal::DotDot),
            (Tar::new().file(b"/evil", b""), Refusal::Absolute),
            (Tar::new().file(b"d/../../.wh.x", b""), Refusal::DotDot),
            (Tar::new().file(b".wh.", b""), Refusal::BadWhiteout),
            (Tar::new().file(b"d/.wh..", b""), Refusal::BadWhiteout),
            (Tar::new().file(b"d/.wh...", b""), Refusal::BadWhiteout),
            (Tar::new().kind(EntryType::Char, b"dev/null"), Refusal::Device),
            (Tar::new().kind(EntryType::Block, b"dev/sda"), Refusal::Device),
            (Tar::new().with(foreign(), b"u", b""), Refusal::Owner { uid: 65_536, gid: 0 }),
            (Tar::new().file(b"d/n", b"").file(b"d", b""), Refusal::DirectoryInPlace),
        ] {
            match unpack(vec![lower(), upper]).1 {
                Err(UnpackError::Member { refusal, .. }) => assert_eq!(refusal, wanted),
                other => panic!("{wanted:?}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_deep_lower_directory_is_hidden_without_running_out_of_anything() {
        if skip_without_root() {
            return;
        }
        let long = [&b"d/".repeat(3_000)[..], b"file"].concat();
        let mut name = header(EntryType::GNULongName, long.len() as u64);
        name.set_cksum();
        let lower = Tar::new().with(name, b"././@LongLink", &long).file(b"short", b"x");
        let upper = Tar::new().file(b".wh.d", b"").file(b"n", b"2");
        assert_eq!(tree(vec![lower, upper]), "n=2");
    }

    #[test]
    fn a_layer_that_is_another_is_refused() {
        if skip_without_root() {
            return;
        }
        let blob = zstd::encode_all(&lower().end()[..], 1).unwrap();
        let right = Layer { digest: Some(Digest::of(&blob)), diff_id: Digest::of(&lower().end()) };
        let wrong_blob = Layer { digest: Some(Digest::of(b"")), ..right.clone() };
        let wrong_diff = Layer { diff_id: Digest::of(b""), ..right.clone() };
        let mut longer = blob.clone();
        longer.extend_from_slice(&zstd::encode_all(&b"more"[..], 1).unwrap());
        for (layer, blob, good) in [
            (right.clone(), &blob, true),
            (wrong_blob, &blob, false),
            (wrong_diff, &blob, false),
            (right, &longer, false),
        ] {
            let temp = tempfile::tempdir().unwrap();
            let unpacked = unpack_layers(&[layer], temp.path(), |_| Ok(&blob[..]));
            match unpacked {
                Ok(_) => assert!(good),
                Err(UnpackError::WrongDigest { layer: 1, .. }) => assert!(!good),
                Err(other) => panic!("{other}"),
            }
        }
    }

    #[test]
    fn directories_have_the_time_that_the_last_layer_gave_them() {
        if skip_without_root() {
            return;
        }
        let dated = |time: u64| {
            let mut header = header(EntryType::Directory, 0);
            header.set_mtime(time);
            Tar::new().with(header, b"d/", b"")
        };
        let (temp, unpacked) =
            unpack(vec![dated(5), dated(7).file(b"d/x", b""), Tar::new().file(b"d/.wh.x", b"")]);
        unpacked.unwrap();
        assert_eq!(fs::metadata(temp.path().join("d")).unwrap().mtime(), 7);
    }
}
