//! Runs every line of the README's tour, and of the pages about storage, what a
//! sandbox uses, main processes, previews and JSON over HTTP, of the tutorials and
//! recipes, and holds what it prints to what they say.

use skerry_test_support::tour::follow;
use skerry_test_support::{Daemon, Options, needs_root, skip};

#[tokio::test(flavor = "multi_thread")]
async fn every_line_of_the_readmes_tour_does_what_it_says() {
    needs_root!();
    let arguments = ["--ssh-listen", "127.0.0.1:0"].map(str::to_owned).to_vec();
    let daemon = Daemon::start_with(Options { arguments, ..Options::default() }).await;
    follow("README.md", &daemon).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_line_about_storage_does_what_it_says() {
    needs_root!();
    let daemon = Daemon::start().await;
    let info = daemon.client().system_info().await.expect("the daemon answers");
    if !info.storage.is_some_and(|storage| storage.limits) {
        skip!("this host's storage holds no sizes: it needs btrfs, and mkfs.btrfs of btrfs-progs");
    }
    follow("docs/storage.md", &daemon).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_line_about_what_a_sandbox_uses_does_what_it_says() {
    needs_root!();
    follow("docs/stats.md", &Daemon::start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_line_about_main_processes_does_what_it_says() {
    needs_root!();
    follow("docs/main-process.md", &Daemon::start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_line_about_previews_does_what_it_says() {
    needs_root!();
    follow("docs/previews.md", &Daemon::start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_line_about_json_over_http_does_what_it_says() {
    needs_root!();
    follow("docs/rest.md", &Daemon::start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_line_of_the_command_lines_tutorial_does_what_it_says() {
    needs_root!();
    follow("docs/tutorials/cli.md", &Daemon::start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_line_of_curls_tutorial_does_what_it_says() {
    needs_root!();
    follow("docs/tutorials/rest.md", &Daemon::start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_line_of_the_recipe_for_previews_does_what_it_says() {
    needs_root!();
    follow("docs/recipes/preview.md", &Daemon::start().await).await;
}
