//! Sizes, spans and processors as people write and read them.

use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};

/// Why a text is not a quantity; each says what would be one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UnitError {
    /// Not a size.
    #[error("not a size; write bytes, or 512M, 4G, 1.5G")]
    Size,
    /// Not a span.
    #[error("not a duration; write seconds, or 90s, 10m, 2h, 1h30m, 7d")]
    Duration,
    /// Not a count of processors.
    #[error("not a number of processors; write 2, 1.5 or 0.25")]
    Cpus,
    /// Not `KEY=VALUE`.
    #[error("write KEY=VALUE")]
    Pair,
    /// Fits no wire.
    #[error("too large")]
    TooLarge,
}

/// Bytes of `512M`, `4G`, `1.5GiB`, `1048576`. Units are powers of 1024.
pub(crate) fn parse_size(text: &str) -> Result<i64, UnitError> {
    let digits = number_length(text);
    let unit = text[digits..].trim().to_ascii_lowercase();
    let unit = unit.strip_suffix('b').unwrap_or(&unit);
    let unit = unit.strip_suffix('i').unwrap_or(unit);
    let scale: u64 = match unit {
        "" => 1,
        "k" => 1 << 10,
        "m" => 1 << 20,
        "g" => 1 << 30,
        "t" => 1 << 40,
        _ => return Err(UnitError::Size),
    };
    scaled(&text[..digits], scale, UnitError::Size)
}

/// Thousandths of a processor of `2`, `1.5` or `0.25`.
pub(crate) fn parse_cpus(text: &str) -> Result<i64, UnitError> {
    if number_length(text) != text.len() {
        return Err(UnitError::Cpus);
    }
    scaled(text, 1000, UnitError::Cpus)
}

/// The span of `90s`, `10m`, `1h30m`, `500ms` or, in seconds, `90`.
pub(crate) fn parse_duration(text: &str) -> Result<Duration, UnitError> {
    if text.is_empty() {
        return Err(UnitError::Duration);
    }
    let mut rest = text;
    let mut millis = 0i64;
    while !rest.is_empty() {
        let (number, after) = rest.split_at(number_length(rest));
        let letters = after.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (unit, after) = after.split_at(letters);
        let scale = match unit {
            "ms" => 1,
            "" if number.len() == text.len() => 1000,
            "s" => 1000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return Err(UnitError::Duration),
        };
        let part = scaled(number, scale, UnitError::Duration)?;
        millis = millis.checked_add(part).ok_or(UnitError::TooLarge)?;
        rest = after;
    }
    Ok(Duration::from_millis(millis.unsigned_abs()))
}

/// The key and value of `KEY=VALUE`; the value may be empty and hold `=`.
pub(crate) fn parse_pair(text: &str) -> Result<(String, String), UnitError> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err(UnitError::Pair),
    }
}

/// Bytes as the largest unit that leaves at least 1: `512M`, `1.5G`.
pub(crate) fn show_size(bytes: i64) -> String {
    let mut value = bytes as f64;
    let mut unit = "B";
    for larger in ["K", "M", "G", "T"] {
        if value < 1024.0 {
            break;
        }
        value /= 1024.0;
        unit = larger;
    }
    let text = format!("{value:.1}");
    format!("{}{unit}", text.strip_suffix(".0").unwrap_or(&text))
}

/// Thousandths of a processor: `2`, `1.5`.
pub(crate) fn show_cpus(millis: i64) -> String {
    let text = format!("{}.{:03}", millis / 1000, millis % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A span by its two largest units: `42s`, `10m`, `1h30m`, `3d4h`.
pub(crate) fn show_duration(span: Duration) -> String {
    let seconds = span.as_secs();
    if seconds == 0 && span.subsec_millis() > 0 {
        return format!("{}ms", span.subsec_millis());
    }
    let (days, hours) = (seconds / 86_400, seconds / 3600 % 24);
    let (minutes, rest) = (seconds / 60 % 60, seconds % 60);
    let (large, small) = match (days, hours, minutes) {
        (0, 0, 0) => return format!("{rest}s"),
        (0, 0, _) => ((minutes, "m"), (rest, "s")),
        (0, _, _) => ((hours, "h"), (minutes, "m")),
        _ => ((days, "d"), (hours, "h")),
    };
    match small.0 {
        0 => format!("{}{}", large.0, large.1),
        _ => format!("{}{}{}{}", large.0, large.1, small.0, small.1),
    }
}

/// How long ago, in one unit: `42s`, `10m`, `3h`, `12d`.
pub(crate) fn show_age(time: SystemTime, now: SystemTime) -> String {
    let seconds = now.duration_since(time).unwrap_or_default().as_secs();
    match seconds {
        0..120 => format!("{seconds}s"),
        120..7200 => format!("{}m", seconds / 60),
        7200..172_800 => format!("{}h", seconds / 3600),
        _ => format!("{}d", seconds / 86_400),
    }
}

/// A time of day and date in UTC: `2026-11-20 14:03:59Z`.
pub(crate) fn show_time(time: SystemTime) -> String {
    DateTime::<Utc>::from(time).format("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// How many bytes at the start are digits and points.
fn number_length(text: &str) -> usize {
    text.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count()
}

/// A decimal number times `scale`, exact, rounded towards zero.
fn scaled(number: &str, scale: u64, wrong: UnitError) -> Result<i64, UnitError> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) || number.ends_with('.') {
        return Err(wrong);
    }
    // Nine places are more than a thousandth of a unit ever needs.
    let fraction = &fraction[..fraction.len().min(9)];
    let whole: i64 = whole.parse().map_err(|_| UnitError::TooLarge)?;
    let scale = i64::try_from(scale).map_err(|_| UnitError::TooLarge)?;
    let places = 10i128.pow(fraction.len() as u32);
    let part = fraction.parse::<i128>().unwrap_or(0) * i128::from(scale) / places;
    let total = i128::from(whole) * i128::from(scale) + part;
    i64::try_from(total).map_err(|_| UnitError::TooLarge)
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    #[test]
    fn sizes_are_powers_of_1024() {
        for (text, bytes) in [
            ("0", 0),
            ("1048576", 1 << 20),
            ("512M", 512 << 20),
            ("512m", 512 << 20),
            ("4G", 4 << 30),
            ("4GB", 4 << 30),
            ("4GiB", 4 << 30),
            ("1.5G", 3 << 29),
            ("16k", 16 << 10),
            ("2T", 2 << 40),
            ("7B", 7),
        ] {
            assert_eq!(parse_size(text), Ok(bytes), "{text}");
        }
        for text in ["", "M", "4X", "-1", "1..5G", "1.G", "4 G B", "0x10", "1e3", ".5G", "４G"] {
            assert_eq!(parse_size(text), Err(UnitError::Size), "{text}");
        }
        assert_eq!(parse_size("9999999999G"), Err(UnitError::TooLarge));
        assert_eq!(parse_size("99999999999999999999"), Err(UnitError::TooLarge));
    }

    #[test]
    fn spans_may_have_several_units() {
        for (text, millis) in [
            ("0", 0),
            ("90", 90_000),
            ("90s", 90_000),
            ("10m", 600_000),
            ("2h", 7_200_000),
            ("1h30m", 5_400_000),
            ("7d", 604_800_000),
            ("500ms", 500),
            ("1.5s", 1500),
        ] {
            assert_eq!(parse_duration(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for text in ["", "s", "10x", "1h30", "-5s", "1 h", "h1"] {
            assert_eq!(parse_duration(text), Err(UnitError::Duration), "{text}");
        }
        assert_eq!(parse_duration("999999999999999999d"), Err(UnitError::TooLarge));
    }

    #[test]
    fn processors_have_thousandths() {
        for (text, millis) in [("2", 2000), ("1.5", 1500), ("0.25", 250), ("0", 0)] {
            assert_eq!(parse_cpus(text), Ok(millis), "{text}");
            assert_eq!(show_cpus(millis), text);
        }
        for text in ["", "-1", "1.5x", "half", ".5"] {
            assert_eq!(parse_cpus(text), Err(UnitError::Cpus), "{text}");
        }
    }

    #[test]
    fn a_pair_needs_a_key() {
        assert_eq!(parse_pair("a=b=c"), Ok(("a".to_owned(), "b=c".to_owned())));
        assert_eq!(parse_pair("a="), Ok(("a".to_owned(), String::new())));
        assert_eq!(parse_pair("a"), Err(UnitError::Pair));
        assert_eq!(parse_pair("=b"), Err(UnitError::Pair));
    }

    #[test]
    fn what_is_shown_is_short() {
        assert_eq!(show_size(0), "0B");
        assert_eq!(show_size(512 << 20), "512M");
        assert_eq!(show_size(3 << 29), "1.5G");
        let duration = |seconds| show_duration(Duration::from_secs(seconds));
        assert_eq!(duration(42), "42s");
        assert_eq!(duration(600), "10m");
        assert_eq!(duration(5400), "1h30m");
        assert_eq!(duration(273_600), "3d4h");
        assert_eq!(show_duration(Duration::from_millis(500)), "500ms");
        let age = |seconds| show_age(UNIX_EPOCH, UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!([age(3), age(119), age(120), age(7200)], ["3s", "119s", "2m", "2h"]);
        assert_eq!(age(200_000), "2d");
        assert_eq!(show_age(UNIX_EPOCH + Duration::from_secs(9), UNIX_EPOCH), "0s");
    }

    #[test]
    fn times_follow_the_calendar() {
        let shown = |seconds| show_time(UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(shown(0), "1970-01-01 00:00:00Z");
        assert_eq!(shown(951_827_696), "2000-02-29 12:34:56Z");
        assert_eq!(shown(1_709_164_800), "2024-02-29 00:00:00Z");
        assert_eq!(shown(1_735_689_599), "2024-12-31 23:59:59Z");
        assert_eq!(shown(4_107_542_400), "2100-03-01 00:00:00Z");
    }
}
