package io.github.cvmattestation.attestation.crypto;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.DerReader;

/**
 * The outer form that certificates and revocation lists share (RFC 5280, sections 4.1.1 and 5.1.1):
 * {@code SEQUENCE { tbs, signatureAlgorithm, signature BIT STRING }}, all parts verbatim.
 *
 * @param tbs what was signed, with its header
 * @param algorithm the AlgorithmIdentifier, with its header
 * @param signature the content of the BIT STRING, whole octets
 */
record SignedObject(Bytes tbs, Bytes algorithm, Bytes signature) {
  static SignedObject parse(String structure, Bytes der) throws MalformedException {
    DerReader outer = new DerReader(structure, der);
    DerReader parts = new DerReader(structure, outer.content(DerReader.SEQUENCE));
    outer.end();
    Bytes tbs = parts.element(DerReader.SEQUENCE);
    Bytes algorithm = parts.element(DerReader.SEQUENCE);
    Bytes bits = parts.content(DerReader.BIT_STRING);
    parts.end();
    if (bits.isEmpty() || bits.get(0) != 0) {
      throw new MalformedException(structure + ".signature", "whole octets", "something else");
    }
    return new SignedObject(tbs, algorithm, bits.slice(1, bits.size()));
  }

  /** RFC 5280, section 4.1.1.2: the algorithm outside must be the one that was signed. */
  void requireSameAlgorithm(String structure, Bytes inner) throws MalformedException {
    if (!inner.equals(algorithm)) {
      throw new MalformedException(
          structure + ".signatureAlgorithm", "the algorithm inside", "another");
    }
  }
}
