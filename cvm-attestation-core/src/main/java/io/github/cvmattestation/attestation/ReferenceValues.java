package io.github.cvmattestation.attestation;

import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a relying party compares claims with (RFC 9334, section 8.3), as data: a JSON object with
 * one member for each module, such as {@code {"snp": {…}, "azure": {…}}}.
 */
public final class ReferenceValues {
  private static final int MAX_SIZE = 1 << 20;

  private final Map<String, Bytes> sections;

  private ReferenceValues(Map<String, Bytes> sections) {
    this.sections = Collections.unmodifiableMap(sections);
  }

  /**
   * Reads a policy file's JSON. What is inside a section is read by its module.
   *
   * @throws AttestationException.Configuration where it is not a JSON object of objects
   */
  public static ReferenceValues parse(Bytes json) {
    Map<String, Bytes> sections = new LinkedHashMap<>();
    try {
      Json.Obj root = StrictJson.parse("policy", json, MAX_SIZE).asObject();
      for (String name : root.names()) {
        sections.put(name, root.require(name).asObject().text());
      }
    } catch (MalformedException e) {
      throw new AttestationException.Configuration(
          e.problem(), "write the policy as {\"snp\": {…}, …}");
    }
    return new ReferenceValues(sections);
  }

  /** JSON text of each section, by the id of its module. */
  Map<String, Bytes> sections() {
    return sections;
  }
}
