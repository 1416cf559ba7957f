package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.internal.ByteReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** TCG_EfiSpecIDEvent, the log's declaration of its format (TCG PFP §10.4.5.1). */
final class SpecIdEvent {
  private static final Bytes SIGNATURE =
      Bytes.of("Spec ID Event03\0".getBytes(StandardCharsets.US_ASCII));
  private static final Bytes LEGACY_SIGNATURE =
      Bytes.of("Spec ID Event00\0".getBytes(StandardCharsets.US_ASCII));
  private static final int MAJOR = 2;
  private static final int MINOR = 0;

  private SpecIdEvent() {}

  /** Whether this is the older declaration, of a log that has SHA-1 alone. */
  static boolean isLegacy(Bytes event) {
    return event.startsWith(LEGACY_SIGNATURE);
  }

  /**
   * The algorithms of the digests in every event that follows. Platform class, errata, the width of
   * UINTN and the vendor's bytes are read past: no digest covers them and nothing depends on them.
   */
  static List<HashAlgorithm> read(Bytes event) throws MalformedException {
    ByteReader in = ByteReader.littleEndian("TCG_EfiSpecIDEvent", event);
    if (!in.bytes("signature", SIGNATURE.size()).equals(SIGNATURE)) {
      throw in.malformed("signature", "Spec ID Event03", "another");
    }
    in.u32("platformClass");
    int minor = in.u8("specVersionMinor");
    int major = in.u8("specVersionMajor");
    if (major != MAJOR || minor != MINOR) {
      throw in.malformed("specVersion", MAJOR + "." + MINOR, major + "." + minor);
    }
    in.u8("specErrata");
    in.u8("uintnSize");
    List<HashAlgorithm> algorithms = algorithms(in);
    in.bytes("vendorInfo", in.u8("vendorInfoSize"));
    in.end();
    return algorithms;
  }

  private static List<HashAlgorithm> algorithms(ByteReader in) throws MalformedException {
    long count = in.u32("numberOfAlgorithms");
    int known = HashAlgorithm.values().length;
    if (count < 1 || count > known) {
      throw in.malformed("numberOfAlgorithms", "1 to " + known, Long.toString(count));
    }
    List<HashAlgorithm> algorithms = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int id = in.u16("algorithmId");
      int size = in.u16("digestSize");
      HashAlgorithm algorithm =
          HashAlgorithm.ofId(id)
              .orElseThrow(
                  () -> in.malformed("algorithmId", "a known hash", "0x%04x".formatted(id)));
      if (size != algorithm.digestSize()) {
        throw in.malformed("digestSize", algorithm.digestSize() + " of " + algorithm, size + "");
      }
      if (algorithms.contains(algorithm)) {
        throw in.malformed("algorithmId", "each algorithm once", algorithm + " again");
      }
      algorithms.add(algorithm);
    }
    return algorithms;
  }
}
