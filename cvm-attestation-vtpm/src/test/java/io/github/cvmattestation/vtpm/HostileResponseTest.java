package io.github.cvmattestation.vtpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Answers that no TPM gives, and what is retried. */
class HostileResponseTest {
  private static Bytes response(int tag, Octets body) {
    Bytes rest = body.toBytes();
    return new Octets().u16(tag).u32(6 + rest.size()).raw(rest).toBytes();
  }

  private static Tpm answering(Bytes response) {
    return Tpm.over(command -> response.toArray(), pause -> {});
  }

  private static void assertRefused(Bytes response, String command, Runnable call) {
    assertThatThrownBy(call::run)
        .as(response.hex())
        .isExactlyInstanceOf(AttestationException.Device.class)
        .hasMessageContaining(command);
  }

  @Test
  void c3CountOfTwoToThe31IsRefusedBeforeAllocation() {
    Bytes digests =
        response(
            0x8001,
            new Octets().u32(0).u32(1).u32(1).u16(0x0B).u8(3).u8(1).u16(0).u32(0x80000000L));
    Tpm tpm = answering(digests);
    assertRefused(digests, "TPM2_PCR_Read", () -> tpm.pcrs().read(HashAlgorithm.SHA256, Set.of(0)));
    Bytes handles = response(0x8001, new Octets().u32(0).u8(0).u32(1).u32(0x7FFFFFFFL));
    assertRefused(
        handles,
        "TPM2_GetCapability",
        () -> answering(handles).capabilities().handles(0x81000000L));
  }

  @Test
  void c4ASizeThatOverrunsAndATrailingByteAreRefused() {
    Bytes overrun = response(0x8001, new Octets().u32(0).u16(5).u32(1));
    assertRefused(overrun, "TPM2_GetRandom", () -> answering(overrun).getRandom(8));
    Bytes trailing = response(0x8001, new Octets().u32(0).u16(2).u16(1).u8(0));
    assertRefused(trailing, "TPM2_GetRandom", () -> answering(trailing).getRandom(2));
    Bytes more = response(0x8001, new Octets().u32(0).u16(4).u32(1));
    assertRefused(more, "TPM2_GetRandom", () -> answering(more).getRandom(2));
  }

  @Test
  void headersThatLieAreRefused() {
    for (Bytes lie :
        List.of(
            Bytes.empty(),
            Bytes.zeros(9),
            Bytes.zeros(5000),
            new Octets().u16(0x8001).u32(11).u32(0x100).toBytes(),
            new Octets().u16(0x8002).u32(10).u32(0x100).toBytes(),
            new Octets().u16(0x00C4).u32(10).u32(0x1E).toBytes(),
            response(0x8001, new Octets().u32(0x100).u8(0)),
            response(0x8002, new Octets().u32(0).u32(0)))) {
      assertRefused(lie, "TPM2_GetRandom", () -> answering(lie).getRandom(8));
    }
  }

  @Test
  void busyAnswersAreRetriedEightTimesWithGrowingPausesAndOthersNever() {
    for (int code : new int[] {0x922, 0x908, 0x90A, 0x920}) {
      List<Duration> pauses = new ArrayList<>();
      Bytes busy = new Octets().u16(0x8001).u32(10).u32(code).toBytes();
      Tpm tpm = Tpm.over(command -> busy.toArray(), pauses::add);
      assertThatThrownBy(() -> tpm.getRandom(1)).isInstanceOf(TpmException.class);
      assertThat(pauses).hasSize(7).isSorted().startsWith(Duration.ofMillis(10));
    }
    List<Duration> pauses = new ArrayList<>();
    Bytes locked = new Octets().u16(0x8001).u32(10).u32(0x921).toBytes();
    Tpm tpm = Tpm.over(command -> locked.toArray(), pauses::add);
    assertThatThrownBy(() -> tpm.getRandom(1))
        .isInstanceOf(TpmException.class)
        .hasMessageContaining("TPM_RC_LOCKOUT")
        .hasMessageContaining("recovery time");
    assertThat(pauses).isEmpty();
  }

  @Test
  void registersThatChangeBetweenTwoReadsAreNeverMixed() {
    int[] counter = {0};
    Tpm tpm =
        Tpm.over(
            command -> {
              int asked = Bytes.of(command).slice(17, 18).get(0);
              int index = asked & -asked;
              return response(
                      0x8001,
                      new Octets()
                          .u32(0)
                          .u32(counter[0]++)
                          .u32(1)
                          .u16(0x0B)
                          .u8(3)
                          .u8(index)
                          .u16(0)
                          .u32(1)
                          .sized(Bytes.zeros(32)))
                  .toArray();
            },
            pause -> {});
    assertThatThrownBy(() -> tpm.pcrs().read(HashAlgorithm.SHA256, Set.of(0, 1)))
        .isInstanceOf(AttestationException.Device.class)
        .hasMessageContaining("changing");
  }

  @Test
  void aHandleThatTheCommandDoesNotMakeIsRefusedAndNotFlushed() {
    for (long handle : new long[] {0, 0x81000001L, 0x40000001L, 0x01500000L, 0x02000000L}) {
      List<Bytes> sent = new ArrayList<>();
      Bytes made = response(0x8001, new Octets().u32(0).u32(handle).sized(Bytes.zeros(34)));
      Tpm tpm = Tpm.over(recording(sent, made), pause -> {});
      TpmtPublic area = StorageKeys.parse(PublicAreas.sealed(0));
      assertRefused(made, "TPM2_LoadExternal", () -> tpm.keys().loadExternal(area, TpmHandle.NULL));
      assertThat(sent).hasSize(1);
    }
  }

  @Test
  void aSessionOfAnotherKindIsRefused() {
    Bytes policy = response(0x8001, new Octets().u32(0).u32(0x03000000L).sized(Bytes.zeros(32)));
    assertRefused(policy, "TPM2_StartAuthSession", () -> answering(policy).session().hmac());
    Bytes hmac = response(0x8001, new Octets().u32(0).u32(0x02000000L).sized(Bytes.zeros(32)));
    assertRefused(hmac, "TPM2_StartAuthSession", () -> answering(hmac).session().policy());
  }

  @Test
  void aSaltIsRefusedForWhatIsNoKeyAndForAPointOffTheCurve() {
    Bytes square = Bytes.zeros(31).concat(Bytes.of((byte) 1));
    for (Bytes area :
        List.of(
            PublicAreas.sealed(StorageKeys.STORAGE),
            TpmScripts.longPoint(),
            StorageKeys.ecc(0x0B, StorageKeys.STORAGE, Bytes.empty(), 128, 3, square, square))) {
      TpmtPublic key = StorageKeys.parse(area);
      List<Bytes> sent = new ArrayList<>();
      Tpm tpm = Tpm.over(recording(sent, Bytes.empty()), pause -> {});
      TpmObject object = new TpmObject(tpm.channel(), 0x81000001L, key, Optional.empty());
      assertRefused(
          area, "TPM2_StartAuthSession", () -> tpm.session().salted(object).encrypting().hmac());
      assertThat(sent).isEmpty();
    }
  }

  @Test
  void aMeasurementThatNoBankWouldTakeIsRefused() {
    Bytes none =
        response(0x8001, new Octets().u32(0).u8(0).u32(5).u32(1).raw(AttestWriter.entry(0x0B)));
    List<Bytes> sent = new ArrayList<>();
    Tpm tpm = Tpm.over(recording(sent, none), pause -> {});
    assertRefused(
        none, "TPM2_PCR_Extend", () -> tpm.pcrs().extend(16, TpmAuth.empty(), Bytes.zeros(1)));
    assertThat(sent).hasSize(1);
  }

  @Test
  void aTpmThatTakesOneByteAtATimeIsNotAskedForEachByte() {
    Bytes one = response(0x8001, new Octets().u32(0).u8(0).u32(6).u32(1).u32(0x12C).u32(1));
    assertThat(answering(one).nv().bufferMax()).isEqualTo(512);
  }

  private static TpmTransport recording(List<Bytes> sent, Bytes response) {
    return command -> {
      sent.add(Bytes.of(command));
      return response.toArray();
    };
  }
}
