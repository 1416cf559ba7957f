package io.github.cvmattestation.attestation.crypto;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.DerReader;
import java.io.IOException;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Sequence;

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

  /**
   * What was signed, decoded. Bouncy Castle also reads BER; what it read must be what DER would
   * give (RFC 5280, section 4.1), or two readers could see two certificates.
   */
  ASN1Sequence decoded(String structure) throws IOException, MalformedException {
    ASN1Sequence sequence = ASN1Sequence.getInstance(tbs.toArray());
    if (!Bytes.of(sequence.getEncoded(ASN1Encoding.DER)).equals(tbs)) {
      throw new MalformedException(structure, "DER", "another encoding");
    }
    return sequence;
  }

  /** RFC 5280, section 4.1.1.2: the algorithm outside must be the one that was signed. */
  void requireSameAlgorithm(String structure, Bytes inner) throws MalformedException {
    if (!inner.equals(algorithm)) {
      throw new MalformedException(
          structure + ".signatureAlgorithm", "the algorithm inside", "another");
    }
  }
}
