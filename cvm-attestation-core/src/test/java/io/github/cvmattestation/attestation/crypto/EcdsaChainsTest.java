package io.github.cvmattestation.attestation.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.attestation.spi.RefutedException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Certificates and revocation lists signed with ECDSA on P-256: every backend, one verdict. */
class EcdsaChainsTest {
  private static final SignatureScheme SCHEME = SignatureScheme.ECDSA_P256_SHA256;
  private static final BigInteger N = Curve.P256.order();

  static List<SignatureBackend> backends() {
    return Verdicts.BACKENDS;
  }

  @Test
  void aSignatureWrittenAsRfc3279SaysHolds() throws Exception {
    for (int serial = 0; serial < 16; serial++) {
      TestCertificate written = TestCertificate.ecdsa();
      written.serial = Der.integer(serial);
      holds(written.parse());
    }
  }

  @Test
  void aHalfThatIsShorterThanTheOthersHolds() throws Exception {
    // Leading zeros are where fixed widths and INTEGERs part: sign until they come.
    AtomicReference<Bytes> octets = new AtomicReference<>(Bytes.zeros(64));
    TestCertificate written = TestCertificate.ecdsa();
    written.form =
        signature -> {
          octets.set(signature);
          return TestCertificate.ecdsaSigValue(signature);
        };
    DerCertificate certificate = written.parse();
    for (int i = 0; i < 4000 && octets.get().get(0) != 0 && octets.get().get(32) != 0; i++) {
      certificate = written.parse();
    }
    assertThat(octets.get().get(0) * octets.get().get(32)).isZero();
    assertThat(Ecdsa.fromDer(Curve.P256, certificate.signature())).contains(octets.get());
    holds(certificate);
  }

  private static void holds(DerCertificate certificate) throws RefutedException {
    for (SignatureBackend backend : backends()) {
      VerificationKey issuer = backend.prepare(TestKeys.info(TestKeys.P256));
      VerificationKey stranger = backend.prepare(TestKeys.info(TestKeys.OTHER_P256));
      assertThat(CertificateChains.requireSignature(certificate, List.of(stranger, issuer), SCHEME))
          .isSameAs(issuer);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aRevocationListSignedWithEcdsaHolds(SignatureBackend backend) throws Exception {
    VerificationKey issuer = backend.prepare(TestKeys.info(TestKeys.P256));
    VerificationKey stranger = backend.prepare(TestKeys.info(TestKeys.OTHER_P256));
    RevocationList list = TestRevocationList.ecdsa().parse();
    CertificateChains.requireSignature(list, List.of(stranger, issuer), SCHEME);
    refuted(
        CoreFinding.CRL_SIGNATURE,
        () -> CertificateChains.requireSignature(list, List.of(stranger), SCHEME));
    TestRevocationList plain = TestRevocationList.ecdsa();
    plain.form = octets -> octets;
    RevocationList raw = plain.parse();
    refuted(
        CoreFinding.CRL_SIGNATURE,
        () -> CertificateChains.requireSignature(raw, List.of(issuer), SCHEME));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void anotherKeyOrAnotherContentIsRefuted(SignatureBackend backend) throws Exception {
    DerCertificate certificate = TestCertificate.ecdsa().parse();
    for (PublicKeyInfo other :
        List.of(
            TestKeys.info(TestKeys.OTHER_P256),
            TestKeys.info(TestKeys.P384),
            TestKeys.info(TestKeys.RSA))) {
      refuted(
          CoreFinding.CERT_SIGNATURE,
          () ->
              CertificateChains.requireSignature(
                  certificate, List.of(backend.prepare(other)), SCHEME));
    }
    VerificationKey issuer = backend.prepare(TestKeys.info(TestKeys.P256));
    TestCertificate changed = TestCertificate.ecdsa();
    changed.form = octets -> certificate.signature();
    changed.serial = Der.integer(8);
    DerCertificate moved = changed.parse();
    refuted(
        CoreFinding.CERT_SIGNATURE,
        () -> CertificateChains.requireSignature(moved, List.of(issuer), SCHEME));
  }

  @ParameterizedTest
  @MethodSource("otherAlgorithms")
  void anyOtherAlgorithmIsRefutedThoughTheSignatureHolds(Bytes algorithm) throws Exception {
    TestCertificate written = TestCertificate.ecdsa();
    written.innerAlgorithm = algorithm;
    written.outerAlgorithm = algorithm;
    DerCertificate certificate = written.parse();
    for (SignatureBackend backend : backends()) {
      VerificationKey issuer = backend.prepare(TestKeys.info(TestKeys.P256));
      Bytes plain = Ecdsa.fromDer(Curve.P256, certificate.signature()).orElseThrow();
      assertThat(issuer.verifies(SCHEME, certificate.tbs(), plain)).isTrue();
      refuted(
          CoreFinding.CERT_SIGNATURE,
          () -> CertificateChains.requireSignature(certificate, List.of(issuer), SCHEME));
    }
  }

  static List<Bytes> otherAlgorithms() {
    Bytes ecdsa = Der.oid("1.2.840.10045.4.3.2");
    return List.of(
        Der.seq(ecdsa, Der.tlv(0x05)), // NULL, as RSA's has
        Der.seq(ecdsa, Der.seq()),
        Der.seq(ecdsa, Der.oid("1.2.840.10045.3.1.7")),
        Der.seq(Der.oid("1.2.840.10045.4.3.1")), // ecdsa-with-SHA224
        Der.seq(Der.oid("1.2.840.10045.4.3.3")), // ecdsa-with-SHA384
        Der.seq(Der.oid("1.2.840.10045.4.1")), // ecdsa-with-SHA1
        Der.seq(Der.oid("1.2.840.10045.2.1"), Der.oid("1.2.840.10045.3.1.7")),
        TestCertificate.PSS_SHA384);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ECDSA_P384_SHA384", "RSAPSS_SHA384", "RSASSA_SHA256"})
  void theIdentifierStandsForNoOtherScheme(String other) throws Exception {
    DerCertificate certificate = TestCertificate.ecdsa().parse();
    List<VerificationKey> keys = Verdicts.prepared(TestKeys.P256);
    refuted(
        CoreFinding.CERT_SIGNATURE,
        () ->
            CertificateChains.requireSignature(certificate, keys, SignatureScheme.valueOf(other)));
  }

  @Test
  void everyOtherWayToWriteASignatureIsRefuted() throws Exception {
    // A half with its high bit set needs a zero before it; both kinds are wanted below.
    Bytes signature = signature(true);
    Map<String, Bytes> others = new LinkedHashMap<>(misspelt(signature));
    misspelt(signature(false)).forEach((how, octets) -> others.put(how + " (low)", octets));
    for (Map.Entry<String, Bytes> other : others.entrySet()) {
      assertThat(Ecdsa.fromDer(Curve.P256, other.getValue())).as(other.getKey()).isEmpty();
      TestCertificate written = TestCertificate.ecdsa();
      written.form = octets -> other.getValue();
      DerCertificate certificate = written.parse();
      refuted(
          CoreFinding.CERT_SIGNATURE,
          () ->
              CertificateChains.requireSignature(
                  certificate, Verdicts.prepared(TestKeys.P256), SCHEME));
    }
    assertThat(Ecdsa.fromDer(Curve.P256, TestCertificate.ecdsaSigValue(signature)))
        .contains(signature);
  }

  /** A signature of the certificate below whose r has the high bit, or has not. */
  private static Bytes signature(boolean high) {
    Bytes tbs = TestCertificate.ecdsa().tbs();
    Bytes signature;
    do {
      signature = TestKeys.sign(SCHEME, TestKeys.P256.getPrivate(), tbs);
    } while (signature.get(0) >= 0x80 != high || signature.get(0) == 0 || signature.get(32) == 0);
    return signature;
  }

  private static Map<String, Bytes> misspelt(Bytes signature) {
    BigInteger r = new BigInteger(1, signature.slice(0, 32).toArray());
    BigInteger s = new BigInteger(1, signature.slice(32, 64).toArray());
    Bytes written = Der.seq(Der.integer(r), Der.integer(s));
    Bytes body = Der.integer(r).concat(Der.integer(s));
    Map<String, Bytes> others = new LinkedHashMap<>();
    others.put("r‖s", signature);
    others.put("nothing", Bytes.empty());
    others.put("an empty sequence", Der.seq());
    others.put("r alone", Der.seq(Der.integer(r)));
    others.put("a third number", Der.seq(Der.integer(r), Der.integer(s), Der.integer(1)));
    others.put("bytes behind", written.concat(Bytes.zeros(1)));
    others.put("bytes behind inside", Der.seq(Der.integer(r), Der.integer(s), Bytes.zeros(1)));
    others.put("cut", written.slice(0, written.size() - 1));
    others.put("a set", Der.set(Der.integer(r), Der.integer(s)));
    others.put("no sequence", body);
    others.put("r padded", Der.seq(padded(r), Der.integer(s)));
    others.put("s padded", Der.seq(Der.integer(r), padded(s)));
    others.put("long length", Bytes.of((byte) 0x30, (byte) 0x81, (byte) body.size()).concat(body));
    others.put("no end", Bytes.ofHex("3080").concat(body, Bytes.zeros(2)));
    others.put("octets for r", Der.seq(Der.octets(signature.slice(0, 32)), Der.integer(s)));
    others.put("r negative", Der.seq(Der.integer(r.negate()), Der.integer(s)));
    others.put("s negative", Der.seq(Der.integer(r), Der.integer(s.negate())));
    // Equal to the genuine halves for whoever reduces before looking.
    others.put("r + n", Der.seq(Der.integer(r.add(N)), Der.integer(s)));
    others.put("s + n", Der.seq(Der.integer(r), Der.integer(s.add(N))));
    others.put("r = 0", Der.seq(Der.integer(0), Der.integer(s)));
    others.put("s = 0", Der.seq(Der.integer(r), Der.integer(0)));
    others.put("both 0", Der.seq(Der.integer(0), Der.integer(0)));
    others.put("r = n", Der.seq(Der.integer(N), Der.integer(s)));
    others.put("s = n", Der.seq(Der.integer(r), Der.integer(N)));
    others.put("empty r", Der.seq(Der.tlv(0x02), Der.integer(s)));
    others.put("huge r", Der.seq(Der.integer(r.shiftLeft(8 * 3000)), Der.integer(s)));
    if (signature.get(0) >= 0x80) {
      others.put(
          "r without its zero", Der.seq(Der.tlv(0x02, signature.slice(0, 32)), Der.integer(s)));
    }
    return others;
  }

  private static Bytes padded(BigInteger number) {
    return Der.tlv(0x02, Bytes.zeros(1), Bytes.of(number.toByteArray()));
  }

  @Test
  void theEndsOfTheRangeAreReadAndWhatIsBeyondIsNot() {
    List<BigInteger> inside =
        List.of(
            BigInteger.ONE,
            BigInteger.valueOf(127),
            BigInteger.valueOf(128),
            N.subtract(BigInteger.ONE));
    List<BigInteger> outside = new ArrayList<>(List.of(BigInteger.ZERO, N, N.add(BigInteger.ONE)));
    outside.add(BigInteger.ONE.negate());
    outside.add(BigInteger.ONE.shiftLeft(256));
    for (BigInteger one : inside) {
      for (BigInteger other : inside) {
        assertThat(Ecdsa.fromDer(Curve.P256, Der.seq(Der.integer(one), Der.integer(other))))
            .contains(TestKeys.fixed(one, 32).concat(TestKeys.fixed(other, 32)));
      }
      for (BigInteger other : outside) {
        assertThat(Ecdsa.fromDer(Curve.P256, Der.seq(Der.integer(one), Der.integer(other))))
            .isEmpty();
        assertThat(Ecdsa.fromDer(Curve.P256, Der.seq(Der.integer(other), Der.integer(one))))
            .isEmpty();
      }
    }
  }

  private static void refuted(CoreFinding code, ThrowingCallable step) {
    assertThatExceptionOfType(RefutedException.class)
        .isThrownBy(step)
        .satisfies(e -> assertThat(e.finding().code()).isEqualTo(code));
  }
}
