package io.github.cvmattestation.snp;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.TrustAnchor;
import io.github.cvmattestation.attestation.TrustAnchors;
import io.github.cvmattestation.attestation.internal.Digests;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

/**
 * AMD's nine authorities for SEV-SNP (ARK, ASK and ASVK of Milan, Genoa and Turin) as public keys:
 * see the resource {@code amd-ca-keys.txt}, which gives fingerprints and where AMD publishes them.
 */
public final class AmdTrustAnchors {
  private static final String RESOURCE = "amd-ca-keys.txt";
  private static final int FIELDS = 7;

  private AmdTrustAnchors() {}

  /** The keys of all product lines. Which lines are <em>accepted</em> is the policy's business. */
  public static TrustAnchors published() {
    try (InputStream resource =
            Objects.requireNonNull(AmdTrustAnchors.class.getResourceAsStream(RESOURCE), RESOURCE);
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(resource, StandardCharsets.US_ASCII))) {
      List<TrustAnchor> anchors =
          reader
              .lines()
              .filter(line -> !line.isBlank() && !line.startsWith("#"))
              .map(AmdTrustAnchors::read)
              .toList();
      return new TrustAnchors(anchors);
    } catch (IOException e) {
      throw new UncheckedIOException(RESOURCE, e);
    }
  }

  private static TrustAnchor read(String line) {
    String[] fields = line.split("\\|", -1);
    if (fields.length != FIELDS) {
      throw new IllegalStateException(RESOURCE + " is damaged");
    }
    Bytes key = Bytes.of(Base64.getDecoder().decode(fields[6]));
    if (!Digests.sha256(key).hex().equals(fields[4])) {
      throw new IllegalStateException(RESOURCE + ": fingerprint of " + fields[0]);
    }
    return new TrustAnchor(
        fields[0],
        key,
        new BigInteger(fields[1], 16),
        Instant.parse(fields[2]),
        Instant.parse(fields[3]));
  }
}
