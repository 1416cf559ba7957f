package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.spi.RefutedException;
import java.util.Set;

/**
 * The one door to the log of Linux' Integrity Measurement Architecture: what the running kernel
 * measured into PCR 10, files above all (Linux, Documentation/security/IMA-templates.rst).
 *
 * <p>The log goes on growing, and an entry is in it before it is in the register. So the longest
 * beginning of the log is believed that adds up to the register, and nothing after it.
 *
 * <p>Whatever the bytes are, the answer is an {@link ImaReplay}; nothing is thrown for them.
 */
public final class ImaLog {
  /** The longest log that is read, in bytes: some hundred thousand entries. */
  public static final int MAX_SIZE = 64 << 20;

  /** The longest data of one entry, in bytes. */
  public static final int MAX_ENTRY_SIZE = 1 << 20;

  /** CONFIG_IMA_MEASURE_PCR_IDX, everywhere. */
  static final int REGISTER = 10;

  private ImaLog() {}

  /**
   * Replays a log, with no risk allowed.
   *
   * @param log as the kernel hands it out in {@code /sys/kernel/security/integrity/ima}: the file
   *     {@code ascii_runtime_measurements} (of any algorithm) or {@code
   *     binary_runtime_measurements} (little-endian, with SHA-1 template hashes)
   * @param pcrs registers with PCR 10; with PCR 0 to 9 (0 to 7 in the SHA-1 bank) the boot
   *     aggregate is compared too
   */
  public static ImaReplay replay(Bytes log, RegisterBank pcrs) {
    return replay(log, pcrs, Set.of());
  }

  /**
   * Replays a log.
   *
   * @param log as above
   * @param pcrs as above
   * @param allowed risks that are taken
   * @return {@link ImaReplay.Matched}, or {@link ImaReplay.Refused} with the reason
   */
  public static ImaReplay replay(Bytes log, RegisterBank pcrs, Set<ImaRisk> allowed) {
    try {
      Bytes register = register(pcrs);
      if (log.isEmpty()) {
        throw refuted(LogFinding.IMA_EMPTY, "an IMA log", "no bytes");
      }
      if (log.size() > MAX_SIZE) {
        throw refuted(
            LogFinding.IMA_LIMIT, "at most " + MAX_SIZE + " bytes", log.size() + " bytes");
      }
      ImaHistory history = new ImaHistory(pcrs, register, allowed);
      history.follow(source(log));
      return history.proven(source(log));
    } catch (MalformedException e) {
      return new ImaReplay.Refused(e.toFinding(LogFinding.IMA_FORMAT));
    } catch (RefutedException e) {
      return new ImaReplay.Refused(e.finding());
    }
  }

  static RefutedException refuted(LogFinding code, String expected, String actual) {
    return new RefutedException(Finding.of(code, expected, actual));
  }

  private static Bytes register(RegisterBank pcrs) throws RefutedException {
    if (pcrs.kind() != RegisterKind.PCR || pcrs.value(REGISTER).isEmpty()) {
      throw refuted(LogFinding.IMA_REGISTER, "PCR10", pcrs.toString());
    }
    Bytes register = pcrs.value(REGISTER).get();
    if (register.equals(RegisterKind.PCR.initial(REGISTER, pcrs.algorithm()))) {
      throw refuted(LogFinding.IMA_EMPTY, "something measured into PCR10", "its initial value");
    }
    return register;
  }

  /** A PCR's number in binary is no digit and no space, in text it is. */
  private static ImaRecord.Source source(Bytes log) {
    int first = log.get(0);
    boolean text = first == ' ' || (first >= '0' && first <= '9');
    return text ? new ImaText(log) : new ImaBinary(log);
  }
}
