//! Steps that are about files.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use skerry_client::Data;
use skerry_client::v1::watch_files_response::Event;
use skerry_test_support::eventually;

use super::command::hex;
use super::step::Step;
use super::{Done, Failure, Running, same};

impl Running {
    pub(super) async fn file_step(&mut self, step: &Step) -> Done {
        let files = self.sandbox.files();
        match step.op.as_str() {
            "write_file" => {
                let mut write = files.write(step.path(), step.text.as_str());
                if step.append {
                    write = write.append();
                }
                if step.create_new {
                    write = write.create_new();
                }
                if step.make_parents {
                    write = write.make_parents();
                }
                write.await?;
            }
            "read_file" => {
                let text = files.read_text(step.path()).await?;
                same("the file", &json!(text), &step.want)?;
            }
            "digest" => {
                let mut digest = Sha256::new();
                let mut content = files.read_stream(step.path());
                while let Some(piece) = content.next().await? {
                    digest.update(&piece);
                }
                same("the file's digest", &json!(hex(&digest.finalize())), &step.want)?;
            }
            "list_files" => {
                let found = match step.recursive {
                    true => files.list_tree(step.path()).await?,
                    false => files.list(step.path()).await?,
                };
                let mut paths: Vec<_> = found.into_iter().map(|file| json!(file.path)).collect();
                let mut wanted = step.want.as_array().cloned().unwrap_or_default();
                paths.sort_by_key(Value::to_string);
                wanted.sort_by_key(Value::to_string);
                same("the files", paths, wanted)?;
            }
            "exists" => {
                eventually("the file is there", async || files.stat(step.path()).await.ok()).await;
            }
            "move" => {
                files.move_to(step.path(), step.to.as_str()).await?;
            }
            "remove" if step.recursive => files.remove_all(step.path()).await?,
            "remove" => files.remove(step.path()).await?,
            "watch" => self.watch(step).await?,
            _ => {
                let archive = files.download(step.path()).await?;
                files.upload(step.to.as_str(), Data::stream(archive.into_stream())).await?;
            }
        }
        Ok(())
    }

    async fn watch(&self, step: &Step) -> Done {
        let mut changes = self.sandbox.files().watch(step.path());
        while let Some(change) = changes.next().await? {
            match change.event {
                Some(Event::Watching(_)) => {
                    self.sandbox.commands().run(step.then.as_str()).await?;
                }
                Some(Event::Change(change)) => {
                    return same("what was changed", &json!(change.path), &step.want);
                }
                _ => {}
            }
        }
        Err(Failure::Wrong("the watch ended".to_owned()))
    }
}
