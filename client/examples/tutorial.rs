//! What docs/tutorials/rust.md shows.

use std::error::Error as StdError;

use skerry_client::v1::{
    CreateSandboxRequest, ExecSpec, ForkSandboxRequest, Limits, ReadFileRequest,
};
use skerry_client::{Client, Error, ExecEvent};

#[tokio::main]
async fn main() -> Result<(), Box<dyn StdError>> {
    let client = Client::from_env()?;
    let limits = Limits { memory_bytes: Some(256 << 20), ..Limits::default() };
    let request = CreateSandboxRequest {
        image: "host".to_owned(),
        limits: Some(limits),
        ..CreateSandboxRequest::default()
    };
    let sandbox = client.create_sandbox(request).await?;
    let toured = tour(&client, &sandbox.id).await;
    client.delete_sandbox(&sandbox.id).await?;
    Ok(toured?)
}

async fn tour(client: &Client, sandbox: &str) -> Result<(), Error> {
    // A non-zero exit code is a result.
    let ended = client.exec(sandbox, shell("ls /workspace | wc -l; exit 3")).await?;
    let code = ended.result.unwrap_or_default().exit_code;
    println!("{code} {:?}", String::from_utf8_lossy(&ended.stdout));

    // Output as it comes.
    let lines = shell("for n in 1 2 3; do echo line $n; done");
    let mut stream = client.exec_stream(sandbox, lines).await?;
    while let Some(event) = stream.next().await? {
        if let ExecEvent::Stdout(data) = event {
            print!("{}", String::from_utf8_lossy(&data));
        }
    }

    // Stopping ends its processes and keeps its disk; a fork goes on from it.
    client.exec(sandbox, shell("echo milk >list.txt")).await?;
    client.stop_sandbox(sandbox, None).await?;
    client.start_sandbox(sandbox).await?;
    let fork =
        ForkSandboxRequest { sandbox_id: sandbox.to_owned(), ..ForkSandboxRequest::default() };
    for fork in client.fork_sandbox(fork).await? {
        let list = ReadFileRequest {
            sandbox_id: fork.id.clone(),
            path: "list.txt".to_owned(),
            ..ReadFileRequest::default()
        };
        let list = client.read_file(list).await?.collect().await?;
        print!("fork: {}", String::from_utf8_lossy(&list));
        client.delete_sandbox(&fork.id).await?;
    }

    if let Err(error) = client.sandbox("nobody").await {
        println!("{:?} {}", error.code, error.reason.unwrap_or_default());
    }
    Ok(())
}

fn shell(line: &str) -> ExecSpec {
    ExecSpec { shell: line.to_owned(), ..ExecSpec::default() }
}
