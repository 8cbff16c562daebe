//! What makes a sandbox's programs believe its own authority: the certificate
//! in the sandbox's lists of trusted ones, and variables for programs that have
//! a list of their own.

use std::time::Duration;

use bytes::Bytes;

use super::EngineError;
use crate::model::{
    Authority, FileEvent, FileInput, FilePath, FileReason, FileRequest, MAX_FILE_CHUNK, Sandbox,
    Trusted,
};
use crate::runtime::{FileError, Machine, RuntimeError};

/// The certificate by itself.
const CERTIFICATE: &str = "/etc/ssl/skerry.pem";
/// And where update-ca-certificates looks for more of them when it writes the
/// list anew. Not everybody may write there.
const ANCHOR: &str = "/usr/local/share/ca-certificates/skerry.crt";
/// Where distributions have their list; some have it under two names.
const LISTS: [&str; 4] = [
    // Debian, Ubuntu, Alpine, Arch.
    "/etc/ssl/certs/ca-certificates.crt",
    // Fedora and its like.
    "/etc/pki/tls/certs/ca-bundle.crt",
    // openSUSE.
    "/etc/ssl/ca-bundle.pem",
    // Alpine's LibreSSL.
    "/etc/ssl/cert.pem",
];
/// Around what is ours in a list.
const BEGIN: &str = "# Skerry: the authority of this sandbox alone";
const END: &str = "# Skerry: its end";
/// How a certificate begins in a list.
const PEM: &str = "-----BEGIN CERTIFICATE-----";
/// Bytes of a list; the usual ones have a quarter of a mebibyte.
const MAX_LIST: u64 = 4 << 20;
/// For all of it: some small files.
const PATIENCE: Duration = Duration::from_secs(30);

/// Tells the sandbox to trust its authority, where it has credentials; says
/// whether the record is another one by that.
pub(super) async fn establish(
    machine: &dyn Machine,
    record: &mut Sandbox,
) -> Result<bool, EngineError> {
    let credentials = record.network.as_mut().map(|network| &mut network.credentials);
    let Some(credentials) = credentials.filter(|credentials| !credentials.all.is_empty()) else {
        return Ok(false);
    };
    let Some(authority) = &mut credentials.authority else { return Ok(false) };
    let written = tokio::time::timeout(PATIENCE, write(machine, authority)).await;
    let late = || RuntimeError::Failed {
        step: "put the sandbox's certificate where it is trusted".to_owned(),
        cause: "the sandbox's disk does not answer".to_owned(),
    };
    let trusted = written.unwrap_or_else(|_| Err(late().into())).map_err(EngineError::File)?;
    let before = authority.trusted.replace(trusted);
    Ok(before != authority.trusted)
}

/// Whether that is still to be done.
pub(super) fn is_to_be_established(record: &Sandbox) -> bool {
    let credentials = record.network.as_ref().map(|network| &network.credentials);
    credentials.is_some_and(|credentials| {
        let authority = credentials.authority.as_ref();
        !credentials.all.is_empty()
            && authority.is_some_and(|authority| authority.trusted.is_none())
    })
}

/// What commands are told of it.
pub(super) fn variables(record: &Sandbox) -> Vec<(&'static str, String)> {
    let credentials = record.network.as_ref().map(|network| &network.credentials);
    let Some(credentials) = credentials.filter(|credentials| !credentials.all.is_empty()) else {
        return Vec::new();
    };
    let trusted = credentials.authority.as_ref().and_then(|authority| authority.trusted.as_ref());
    let Some(trusted) = trusted else { return Vec::new() };
    // Node takes it beside its own list; the others read one list alone.
    let mut variables = vec![("NODE_EXTRA_CA_CERTS", CERTIFICATE.to_owned())];
    if let Some(list) = &trusted.list {
        let names = ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"];
        variables.extend(names.map(|name| (name, list.clone())));
    }
    variables
}

async fn write(machine: &dyn Machine, authority: &Authority) -> Result<Trusted, FileError> {
    let certificate = authority.certificate.as_str();
    if read(machine, CERTIFICATE).await?.as_deref() != Some(certificate) {
        replace(machine, CERTIFICATE, certificate).await?;
        if let Err(error @ FileError::Machine(_)) = replace(machine, ANCHOR, certificate).await {
            return Err(error);
        }
    }
    let mut trusted = Trusted { list: None };
    for path in LISTS {
        let Some(old) = read(machine, path).await? else { continue };
        let (new, others) = with_certificate(&old, certificate);
        if new != old {
            replace(machine, path, &new).await?;
        }
        if others && trusted.list.is_none() {
            trusted.list = Some(path.to_owned());
        }
    }
    Ok(trusted)
}

/// A list with this certificate in the place of an earlier one of ours, and
/// whether it has others.
fn with_certificate(list: &str, certificate: &str) -> (String, bool) {
    let mut new = String::with_capacity(list.len() + certificate.len() + BEGIN.len() + 64);
    let mut ours = false;
    for line in list.lines() {
        ours |= line == BEGIN;
        if !ours {
            new.push_str(line);
            new.push('\n');
        }
        ours &= line != END;
    }
    let others = new.contains(PEM);
    for part in [BEGIN, certificate.trim_end(), END] {
        new.push_str(part);
        new.push('\n');
    }
    (new, others)
}

/// A text; `None` where there is none, or nothing that could be a list.
async fn read(machine: &dyn Machine, path: &str) -> Result<Option<String>, FileError> {
    let request = FileRequest::Read { path: absolute(path), offset: 0, length: Some(MAX_LIST + 1) };
    let read = async {
        let mut call = machine.file(request).await?;
        let mut bytes = Vec::new();
        while let Some(event) = call.next().await? {
            if let FileEvent::Data(data) = event {
                bytes.extend_from_slice(&data);
            }
        }
        Ok(bytes)
    };
    match read.await {
        Ok(bytes) if bytes.len() as u64 > MAX_LIST => Ok(None),
        Ok(bytes) => Ok(String::from_utf8(bytes).ok()),
        Err(FileError::Failed(failure)) => match failure.reason {
            FileReason::NoSpace => Err(failure.into()),
            _ => Ok(None),
        },
        Err(error) => Err(error),
    }
}

async fn replace(machine: &dyn Machine, path: &str, text: &str) -> Result<(), FileError> {
    let request = FileRequest::Write {
        path: absolute(path),
        mode: None,
        owner: None,
        append: false,
        create_new: false,
        make_parents: true,
    };
    let mut call = machine.file(request).await?;
    for piece in text.as_bytes().chunks(MAX_FILE_CHUNK) {
        // What is wrong is told below.
        let _ = call.send(FileInput::Data(Bytes::copy_from_slice(piece))).await;
    }
    let _ = call.send(FileInput::End).await;
    while call.next().await?.is_some() {}
    Ok(())
}

fn absolute(path: &str) -> FilePath {
    FilePath::new(path).expect("it is short and has no NUL")
}

#[cfg(test)]
mod tests {
    use super::*;

    const OTHER: &str = "# A name\n-----BEGIN CERTIFICATE-----\nother\n-----END CERTIFICATE-----\n";
    const ONE: &str = "-----BEGIN CERTIFICATE-----\none\n-----END CERTIFICATE-----\n";
    const TWO: &str = "-----BEGIN CERTIFICATE-----\ntwo\n-----END CERTIFICATE-----\n";

    #[test]
    fn a_list_has_one_certificate_of_ours_beside_the_others() {
        let (first, others) = with_certificate(OTHER, ONE);
        assert!(others && first.starts_with(OTHER) && first.contains("\none\n"));
        let (second, others) = with_certificate(&first, TWO);
        assert!(others && second.starts_with(OTHER) && second.contains("\ntwo\n"));
        assert!(!second.contains("\none\n"), "{second}");
        assert_eq!(with_certificate(&second, TWO).0, second);
    }

    #[test]
    fn a_list_of_ours_alone_is_no_list_to_be_told_of() {
        let (list, others) = with_certificate("", ONE);
        assert!(!others && list.contains("\none\n"));
        assert!(!with_certificate(&list, ONE).1);
    }
}
