package io.github.cvmattestation.cli;

/** Asks whoever typed the command. */
interface Prompt {
  /**
   * Asks for something that nobody else shall see.
   *
   * @param question as it is shown
   * @return what was typed, without the end of its line; whoever uses it clears it. Of more than
   *     {@code max} bytes, {@code max} + 1
   * @throws CouldNotAskException if nobody can be asked, or not without echo
   */
  byte[] secret(String question, int max) throws CouldNotAskException;
}
