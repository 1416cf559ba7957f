package io.github.cvmattestation.attestation.crypto;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** A revocation list, written octet by octet (RFC 5280, section 5.1) and signed at the end. */
final class TestRevocationList {
  Bytes version = Der.integer(1);
  Bytes innerAlgorithm = TestCertificate.PSS_SHA384;
  Bytes outerAlgorithm = TestCertificate.PSS_SHA384;
  Bytes issuer = TestCertificate.name("Issuer");
  Bytes thisUpdate = Der.utcTime("250101000000Z");
  Bytes nextUpdate = Der.utcTime("260101000000Z");
  List<Bytes> entries = new ArrayList<>(List.of(entry(5), entry(6)));
  Bytes extensions =
      Der.tlv(0xA0, Der.seq(TestCertificate.extension("2.5.29.20", false, Der.integer(1))));
  Bytes more = Bytes.empty();
  KeyPair signer = TestKeys.RSA;
  SignatureScheme scheme = SignatureScheme.RSAPSS_SHA384;
  UnaryOperator<Bytes> form = UnaryOperator.identity();

  /** Issued with ECDSA, as Intel's are. */
  static TestRevocationList ecdsa() {
    TestRevocationList written = new TestRevocationList();
    written.innerAlgorithm = TestCertificate.ECDSA_SHA256;
    written.outerAlgorithm = TestCertificate.ECDSA_SHA256;
    written.signer = TestKeys.P256;
    written.scheme = SignatureScheme.ECDSA_P256_SHA256;
    written.form = TestCertificate::ecdsaSigValue;
    return written;
  }

  static Bytes entry(long serial, Bytes... extensions) {
    return entry(BigInteger.valueOf(serial), extensions);
  }

  static Bytes entry(BigInteger serial, Bytes... extensions) {
    return Der.seq(
        Der.integer(serial),
        Der.utcTime("250101000000Z"),
        extensions.length == 0 ? Bytes.empty() : Der.seq(extensions));
  }

  Bytes tbs() {
    Bytes revoked = entries.isEmpty() ? Bytes.empty() : Der.seq(entries.toArray(Bytes[]::new));
    return Der.seq(
        version, innerAlgorithm, issuer, thisUpdate, nextUpdate, revoked, extensions, more);
  }

  Bytes der() {
    Bytes tbs = tbs();
    return Der.seq(
        tbs, outerAlgorithm, Der.bits(form.apply(TestKeys.sign(scheme, signer.getPrivate(), tbs))));
  }

  RevocationList parse() throws MalformedException {
    return RevocationList.parse(der());
  }
}
