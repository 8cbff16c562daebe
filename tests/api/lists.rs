//! Pages and their tokens.

use std::collections::BTreeMap;

use skerry_api::v1::{
    CreateSandboxRequest, ExecRequest, ExecSpec, ListExecsRequest, ListImagesRequest,
    ListSandboxesRequest, SandboxState,
};

use crate::api::{Api, invalid};

#[tokio::test]
async fn pages_follow_each_other_in_order_of_creation() {
    let api = Api::start().await;
    let mut made = Vec::new();
    for index in 0..5 {
        made.push(api.create(&format!("s{index}")).await.id);
    }
    let mut seen = Vec::new();
    let mut request = ListSandboxesRequest { page_size: 2, ..Default::default() };
    let mut pages = 0;
    loop {
        let page = api.sandboxes().list_sandboxes(request.clone()).await;
        let page = page.expect("a page").into_inner();
        seen.extend(page.sandboxes.into_iter().map(|sandbox| sandbox.id));
        pages += 1;
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    assert_eq!((seen, pages), (made, 3));
}

#[tokio::test]
async fn filters_are_labels_and_states() {
    let api = Api::start().await;
    for (name, colour) in [("a", "red"), ("b", "blue"), ("c", "red")] {
        let labels = BTreeMap::from([("colour".to_owned(), colour.to_owned())]);
        let request = CreateSandboxRequest { name: name.to_owned(), labels, ..Default::default() };
        api.sandboxes().create_sandbox(request).await.expect("it is made");
    }
    let list = async |request: ListSandboxesRequest| {
        let list = api.sandboxes().list_sandboxes(request).await.expect("a list").into_inner();
        list.sandboxes.into_iter().map(|sandbox| sandbox.name).collect::<Vec<_>>()
    };
    let labels = BTreeMap::from([("colour".to_owned(), "red".to_owned())]);
    let red = ListSandboxesRequest { labels, ..Default::default() };
    assert_eq!(list(red.clone()).await, ["a", "c"]);
    let states = vec![SandboxState::Stopped.into()];
    assert!(list(ListSandboxesRequest { states, ..red }).await.is_empty());
    for state in [0, 99, -1] {
        let request = ListSandboxesRequest { states: vec![2, state], ..Default::default() };
        invalid(api.sandboxes().list_sandboxes(request).await, "states[1]");
    }
}

#[tokio::test]
async fn a_page_token_is_of_its_own_list_with_its_own_filters() {
    let api = Api::start().await;
    for name in ["a", "b"] {
        api.create(name).await;
        for _ in 0..2 {
            let command = vec!["true".to_owned()];
            let spec = Some(ExecSpec { command, ..Default::default() });
            let sandbox_id = name.to_owned();
            let request = ExecRequest { sandbox_id, spec, ..Default::default() };
            api.execs().exec(request).await.expect("it runs");
        }
    }
    let sandboxes = ListSandboxesRequest { page_size: 1, ..Default::default() };
    let of_sandboxes = api.sandboxes().list_sandboxes(sandboxes.clone()).await;
    let of_sandboxes = of_sandboxes.expect("a page").into_inner().next_page_token;
    let execs = ListExecsRequest { sandbox_id: "a".into(), page_size: 1, ..Default::default() };
    let of_execs = api.execs().list_execs(execs.clone()).await;
    let of_execs = of_execs.expect("a page").into_inner().next_page_token;
    assert!(!of_sandboxes.is_empty() && !of_execs.is_empty());

    let with = |page_token: &str| ListSandboxesRequest {
        page_token: page_token.to_owned(),
        ..sandboxes.clone()
    };
    invalid(api.sandboxes().list_sandboxes(with(&of_execs)).await, "page_token");
    invalid(api.sandboxes().list_sandboxes(with("made up")).await, "page_token");
    let labels = BTreeMap::from([("a".to_owned(), "b".to_owned())]);
    let other_filter = ListSandboxesRequest { labels, ..with(&of_sandboxes) };
    invalid(api.sandboxes().list_sandboxes(other_filter).await, "page_token");
    let states = vec![SandboxState::Running.into()];
    let other_filter = ListSandboxesRequest { states, ..with(&of_sandboxes) };
    invalid(api.sandboxes().list_sandboxes(other_filter).await, "page_token");

    let page_token = of_execs.clone();
    let other_sandbox = ListExecsRequest { sandbox_id: "b".into(), page_token, ..execs.clone() };
    invalid(api.execs().list_execs(other_sandbox).await, "page_token");
    let request = ListImagesRequest { page_size: 1, page_token: of_sandboxes };
    invalid(api.images().list_images(request).await, "page_token");
    let next = ListExecsRequest { page_token: of_execs, ..execs };
    let next = api.execs().list_execs(next).await.expect("a page").into_inner();
    assert_eq!((next.execs.len(), next.next_page_token.as_str()), (1, ""));
}

#[tokio::test]
async fn a_page_size_out_of_bounds_is_refused() {
    let api = Api::start().await;
    api.create("a").await;
    for page_size in [-1, 1001, i32::MIN] {
        let request = ListSandboxesRequest { page_size, ..Default::default() };
        invalid(api.sandboxes().list_sandboxes(request).await, "page_size");
        let sandbox_id = "a".to_owned();
        let request = ListExecsRequest { sandbox_id, page_size, ..Default::default() };
        invalid(api.execs().list_execs(request).await, "page_size");
        let request = ListImagesRequest { page_size, ..Default::default() };
        invalid(api.images().list_images(request).await, "page_size");
    }
}
