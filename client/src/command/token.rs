//! `skerry token`.

use std::time::{Duration, SystemTime};

use clap::{Args, Subcommand, ValueEnum};
use skerry_client::v1::{self, CreateTokenRequest, Permission, Role, TokenScope};

use super::Context;
use crate::failure::Failure;
use crate::output::Table;
use crate::units::{parse_duration, show_age, show_time};

/// Make, list and revoke the tokens that callers are known by
#[derive(Debug, Subcommand)]
#[command(after_help = "\
A token is an admin's, or reaches what is one tenant's, or one sandbox alone.
For a person with a device there is `skerry pair`.

Examples:
  skerry token create ci --tenant shop           All that is the shop's
  skerry token create logs --tenant shop --permission read
                                                 To look, and no more
  skerry token create web --sandbox web --permission exec --expires 1d
                                                 One sandbox, for a day
  skerry token ls                                Whose there are, and when last shown
  skerry token revoke tkn_06f...                 It opens nothing any more")]
pub(super) enum Token {
    Create(Create),
    Ls(Ls),
    Revoke(Revoke),
}

impl Token {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        match self {
            Self::Create(create) => create.run(context).await,
            Self::Ls(ls) => ls.run(context).await,
            Self::Revoke(revoke) => revoke.run(context).await,
        }
    }
}

/// What a new token reaches and lets do.
#[derive(Debug, Args)]
pub(super) struct Scope {
    /// Only what is this tenant's [default: everything, as an admin]
    #[arg(long, value_name = "TENANT")]
    tenant: Option<String>,
    /// Only this sandbox, by name or id
    #[arg(long, value_name = "SANDBOX")]
    sandbox: Option<String>,
    /// What it lets do there; may be given again [default: all]
    #[arg(long, value_name = "PERMISSION", value_enum)]
    permission: Vec<Allowed>,
    /// How long it is good: 30m, 12h, 90d [default: until it is revoked]
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    expires: Option<Duration>,
}

/// What a token lets do.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Allowed {
    /// To look
    Read,
    /// To look, and to work inside sandboxes
    Exec,
    /// To look, and to make, change and delete
    Manage,
}

impl Scope {
    pub(super) fn message(&self) -> TokenScope {
        let permissions = self.permission.iter().map(|allowed| match allowed {
            Allowed::Read => Permission::Read,
            Allowed::Exec => Permission::Exec,
            Allowed::Manage => Permission::Manage,
        });
        TokenScope {
            role: Role::Unspecified.into(),
            tenant: self.tenant.clone().unwrap_or_default(),
            permissions: permissions.map(i32::from).collect(),
            sandbox_id: self.sandbox.clone().unwrap_or_default(),
        }
    }

    pub(super) fn expire_time(&self) -> Option<prost_types::Timestamp> {
        Some(SystemTime::now().checked_add(self.expires?)?.into())
    }
}

/// Make a token and print its secret, this once
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  skerry token create ci --tenant shop           Prints tok_...
  SKERRY_TOKEN=$(skerry token create tmp --expires 10m) skerry ls
                                                 In a script
  skerry token create ci -o json | jq -r .token.id
                                                 Its id, to revoke it by")]
pub(super) struct Create {
    /// What to call it
    name: String,
    #[command(flatten)]
    scope: Scope,
}

impl Create {
    async fn run(self, context: &Context) -> Result<u8, Failure> {
        let what = format!("create token {}", self.name);
        let scope = Some(self.scope.message());
        let expire_time = self.scope.expire_time();
        let request = CreateTokenRequest { name: self.name, scope, expire_time };
        let made = context.call(&what, context.client.create_token(request)).await?;
        match context.output.is_json() {
            true => context.output.json(&made)?,
            false => context.output.line(&made.secret)?,
        }
        Ok(0)
    }
}

/// List tokens
#[derive(Debug, Args)]
#[command(
    visible_alias = "list",
    after_help = "\
Examples:
  skerry token ls                                All of them
  skerry token ls -q                             Only ids, for another command
  skerry token ls -o json | jq '.[] | select(.deviceName == \"phone\")'
                                                 For programs"
)]
pub(super) struct Ls {
    /// Only ids
    #[arg(short, long)]
    quiet: bool,
}

impl Ls {
    async fn run(self, context: &Context) -> Result<u8, Failure> {
        let tokens = context.call("list tokens", context.client.list_tokens()).await?;
        let shown = |all: &[_]| table(all, SystemTime::now());
        context.output.list(&tokens, self.quiet, |one| &one.id, shown)?;
        Ok(0)
    }
}

/// Take tokens away: they open nothing any more, and what is open ends
#[derive(Debug, Args)]
#[command(after_help = "\
The admin's own token is in the daemon's data directory: remove admin.token
there and restart skerryd, and it makes another.

Examples:
  skerry token revoke tkn_06f...                 By id, as `skerry token ls` shows it")]
pub(super) struct Revoke {
    /// Ids
    #[arg(required = true, value_name = "TOKEN_ID")]
    tokens: Vec<String>,
}

impl Revoke {
    async fn run(self, context: &Context) -> Result<u8, Failure> {
        for token in &self.tokens {
            let what = format!("revoke {token}");
            context.call(&what, context.client.revoke_token(token)).await?;
            context.output.line(token)?;
        }
        Ok(0)
    }
}

fn table(tokens: &[v1::Token], now: SystemTime) -> Table {
    let mut table = Table::new(&[
        "ID",
        "NAME",
        "REACHES",
        "LETS",
        "DEVICE",
        "CREATED",
        "LAST SHOWN",
        "EXPIRES",
    ]);
    let age = |time: Option<prost_types::Timestamp>, never: &str| {
        let time = time.and_then(|time| SystemTime::try_from(time).ok());
        time.map_or(never.to_owned(), |time| show_age(time, now))
    };
    for token in tokens {
        let scope = token.scope.clone().unwrap_or_default();
        let ends = token.expire_time.and_then(|time| SystemTime::try_from(time).ok());
        table.row([
            token.id.as_str().into(),
            token.name.as_str().into(),
            reaches(&scope).as_str().into(),
            lets(&scope).as_str().into(),
            token.device_name.as_str().into(),
            age(token.create_time, "").as_str().into(),
            age(token.last_use_time, "never").as_str().into(),
            ends.map_or("never".to_owned(), show_time).as_str().into(),
        ]);
    }
    table
}

fn reaches(scope: &TokenScope) -> String {
    match (scope.sandbox_id.as_str(), scope.tenant.as_str()) {
        ("", "") => "everything".to_owned(),
        ("", tenant) => format!("tenant {tenant}"),
        (sandbox, _) => sandbox.to_owned(),
    }
}

fn lets(scope: &TokenScope) -> String {
    let names = scope.permissions().map(|permission| match permission {
        Permission::Unspecified => "?",
        Permission::Read => "read",
        Permission::Exec => "exec",
        Permission::Manage => "manage",
    });
    match scope.role() {
        Role::Admin => "admin".to_owned(),
        _ => names.collect::<Vec<_>>().join(","),
    }
}
