package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A digest in an IMA entry: the algorithm's name, a colon, a zero and the digest (field d-ng), or a
 * bare SHA-1 digest (field d).
 */
record ImaDigest(HashAlgorithm algorithm, Bytes digest) {
  private static final int LONGEST_NAME = 6;

  /** Nothing if it is neither, or the algorithm is not known. */
  static Optional<ImaDigest> read(Bytes field) {
    if (field.size() == HashAlgorithm.SHA1.digestSize()) {
      return Optional.of(new ImaDigest(HashAlgorithm.SHA1, field));
    }
    return readNg(field);
  }

  /** Only d-ng. */
  static Optional<ImaDigest> readNg(Bytes field) {
    int colon = 0;
    while (colon <= LONGEST_NAME && colon < field.size() && field.get(colon) != ':') {
      colon++;
    }
    int from = colon + 2;
    if (colon > LONGEST_NAME || from > field.size() || field.get(colon + 1) != 0) {
      return Optional.empty();
    }
    String name = new String(field.slice(0, colon).toArray(), StandardCharsets.US_ASCII);
    return HashAlgorithm.ofBankName(name)
        .filter(algorithm -> algorithm.digestSize() == field.size() - from)
        .map(algorithm -> new ImaDigest(algorithm, field.slice(from, field.size())));
  }

  /** The field d-ng. */
  Bytes ng() {
    return Bytes.of((algorithm.bankName() + ":\0").getBytes(StandardCharsets.US_ASCII))
        .concat(digest);
  }
}
