package io.github.cvmattestation.testkit;

import static io.github.cvmattestation.testkit.TpmUser.handles;
import static io.github.cvmattestation.testkit.TpmUser.passwords;
import static io.github.cvmattestation.testkit.TpmUser.sized;
import static io.github.cvmattestation.testkit.TpmUser.w;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The TPM as a whole: headers, lifecycle, registers, primaries, quotes (TPM 2.0, Part 3). */
class SoftwareTpmTest {
  private static final byte[] NONE = new byte[0];

  private final TpmUser user = new TpmUser(SoftwareTpm.create("SoftwareTpmTest"));

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "'', 0x09A",
    "80, 0x09A",
    "8001, 0x09A",
    "80030000000a00000181, 0x01E",
    "80010000000b00000181, 0x142",
    "80010000000a00000999, 0x143",
    "8001000000110000017b0008ffffffffff, 0x095",
    "80010000000b0000017b00, 0x1DA",
    "80010000000e0000017381000001, 0x18B",
    "80010000000e0000017380000001, 0x910",
    "80010000000e0000017340000001, 0x184",
    "80010000000c00000144ffff, 0x100",
    "80010000001a00000131400000010000000000000000000000000000, 0x142",
    "80010000001c00000131400000010000000000000000000000000000, 0x125",
  })
  void malformedCommandGetsTheCodeOfTheSpecification(String command, String code) {
    byte[] response = user.tpm.transmit(java.util.HexFormat.of().parseHex(command));

    assertThat(TpmUser.code(response)).isEqualTo(Integer.decode(code));
    assertThat(response).hasSize(10).startsWith(0x80, 0x01);
  }

  @Test
  void anyBytesGetAResponseWhoseHeaderIsTrue() {
    Random random = new Random(7);
    int[] codes = {0x131, 0x153, 0x157, 0x167, 0x156, 0x158, 0x176, 0x17F, 0x12A, 0x161, 0x177};
    for (int i = 0; i < 20_000; i++) {
      byte[] command = new byte[random.nextInt(120)];
      random.nextBytes(command);
      if (command.length >= 10 && i % 4 != 0) {
        byte[] header =
            w().u16(0x8001 + i % 2)
                .u32(command.length)
                .u32(codes[random.nextInt(codes.length)])
                .array();
        System.arraycopy(header, 0, command, 0, header.length);
      }
      byte[] response = user.tpm.transmit(command);
      assertThat(ByteBuffer.wrap(response).getInt(2)).isEqualTo(response.length);
    }
  }

  @Test
  void nothingWorksBeforeStartupAndStartupWorksOnce() {
    SoftwareTpm tpm = SoftwareTpm.builder().seed("off").started(false).build();
    TpmUser off = new TpmUser(tpm);

    assertThat(off.refused(0x17B, NONE, NONE, w().u16(8).array())).isEqualTo(0x100);
    assertThat(off.refused(0x144, NONE, NONE, w().u16(1).array())).isEqualTo(0x1C4);
    off.done(0x144, NONE, NONE, w().u16(0).array());
    assertThat(off.refused(0x144, NONE, NONE, w().u16(0).array())).isEqualTo(0x100);
  }

  @Test
  void sameSeedAndTemplateGiveTheSamePrimaryAndAnythingElseAnother() {
    byte[] template = TpmUser.ecc(TpmUser.SIGNER, 0x18);
    byte[] name = user.name(user.primary(TpmUser.ENDORSEMENT, template));
    TpmUser again = new TpmUser(SoftwareTpm.create("SoftwareTpmTest"));
    TpmUser other = new TpmUser(SoftwareTpm.create("other"));
    byte[] differing = TpmUser.ecc(TpmUser.SIGNER & ~0x400, 0x18);

    assertThat(again.name(again.primary(TpmUser.ENDORSEMENT, template))).isEqualTo(name);
    assertThat(again.name(again.primary(TpmUser.OWNER, template))).isNotEqualTo(name);
    assertThat(again.name(again.primary(TpmUser.ENDORSEMENT, differing))).isNotEqualTo(name);
    assertThat(other.name(other.primary(TpmUser.ENDORSEMENT, template))).isNotEqualTo(name);
  }

  @Test
  void nullHierarchyKeysAreOthersAfterAPowerCycleAndOwnersAreNot() {
    byte[] template = TpmUser.ecc(TpmUser.SIGNER, 0x18);
    byte[] owners = user.name(user.primary(TpmUser.OWNER, template));
    byte[] nulls = user.name(user.primary(TpmUser.NULL, template));

    user.tpm.powerCycle();
    user.done(0x144, NONE, NONE, w().u16(0).array());

    assertThat(user.refused(0x173, handles(0x80000000), NONE, NONE)).isEqualTo(0x910);
    assertThat(user.name(user.primary(TpmUser.OWNER, template))).isEqualTo(owners);
    assertThat(user.name(user.primary(TpmUser.NULL, template))).isNotEqualTo(nulls);
  }

  @Test
  void resetAndRestartAreCountedAsPart1Says() {
    assertThat(clockInfo()).isEqualTo("1/0 safe");

    user.tpm.powerCycle();
    user.done(0x144, NONE, NONE, w().u16(0).array());
    assertThat(clockInfo()).isEqualTo("2/0 unsafe");

    user.done(0x145, NONE, NONE, w().u16(1).array());
    user.tpm.powerCycle();
    user.done(0x144, NONE, NONE, w().u16(1).array());
    assertThat(clockInfo()).isEqualTo("2/1 safe");

    user.done(0x145, NONE, NONE, w().u16(0).array());
    user.tpm.powerCycle();
    user.done(0x144, NONE, NONE, w().u16(0).array());
    assertThat(clockInfo()).isEqualTo("3/0 safe");
  }

  private String clockInfo() {
    ByteBuffer out = user.done(0x181, NONE, NONE, NONE);
    out.position(16);
    return out.getInt() + "/" + out.getInt() + (out.get() == 1 ? " safe" : " unsafe");
  }

  @Test
  void resumeKeepsStaticRegistersAndAResetClearsThem() {
    user.extend(5);
    byte[] extended = user.readPcr(5);

    user.done(0x145, NONE, NONE, w().u16(1).array());
    user.tpm.powerCycle();
    user.done(0x144, NONE, NONE, w().u16(1).array());
    assertThat(user.readPcr(5)).isEqualTo(extended).isEqualTo(TpmUser.sha256(new byte[64]));

    user.tpm.powerCycle();
    user.done(0x144, NONE, NONE, w().u16(0).array());
    assertThat(user.readPcr(5)).containsOnly(0);
    assertThat(user.readPcr(17)).containsOnly(0xFF);
  }

  /** Part 3, section 9.3: PCR 0 says where the TPM was started from, and a resume keeps PCR 0. */
  @Test
  void resumeFromAnotherLocalityThanTheStartupsIsRefused() {
    user.done(0x145, NONE, NONE, w().u16(1).array());
    user.tpm.powerCycle();
    user.tpm.locality(3);
    assertThat(user.refused(0x144, NONE, NONE, w().u16(1).array())).isEqualTo(0x907);
    user.tpm.locality(0);
    user.done(0x144, NONE, NONE, w().u16(1).array());
  }

  @Test
  void startupLocalityThreeIsInPcr0() {
    TpmUser drtm = new TpmUser(SoftwareTpm.builder().seed("3").locality(3).build());

    byte[] expected = new byte[32];
    expected[31] = 3;
    assertThat(drtm.readPcr(0)).isEqualTo(expected);
  }

  /** PC Client Platform TPM Profile 1.05, section 4.6, table 6. */
  @ParameterizedTest(name = "PCR {0} at locality {1}: extend {2}, reset {3}")
  @CsvSource({
    "0, 0, true, false",
    "16, 0, true, true",
    "23, 0, true, true",
    "17, 0, false, false",
    "17, 2, true, false",
    "17, 3, true, false",
    "19, 2, true, false",
    "20, 1, true, false",
    "20, 2, true, true",
    "21, 2, true, true",
    "21, 3, false, false",
    "22, 2, true, true",
    "22, 1, false, false",
    "16, 4, true, false",
    "17, 4, true, false",
    "20, 4, false, false",
  })
  void localityDecidesWhoExtendsAndResets(int pcr, int locality, boolean extends_, boolean resets) {
    user.tpm.locality(locality);

    assertThat(user.extend(pcr)).isEqualTo(extends_ ? 0 : 0x907);
    assertThat(user.refused(0x13D, handles(pcr), passwords(""), NONE))
        .isEqualTo(resets ? 0 : 0x907);
  }

  @Test
  void everyBankThatIsThereIsExtendedAndOthersArePassedOver() {
    TpmUser one = new TpmUser(SoftwareTpm.builder().seed("1").banks(HashAlgorithm.SHA256).build());
    byte[] digests = w().u32(2).u16(4).raw(new byte[20]).u16(0x0B).raw(new byte[32]).array();

    one.done(0x182, handles(5), passwords(""), digests);

    assertThat(one.readPcr(5)).isEqualTo(TpmUser.sha256(new byte[64]));
    byte[] sha1 = w().u32(1).u16(4).u8(3).raw(new byte[] {1, 0, 0}).array();
    ByteBuffer none = one.done(0x17E, NONE, NONE, sha1);
    none.position(4 + 4 + 3);
    assertThat(none.get()).isZero();
  }

  @Test
  void quoteIsSignedOverMagicNonceAndRegisters() throws Exception {
    int key = user.primary(TpmUser.ENDORSEMENT, TpmUser.rsa(TpmUser.SIGNER, 0x14));
    byte[] area = sized(user.done(0x173, handles(key), NONE, NONE));
    byte[] modulus = Arrays.copyOfRange(area, area.length - 256, area.length);

    byte[] parameters = w().sized("nonce".getBytes(US_ASCII)).u16(0x10).raw(TpmUser.pcr(5)).array();
    ByteBuffer out = user.done(0x158, handles(key), passwords(""), parameters);
    out.getInt();
    byte[] attest = sized(out);
    assertThat(out.getInt()).isEqualTo(0x0014000B);
    Signature verifier = Signature.getInstance("SHA256withRSA");
    verifier.initVerify(
        KeyFactory.getInstance("RSA")
            .generatePublic(
                new RSAPublicKeySpec(new BigInteger(1, modulus), BigInteger.valueOf(65537))));
    verifier.update(attest);

    assertThat(verifier.verify(sized(out))).isTrue();
    ByteBuffer quoted = ByteBuffer.wrap(attest);
    assertThat(quoted.getInt()).isEqualTo(0xFF544347);
    assertThat(quoted.getShort() & 0xFFFF).isEqualTo(0x8018);
    sized(quoted);
    assertThat(sized(quoted)).isEqualTo("nonce".getBytes(US_ASCII));
    assertThat(Arrays.copyOfRange(attest, attest.length - 32, attest.length))
        .isEqualTo(TpmUser.sha256(new byte[32]));
  }

  /** A restricted key signs no digest of which it does not know what was hashed (Part 1, 38.5). */
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"FF544347", "FF54434700"})
  void restrictedKeyRefusesWhatLooksLikeAQuote(String forged) {
    int key = user.primary(TpmUser.ENDORSEMENT, TpmUser.ecc(TpmUser.SIGNER, 0x18));
    byte[] data = java.util.HexFormat.of().parseHex(forged);

    assertThat(signHashed(key, data)).isEqualTo(0x3E0);
    assertThat(signHashed(key, "innocent".getBytes(US_ASCII))).isZero();
  }

  private int signHashed(int key, byte[] data) {
    byte[] parameters = w().sized(data).u16(0x0B).u32(TpmUser.OWNER).array();
    ByteBuffer out = user.done(0x17D, NONE, NONE, parameters);
    byte[] digest = sized(out);
    byte[] ticket = new byte[out.remaining()];
    out.get(ticket);
    return user.refused(
        0x15D, handles(key), passwords(""), w().sized(digest).u16(0x10).raw(ticket).array());
  }

  @Test
  void fourthTransientObjectFindsNoPlace() {
    byte[] template = TpmUser.ecc(TpmUser.SIGNER, 0x18);
    for (int i = 0; i < 3; i++) {
      assertThat(user.primary(TpmUser.OWNER, template)).isEqualTo(0x80000000 + i);
    }

    assertThat(
            user.refused(
                0x131, handles(TpmUser.OWNER), passwords(""), TpmUser.creation("", NONE, template)))
        .isEqualTo(0x902);
  }

  @Test
  void savedContextOpensUntilAResetAndNotIfChanged() {
    int key = user.primary(TpmUser.OWNER, TpmUser.ecc(TpmUser.SIGNER, 0x18));
    byte[] name = user.name(key);
    ByteBuffer out = user.done(0x162, handles(key), NONE, NONE);
    byte[] context = new byte[out.remaining()];
    out.get(context);
    user.flush(key);

    int loaded = user.done(0x161, NONE, NONE, context).getInt();
    assertThat(user.name(loaded)).isEqualTo(name);
    byte[] changed = context.clone();
    changed[changed.length - 1] ^= 1;
    assertThat(user.refused(0x161, NONE, NONE, changed)).isEqualTo(0x1DF);

    user.tpm.powerCycle();
    user.done(0x144, NONE, NONE, w().u16(0).array());
    assertThat(user.refused(0x161, NONE, NONE, context)).isEqualTo(0x1DF);
  }
}
