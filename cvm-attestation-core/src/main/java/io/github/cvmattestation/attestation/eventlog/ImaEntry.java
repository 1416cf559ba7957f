package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.util.List;
import java.util.Optional;

/**
 * Something that the kernel measured, as part of the history of PCR 10. Its fields are what was
 * measured; under which template it stands is told only by the log's author.
 */
public final class ImaEntry {
  private final ImaTemplate untrustedTemplate;
  private final List<Bytes> fields;

  ImaEntry(ImaTemplate untrustedTemplate, List<Bytes> fields) {
    this.untrustedTemplate = untrustedTemplate;
    this.fields = List.copyOf(fields);
  }

  /** What the log calls the entry. No hash covers it; see {@link ImaTemplate}. */
  public ImaTemplate untrustedTemplate() {
    return untrustedTemplate;
  }

  /**
   * The fields as they were hashed, in the order of the template, without their lengths. There are
   * none for a violation: what the log says there could be anything.
   */
  public List<Bytes> fields() {
    return fields;
  }

  /** Whether the kernel recorded that it could not measure something. */
  public boolean isViolation() {
    return fields.isEmpty();
  }

  /** The algorithm of {@link #digest}; absent for a violation. */
  public Optional<HashAlgorithm> algorithm() {
    return fields.isEmpty() ? Optional.empty() : ImaDigest.read(first()).map(ImaDigest::algorithm);
  }

  /** The digest of the file or buffer; absent for a violation. */
  public Optional<Bytes> digest() {
    return fields.isEmpty() ? Optional.empty() : ImaDigest.read(first()).map(ImaDigest::digest);
  }

  /**
   * The name without the zero behind it: a path, or what the kernel calls the thing. Octets, for
   * Linux knows no encoding; the kernel has replaced spaces by underscores. Absent for a violation.
   */
  public Optional<Bytes> name() {
    if (fields.isEmpty()) {
      return Optional.empty();
    }
    Bytes name = fields.get(1);
    boolean terminated = untrustedTemplate != ImaTemplate.IMA;
    return Optional.of(terminated ? name.slice(0, name.size() - 1) : name);
  }

  @Override
  public String toString() {
    return isViolation()
        ? "ImaEntry[violation]"
        : "ImaEntry[" + untrustedTemplate.templateName() + ", " + fields + "]";
  }

  private Bytes first() {
    return fields.get(0);
  }
}
