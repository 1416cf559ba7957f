package io.github.cvmattestation.vtpm.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.vtpm.NvAttribute;
import io.github.cvmattestation.vtpm.Tpm;
import io.github.cvmattestation.vtpm.TpmAuth;
import io.github.cvmattestation.vtpm.TpmCreated;
import io.github.cvmattestation.vtpm.TpmException;
import io.github.cvmattestation.vtpm.TpmHandle;
import io.github.cvmattestation.vtpm.TpmObject;
import io.github.cvmattestation.vtpm.TpmSession;
import io.github.cvmattestation.vtpm.TpmTemplate;
import io.github.cvmattestation.vtpm.TpmsNvPublic;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * A TPM and our client. After each test no transient object and no session is left, however it
 * ended.
 */
abstract class TpmFixture {
  static final long POLICY_FAIL_SESSION_1 = 0x99D;
  static final byte[] SECRET = "a key for a disk".getBytes(StandardCharsets.US_ASCII);
  static final Bytes NONCE = Bytes.ofHex("00112233445566778899aabbccddeeff");
  static final Set<Integer> PCR_16 = Set.of(16);

  Subject subject;
  Tpm tpm;

  abstract Subject open();

  @BeforeEach
  void connect() {
    subject = open();
    tpm = Tpm.over(subject::transmit);
  }

  @AfterEach
  void nothingIsLeftInTheTpm() {
    if (subject == null) {
      return;
    }
    try (Subject last = subject) {
      assertEquals(List.of(), tpm.capabilities().handles(0x80000000L), "transient objects");
      assertEquals(List.of(), tpm.capabilities().handles(0x02000000L), "loaded sessions");
      assertEquals(List.of(), tpm.capabilities().handles(0x03000000L), "saved sessions");
      last.transmit(new Wire().u16(0x8001).u32(12).u32(0x145).u16(0).bytes());
    }
  }

  TpmObject storageKey() {
    return ecc(TpmHandle.OWNER);
  }

  TpmObject ecc(TpmHandle hierarchy) {
    return tpm.keys().createPrimary(hierarchy, TpmAuth.empty(), TpmTemplate.storageRootEcc());
  }

  TpmObject seal(TpmObject parent, Bytes policy, byte[] pin) {
    TpmCreated made =
        tpm.keys().create(parent, TpmAuth.empty(), TpmTemplate.sealed(policy), pin, SECRET);
    return tpm.keys().load(parent, TpmAuth.empty(), made.outPrivate(), made.outPublic());
  }

  Bytes policyDigest(Consumer<TpmSession> steps) {
    try (TpmSession session = tpm.session().policy()) {
      steps.accept(session);
      return session.policyGetDigest();
    }
  }

  Bytes pcr16(HashAlgorithm bank) {
    return tpm.pcrs().read(bank, PCR_16).value(16).orElseThrow();
  }

  static TpmsNvPublic index(int size) {
    return new TpmsNvPublic(
        0x01400002L,
        HashAlgorithm.SHA256,
        EnumSet.of(
            NvAttribute.OWNERREAD,
            NvAttribute.OWNERWRITE,
            NvAttribute.AUTHREAD,
            NvAttribute.AUTHWRITE,
            NvAttribute.NO_DA),
        Bytes.empty(),
        size);
  }

  static void refused(long code, org.junit.jupiter.api.function.Executable action) {
    TpmException e = assertThrows(TpmException.class, action);
    assertEquals(Long.toHexString(code), Long.toHexString(e.code().value()), e.getMessage());
  }
}
