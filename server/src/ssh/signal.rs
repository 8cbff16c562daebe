//! Signals by the names that SSH has for them.

use russh::Sig;

/// Those that russh has no name for.
const OTHERS: [(&str, i32); 12] = [
    ("BUS", 7),
    ("USR2", 12),
    ("CHLD", 17),
    ("CONT", 18),
    ("STOP", 19),
    ("TSTP", 20),
    ("TTIN", 21),
    ("TTOU", 22),
    ("XCPU", 24),
    ("XFSZ", 25),
    ("WINCH", 28),
    ("SYS", 31),
];

/// The kernel's number; `None` for a name that is not known.
pub(super) fn number(signal: &Sig) -> Option<i32> {
    Some(match signal {
        Sig::HUP => 1,
        Sig::INT => 2,
        Sig::QUIT => 3,
        Sig::ILL => 4,
        Sig::ABRT => 6,
        Sig::FPE => 8,
        Sig::KILL => 9,
        Sig::USR1 => 10,
        Sig::SEGV => 11,
        Sig::PIPE => 13,
        Sig::ALRM => 14,
        Sig::TERM => 15,
        Sig::Custom(name) => OTHERS.iter().find(|(known, _)| known == name)?.1,
    })
}

/// Its name.
pub(super) fn name(number: i32) -> Sig {
    match number {
        1 => Sig::HUP,
        2 => Sig::INT,
        3 => Sig::QUIT,
        4 => Sig::ILL,
        6 => Sig::ABRT,
        8 => Sig::FPE,
        9 => Sig::KILL,
        10 => Sig::USR1,
        11 => Sig::SEGV,
        13 => Sig::PIPE,
        14 => Sig::ALRM,
        15 => Sig::TERM,
        other => {
            let known = OTHERS.iter().find(|(_, number)| *number == other);
            Sig::Custom(known.map_or_else(|| other.to_string(), |(name, _)| (*name).to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_their_numbers() {
        for signal in [1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 18, 28] {
            assert_eq!(number(&name(signal)), Some(signal));
        }
        assert_eq!(number(&Sig::Custom("NONE".to_owned())), None);
    }
}
