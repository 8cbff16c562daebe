/** Signals by name. */

/** Linux's numbers: the sandbox's, not those of the machine that calls. */
const NUMBERS = {
  HUP: 1, INT: 2, QUIT: 3, ILL: 4, TRAP: 5, ABRT: 6, BUS: 7, FPE: 8, KILL: 9, USR1: 10,
  SEGV: 11, USR2: 12, PIPE: 13, ALRM: 14, TERM: 15, CHLD: 17, CONT: 18, STOP: 19, TSTP: 20,
  TTIN: 21, TTOU: 22, URG: 23, XCPU: 24, XFSZ: 25, VTALRM: 26, PROF: 27, WINCH: 28, IO: 29,
  PWR: 30, SYS: 31,
} as const;

type Name = keyof typeof NUMBERS;
/** A signal: `15`, `"TERM"` or `"SIGTERM"`. */
export type Signal = number | Name | `SIG${Name}`;

/** Its number. */
export function signalNumber(signal: Signal): number {
  return typeof signal === "number" ? signal : NUMBERS[signal.replace(/^SIG/, "") as Name];
}
