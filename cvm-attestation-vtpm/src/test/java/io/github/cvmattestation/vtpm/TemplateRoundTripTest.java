package io.github.cvmattestation.vtpm;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What a template asks for is what its bytes say: read back, and against the specifications. */
class TemplateRoundTripTest {
  private static final Bytes NO_POLICY = Bytes.empty();
  private static final Optional<TpmtPublic.Symmetric> AES_128 =
      Optional.of(new TpmtPublic.Symmetric(128));
  private static final Optional<TpmtPublic.Scheme> RSASSA_SHA256 =
      Optional.of(new TpmtPublic.Scheme(0x14, Optional.of(HashAlgorithm.SHA256)));

  /** fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth, noDA, restricted, sign. */
  @Example
  void anAttestationKeyIsRestrictedAndSigns() throws MalformedException {
    assertReads(TpmTemplate.attestationKey(), 0x00050472L, NO_POLICY, rsa(false, RSASSA_SHA256));
  }

  @Example
  void storageRootKeysAreRestrictedAndDecrypt() throws MalformedException {
    assertReads(TpmTemplate.storageRootRsa(), 0x00030472L, NO_POLICY, rsa(true, Optional.empty()));
    assertReads(TpmTemplate.storageRootEcc(), 0x00030472L, NO_POLICY, p256(Bytes.zeros(32)));
  }

  /** Without noDA, and with empty coordinates, which make another key. */
  @Example
  void theLegacyParentIsUnderLockoutProtection() throws MalformedException {
    assertReads(TpmTemplate.legacyStorageParent(), 0x00030072L, NO_POLICY, p256(Bytes.empty()));
  }

  /** adminWithPolicy in place of userWithAuth, and PolicyA. */
  @Example
  void theEndorsementKeyIsUsedByItsPolicyAlone() throws MalformedException {
    Bytes policyA = Bytes.ofHex("837197674484b3f81a90cc8d46a5d724fd52d76e06520b64f2a1da1b331469aa");
    assertReads(TpmTemplate.endorsementKey(), 0x000300B2L, policyA, rsa(true, Optional.empty()));
  }

  /** fixedTPM, fixedParent, noDA: above all not userWithAuth. */
  @Property
  void sealedDataIsUnderItsPolicyAlone(@ForAll("policies") Bytes policy) throws MalformedException {
    assertReads(
        TpmTemplate.sealed(policy), 0x00000412L, policy, new TpmtPublic.KeyedHash(Bytes.empty()));
  }

  /** fixedTPM, fixedParent, sensitiveDataOrigin, noDA, decrypt: not restricted. */
  @Property
  void anEphemeralKeyIsUnderItsPolicyAlone(
      @ForAll("policies") Bytes policy, @ForAll("moduli") Bytes modulus) throws MalformedException {
    Bytes encoded = TpmTemplate.ephemeralRsa(policy).encoded();
    // Its unique is empty, so that the TPM decides: the last two bytes are a size of zero.
    Bytes head = encoded.slice(0, encoded.size() - 2);
    assertThat(encoded).isEqualTo(head.concat(Bytes.zeros(2)));
    assertReads(
        new TpmTemplate(head.concat(new Octets().sized(modulus).toBytes())),
        0x00020432L,
        policy,
        new TpmtPublic.Rsa(Optional.empty(), Optional.empty(), 2048, 0, modulus));
  }

  @Property
  void anyRsaTemplateReadsBackAsItWasAskedFor(
      @ForAll("attributes") Set<ObjectAttribute> attributes,
      @ForAll("anyPolicies") Bytes policy,
      @ForAll("parameters") TpmtPublic.Rsa wanted)
      throws MalformedException {
    TpmTemplate template =
        TpmTemplate.rsa(
            attributes,
            policy,
            wanted.symmetric(),
            wanted.scheme(),
            wanted.exponent(),
            wanted.modulus());
    long bits = attributes.stream().mapToLong(TemplateRoundTripTest::bit).sum();
    assertThat(template.toPublic().objectAttributes()).isEqualTo(attributes);
    assertReads(template, bits, policy, wanted);
  }

  /** nameAlg is SHA-256 in all that the client makes. */
  private static void assertReads(
      TpmTemplate template, long attributes, Bytes policy, TpmtPublic.Parameters parameters)
      throws MalformedException {
    Set<ObjectAttribute> expected =
        Stream.of(ObjectAttribute.values())
            .filter(attribute -> (attributes & bit(attribute)) != 0)
            .collect(Collectors.toSet());
    assertThat(template.toPublic())
        .isEqualTo(
            new TpmtPublic(template.encoded(), HashAlgorithm.SHA256, expected, policy, parameters));
    // type and nameAlg come before TPMA_OBJECT.
    assertThat(template.encoded().slice(4, 8)).isEqualTo(new Octets().u32(attributes).toBytes());
  }

  /** TPMA_OBJECT (TPM 2.0 Part 2, section 8.3.2), in numbers of its own. */
  private static long bit(ObjectAttribute attribute) {
    return switch (attribute) {
      case FIXED_TPM -> 0x2L;
      case ST_CLEAR -> 0x4L;
      case FIXED_PARENT -> 0x10L;
      case SENSITIVE_DATA_ORIGIN -> 0x20L;
      case USER_WITH_AUTH -> 0x40L;
      case ADMIN_WITH_POLICY -> 0x80L;
      case NO_DA -> 0x400L;
      case ENCRYPTED_DUPLICATION -> 0x800L;
      case RESTRICTED -> 0x10000L;
      case DECRYPT -> 0x20000L;
      case SIGN -> 0x40000L;
    };
  }

  private static TpmtPublic.Rsa rsa(boolean storage, Optional<TpmtPublic.Scheme> scheme) {
    return new TpmtPublic.Rsa(
        storage ? AES_128 : Optional.empty(), scheme, 2048, 0, Bytes.zeros(256));
  }

  private static TpmtPublic.Ecc p256(Bytes coordinate) {
    return new TpmtPublic.Ecc(
        AES_128,
        Optional.empty(),
        TpmtPublic.EccCurve.P256,
        Optional.empty(),
        coordinate,
        coordinate);
  }

  @Provide
  static Arbitrary<Bytes> policies() {
    return octets(32);
  }

  @Provide
  static Arbitrary<Bytes> anyPolicies() {
    return Arbitraries.oneOf(Arbitraries.just(NO_POLICY), octets(32));
  }

  @Provide
  static Arbitrary<Bytes> moduli() {
    return octets(256);
  }

  @Provide
  static Arbitrary<Set<ObjectAttribute>> attributes() {
    return Arbitraries.of(ObjectAttribute.class).set();
  }

  @Provide
  static Arbitrary<TpmtPublic.Rsa> parameters() {
    Arbitrary<Optional<TpmtPublic.Symmetric>> symmetric =
        Arbitraries.of(128, 192, 256).map(TpmtPublic.Symmetric::new).optional();
    Arbitrary<Optional<TpmtPublic.Scheme>> scheme =
        Combinators.combine(Arbitraries.of(0x14, 0x16, 0x17), Arbitraries.of(HashAlgorithm.class))
            .as((algorithm, hash) -> new TpmtPublic.Scheme(algorithm, Optional.of(hash)))
            .optional();
    return Combinators.combine(
            symmetric,
            scheme,
            Arbitraries.longs().between(0, 0xFFFFFFFFL),
            Arbitraries.of(128, 256, 384, 512).flatMap(TemplateRoundTripTest::octets))
        .as(
            (aes, algorithm, exponent, modulus) ->
                new TpmtPublic.Rsa(aes, algorithm, 8 * modulus.size(), exponent, modulus));
  }

  private static Arbitrary<Bytes> octets(int size) {
    return Arbitraries.bytes().array(byte[].class).ofSize(size).map(Bytes::of);
  }
}
