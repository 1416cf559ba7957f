package io.github.cvmattestation.vtpm;

import static io.github.cvmattestation.vtpm.AttestWriter.entry;
import static io.github.cvmattestation.vtpm.AttestWriter.filled;
import static io.github.cvmattestation.vtpm.AttestWriter.list;
import static io.github.cvmattestation.vtpm.PublicAreas.AK_ATTRIBUTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The strictness of the parsers, and values that the specification gives. */
class TpmStructureTest {
  private static final Bytes MODULUS = filled(256, 0xD5);

  private static void assertMalformed(ThrowingCallable parse, String where) {
    assertThatThrownBy(parse).isInstanceOf(MalformedException.class).hasMessageContaining(where);
  }

  // TPML_PCR_SELECTION

  /**
   * C3. Hostile counts are refused as counts: not by allocating, and not by running out of bytes.
   */
  @ParameterizedTest
  @ValueSource(longs = {17, 0x7FFFFFFFL, 0x80000000L, 0xFFFFFFFFL})
  void aHostileCountIsRefusedBeforeAnythingIsAllocated(long count) {
    Bytes input = new Octets().u32(count).raw(entry(0x0B, 0)).toBytes();

    assertMalformed(() -> TpmlPcrSelection.parse(input), "count");
  }

  @Test
  void sixteenSelectionsParse() throws MalformedException {
    Bytes[] entries = new Bytes[16];
    java.util.Arrays.fill(entries, entry(0x0B, 1));

    assertThat(TpmlPcrSelection.parse(list(entries)).pcrSelections()).hasSize(16);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 5, 255})
  void aSelectionOfAnotherSizeIsRefused(int size) {
    Bytes input = new Octets().u32(1).u16(0x0B).u8(size).raw(Bytes.zeros(size)).toBytes();

    assertMalformed(() -> TpmlPcrSelection.parse(input), "sizeofSelect");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8, 16, 32, 64, 128})
  void aRegisterBeyond23IsRefused(int bit) {
    Bytes input = new Octets().u32(1).u16(0x0B).u8(4).u8(1).u16(0).u8(bit).toBytes();

    assertMalformed(() -> TpmlPcrSelection.parse(input), "pcrSelect");
  }

  /** Bit i mod 8 of byte i / 8. */
  @Test
  void bitsNameRegistersFromTheLeastSignificantOfTheFirstByte() throws MalformedException {
    Bytes input = new Octets().u32(1).u16(0x0B).u8(3).u8(0x81).u8(0x02).u8(0x80).toBytes();

    PcrSelection selection = TpmlPcrSelection.parse(input).pcrSelections().get(0);

    assertThat(selection.hash()).isEqualTo(HashAlgorithm.SHA256);
    assertThat(selection.indices()).containsExactly(0, 7, 9, 23);
    assertThat(selection.selects(7)).isTrue();
    assertThat(selection.selects(8)).isFalse();
    assertThat(selection.selects(-1)).isFalse();
    assertThat(selection.selects(24)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 0x0001, 0x000A, 0x000E, 0x0010, 0x0012, 0x0027, 0xFFFF})
  void unknownHashAlgorithmsAreRefused(int id) {
    assertMalformed(() -> TpmlPcrSelection.parse(list(entry(id, 0))), "hash");
  }

  /** TPM 2.0 Part 2, section 6.3; FIPS 180-4. */
  @Test
  void hashAlgorithmsHaveTheirNumbersAndSizes() {
    assertThat(HashAlgorithm.values())
        .extracting(HashAlgorithm::id, HashAlgorithm::digestSize, HashAlgorithm::bankName)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(0x0004, 20, "sha1"),
            org.assertj.core.groups.Tuple.tuple(0x000B, 32, "sha256"),
            org.assertj.core.groups.Tuple.tuple(0x000C, 48, "sha384"),
            org.assertj.core.groups.Tuple.tuple(0x000D, 64, "sha512"));
  }

  // TPMS_ATTEST

  @Test
  void aNameOrQualifyingDataBeyondTheLongestHashIsRefused() {
    Bytes long67 = filled(67, 1);
    Bytes attest =
        new Octets().u32(0xFF544347L).u16(0x8018).sized(long67).raw(Bytes.zeros(99)).toBytes();
    assertMalformed(() -> TpmsAttest.parse(attest), "qualifiedSigner");
    assertMalformed(
        () -> TpmsAttest.parse(new AttestWriter().extraData(long67).write()), "extraData");
    assertMalformed(
        () -> TpmsAttest.parse(new AttestWriter().pcrDigest(filled(65, 1)).write()), "pcrDigest");
  }

  @Test
  void anotherMagicNumberIsRefused() {
    assertMalformed(() -> TpmsAttest.parse(new AttestWriter().magic(0xFF544348L).write()), "magic");
  }

  /** TPM_ST_ATTEST_TIME: nobody asks for it, so nobody looks into it. */
  @Test
  void otherTypesParseWithTheirBodyUnread() throws MalformedException {
    Bytes body = filled(40, 3);

    TpmsAttest attest = TpmsAttest.parse(new AttestWriter().type(0x8019).body(body).write());

    assertThat(attest.type()).isEqualTo(AttestType.TIME);
    assertThat(attest.quote()).isEmpty();
    assertThat(attest.certify()).isEmpty();
    assertThat(attest.attested()).isEqualTo(new TpmsAttest.Unread(body));
  }

  /** TPM 2.0 Part 2, sections 10.12.3 and 10.12.7. */
  @Test
  void certificationsAndCreationsAreReadToTheirLastByte() throws MalformedException {
    Bytes name = Bytes.ofHex("000b").concat(filled(32, 1));
    Bytes second = Bytes.ofHex("000b").concat(filled(32, 2));
    Bytes body = new Octets().sized(name).sized(second).toBytes();

    TpmsAttest certify = TpmsAttest.parse(new AttestWriter().type(0x8017).body(body).write());
    assertThat(certify.certify()).contains(new TpmsAttest.CertifyInfo(name, second));
    assertThat(certify.quote()).isEmpty();

    Bytes hash = filled(32, 4);
    Bytes made = new Octets().sized(name).sized(hash).toBytes();
    TpmsAttest creation = TpmsAttest.parse(new AttestWriter().type(0x801A).body(made).write());
    assertThat(creation.attested()).isEqualTo(new TpmsAttest.CreationInfo(name, hash));
    assertThat(creation.certify()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0x8017, 0x801A})
  void certificationsAndCreationsWithMoreLessOrLongerFieldsAreRefused(int type) {
    Bytes good = new Octets().sized(filled(34, 1)).sized(filled(34, 2)).toBytes();
    int second = type == 0x8017 ? 67 : 65;
    Bytes longFirst = new Octets().sized(filled(67, 1)).sized(filled(34, 2)).toBytes();
    Bytes longSecond = new Octets().sized(filled(34, 1)).sized(filled(second, 2)).toBytes();
    for (Bytes body :
        List.of(
            good.concat(Bytes.zeros(1)),
            good.slice(0, good.size() - 1),
            Bytes.empty(),
            longFirst,
            longSecond)) {
      assertMalformed(() -> TpmsAttest.parse(new AttestWriter().type(type).body(body).write()), "");
    }
  }

  // TPMT_SIGNATURE

  @ParameterizedTest
  @ValueSource(ints = {0, 0x0005, 0x0010, 0x0015, 0x0017, 0x0019, 0x001A, 0x001B, 0x001C})
  void otherSignatureSchemesAreRefused(int algorithm) {
    Bytes input = new Octets().u16(algorithm).u16(0x0B).sized(filled(256, 1)).toBytes();

    assertMalformed(() -> TpmtSignature.parse(input), "sigAlg");
  }

  @Test
  void signatureValuesBeyondTheLargestKeysAreRefused() {
    Bytes rsa = new Octets().u16(0x14).u16(0x0B).sized(filled(1025, 1)).toBytes();
    Bytes r = new Octets().u16(0x18).u16(0x0B).sized(filled(67, 1)).sized(filled(1, 1)).toBytes();
    Bytes s = new Octets().u16(0x18).u16(0x0B).sized(filled(1, 1)).sized(filled(67, 1)).toBytes();

    assertMalformed(() -> TpmtSignature.parse(rsa), "sig");
    assertMalformed(() -> TpmtSignature.parse(r), "signatureR");
    assertMalformed(() -> TpmtSignature.parse(s), "signatureS");
  }

  // TPMT_PUBLIC

  /** C1. The same key, written in two ways, is two objects to a TPM. */
  @Test
  void theNameIsOverTheBytesAsReceived() throws MalformedException {
    Bytes zero = PublicAreas.rsa(AK_ATTRIBUTES, 0x14, 0x0B, 2048, 0, MODULUS);
    Bytes f4 = PublicAreas.rsa(AK_ATTRIBUTES, 0x14, 0x0B, 2048, 65537, MODULUS);

    TpmtPublic implied = TpmtPublic.parse(zero);
    TpmtPublic written = TpmtPublic.parse(f4);

    assertThat(implied.name())
        .isEqualTo(Bytes.ofHex("000b").concat(AttestWriter.hash("SHA-256", zero)));
    assertThat(written.name())
        .isEqualTo(Bytes.ofHex("000b").concat(AttestWriter.hash("SHA-256", f4)));
    assertThat(((TpmtPublic.Rsa) implied.parameters()).effectiveExponent()).isEqualTo(65537);
    assertThat(((TpmtPublic.Rsa) written.parameters()).effectiveExponent()).isEqualTo(65537);
  }

  @Test
  void theNameIsMadeWithItsOwnAlgorithm() throws MalformedException {
    Bytes area =
        new Octets().u16(8).u16(0x0C).u32(0x12).u16(0).u16(0x10).sized(filled(48, 1)).toBytes();

    assertThat(TpmtPublic.parse(area).name())
        .isEqualTo(Bytes.ofHex("000c").concat(AttestWriter.hash("SHA-384", area)));
  }

  /** C2. A parser that forgets the scheme's hash reads it as the key size. */
  @Test
  void theHashOfASchemeIsRead() throws MalformedException {
    TpmtPublic.Rsa rsassa =
        (TpmtPublic.Rsa)
            TpmtPublic.parse(PublicAreas.rsa(AK_ATTRIBUTES, 0x14, 0x0C, 2048, 0, MODULUS))
                .parameters();
    TpmtPublic.Rsa none =
        (TpmtPublic.Rsa)
            TpmtPublic.parse(PublicAreas.rsa(AK_ATTRIBUTES, 0x10, 0, 2048, 0, MODULUS))
                .parameters();

    assertThat(rsassa.scheme())
        .contains(new TpmtPublic.Scheme(0x14, Optional.of(HashAlgorithm.SHA384)));
    assertThat(rsassa.keyBits()).isEqualTo(2048);
    assertThat(none.scheme()).isEmpty();
    assertThat(none.keyBits()).isEqualTo(2048);
  }

  /** TCG EK Credential Profile, template L-1: a storage key with AES-128 in CFB mode. */
  @Test
  void anEndorsementKeyParses() throws MalformedException {
    Bytes policy = Bytes.ofHex("837197674484b3f81a90cc8d46a5d724fd52d76e06520b64f2a1da1b331469aa");
    Bytes area =
        new Octets()
            .u16(0x01)
            .u16(0x0B)
            .u32(0x000300B2L)
            .sized(policy)
            .u16(0x06)
            .u16(128)
            .u16(0x43)
            .u16(0x10)
            .u16(2048)
            .u32(0)
            .sized(MODULUS)
            .toBytes();

    TpmtPublic ek = TpmtPublic.parse(area);

    assertThat(ek.authPolicy()).isEqualTo(policy);
    assertThat(((TpmtPublic.Rsa) ek.parameters()).symmetric())
        .contains(new TpmtPublic.Symmetric(128));
    assertThat(ek.objectAttributes())
        .containsExactlyInAnyOrder(
            ObjectAttribute.FIXED_TPM,
            ObjectAttribute.FIXED_PARENT,
            ObjectAttribute.SENSITIVE_DATA_ORIGIN,
            ObjectAttribute.ADMIN_WITH_POLICY,
            ObjectAttribute.RESTRICTED,
            ObjectAttribute.DECRYPT);
    assertThat(ek.has(ObjectAttribute.SIGN)).isFalse();
    assertThat(ek.has(ObjectAttribute.RESTRICTED, ObjectAttribute.SIGN)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 8, 9, 12, 13, 14, 15, 19, 20, 24, 31})
  void aReservedAttributeIsRefused(int bit) {
    Bytes area = PublicAreas.rsa(AK_ATTRIBUTES | 1L << bit, 0x14, 0x0B, 2048, 0, MODULUS);

    assertMalformed(() -> TpmtPublic.parse(area), "objectAttributes");
  }

  @Test
  void aModulusOfAnotherSizeThanDeclaredIsRefused() {
    for (int bits : new int[] {0, 2040, 2047, 2049, 2056, 3072, 65535}) {
      assertMalformed(
          () -> TpmtPublic.parse(PublicAreas.rsa(AK_ATTRIBUTES, 0x14, 0x0B, bits, 0, MODULUS)),
          "unique");
    }
  }

  @Test
  void unknownAlgorithmsInAPublicAreaAreRefused() {
    Bytes x = filled(32, 1);
    assertMalformed(() -> TpmtPublic.parse(Bytes.ofHex("0025000b0000000000000010")), "type");
    assertMalformed(() -> TpmtPublic.parse(Bytes.ofHex("000800100000000000000010")), "nameAlg");
    assertMalformed(
        () -> TpmtPublic.parse(PublicAreas.rsa(AK_ATTRIBUTES, 0x18, 0x0B, 2048, 0, MODULUS)),
        "scheme");
    assertMalformed(
        () -> TpmtPublic.parse(PublicAreas.ecc(AK_ATTRIBUTES, 0x1A, 0x0B, 3, x, x)), "scheme");
    assertMalformed(
        () -> TpmtPublic.parse(PublicAreas.ecc(AK_ATTRIBUTES, 0x18, 0x0B, 0x20, x, x)), "curveID");
    assertMalformed(() -> TpmtPublic.parse(symmetric(0x13, 128, 0x43)), "symmetric");
    assertMalformed(() -> TpmtPublic.parse(symmetric(0x06, 127, 0x43)), "keyBits");
    assertMalformed(() -> TpmtPublic.parse(symmetric(0x06, 128, 0x42)), "mode");
    assertMalformed(
        () ->
            TpmtPublic.parse(
                new Octets().u16(8).u16(0x0B).u32(0x12).u16(0).u16(5).u16(0x0B).u16(0).toBytes()),
        "scheme");
    assertMalformed(
        () ->
            TpmtPublic.parse(
                new Octets()
                    .u16(0x23)
                    .u16(0x0B)
                    .u32(AK_ATTRIBUTES)
                    .u16(0)
                    .u16(0x10)
                    .u16(0x10)
                    .u16(3)
                    .u16(0x21)
                    .u16(0x0B)
                    .sized(x)
                    .sized(x)
                    .toBytes()),
        "kdf");
  }

  private static Bytes symmetric(int algorithm, int keyBits, int mode) {
    return new Octets()
        .u16(0x01)
        .u16(0x0B)
        .u32(0x000300B2L)
        .u16(0)
        .u16(algorithm)
        .u16(keyBits)
        .u16(mode)
        .u16(0x10)
        .u16(2048)
        .u32(0)
        .sized(MODULUS)
        .toBytes();
  }

  @Test
  void everyTruncationAndExtensionIsRefused() {
    TestAk p256 = TestAk.ec(SignatureScheme.ECDSA_P256_SHA256);
    List<Bytes> areas =
        List.of(
            PublicAreas.rsa(AK_ATTRIBUTES, 0x14, 0x0B, 2048, 0, MODULUS),
            PublicAreas.ecc(p256, AK_ATTRIBUTES),
            PublicAreas.sealed(0x12));
    for (Bytes area : areas) {
      for (Bytes resized : RealQuoteTest.resized(area)) {
        assertThatThrownBy(() -> TpmtPublic.parse(resized)).isInstanceOf(MalformedException.class);
      }
    }
    for (Bytes resized : RealQuoteTest.resized(list(entry(0x0B, 0), entry(0x0C, 23)))) {
      assertThatThrownBy(() -> TpmlPcrSelection.parse(resized))
          .isInstanceOf(MalformedException.class);
    }
  }

  // PCR banks

  @Test
  void aBankHoldsOnlyRegistersAndDigests() throws MalformedException {
    Bytes value = filled(32, 1);
    HashAlgorithm sha256 = HashAlgorithm.SHA256;

    assertMalformed(() -> PcrBank.of(sha256, Map.of(24, value)), "sha256");
    assertMalformed(() -> PcrBank.of(sha256, Map.of(-1, value)), "sha256");
    assertMalformed(() -> PcrBank.of(sha256, Map.of(0, filled(31, 1))), "sha256");
    assertMalformed(() -> PcrBank.of(sha256, Map.of(0, filled(33, 1))), "sha256");
    assertMalformed(() -> PcrBank.of(sha256, Map.of(0, Bytes.empty())), "sha256");
    assertMalformed(
        () -> PcrBank.ofFirst(sha256, java.util.Collections.nCopies(25, value)), "sha256");
    assertThat(PcrBank.ofFirst(sha256, java.util.Collections.nCopies(24, value)).values())
        .hasSize(24);
    assertThat(PcrBank.ofFirst(sha256, List.of(value)).value(0)).contains(value);
  }
}
