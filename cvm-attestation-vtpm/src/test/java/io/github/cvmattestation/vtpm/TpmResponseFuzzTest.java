package io.github.cvmattestation.vtpm;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Every command's response parser: any answer is used whole, or is a Device exception. */
class TpmResponseFuzzTest {
  private static final Bytes ONE = Bytes.of((byte) 1);
  private static final TpmlPcrSelection PCRS =
      TpmPcrs.select(HashAlgorithm.SHA256, Set.of(1, 2, 7));
  private static final TpmtTicket TICKET = new TpmtTicket(0x8021, 0x40000001L, ONE);
  private static final TpmsNvPublic NV =
      new TpmsNvPublic(
          0x01500000L, HashAlgorithm.SHA256, Set.of(NvAttribute.OWNERREAD), Bytes.empty(), 16);

  private static final List<Consumer<Tpm>> COMMANDS =
      List.of(
          Tpm::startup,
          tpm -> tpm.getRandom(8),
          Tpm::readClock,
          tpm -> tpm.capabilities().pcrBanks(),
          tpm -> tpm.capabilities().properties(0x100, 127),
          tpm -> tpm.capabilities().handles(0x81000000L),
          tpm -> tpm.keys().readPublic(0x81000001L),
          tpm ->
              tpm.keys()
                  .createPrimary(TpmHandle.OWNER, TpmAuth.empty(), TpmTemplate.storageRootEcc()),
          tpm -> tpm.keys().loadExternal(area(), TpmHandle.NULL),
          tpm -> tpm.keys().load(object(tpm), TpmAuth.empty(), ONE, area()),
          tpm ->
              tpm.keys()
                  .create(
                      object(tpm),
                      TpmAuth.empty(),
                      TpmTemplate.storageRootEcc(),
                      new byte[0],
                      new byte[0]),
          tpm -> tpm.keys().importObject(object(tpm), TpmAuth.empty(), area(), ONE, ONE),
          tpm ->
              tpm.keys().evictControl(TpmHandle.OWNER, TpmAuth.empty(), object(tpm), 0x81000009L),
          tpm -> tpm.keys().unseal(object(tpm), TpmAuth.empty()),
          tpm ->
              tpm.keys()
                  .rsaDecrypt(object(tpm), TpmAuth.empty(), ONE, Optional.empty(), Bytes.empty()),
          tpm -> tpm.keys().sign(object(tpm), TpmAuth.empty(), ONE, Optional.empty()),
          tpm -> tpm.keys().verifySignature(object(tpm), ONE, ONE),
          tpm ->
              tpm.keys()
                  .activateCredential(
                      object(tpm), TpmAuth.empty(), object(tpm), TpmAuth.empty(), ONE, ONE),
          tpm -> tpm.attestation().quote(object(tpm), TpmAuth.empty(), ONE, PCRS),
          tpm ->
              tpm.attestation()
                  .certify(object(tpm), TpmAuth.empty(), object(tpm), TpmAuth.empty(), ONE),
          tpm ->
              tpm.attestation()
                  .certifyCreation(object(tpm), TpmAuth.empty(), object(tpm), ONE, ONE, TICKET),
          tpm -> tpm.nv().readPublic(0x01500000L),
          tpm -> tpm.nv().define(NV, TpmAuth.empty(), new byte[0]),
          tpm -> tpm.nv().read(NV, TpmHandle.OWNER, TpmAuth.empty(), 0, 16),
          tpm -> tpm.pcrs().read(HashAlgorithm.SHA256, Set.of(0, 1, 2)),
          tpm -> tpm.pcrs().reset(16, TpmAuth.empty()),
          tpm -> tpm.session().hmac(),
          tpm -> tpm.session().policy());

  private static TpmtPublic area() {
    TpmtPublic.KeyedHash sealed = new TpmtPublic.KeyedHash(Bytes.zeros(32));
    return new TpmtPublic(ONE, HashAlgorithm.SHA256, Set.of(), Bytes.empty(), sealed);
  }

  private static TpmObject object(Tpm tpm) {
    return new TpmObject(tpm.channel(), 0x80000000L, area(), Optional.empty());
  }

  @FuzzTest
  void onlyDeviceExceptionsComeOut(byte[] input) {
    if (input.length == 0) {
      return;
    }
    byte[] response = Arrays.copyOfRange(input, 1, input.length);
    Tpm tpm = Tpm.over(command -> response.clone(), pause -> {});
    try {
      COMMANDS.get((input[0] & 0xFF) % COMMANDS.size()).accept(tpm);
    } catch (AttestationException.Device refused) {
      assertThat(refused).hasMessageContaining("TPM2_");
    }
  }
}
