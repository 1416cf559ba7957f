package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.cvmattestation.attestation.Bytes;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERUTF8String;

/**
 * Writes a JWK set (RFC 7517, section 5) as {@code /certs} of Microsoft Azure Attestation gives it:
 * each key in a certificate that it signs itself, and not beside it. Entries may be any JSON.
 */
public final class JwksWriter {
  private static final Duration VALIDITY = Duration.ofDays(365);

  private final List<String> entries = new ArrayList<>();

  /** An empty set. */
  public JwksWriter() {}

  /** Appends a key as the service publishes it. */
  public JwksWriter key(String kid, RsaSigningKey key) {
    return entry(members(kid, "RSA").set("x5c", x5c(certificate(key))).json());
  }

  /** Appends a key as numbers, without a certificate. */
  public JwksWriter bareKey(String kid, RsaSigningKey key) {
    return entry(members(kid, "RSA").set("n", modulus(key)).set("e", "\"AQAB\"").json());
  }

  /** Appends a key in a certificate, and beside it the numbers of any key. */
  public JwksWriter key(String kid, RsaSigningKey certified, RsaSigningKey beside) {
    return entry(
        members(kid, "RSA")
            .set("x5c", x5c(certificate(certified)))
            .set("n", modulus(beside))
            .set("e", "\"AQAB\"")
            .json());
  }

  /** Appends any octets as a certificate. */
  public JwksWriter certificate(String kid, Bytes der) {
    return entry(members(kid, "RSA").set("x5c", x5c(der)).json());
  }

  /** Appends a JWK with more or other members: each a name and its JSON. */
  public JwksWriter key(String kid, RsaSigningKey key, String... namesAndJson) {
    JsonMembers out = members(kid, "RSA").set("x5c", x5c(certificate(key)));
    for (int i = 0; i < namesAndJson.length; i += 2) {
      out.set(namesAndJson[i], namesAndJson[i + 1]);
    }
    return entry(out.json());
  }

  /** Appends any JSON. */
  public JwksWriter entry(String json) {
    entries.add(json);
    return this;
  }

  /** The set, UTF-8. */
  public Bytes json() {
    String keys = JsonMembers.array(entries.stream());
    return Bytes.of(new JsonMembers().set("keys", keys).json().getBytes(UTF_8));
  }

  /** A certificate by which a key vouches for itself. */
  public static Bytes certificate(RsaSigningKey key) {
    return certificate(key.subjectPublicKeyInfo(), key);
  }

  /** A certificate for any key, signed by another. */
  public static Bytes certificate(Bytes subjectPublicKeyInfo, RsaSigningKey signer) {
    Bytes name = Der.bytes(new DERSequence(commonName("https://attest.example")));
    return new CertificateWriter()
        .serial(BigInteger.ONE)
        .issuerName(name)
        .subjectName(name)
        .validity(Instant.EPOCH, Instant.EPOCH.plus(VALIDITY))
        .publicKey(subjectPublicKeyInfo)
        .sign(signer);
  }

  private static DERSet commonName(String text) {
    return new DERSet(Der.sequence(new ASN1ObjectIdentifier("2.5.4.3"), new DERUTF8String(text)));
  }

  private static JsonMembers members(String kid, String type) {
    return new JsonMembers()
        .set("kid", JsonMembers.quoted(kid))
        .set("kty", JsonMembers.quoted(type));
  }

  private static String modulus(RsaSigningKey key) {
    return JsonMembers.quoted(TokenWriter.base64Url(key.modulus()));
  }

  /** Base64 of the first alphabet, unlike the other members (RFC 7517, section 4.7). */
  private static String x5c(Bytes der) {
    return "[\"" + Base64.getEncoder().encodeToString(der.toArray()) + "\"]";
  }
}
