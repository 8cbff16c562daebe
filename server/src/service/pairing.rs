//! `PairingService`.

use skerry_api::v1;
use skerry_api::v1::pairing_service_server::PairingService;
use tonic::{Request, Response, Status};

use super::caller::caller;
use super::check::Checks;
use super::{convert, status, token};
use crate::auth::{ClientAddress, NewToken, Pairings};
use crate::engine::Engine;
use crate::qr::Qr;

/// Gives devices their tokens.
pub(super) struct PairingCalls {
    /// `None` where no token is asked for.
    pub(super) pairings: Option<Pairings>,
    pub(super) engine: Engine,
    /// Where the page is that confirms.
    pub(super) page: String,
}

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl PairingService for PairingCalls {
    async fn create_pairing(
        &self,
        request: Request<v1::CreatePairingRequest>,
    ) -> Answer<v1::Pairing> {
        let caller = caller(&request)?;
        let request = request.into_inner();
        let mut checks = Checks::default();
        let grant = token::grant(&mut checks, &self.engine, request.scope)?;
        let ends = request.token_expire_time;
        let expire_time = token::expire_time(&mut checks, "token_expire_time", ends);
        checks.finish()?;
        let created_by = caller.identity().map(|identity| identity.record().id);
        let new = NewToken { grant, expire_time, created_by, ..NewToken::default() };
        let pairing = self.pairings()?.create(new)?;
        let url = pairing.url(&self.page);
        let qr = Qr::of(&url);
        Ok(Response::new(v1::Pairing {
            code: pairing.code,
            expire_time: Some(convert::timestamp(pairing.expire_time)),
            qr_text: qr.as_ref().map(Qr::text).unwrap_or_default(),
            qr_png: qr.as_ref().map(Qr::png).unwrap_or_default().into(),
            url,
        }))
    }

    async fn confirm_pairing(
        &self,
        request: Request<v1::ConfirmPairingRequest>,
    ) -> Answer<v1::ConfirmPairingResponse> {
        let from = request.extensions().get::<ClientAddress>().copied();
        let from = from.ok_or_else(|| Status::internal("a call from nowhere"))?;
        let request = request.into_inner();
        let mut checks = Checks::default();
        token::name(&mut checks, "device_name", &request.device_name);
        if request.device_name.trim().is_empty() {
            checks.fail("device_name", "must not be empty");
        }
        checks.finish()?;
        let confirmed = self.pairings()?.confirm(from, &request.code, request.device_name);
        let (record, token) = confirmed.await?;
        Ok(Response::new(v1::ConfirmPairingResponse {
            token: Some(token::message(record)),
            secret: token.secret().to_owned(),
        }))
    }
}

impl PairingCalls {
    fn pairings(&self) -> Result<&Pairings, Status> {
        self.pairings.as_ref().ok_or_else(status::auth_off)
    }
}
