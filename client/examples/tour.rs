//! What a sandbox is good for, in a few lines.

use skerry_client::Skerry;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let skerry = Skerry::from_env()?;
    let sandbox = skerry.sandboxes().create("host").await?;

    print!("{}", sandbox.commands().run("echo $((6 * 7))").await?.check()?.stdout());
    let result = sandbox.commands().run(["sh", "-c", "exit 3"]).await?;
    println!("exit code {}", result.exit_code);
    let mut exec = sandbox.commands().stream("echo one; sleep 0.1; echo two").await?;
    while let Some(output) = exec.next().await? {
        print!("{}", output.text());
    }
    sandbox.files().write("note", "hello\n").await?;
    print!("{}", sandbox.files().read_text("note").await?);
    if let Err(error) = skerry.sandboxes().get("nobody").await {
        let next = if error.retryable() { "retry" } else { "give up" };
        println!("{} {next}", error.reason.unwrap_or_default());
    }
    Ok(sandbox.delete().await?)
}
