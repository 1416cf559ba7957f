package io.github.cvmattestation.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** One thing that {@code cvm} does. */
interface Command {
  /** Its name, options and help. */
  CommandSpec spec();

  /**
   * Does it.
   *
   * @return the exit code
   * @throws CouldNotAskException if a file cannot be read
   */
  int run(ParseResult arguments, Console console) throws CouldNotAskException;
}
