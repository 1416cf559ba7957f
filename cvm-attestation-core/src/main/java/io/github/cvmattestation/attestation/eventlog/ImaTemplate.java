package io.github.cvmattestation.attestation.eventlog;

import java.util.Optional;

/**
 * What an IMA entry consists of (Linux, Documentation/security/IMA-templates.rst). There is no
 * other: a template that is not known is refused.
 *
 * <p>The template's name is covered by no hash. Two templates with as many fields can be exchanged
 * for each other: {@link #IMA_SIG} and {@link #IMA_BUF}.
 */
public enum ImaTemplate {
  /** The original one: d, n. SHA-1, and names of at most 255 bytes. */
  IMA("ima", Field.DIGEST, Field.NAME),
  /** d-ng, n-ng. */
  IMA_NG("ima-ng", Field.DIGEST_NG, Field.NAME_NG),
  /** d-ng, n-ng, sig: the file's signature, or nothing. */
  IMA_SIG("ima-sig", Field.DIGEST_NG, Field.NAME_NG, Field.OCTETS),
  /** d-ng, n-ng, buf: what was measured itself, such as a key or a command line. */
  IMA_BUF("ima-buf", Field.DIGEST_NG, Field.NAME_NG, Field.OCTETS),
  /** d-ng, n-ng, sig, d-modsig, modsig: and a signature appended to the file. */
  IMA_MODSIG(
      "ima-modsig",
      Field.DIGEST_NG,
      Field.NAME_NG,
      Field.OCTETS,
      Field.OPTIONAL_DIGEST_NG,
      Field.OCTETS);

  /** How a field is written. */
  enum Field {
    DIGEST,
    NAME,
    DIGEST_NG,
    OPTIONAL_DIGEST_NG,
    NAME_NG,
    OCTETS
  }

  private final String templateName;
  private final Field[] fields;

  ImaTemplate(String templateName, Field... fields) {
    this.templateName = templateName;
    this.fields = fields;
  }

  /** The name in the log, such as {@code ima-ng}. */
  public String templateName() {
    return templateName;
  }

  /** How many fields an entry has. */
  public int fieldCount() {
    return fields.length;
  }

  Field field(int index) {
    return fields[index];
  }

  /** The template with this name, if it is one of these. */
  public static Optional<ImaTemplate> ofName(String name) {
    for (ImaTemplate template : values()) {
      if (template.templateName.equals(name)) {
        return Optional.of(template);
      }
    }
    return Optional.empty();
  }
}
