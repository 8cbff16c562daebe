//! Forks, and the tree that they make.

use skerry_client::v1::{CoalesceSandboxesRequest, CreateSandboxRequest, ForkSandboxRequest};
use tonic::Code;

use crate::on_both;
use crate::rig::{Driver, Rig, at, named, own, reason};

on_both!(
    forks_have_the_parents_disk_to_the_last_attribute,
    forks_share_volumes_and_have_a_copy_of_the_parents_own,
    a_fork_tree_is_coalesced_to_the_one_to_keep,
    forks_are_all_made_or_none,
);

/// Every kind of file, and every way to change what the image has.
const CHANGES: &str = "
    rm -r /etc/apt /var/cache 2>/dev/null; rm -f /etc/hosts; mkdir /etc/hosts
    mkdir -p /srv/d/e; echo text >/srv/d/f; ln /srv/d/f /srv/d/hard; ln -s ../f /srv/d/e/link
    mkfifo /srv/pipe; python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"/srv/socket\")'
    chown -R 1000:7 /srv/d; chmod 4751 /srv/d/f; chmod 1777 /srv/d/e; chmod 000 /srv/pipe
    python3 -c 'import os; os.setxattr(\"/srv/d/f\", \"user.note\", b\"kept\")'
    truncate -s 10M /srv/sparse; printf x | dd of=/srv/sparse bs=1 seek=5000000 conv=notrunc 2>/dev/null
    touch -d '2001-02-03 04:05:06.123456789 UTC' /srv/d/f; mv /opt /opt2; mkdir /opt
    printf 'a\\nb\\377' | xargs -0 -I{} touch \"/srv/{}\"";

/// All of it, as text; inode and change times left out.
const MANIFEST: &str = "
    cd / && find etc srv opt opt2 var root home -printf '%p %y %m %U %G %n %l %s %TY-%Tm-%Td %TH:%TM:%TS\\n' \
      | grep -v '^var/cache' | LC_ALL=C sort | grep -v ' d ' ;
    find etc srv opt opt2 var root home -type d -printf '%p %m %U %G\\n' | LC_ALL=C sort
    find etc srv -type f -perm -400 -exec sha256sum {} + | LC_ALL=C sort
    python3 -c 'import os; print(os.listxattr(\"/srv/d/f\"), os.getxattr(\"/srv/d/f\", \"user.note\"))'
    stat -c %i srv/d/f srv/d/hard | uniq | wc -l; du -k srv/sparse | cut -f1 | awk '{print ($1 < 1000)}'";

async fn forks_have_the_parents_disk_to_the_last_attribute(driver: Driver) {
    let rig = Rig::start(driver).await;
    let parent = rig.sandbox(named("parent")).await;
    rig.sh("parent", CHANGES).await;
    let wanted = rig.sh("parent", MANIFEST).await;
    assert!(wanted.contains("srv/socket s"), "{wanted}");
    let forks = rig.fork("parent", 3, "fork").await;
    rig.sh("parent", "rm -rf /srv/*").await;
    for (fork, name) in forks.iter().zip(["fork-1", "fork-2", "fork-3"]) {
        assert_eq!((&*fork.name, &fork.parent_id), (name, &parent.id));
        assert_eq!(rig.sh(name, MANIFEST).await, wanted, "{name}");
        rig.sh(name, "echo own >/srv/d/f").await;
    }
    assert_eq!(rig.trees("snapshots"), [""; 0], "what was in between is gone");
    assert_eq!(rig.sh("fork-1", "hostname").await, "fork-1");
}

async fn forks_share_volumes_and_have_a_copy_of_the_parents_own(driver: Driver) {
    let rig = Rig::start(driver).await;
    rig.volume("shared", 0).await;
    let mounts = vec![at("shared", "/shared", false)];
    rig.sandbox(CreateSandboxRequest { mounts, storage: own(0), ..named("parent") }).await;
    rig.sh("parent", "echo own >/workspace/f; echo shared >/shared/f").await;
    let fork = rig.fork("parent", 1, "fork").await.remove(0);
    assert_eq!(rig.sh("fork", "cat /workspace/f /shared/f").await, "own\nshared");
    rig.sh("fork", "echo other >/workspace/f; echo other >/shared/f").await;
    assert_eq!(rig.sh("parent", "cat /workspace/f /shared/f").await, "own\nother");
    let paths: Vec<_> = fork.mounts.iter().map(|mount| &*mount.path).collect();
    assert_eq!(paths, ["/shared", "/workspace"]);
    rig.daemon.client().delete_sandbox("parent").await.expect("deleted");
    assert_eq!(rig.sh("fork", "cat /workspace/f").await, "other");
}

async fn a_fork_tree_is_coalesced_to_the_one_to_keep(driver: Driver) {
    let rig = Rig::start(driver).await;
    rig.sandbox(named("root")).await;
    rig.sandbox(named("stranger")).await;
    rig.fork("root", 2, "child").await;
    rig.sh("child-1", "echo kept >f").await;
    rig.fork("child-1", 2, "grandchild").await;
    let ask = |root: &str, keep: &str| CoalesceSandboxesRequest {
        sandbox_id: root.to_owned(),
        keep_id: keep.to_owned(),
    };
    for (root, keep) in [("child-2", "grandchild-1"), ("root", "stranger"), ("child-1", "root")] {
        let error = rig.sandboxes().coalesce_sandboxes(ask(root, keep)).await.expect_err("no fork");
        assert_eq!((error.code(), &*reason(&error)), (Code::FailedPrecondition, "NOT_A_FORK"));
    }
    let left = rig.sandboxes().coalesce_sandboxes(ask("root", "grandchild-1")).await;
    let left = left.expect("coalesced").into_inner();
    assert_eq!(left.deleted_ids.len(), 4);
    let kept = left.sandbox.expect("it is told");
    assert_eq!((&*kept.name, &*kept.parent_id), ("grandchild-1", ""));
    assert_eq!(rig.sh("grandchild-1", "cat f").await, "kept");
    assert_eq!(rig.trees("sandboxes").len(), 2);
    let left = rig.sandboxes().coalesce_sandboxes(ask("grandchild-1", "grandchild-1")).await;
    assert!(left.expect("nothing to do").into_inner().deleted_ids.is_empty());
}

async fn forks_are_all_made_or_none(driver: Driver) {
    let rig = Rig::start(driver).await;
    rig.sandbox(named("parent")).await;
    rig.sandbox(named("fork-3")).await;
    let ask = |count, name: &str| ForkSandboxRequest {
        sandbox_id: "parent".to_owned(),
        count,
        name: name.to_owned(),
        memory: false,
    };
    let error = rig.sandboxes().fork_sandbox(ask(4, "fork")).await.expect_err("a name is taken");
    assert_eq!(reason(&error), "SANDBOX_NAME_TAKEN");
    assert_eq!(rig.trees("sandboxes").len(), 2);
    assert!(rig.trees("snapshots").is_empty());
    for count in [-1, 101, i32::MAX] {
        let error = rig.sandboxes().fork_sandbox(ask(count, "")).await.expect_err("out of bounds");
        assert_eq!((error.code(), &*reason(&error)), (Code::InvalidArgument, "INVALID_FIELD"));
    }
    assert_eq!(rig.fork("parent", 0, "").await.len(), 1);
}
