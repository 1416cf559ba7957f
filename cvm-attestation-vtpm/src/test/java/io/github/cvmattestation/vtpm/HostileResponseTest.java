package io.github.cvmattestation.vtpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
}
