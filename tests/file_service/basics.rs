//! Every call once, as a caller would use it.

use skerry_client::v1::{
    ChangeModeRequest, ChangeOwnerRequest, CopyFileRequest, CreateSymlinkRequest, FileInfo,
    FileKind, ListFilesRequest, MakeDirectoryRequest, MoveFileRequest, ReadFileRequest,
    ReadSymlinkRequest, RemoveFileRequest, WriteFileOpen,
};
use skerry_test_support::{Daemon, needs_root};

use crate::steps::{
    create, list, listing, names, open, read, reading, reason, sh, stat, write, write_with,
};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_is_read_whole_in_part_and_by_the_sandbox() {
    needs_root!();
    let daemon = Daemon::start().await;
    let (client, id) = (daemon.client(), create(daemon.client()).await.id);
    let content: Vec<u8> = (0..1_000_000u32).flat_map(u32::to_le_bytes).collect();
    let info = write(client, &id, "data", &content).await;
    assert_eq!(
        (info.path.as_str(), info.size_bytes, info.mode),
        ("/workspace/data", 4_000_000, 0o644)
    );
    assert_eq!((info.uid, info.gid, info.kind()), (0, 0, FileKind::Regular));
    assert_eq!(read(client, &id, "/workspace/data").await.expect("read"), content);
    assert_eq!(sh(client, &id, "wc -c <data; ls -a | grep -c skerry || true").await, "4000000\n0");
    let part = ReadFileRequest { offset: 1_000_001, length: Some(300_000), ..reading(&id, "data") };
    let part = client.read_file(part).await.expect("opened").collect().await.expect("read");
    assert_eq!(part, content[1_000_001..1_300_001]);
    let beyond = ReadFileRequest { offset: 5_000_000, ..reading(&id, "data") };
    assert!(
        client.read_file(beyond).await.expect("opened").collect().await.expect("read").is_empty()
    );
    let kernel = read(client, &id, "/proc/sys/kernel/ostype").await.expect("files of no size too");
    assert_eq!(kernel, b"Linux\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_replaced_appended_made_new_and_given_away() {
    needs_root!();
    let daemon = Daemon::start().await;
    let (client, id) = (daemon.client(), create(daemon.client()).await.id);
    sh(client, &id, "echo old >f; chmod 750 f; chown 7:8 f; ln -s f link").await;
    let info = write(client, &id, "link", b"new").await;
    assert_eq!(
        (info.path.as_str(), info.mode, info.uid, info.gid),
        ("/workspace/link", 0o750, 7, 8)
    );
    assert_eq!(sh(client, &id, "cat f; readlink link").await, "newf");
    let appended = WriteFileOpen { append: true, ..open(&id, "f") };
    write_with(client, appended, b"er").await.expect("appended");
    assert_eq!(read(client, &id, "f").await.expect("read"), b"newer");
    let anew = WriteFileOpen { create_new: true, ..open(&id, "f") };
    assert_eq!(reason(write_with(client, anew, b"x").await), "FILE_EXISTS");
    let deep = open(&id, "a/b/c");
    assert_eq!(reason(write_with(client, deep.clone(), b"x").await), "FILE_NOT_FOUND");
    let deep = WriteFileOpen {
        make_parents: true,
        mode: Some(0o4711),
        owner: "daemon:nogroup".to_owned(),
        ..deep
    };
    write_with(client, deep, b"x").await.expect("made");
    assert_eq!(sh(client, &id, "stat -c '%a %U %G' a/b/c").await, "4711 daemon nogroup");
    let nobody = WriteFileOpen { owner: "nosuch".to_owned(), ..open(&id, "g") };
    assert_eq!(reason(write_with(client, nobody, b"x").await), "USER_NOT_FOUND");
    assert_eq!(names(client, &id, "/workspace").await, ["a", "f", "link"]);
    assert_eq!(reason(write_with(client, open(&id, "a"), b"x").await), "IS_A_DIRECTORY");
    assert_eq!(reason(read(client, &id, "a").await), "IS_A_DIRECTORY");
    assert_eq!(reason(read(client, &id, "none").await), "FILE_NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_links_modes_and_owners_are_changed() {
    needs_root!();
    let daemon = Daemon::start().await;
    let (client, id) = (daemon.client(), create(daemon.client()).await.id);
    let sandbox_id = id.clone();
    let make = MakeDirectoryRequest { sandbox_id, path: "d/e".to_owned(), ..Default::default() };
    assert_eq!(reason(client.make_directory(make.clone()).await), "FILE_NOT_FOUND");
    let parents = MakeDirectoryRequest { parents: true, mode: Some(0o700), ..make.clone() };
    let made = client.make_directory(parents).await.expect("made");
    assert_eq!((made.kind(), made.mode), (FileKind::Directory, 0o700));
    assert_eq!(reason(client.make_directory(make).await), "FILE_EXISTS");
    write(client, &id, "d/e/f", b"f").await;

    let link = CreateSymlinkRequest {
        sandbox_id: id.clone(),
        path: "l".to_owned(),
        target: "d/e/f".to_owned(),
        ..Default::default()
    };
    client.create_symlink(link.clone()).await.expect("made");
    assert_eq!(reason(client.create_symlink(link).await), "FILE_EXISTS");
    let follow = |path: &str| ReadSymlinkRequest {
        sandbox_id: id.clone(),
        path: path.to_owned(),
        ..Default::default()
    };
    assert_eq!(client.read_symlink(follow("l")).await.expect("read").target, "d/e/f");
    assert_eq!(reason(client.read_symlink(follow("d")).await), "NOT_A_LINK");
    let info = stat(client, &id, "l").await.expect("there");
    assert_eq!((info.kind(), &info.target[..]), (FileKind::Symlink, &b"d/e/f"[..]));

    let mode = |recursive| ChangeModeRequest {
        sandbox_id: id.clone(),
        path: "d".to_owned(),
        mode: 0o755,
        recursive,
        ..Default::default()
    };
    client.change_mode(mode(false)).await.expect("changed");
    assert_eq!(sh(client, &id, "stat -c %a d d/e d/e/f").await, "755\n700\n644");
    client.change_mode(mode(true)).await.expect("changed");
    assert_eq!(sh(client, &id, "stat -c %a d d/e d/e/f").await, "755\n755\n755");
    let owner = ChangeOwnerRequest {
        sandbox_id: id.clone(),
        path: "d".to_owned(),
        owner: "5:6".to_owned(),
        recursive: true,
        ..Default::default()
    };
    client.change_owner(owner.clone()).await.expect("changed");
    assert_eq!(sh(client, &id, "stat -c %u:%g d d/e/f").await, "5:6\n5:6");
    let unknown = ChangeOwnerRequest { owner: "nosuch".to_owned(), ..owner };
    assert_eq!(reason(client.change_owner(unknown).await), "USER_NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn trees_are_moved_copied_and_removed() {
    needs_root!();
    let daemon = Daemon::start().await;
    let (client, id) = (daemon.client(), create(daemon.client()).await.id);
    sh(
        client,
        &id,
        "mkdir -p t/u; echo x >t/u/f; chmod 400 t/u/f; chown 9:9 t/u/f; ln -s ../nowhere t/l; \
         truncate -s 1G t/hole; echo end >>t/hole; chmod 555 t/u",
    )
    .await;
    let sandbox_id = id.clone();
    let (path, to_path) = ("t".to_owned(), "/dev/shm/t2".to_owned());
    let copy = CopyFileRequest { sandbox_id, path, to_path, ..Default::default() };
    assert_eq!(reason(client.copy_file(copy.clone()).await), "IS_A_DIRECTORY");
    let copy = CopyFileRequest { recursive: true, ..copy };
    client.copy_file(copy.clone()).await.expect("copied");
    assert_eq!(reason(client.copy_file(copy).await), "FILE_EXISTS");
    let look = "stat -c '%a %u %s' u u/f hole; readlink l; tail -c4 hole; du -k hole | cut -f1";
    let there = sh(client, &id, &format!("cd /dev/shm/t2; {look}")).await;
    assert_eq!(there, "555 0 60\n400 9 2\n644 0 1073741828\n../nowhere\nend\n4");

    // From one file system to another.
    let movement = MoveFileRequest {
        sandbox_id: id.clone(),
        path: "/dev/shm/t2".to_owned(),
        to_path: "moved".to_owned(),
        ..Default::default()
    };
    client.move_file(movement.clone()).await.expect("moved");
    assert_eq!(reason(client.move_file(movement).await), "FILE_NOT_FOUND");
    assert_eq!(sh(client, &id, "cat moved/u/f; ls /dev/shm").await, "x");
    sh(client, &id, "echo a >a; echo b >b").await;
    let (path, to_path) = ("a".to_owned(), "b".to_owned());
    let over = MoveFileRequest { sandbox_id: id.clone(), path, to_path, ..Default::default() };
    assert_eq!(reason(client.move_file(over.clone()).await), "FILE_EXISTS");
    client.move_file(MoveFileRequest { overwrite: true, ..over }).await.expect("moved");
    assert_eq!(sh(client, &id, "cat b; ls").await, "a\nb\nmoved\nt");

    let sandbox_id = id.clone();
    let remove = RemoveFileRequest { sandbox_id, path: "t".to_owned(), ..Default::default() };
    assert_eq!(reason(client.remove_file(remove.clone()).await), "DIRECTORY_NOT_EMPTY");
    let all = RemoveFileRequest { recursive: true, ..remove };
    client.remove_file(all.clone()).await.expect("removed");
    assert_eq!(reason(client.remove_file(all).await), "FILE_NOT_FOUND");
    assert_eq!(names(client, &id, "").await, ["b", "moved"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tree_is_listed_page_by_page_whatever_its_names() {
    needs_root!();
    let daemon = Daemon::start().await;
    let (client, id) = (daemon.client(), create(daemon.client()).await.id);
    sh(
        client,
        &id,
        "mkdir -p t/a/b t/c; ln -s /etc t/link; touch t/a/b/$(printf 'new\\nline') \
         t/c/$(printf 'no\\377utf'); mkfifo t/fifo; for i in $(seq 300); do touch t/c/$i; done",
    )
    .await;
    let mut whole = listing(&id, "t");
    whole.recursive = true;
    let at_once = list(client, whole.clone()).await;
    assert_eq!(at_once.len(), 2 + 1 + 1 + 1 + 300 + 2);
    let not_text = at_once.iter().find(|info| !info.raw_path.is_empty()).expect("one");
    assert_eq!(&not_text.raw_path[..], b"/workspace/t/c/no\xffutf");
    for size in [1, 7, 100] {
        let request = ListFilesRequest { page_size: size, ..whole.clone() };
        // Reading a directory changes when it was read.
        let who = |info: &FileInfo| (info.path.clone(), info.raw_path.clone(), info.inode);
        let mut in_pages: Vec<_> = list(client, request).await.iter().map(who).collect();
        let mut expected: Vec<_> = at_once.iter().map(who).collect();
        in_pages.sort();
        expected.sort();
        assert_eq!(in_pages, expected, "pages of {size}");
    }
    let mut one = whole.clone();
    one.page_size = 1;
    let page = client.list_files_page(one).await.expect("a page");
    let mut other = listing(&id, "t/c");
    other.page_token = page.next_page_token;
    assert_eq!(reason(client.list_files_page(other).await), "INVALID_FIELD");
    assert_eq!(reason(client.list_files_page(listing(&id, "t/fifo")).await), "NOT_A_DIRECTORY");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_files_of_paused_and_stopped_sandboxes_are_there() {
    needs_root!();
    let daemon = Daemon::start().await;
    let (client, id) = (daemon.client(), create(daemon.client()).await.id);
    write(client, &id, "f", b"kept").await;
    client.pause_sandbox(&id).await.expect("paused");
    assert_eq!(read(client, &id, "f").await.expect("read"), b"kept");
    client.resume_sandbox(&id).await.expect("resumed");
    client.stop_sandbox(&id, None).await.expect("stopped");
    assert_eq!(read(client, &id, "f").await.expect("read"), b"kept");
    write(client, &id, "g", b"meanwhile").await;
    client.start_sandbox(&id).await.expect("started");
    assert_eq!(sh(client, &id, "cat f g").await, "keptmeanwhile");
}
