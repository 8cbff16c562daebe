//! The filter that decides by a call's number alone, by binary search.
//!
//! The kernel translates a filter to machine code for each machine that loads
//! it, and runs it once for every number there is to remember which are always
//! allowed. A search through some hundred ranges makes both some ten times as
//! fast as comparing with each call in turn.

use std::collections::BTreeMap;

use seccompiler::{BpfProgram, sock_filter};

use super::SeccompError;

/// What is answered to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// It goes on.
    Allow,
    /// It fails with this error's number.
    Errno(i32),
}

impl Answer {
    /// linux/seccomp.h.
    fn code(self) -> u32 {
        const RET_ERRNO: u32 = 0x0005_0000;
        const RET_ALLOW: u32 = 0x7fff_0000;
        match self {
            Self::Allow => RET_ALLOW,
            Self::Errno(number) => RET_ERRNO | (number as u32 & 0xffff),
        }
    }
}

const RET_KILL_PROCESS: u32 = 0x8000_0000;
/// Offsets in `struct seccomp_data`.
const NUMBER: u32 = 0;
const ARCHITECTURE: u32 = 4;
/// linux/audit.h: the architecture whose numbers the lists have.
#[cfg(target_arch = "x86_64")]
const THIS_ARCHITECTURE: u32 = 0xc000_003e;

/// linux/bpf_common.h: load a word, compare for equal and for at least, return.
const LOAD: u16 = 0x20;
const JUMP_EQUAL: u16 = 0x15;
const JUMP_AT_LEAST: u16 = 0x35;
const RETURN: u16 = 0x06;

/// Compiles what is answered to calls by number; `otherwise` to all that are
/// not named. A call of another architecture ends its process.
pub(super) fn compile(
    answers: &BTreeMap<u32, Answer>,
    otherwise: Answer,
) -> Result<BpfProgram, SeccompError> {
    let mut program = vec![
        instruction(LOAD, ARCHITECTURE, 0, 0),
        instruction(JUMP_EQUAL, THIS_ARCHITECTURE, 1, 0),
        instruction(RETURN, RET_KILL_PROCESS, 0, 0),
        instruction(LOAD, NUMBER, 0, 0),
    ];
    program.extend(search(&ranges(answers, otherwise))?);
    Ok(program)
}

/// Where each run of the same answer begins; the first is at 0.
fn ranges(answers: &BTreeMap<u32, Answer>, otherwise: Answer) -> Vec<(u32, Answer)> {
    let mut ranges = vec![(0, otherwise)];
    let mut begin = |from: u32, answer: Answer| match ranges.last_mut() {
        Some((start, last)) if *start == from => *last = answer,
        Some((_, last)) if *last == answer => {}
        _ => ranges.push((from, answer)),
    };
    for (number, answer) in answers {
        begin(*number, *answer);
        begin(number + 1, otherwise);
    }
    ranges.dedup_by_key(|(_, answer)| *answer);
    ranges
}

/// Finds the range that the loaded number is in.
fn search(ranges: &[(u32, Answer)]) -> Result<BpfProgram, SeccompError> {
    let (lower, upper) = ranges.split_at(ranges.len() / 2);
    let Some((from, answer)) = upper.first() else {
        return Err(SeccompError("no ranges of calls".to_owned()));
    };
    if lower.is_empty() {
        return Ok(vec![instruction(RETURN, answer.code(), 0, 0)]);
    }
    let (lower, upper) = (search(lower)?, search(upper)?);
    let over = u8::try_from(lower.len())
        .map_err(|_| SeccompError("too many ranges of calls".to_owned()))?;
    let mut program = vec![instruction(JUMP_AT_LEAST, *from, over, 0)];
    program.extend(lower);
    program.extend(upper);
    Ok(program)
}

fn instruction(code: u16, k: u32, jt: u8, jf: u8) -> sock_filter {
    sock_filter { code, jt, jf, k }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs a program as the kernel does, over number and architecture.
    fn run(program: &[sock_filter], number: u32, architecture: u32) -> u32 {
        let (mut at, mut loaded) = (0, 0);
        loop {
            let step = &program[at];
            at += 1;
            match step.code {
                LOAD => loaded = if step.k == NUMBER { number } else { architecture },
                JUMP_EQUAL => at += usize::from(if loaded == step.k { step.jt } else { step.jf }),
                JUMP_AT_LEAST => {
                    at += usize::from(if loaded >= step.k { step.jt } else { step.jf });
                }
                RETURN => return step.k,
                other => panic!("no instruction {other:#x}"),
            }
        }
    }

    fn check(answers: &BTreeMap<u32, Answer>, otherwise: Answer) {
        let program = compile(answers, otherwise).expect("compiles");
        for number in (0..700).chain([0x4000_0000, 0x4000_0001, u32::MAX - 1, u32::MAX]) {
            let wanted = answers.get(&number).copied().unwrap_or(otherwise).code();
            assert_eq!(run(&program, number, THIS_ARCHITECTURE), wanted, "call {number}");
            assert_eq!(run(&program, number, 0x4000_0003), RET_KILL_PROCESS, "call {number}");
        }
    }

    #[test]
    fn every_number_gets_its_answer() {
        let refused = Answer::Errno(1);
        check(&BTreeMap::new(), refused);
        check(&BTreeMap::from([(0, Answer::Allow)]), refused);
        check(&BTreeMap::from([(0, refused), (1, Answer::Allow)]), refused);
        let some = (0..600).filter(|number| number % 7 < 3 || number % 11 == 0);
        let answer = |number: u32| match number % 5 {
            0 => Answer::Errno(38),
            _ => Answer::Allow,
        };
        check(&some.take(120).map(|number| (number, answer(number))).collect(), refused);
    }

    #[test]
    fn more_ranges_than_a_jump_can_pass_are_refused() {
        let every_other = (0..1000).map(|number| (number * 2, Answer::Allow)).collect();
        assert!(compile(&every_other, Answer::Errno(1)).is_err());
    }
}
