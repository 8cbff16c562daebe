//! Sizes as the systems write them: `512M`, `4G`.

const UNITS: [(char, i64); 4] = [('T', 1 << 40), ('G', 1 << 30), ('M', 1 << 20), ('K', 1 << 10)];

/// Bytes of a size; `None` for what is none.
pub(super) fn bytes(text: &str) -> Option<i64> {
    let text = text.trim();
    let unit = |letter: char| {
        UNITS.iter().find(|(known, _)| known.eq_ignore_ascii_case(&letter)).map(|(_, unit)| *unit)
    };
    let (number, unit) = match text.chars().next_back().and_then(unit) {
        Some(unit) => (&text[..text.len() - 1], unit),
        None => (text, 1),
    };
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let number: i64 = number.parse().ok().filter(|_| digits)?;
    number.checked_mul(unit).filter(|bytes| *bytes > 0)
}

/// The shortest way to write so many bytes.
pub(super) fn text(bytes: i64) -> String {
    let fits = UNITS.iter().find(|(_, unit)| bytes > 0 && bytes % unit == 0);
    fits.map_or_else(|| bytes.to_string(), |(letter, unit)| format!("{}{letter}", bytes / unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_and_written() {
        for (written, wanted) in [
            ("1G", 1 << 30),
            ("128G", 128 << 30),
            ("512M", 512 << 20),
            ("4096", 4096),
            ("2k", 2048),
        ] {
            assert_eq!(bytes(written), Some(wanted), "{written}");
        }
        for wrong in ["", "G", "-1G", "1.5G", "1GB", "0", "0G", "9999999999T", "1 G", "+1G"] {
            assert_eq!(bytes(wrong), None, "{wrong}");
        }
        assert_eq!(
            [text(2 << 30), text(1536 << 20), text(2048), text(7), text(0)],
            ["2G", "1536M", "2K", "7", "0"]
        );
    }
}
