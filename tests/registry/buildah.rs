//! Images that buildah makes, in a store of the test's own.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rustix::fs::{FileType, Mode, XattrFlags};

/// Layers of the large image.
pub(crate) const LAYERS: usize = 40;

/// A store of images. Nothing of it is mounted: with its driver `vfs` an
/// image is a directory.
pub(crate) struct Buildah {
    folder: tempfile::TempDir,
}

/// Why these tests can't run here.
pub(crate) fn missing() -> Option<String> {
    let programs = ["buildah", "docker-registry", "openssl", "busybox"];
    let absent = |name: &&&str| Command::new(name).arg("--help").output().is_err();
    let program = programs.iter().find(absent)?;
    Some(format!("no {program} on this machine: run tests/run to install it"))
}

impl Buildah {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        // Not the credentials of whoever runs the tests.
        fs::write(folder.path().join("auth.json"), "{}").expect("written");
        Self { folder }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs it; the first line of what it prints.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        let output = self.output(arguments);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "buildah {arguments:?}: {error}");
        String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().to_owned()
    }

    fn output(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new("buildah");
        command
            .arg("--root")
            .arg(self.folder.path().join("root"))
            .arg("--runroot")
            .arg(self.folder.path().join("run"))
            .args(["--storage-driver", "vfs"])
            .args(arguments)
            .env("REGISTRY_AUTH_FILE", self.folder.path().join("auth.json"));
        command.output().expect("buildah can be run")
    }

    /// Makes `image` of `base` by changing its files.
    pub(crate) fn layer(&self, base: &str, image: &str, change: impl FnOnce(&Path)) {
        let container = self.run(&["from", "--pull-never", base]);
        change(&PathBuf::from(self.run(&["mount", &container])));
        self.run(&["umount", &container]);
        self.run(&["commit", "--quiet", &container, image]);
        self.run(&["rm", &container]);
    }

    /// Sets config on an image.
    pub(crate) fn config(&self, image: &str, options: &[&str]) {
        let container = self.run(&["from", "--pull-never", image]);
        self.run(&[&["config"], options, &[container.as_str()]].concat());
        self.run(&["commit", "--quiet", &container, image]);
        self.run(&["rm", &container]);
    }

    /// Where an image's files are.
    pub(crate) fn mount(&self, image: &str) -> PathBuf {
        let container = self.run(&["from", "--pull-never", image]);
        PathBuf::from(self.run(&["mount", &container]))
    }

    /// A small image with a shell and a config.
    pub(crate) fn small(&self) -> &'static str {
        self.layer("scratch", "small", |root| {
            for directory in ["bin", "data", "etc", "srv", "tmp"] {
                fs::create_dir(root.join(directory)).expect("made");
            }
            fs::set_permissions(root.join("tmp"), PermissionsExt::from_mode(0o1777)).expect("set");
            let busybox = root.join("bin/busybox");
            fs::copy("/bin/busybox", &busybox).expect("busybox-static is there");
            for name in ["sh", "env", "id", "pwd", "cat"] {
                fs::hard_link(&busybox, root.join("bin").join(name)).expect("linked");
            }
            let passwd = "root:x:0:0::/root:/bin/sh\napp:x:7:8::/srv:/bin/sh\n";
            fs::write(root.join("etc/passwd"), passwd).expect("written");
            fs::write(root.join("etc/group"), "root:x:0:\napp:x:8:\n").expect("written");
        });
        self.config(
            "small",
            &[
                "--env=COLOUR=blue",
                "--env=PATH=/bin",
                "--user=app",
                "--workingdir=/srv",
                "--cmd=sh -c true",
                "--entrypoint=[\"/bin/env\"]",
                "--port=80/tcp",
                "--stop-signal=SIGQUIT",
                "--volume=/data",
                "--label=team=web",
            ],
        );
        "small"
    }

    /// An image of [`LAYERS`] layers that add, change, replace, link and
    /// remove.
    pub(crate) fn large(&self) -> &'static str {
        self.layer("scratch", "large", first_layer);
        for number in 1..LAYERS {
            self.layer("large", "large", |root| change(root, number));
        }
        "large"
    }
}

fn first_layer(root: &Path) {
    fs::create_dir_all(root.join("usr/bin")).expect("made");
    symlink("usr/bin", root.join("bin")).expect("linked");
    symlink("/usr/bin", root.join("absolute")).expect("linked");
    for directory in 0..8 {
        let directory = root.join(format!("d{directory}/deep/er"));
        fs::create_dir_all(&directory).expect("made");
        for file in 0..8 {
            fs::write(directory.join(format!("f{file}")), format!("{file}").repeat(100))
                .expect("written");
        }
    }
    let tool = root.join("usr/bin/tool");
    fs::write(&tool, vec![7; 70_000]).expect("written");
    chown(&tool, Some(3), Some(65_535)).expect("given away");
    fs::set_permissions(&tool, PermissionsExt::from_mode(0o6755)).expect("set");
    let ping = root.join("usr/bin/ping");
    fs::write(&ping, "ping").expect("written");
    let capability = [1, 0, 0, 2, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    rustix::fs::setxattr(&ping, "security.capability", &capability, XattrFlags::empty())
        .expect("set");
    let fifo = root.join("fifo");
    rustix::fs::mknodat(rustix::fs::CWD, &fifo, FileType::Fifo, Mode::from_raw_mode(0o620), 0)
        .expect("made");
    fs::set_permissions(&fifo, PermissionsExt::from_mode(0o620)).expect("set");
    fs::write(root.join("name with spaces \u{e9} \u{1f40b}"), "x").expect("written");
    let long = "long".repeat(60);
    fs::create_dir(root.join(&long)).expect("made");
    fs::write(root.join(&long).join(&long), "x").expect("written");
    let sparse = fs::File::create(root.join("sparse")).expect("made");
    sparse.set_len(1 << 20).expect("set");
}

/// What a layer changes, by its number.
fn change(root: &Path, number: usize) {
    let directory = root.join(format!("d{}", number % 8));
    let file = directory.join("deep/er").join(format!("f{}", number % 7));
    match number % 10 {
        0 => fs::remove_file(&file).unwrap_or_default(),
        1 => fs::write(root.join(format!("usr/bin/new{number}")), "new").expect("written"),
        2 => {
            // A file over a directory.
            fs::remove_dir_all(&directory).unwrap_or_default();
            fs::write(&directory, "a file now").expect("written");
        }
        3 => {
            // A directory over a file, or anew over a directory.
            fs::remove_dir_all(&directory).unwrap_or_default();
            fs::remove_file(&directory).unwrap_or_default();
            fs::create_dir_all(directory.join("deep/er")).expect("made");
            fs::write(directory.join("fresh"), "fresh").expect("written");
        }
        4 => {
            // To a file of a lower layer.
            fs::hard_link(root.join("usr/bin/tool"), root.join(format!("link{number}")))
                .expect("linked");
        }
        5 => {
            let made = root.join(format!("h{number}"));
            fs::write(&made, "shared").expect("written");
            fs::hard_link(&made, root.join(format!("usr/bin/h{number}"))).expect("linked");
        }
        6 => {
            fs::set_permissions(root.join("usr"), PermissionsExt::from_mode(0o711)).expect("set");
            chown(root.join("usr"), Some(number as u32), Some(9)).expect("given away");
        }
        7 => {
            fs::remove_file(root.join("absolute")).unwrap_or_default();
            symlink(format!("/nowhere/{number}"), root.join("absolute")).expect("linked");
        }
        8 => {
            let marked = root.join(format!("marked{number}"));
            fs::write(&marked, "x").expect("written");
            rustix::fs::setxattr(&marked, "user.note", b"kept", XattrFlags::empty()).expect("set");
        }
        _ => fs::remove_dir_all(root.join(format!("d{}", number % 5))).unwrap_or_default(),
    }
}
