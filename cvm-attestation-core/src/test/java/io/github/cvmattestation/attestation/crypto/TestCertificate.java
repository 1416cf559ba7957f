package io.github.cvmattestation.attestation.crypto;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A certificate, written octet by octet (RFC 5280, section 4.1) and well-formed until a test
 * changes a part. Signed at the end, so that a changed part is not merely a broken signature.
 */
final class TestCertificate {
  /**
   * RSASSA-PSS with SHA-384, MGF1 with SHA-384 and a salt of 48, trailerField left to its default.
   */
  static final Bytes PSS_SHA384 =
      pss("2.16.840.1.101.3.4.2.2", "2.16.840.1.101.3.4.2.2", 48, Bytes.empty());

  /** ecdsa-with-SHA256 (RFC 5758, section 3.2). */
  static final Bytes ECDSA_SHA256 = Der.seq(Der.oid("1.2.840.10045.4.3.2"));

  private static final Bytes TRUE = Bytes.ofHex("0101ff");

  Bytes version = Der.tlv(0xA0, Der.integer(2));
  Bytes serial = Der.integer(7);
  Bytes innerAlgorithm = PSS_SHA384;
  Bytes outerAlgorithm = PSS_SHA384;
  Bytes issuer = name("Issuer");
  Bytes notBefore = Der.utcTime("250101000000Z");
  Bytes notAfter = Der.utcTime("350101000000Z");
  Bytes subject = name("Subject");
  Bytes spki = TestKeys.spki(TestKeys.P384);
  List<Bytes> extensions = new ArrayList<>(List.of(basicConstraints(true, 0), keyUsage("0106")));
  Bytes more = Bytes.empty();
  KeyPair signer = TestKeys.RSA;
  SignatureScheme scheme = SignatureScheme.RSAPSS_SHA384;

  /** How the signature's octets are written: as they are, or as X.509 wants them. */
  UnaryOperator<Bytes> form = UnaryOperator.identity();

  /** Issued with ECDSA, as Intel's are. */
  static TestCertificate ecdsa() {
    TestCertificate written = new TestCertificate();
    written.innerAlgorithm = ECDSA_SHA256;
    written.outerAlgorithm = ECDSA_SHA256;
    written.signer = TestKeys.P256;
    written.scheme = SignatureScheme.ECDSA_P256_SHA256;
    written.form = TestCertificate::ecdsaSigValue;
    return written;
  }

  /** SEQUENCE { r INTEGER, s INTEGER } (RFC 3279, section 2.2.3) of r‖s. */
  static Bytes ecdsaSigValue(Bytes signature) {
    int half = signature.size() / 2;
    return Der.seq(
        Der.integer(new BigInteger(1, signature.slice(0, half).toArray())),
        Der.integer(new BigInteger(1, signature.slice(half, 2 * half).toArray())));
  }

  static Bytes pss(String digest, String mgfDigest, int salt, Bytes trailer) {
    Bytes hash = Der.seq(Der.oid(digest), Der.tlv(0x05));
    Bytes mgf =
        Der.seq(Der.oid("1.2.840.113549.1.1.8"), Der.seq(Der.oid(mgfDigest), Der.tlv(0x05)));
    return Der.seq(
        Der.oid("1.2.840.113549.1.1.10"),
        Der.seq(
            Der.tlv(0xA0, hash), Der.tlv(0xA1, mgf), Der.tlv(0xA2, Der.integer(salt)), trailer));
  }

  static Bytes name(String commonName) {
    return Der.seq(
        Der.set(attribute("2.5.4.10", 0x13, "Organization")),
        Der.set(attribute("2.5.4.3", 0x13, commonName)));
  }

  static Bytes attribute(String oid, int tag, String text) {
    return Der.seq(Der.oid(oid), Der.text(tag, text));
  }

  static Bytes extension(String oid, boolean critical, Bytes value) {
    return Der.seq(Der.oid(oid), critical ? TRUE : Bytes.empty(), Der.octets(value));
  }

  /**
   * @param pathLength negative for none
   */
  static Bytes basicConstraints(boolean authority, int pathLength) {
    return extension(
        "2.5.29.19",
        true,
        Der.seq(
            authority ? TRUE : Bytes.empty(),
            pathLength < 0 ? Bytes.empty() : Der.integer(pathLength)));
  }

  /**
   * @param bits unused bits and bits: {@code 0106} is keyCertSign and cRLSign
   */
  static Bytes keyUsage(String bits) {
    return extension("2.5.29.15", true, Der.tlv(0x03, Bytes.ofHex(bits)));
  }

  Bytes tbs() {
    Bytes all =
        extensions.isEmpty()
            ? Bytes.empty()
            : Der.tlv(0xA3, Der.seq(extensions.toArray(Bytes[]::new)));
    return Der.seq(
        version,
        serial,
        innerAlgorithm,
        issuer,
        Der.seq(notBefore, notAfter),
        subject,
        spki,
        all,
        more);
  }

  Bytes der() {
    Bytes tbs = tbs();
    Bytes signature = TestKeys.sign(scheme, signer.getPrivate(), tbs);
    return Der.seq(tbs, outerAlgorithm, Der.bits(form.apply(signature)));
  }

  DerCertificate parse() throws MalformedException {
    return DerCertificate.parse(der());
  }
}
