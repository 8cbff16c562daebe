//! `skerry pair` and `skerry login`.

use clap::Args;
use skerry_client::v1::CreatePairingRequest;
use skerry_client::{Address, AddressError, Client, Config, save_token, saved_tokens_path};

use super::Context;
use super::token::Scope;
use crate::failure::Failure;
use crate::output::printable;

/// Print a code, and its QR code, that gives another device a token
#[derive(Debug, Args)]
#[command(after_help = "\
The code is good for 5 minutes and for one device. The device scans the QR code
or opens the address, and confirms; or it runs `skerry login`.

Examples:
  skerry pair                                    For a device of yours: an admin's token
  skerry pair --tenant shop --permission read --expires 30d
                                                 For somebody else's
  skerry pair -o json | jq -r .code              Only the code")]
pub(super) struct Pair {
    #[command(flatten)]
    scope: Scope,
}

impl Pair {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        let request = CreatePairingRequest {
            scope: Some(self.scope.message()),
            token_expire_time: self.scope.expire_time(),
        };
        let pairing = context.call("pair", context.client.create_pairing(request)).await?;
        if context.output.is_json() {
            context.output.json(&pairing)?;
            return Ok(0);
        }
        let place = pairing.url.split('#').next().unwrap_or_default().trim_end_matches("/pair");
        let login = place.split_once("://").map_or(place, |(_, host)| host);
        context.output.text(&format!(
            "{}\ncode: {}   good for 5 minutes and one device\nopen: {}\nor:   skerry login {login} {}\n",
            pairing.qr_text, pairing.code, pairing.url, pairing.code,
        ))?;
        Ok(0)
    }
}

/// Get a token for a pairing code, and keep it for the daemon's address
#[derive(Debug, Args)]
#[command(after_help = "\
`skerry pair` on the daemon's machine prints the code. The token is kept in
~/.config/skerry/tokens.json, readable by you alone, and found there by every
command that is given this address.

Examples:
  skerry login 192.168.1.7:4000 K7M2QX           With the code
  skerry login 'http://192.168.1.7:4000/pair#K7M2QX'
                                                 With the address that was printed
  SKERRY_ADDRESS=192.168.1.7:4000 skerry ls      From then on")]
pub(super) struct Login {
    /// The daemon's address, or the one that `skerry pair` printed
    #[arg(value_name = "ADDRESS")]
    place: String,
    /// The code, where the address has none
    code: Option<String>,
    /// What to call this device [default: its host name]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
}

impl Login {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        let wrong = |why: &str| Failure::usage(&format!("{why}; see `skerry login --help`"), 2);
        let (address, code) = self.parts().map_err(|error| wrong(&error.to_string()))?;
        let code = code.ok_or_else(|| wrong("a code is missing"))?;
        let path = saved_tokens_path().ok_or_else(|| wrong("there is no home directory"))?;
        let name = self.name.unwrap_or_else(host_name);
        let what = format!("pair with {address}");
        let config = Config::without_token(address.clone());
        let client = Client::new(&config);
        let confirmed = crate::output::waiting(&what, client.confirm_pairing(&code, &name)).await;
        let confirmed = confirmed.map_err(|error| Failure::call(&what, &error, &config))?;
        save_token(&path, &address, &confirmed.secret).map_err(|error| {
            let why = format!("{}: {error}", path.display());
            Failure::new("keep the token", &why, "mend it, and pair again with a new code")
        })?;
        let known = confirmed.token.map(|token| token.id).unwrap_or_default();
        let shown = printable(&path.display().to_string());
        context
            .output
            .line(&format!("{address} knows {name} as {known}; the token is in {shown}"))?;
        Ok(0)
    }

    fn parts(&self) -> Result<(Address, Option<String>), AddressError> {
        let (place, in_place) = match self.place.split_once('#') {
            Some((place, code)) => (place, Some(code.to_owned())),
            None => (self.place.as_str(), None),
        };
        let place = place.trim_end_matches('/');
        let address = place.strip_suffix("/pair").unwrap_or(place).parse()?;
        Ok((address, self.code.clone().or(in_place)))
    }
}

fn host_name() -> String {
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    if name.is_empty() { "a device".to_owned() } else { name }
}
