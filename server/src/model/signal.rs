//! Signals by name.

/// Linux's, from number 1 on.
const NAMES: [&str; 31] = [
    "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
    "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
    "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
];
/// What the C library leaves to programs, as signal(7) counts them.
const REAL_TIME: std::ops::RangeInclusive<i32> = 34..=64;

/// The number of a signal: 1 to 64, or a name with or without `SIG`, in either
/// case, or `RTMIN+n` and `RTMAX-n`. `None` where there is none like that.
pub fn parse_signal(text: &str) -> Option<i32> {
    if let Ok(number) = text.parse::<i32>() {
        return (1..=*REAL_TIME.end()).contains(&number).then_some(number);
    }
    let upper = text.to_ascii_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    if let Some(place) = NAMES.iter().position(|known| *known == name) {
        return i32::try_from(place + 1).ok();
    }
    let steps = |steps: &str| match steps {
        "" => Some(0),
        steps => steps[1..].parse::<i32>().ok().filter(|_| steps.starts_with(['+', '-'])),
    };
    let number = match name.strip_prefix("RTMIN") {
        Some(more) if !more.starts_with('-') => REAL_TIME.start().checked_add(steps(more)?)?,
        _ => match name.strip_prefix("RTMAX")? {
            less if !less.starts_with('+') => REAL_TIME.end().checked_sub(steps(less)?)?,
            _ => return None,
        },
    };
    REAL_TIME.contains(&number).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_go_by_number_and_by_name() {
        for (text, number) in [
            ("9", 9),
            ("KILL", 9),
            ("sigterm", 15),
            ("SIGQUIT", 3),
            ("64", 64),
            ("SYS", 31),
            ("SIGRTMIN", 34),
            ("SIGRTMIN+3", 37),
            ("rtmax-1", 63),
        ] {
            assert_eq!(parse_signal(text), Some(number), "{text}");
        }
        for text in
            ["0", "65", "-1", "", "SIG", "NOPE", "RTMIN-1", "RTMAX+1", "RTMIN+31", "RTMIN+é"]
        {
            assert_eq!(parse_signal(text), None, "{text}");
        }
    }
}
