package dev.skerry;

import java.util.List;

/** What to run: a line for the shell, or a program and its arguments. */
public final class Command {
  final String line;
  final List<String> words;

  private Command(String line, List<String> words) {
    this.line = line;
    this.words = words;
  }

  /** A line for the shell. */
  public static Command shell(String line) {
    return new Command(line, List.of());
  }

  /** A program and its arguments, run without a shell. */
  public static Command of(String... words) {
    return new Command("", List.of(words));
  }
}
