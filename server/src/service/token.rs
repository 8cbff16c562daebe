//! `TokenService`, and scopes in messages.

use std::sync::Arc;
use std::time::SystemTime;

use skerry_api::v1;
use skerry_api::v1::token_service_server::TokenService;
use tonic::{Request, Response, Status};

use super::caller::caller;
use super::check::{Checks, field};
use super::page::{ListKey, page, page_size};
use super::{convert, status};
use crate::auth::{Grant, NewToken, Permissions, Token, TokenRecord, Tokens};
use crate::engine::{Engine, EngineError};
use crate::model::{Reach, Tenant, TokenId};

/// Characters of a token's or a device's name.
const MAX_NAME_CHARACTERS: usize = 128;

/// Keeps tokens.
pub(super) struct TokenCalls {
    /// `None` where no token is asked for.
    pub(super) tokens: Option<Arc<Tokens>>,
    pub(super) engine: Engine,
}

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl TokenService for TokenCalls {
    async fn create_token(
        &self,
        request: Request<v1::CreateTokenRequest>,
    ) -> Answer<v1::CreateTokenResponse> {
        let caller = caller(&request)?;
        let request = request.into_inner();
        let mut checks = Checks::default();
        name(&mut checks, "name", &request.name);
        let grant = grant(&mut checks, &self.engine, request.scope)?;
        let expire_time = expire_time(&mut checks, "expire_time", request.expire_time);
        checks.finish()?;
        let created_by = caller.identity().map(|identity| identity.record().id);
        let new =
            NewToken { name: request.name, grant, expire_time, created_by, ..NewToken::default() };
        let (record, token) = self.tokens()?.create(new).await?;
        Ok(Response::new(created(record, &token)))
    }

    async fn list_tokens(
        &self,
        request: Request<v1::ListTokensRequest>,
    ) -> Answer<v1::ListTokensResponse> {
        let request = request.into_inner();
        let mut checks = Checks::default();
        let size = page_size(&mut checks, request.page_size);
        checks.finish()?;
        let key = ListKey::new("tokens", []);
        let after = key.cursor(&request.page_token)?.map(|cursor| cursor.parse::<TokenId>());
        let after = after.transpose().map_err(|error| field("page_token", error.to_string()))?;
        let found = self.tokens()?.list(after.as_ref(), size + 1);
        let (found, next_page_token) = page(&key, found, size, |record| record.id.as_str());
        let tokens = found.into_iter().map(message).collect();
        Ok(Response::new(v1::ListTokensResponse { tokens, next_page_token }))
    }

    async fn revoke_token(
        &self,
        request: Request<v1::RevokeTokenRequest>,
    ) -> Answer<v1::RevokeTokenResponse> {
        let id = request.into_inner().token_id.parse::<TokenId>();
        let id = id.map_err(|error| field("token_id", error.to_string()))?;
        let tokens = Arc::clone(self.tokens()?);
        // To its end, also where the caller leaves; or where it is the caller's
        // own token, and the call ends with it.
        let revoking = tokio::spawn(async move { tokens.revoke(&id).await });
        revoking.await.map_err(|_| status::shutting_down("the daemon is shutting down"))??;
        Ok(Response::new(v1::RevokeTokenResponse {}))
    }

    async fn get_identity(&self, request: Request<v1::GetIdentityRequest>) -> Answer<v1::Identity> {
        let caller = caller(&request)?;
        let token = caller.identity().map(|identity| message(identity.record()));
        Ok(Response::new(v1::Identity { token }))
    }
}

impl TokenCalls {
    fn tokens(&self) -> Result<&Arc<Tokens>, Status> {
        self.tokens.as_ref().ok_or_else(status::auth_off)
    }
}

/// A token that was made, with its secret.
fn created(record: TokenRecord, token: &Token) -> v1::CreateTokenResponse {
    v1::CreateTokenResponse { token: Some(message(record)), secret: token.secret().to_owned() }
}

/// Checks what a person calls something.
pub(super) fn name(checks: &mut Checks, field: &str, name: &str) {
    let fits = name.chars().count() <= MAX_NAME_CHARACTERS && !name.chars().any(char::is_control);
    if !fits {
        let message =
            format!("must be at most {MAX_NAME_CHARACTERS} characters, none of them a control");
        checks.fail(field, message);
    }
}

/// Reads when a token ends.
pub(super) fn expire_time(
    checks: &mut Checks,
    field: &str,
    given: Option<prost_types::Timestamp>,
) -> Option<SystemTime> {
    let time = SystemTime::try_from(given?).ok().filter(|time| *time > SystemTime::now());
    if time.is_none() {
        checks.fail(field, "must be in the future");
    }
    time
}

/// Reads what a token is to reach and let do.
pub(super) fn grant(
    checks: &mut Checks,
    engine: &Engine,
    given: Option<v1::TokenScope>,
) -> Result<Grant, Status> {
    let scope = given.unwrap_or_default();
    let role = v1::Role::try_from(scope.role).unwrap_or_else(|error| {
        checks.fail("scope.role", error.to_string());
        v1::Role::Unspecified
    });
    checks.name("scope.tenant", &scope.tenant);
    let names_some = !scope.tenant.is_empty() || !scope.sandbox_id.is_empty();
    match role {
        v1::Role::Admin if names_some => {
            checks.fail("scope.role", "an admin's token has no tenant and no sandbox");
        }
        v1::Role::Tenant if !names_some => checks.fail("scope.tenant", "must be named"),
        _ => {}
    }
    let permissions = permissions(checks, &scope.permissions);
    if !names_some && !scope.permissions.is_empty() {
        checks.fail("scope.permissions", "an admin's token has no permissions");
    }
    if scope.sandbox_id.is_empty() {
        let tenant = Tenant::named(&scope.tenant);
        let reach = if names_some { Reach::Tenant(tenant) } else { Reach::All };
        return Ok(Grant { reach, permissions });
    }
    checks.sandbox_ref(&scope.sandbox_id);
    let sandbox = engine.record(&scope.sandbox_id)?;
    if !scope.tenant.is_empty() && sandbox.tenant.as_str() != scope.tenant {
        return Err(EngineError::NotFound { sandbox: scope.sandbox_id }.into());
    }
    let reach = Reach::Sandbox(sandbox.tenant.clone(), sandbox.id.clone());
    Ok(Grant { reach, permissions })
}

fn permissions(checks: &mut Checks, given: &[i32]) -> Permissions {
    if given.is_empty() {
        return Permissions::default();
    }
    let mut permissions = Permissions { exec: false, manage: false };
    for (index, number) in given.iter().enumerate() {
        match v1::Permission::try_from(*number) {
            Ok(v1::Permission::Read) => {}
            Ok(v1::Permission::Exec) => permissions.exec = true,
            Ok(v1::Permission::Manage) => permissions.manage = true,
            Ok(v1::Permission::Unspecified) | Err(_) => {
                checks.fail(format!("scope.permissions[{index}]"), "is no permission");
            }
        }
    }
    permissions
}

/// A token as the API shows it.
pub(super) fn message(record: TokenRecord) -> v1::Token {
    v1::Token {
        id: record.id.into(),
        name: record.name,
        scope: Some(scope(record.grant)),
        device_name: record.device_name,
        created_by: record.created_by.map(String::from).unwrap_or_default(),
        fixed: record.fixed,
        create_time: Some(convert::timestamp(record.create_time)),
        expire_time: record.expire_time.map(convert::timestamp),
        last_use_time: record.last_use_time.map(convert::timestamp),
    }
}

fn scope(grant: Grant) -> v1::TokenScope {
    let (role, sandbox) = match &grant.reach {
        Reach::All => (v1::Role::Admin, None),
        Reach::Tenant(_) => (v1::Role::Tenant, None),
        Reach::Sandbox(_, sandbox) => (v1::Role::Tenant, Some(sandbox.to_string())),
    };
    let Permissions { exec, manage } = grant.permissions;
    let mut permissions = vec![v1::Permission::Read];
    permissions.extend(exec.then_some(v1::Permission::Exec));
    permissions.extend(manage.then_some(v1::Permission::Manage));
    if role == v1::Role::Admin {
        permissions.clear();
    }
    v1::TokenScope {
        role: role.into(),
        tenant: grant.reach.tenant().into(),
        permissions: permissions.into_iter().map(i32::from).collect(),
        sandbox_id: sandbox.unwrap_or_default(),
    }
}
