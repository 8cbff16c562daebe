//! Names and content found, and replaced.

use skerry_client::v1::search_files_response::Part;
use skerry_client::v1::{ReplaceInFilesRequest, SearchFilesRequest};
use skerry_test_support::{Daemon, needs_root};

use crate::steps::{create, reason, sh};

#[tokio::test(flavor = "multi_thread")]
async fn lines_and_names_are_found() {
    needs_root!();
    let daemon = Daemon::start().await;
    let (client, id) = (daemon.client(), create(daemon.client()).await.id);
    sh(
        client,
        &id,
        "mkdir -p s/sub s/.git; printf 'one\\nTwo needle\\n' >s/a.rs; printf 'a needle\\n' >s/sub/b.rs; \
         printf 'needle\\0' >s/binary; echo needle >s/.git/x; echo needle >s/c.txt; \
         ln -s a.rs s/link.rs; mkfifo s/fifo.rs",
    )
    .await;
    let search = |request: SearchFilesRequest| async move {
        let mut found = client.search_files(request).await.expect("a search");
        let mut all = Vec::new();
        while let Some(line) = found.next().await.expect("to its end") {
            let Some(Part::Match(found)) = line.part else { break };
            let text = String::from_utf8_lossy(&found.line).into_owned();
            let path = found.path.replace("/workspace/s/", "");
            all.push((path, found.line_number, found.match_start, text));
        }
        all.sort();
        all
    };
    let base = SearchFilesRequest {
        sandbox_id: id.clone(),
        path: "s".to_owned(),
        pattern: "need(le)?".to_owned(),
        ..Default::default()
    };
    let at =
        |path: &str, line, column, text: &str| (path.to_owned(), line, column, text.to_owned());
    let rust = SearchFilesRequest { glob: "*.rs".to_owned(), ..base.clone() };
    let expected = [at("a.rs", 2, 4, "Two needle"), at("sub/b.rs", 1, 2, "a needle")];
    assert_eq!(search(rust.clone()).await, expected);
    let shouted = SearchFilesRequest { pattern: "NEEDLE".to_owned(), ..rust.clone() };
    assert!(search(shouted.clone()).await.is_empty());
    assert_eq!(search(SearchFilesRequest { ignore_case: true, ..shouted }).await, expected);
    // Which comes first is the directory's own order.
    let one = search(SearchFilesRequest { max_results: 1, ..rust }).await;
    assert!(one.len() == 1 && expected.contains(&one[0]), "{one:?}");
    assert_eq!(search(SearchFilesRequest { hidden: true, ..base.clone() }).await.len(), 4);
    let names =
        SearchFilesRequest { glob: "**/*.rs".to_owned(), pattern: String::new(), ..base.clone() };
    assert_eq!(
        search(names).await,
        ["a.rs", "fifo.rs", "link.rs", "sub/b.rs"].map(|name| at(name, 0, 0, ""))
    );
    let bad = SearchFilesRequest { pattern: "(".to_owned(), ..base.clone() };
    assert_eq!(reason(client.search_files(bad).await), "INVALID_PATTERN");
    let bad = SearchFilesRequest { glob: "[".to_owned(), ..base };
    assert_eq!(reason(client.search_files(bad).await), "INVALID_PATTERN");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_matches_is_replaced_and_the_rest_is_left() {
    needs_root!();
    let daemon = Daemon::start().await;
    let (client, id) = (daemon.client(), create(daemon.client()).await.id);
    sh(
        client,
        &id,
        "printf 'x=1\\nx=2\\n' >a; printf 'y=1\\n' >b; printf 'x=1\\0' >c; chmod 640 a; chown 3:4 a",
    )
    .await;
    let request = ReplaceInFilesRequest {
        sandbox_id: id.clone(),
        pattern: "^x=(\\d)$".to_owned(),
        replacement: b"z=$1$1"[..].into(),
        ..Default::default()
    };
    let mut changed = client.replace_in_files(request).await.expect("a call");
    let first = changed.next().await.expect("goes on").expect("one file");
    assert_eq!((first.path.as_str(), first.count), ("/workspace/a", 2));
    assert!(changed.next().await.expect("goes on").is_none());
    assert_eq!(
        sh(client, &id, "cat a b; stat -c '%a %u %g' a; ls").await,
        "z=11\nz=22\ny=1\n640 3 4\na\nb\nc"
    );
}
