package io.github.cvmattestation.azure;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;

/** Whatever the bytes are, they are evidence, which can be written and read again, or malformed. */
class AzureCvmEvidenceFuzzTest {
  @FuzzTest
  void anyBytesAreEvidenceOrMalformed(byte[] input) {
    AzureCvmEvidence read;
    try {
      read = AzureCvmEvidence.parse(Bytes.of(input));
    } catch (MalformedException e) {
      return; // as it should be
    }
    try {
      if (!AzureCvmEvidence.parse(read.toJson()).equals(read)) {
        throw new AssertionError("what was written reads as something else");
      }
    } catch (MalformedException e) {
      throw new AssertionError("what was written cannot be read", e);
    }
  }
}
