package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.util.List;

/**
 * An entry as the log has it, believed by nobody yet.
 *
 * @param register the PCR that it says it was extended into
 * @param templateHash what the log says the hash of the fields is; all zero for a violation
 * @param template how the fields are to be read
 * @param fields as they are hashed, without lengths; none for a violation
 */
record ImaRecord(long register, Bytes templateHash, ImaTemplate template, List<Bytes> fields) {
  /** IMA_EVENT_NAME_LEN_MAX, of the template {@code ima}. */
  static final int MAX_OLD_NAME = 255;

  ImaRecord {
    fields = List.copyOf(fields);
  }

  /** Whether the kernel recorded that it could not measure something (ima_add_violation). */
  static boolean isViolation(Bytes templateHash) {
    return templateHash.isZero();
  }

  boolean isViolation() {
    return isViolation(templateHash);
  }

  /** Reads the next entries of a log. */
  interface Source {
    boolean hasNext();

    ImaRecord next() throws MalformedException;
  }

  /** Refuses a field that the kernel would not write. */
  static void require(ImaTemplate.Field kind, Bytes field) throws MalformedException {
    boolean fits =
        switch (kind) {
          case DIGEST -> field.size() == 20;
          case DIGEST_NG -> ImaDigest.readNg(field).isPresent();
          case OPTIONAL_DIGEST_NG -> field.isEmpty() || ImaDigest.readNg(field).isPresent();
          case NAME -> field.size() <= MAX_OLD_NAME && endOfText(field) == field.size();
          case NAME_NG -> field.size() > 1 && endOfText(field) == field.size() - 1;
          case OCTETS -> true;
        };
    if (!fits) {
      throw new MalformedException("IMA entry, field " + kind, "one that is known", "another");
    }
  }

  private static int endOfText(Bytes field) {
    int end = 0;
    while (end < field.size() && field.get(end) != 0) {
      end++;
    }
    return end;
  }
}
