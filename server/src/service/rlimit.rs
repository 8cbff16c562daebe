//! The names of rlimits, in the order of the kernel's numbers.

use skerry_api::v1;

use crate::model::Rlimit;

/// include/uapi/asm-generic/resource.h.
const NAMES: [&str; 16] = [
    "cpu",
    "fsize",
    "data",
    "stack",
    "core",
    "rss",
    "nproc",
    "nofile",
    "memlock",
    "as",
    "locks",
    "sigpending",
    "msgqueue",
    "nice",
    "rtprio",
    "rttime",
];

/// Why a message is no rlimit.
pub(super) fn from_message(limit: &v1::Rlimit) -> Result<Rlimit, String> {
    let number = NAMES.iter().position(|name| *name == limit.resource);
    let resource = number.ok_or_else(|| format!("resource must be one of {}", NAMES.join(", ")))?;
    let (soft, hard) = (bound(limit.soft)?, bound(limit.hard)?);
    if soft > hard {
        return Err("soft must not be above hard".to_owned());
    }
    Ok(Rlimit { resource: resource as u32, soft, hard })
}

fn bound(value: i64) -> Result<u64, String> {
    match value {
        -1 => Ok(u64::MAX),
        _ => u64::try_from(value).map_err(|_| format!("must be -1 or more, is {value}")),
    }
}

pub(super) fn to_message(limit: &Rlimit) -> v1::Rlimit {
    let value = |bound: u64| i64::try_from(bound).unwrap_or(-1);
    v1::Rlimit {
        resource: NAMES.get(limit.resource as usize).map_or("", |name| *name).to_owned(),
        soft: value(limit.soft),
        hard: value(limit.hard),
    }
}
