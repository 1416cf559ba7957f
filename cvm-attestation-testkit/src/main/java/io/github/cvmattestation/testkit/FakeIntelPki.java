package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.TrustAnchors;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Intel's certificate hierarchy for SGX and TDX, with keys of our own: a root, the Platform and the
 * Processor CA that issue PCK certificates, and the signer of TCB Info and QE Identity (Intel SGX
 * PCK Certificate Specification, section 1.2). Names, algorithms and extensions are Intel's; so
 * only a verifier that compares keys can tell the two apart.
 *
 * <p>Certificates are made when they are first asked for. Safe for use by several threads.
 */
public final class FakeIntelPki {
  /** Common name of the root. */
  public static final String ROOT = "Intel SGX Root CA";

  /** Common name of the authority for platforms of several packages. */
  public static final String PLATFORM_CA = "Intel SGX PCK Platform CA";

  /** Common name of the authority for platforms of one package. */
  public static final String PROCESSOR_CA = "Intel SGX PCK Processor CA";

  /** Common name of what signs TCB Info and QE Identity. */
  public static final String TCB_SIGNER = "Intel SGX TCB Signing";

  /** Common name of every PCK certificate. */
  public static final String PCK = "Intel SGX PCK Certificate";

  private static final String ROOT_CRL_URL =
      "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der";
  private static final String PCK_CRL_URL =
      "https://api.trustedservices.intel.com/sgx/certification/v4/pckcrl?ca=%s&encoding=der";
  private static final int YEAR = 365;

  private final Instant at;
  private final String seed;
  private final Map<String, IntelCertificate> authorities = new HashMap<>();
  private int leaves;

  private FakeIntelPki(Instant at, String seed) {
    this.at = at.truncatedTo(ChronoUnit.SECONDS);
    this.seed = seed;
  }

  /**
   * A hierarchy that no other has the keys of, whose certificates hold for years around {@code at}.
   */
  public static FakeIntelPki create(Instant at) {
    byte[] drawn = new byte[16];
    new SecureRandom().nextBytes(drawn);
    return seeded(at, HexFormat.of().formatHex(drawn));
  }

  /** The same hierarchy for the same instant and seed: keys, certificates and signatures alike. */
  public static FakeIntelPki seeded(Instant at, String seed) {
    return new FakeIntelPki(at, seed);
  }

  /** The instant that the certificates are made around, to the second. */
  public Instant at() {
    return at;
  }

  /** The root. */
  public IntelCertificate root() {
    return kept(ROOT, () -> issue(rootSpec()));
  }

  /** The issuer of PCK certificates for platforms of several packages, as TDX machines are. */
  public IntelCertificate platformCa() {
    return kept(PLATFORM_CA, () -> issue(platformCaSpec()));
  }

  /** The issuer of PCK certificates for platforms of one package. */
  public IntelCertificate processorCa() {
    return kept(PROCESSOR_CA, () -> issue(processorCaSpec()));
  }

  /** What signs TCB Info and QE Identity. */
  public IntelCertificate tcbSigner() {
    return kept(TCB_SIGNER, () -> issue(tcbSignerSpec()));
  }

  /** A healthy platform's PCK certificate, always the same. */
  public IntelCertificate pck() {
    return kept(PCK, () -> issue(pckSpec("")));
  }

  /** What {@link #root} is made of, to be changed: same key, other certificate. */
  public IntelCertificateSpec rootSpec() {
    return spec(ROOT, 8, 25).authority(1).crlUrl(ROOT_CRL_URL);
  }

  /** What {@link #platformCa} is made of, to be changed: same key, other certificate. */
  public IntelCertificateSpec platformCaSpec() {
    return spec(PLATFORM_CA, 7, 8).authority(0).crlUrl(ROOT_CRL_URL).issuedBy(root());
  }

  /** What {@link #processorCa} is made of, to be changed: same key, other certificate. */
  public IntelCertificateSpec processorCaSpec() {
    return spec(PROCESSOR_CA, 7, 8).authority(0).crlUrl(ROOT_CRL_URL).issuedBy(root());
  }

  /** What {@link #tcbSigner} is made of, to be changed: same key, other certificate. */
  public IntelCertificateSpec tcbSignerSpec() {
    return spec(TCB_SIGNER, 1, 6).endEntity().crlUrl(ROOT_CRL_URL).issuedBy(root());
  }

  /** A PCK certificate by the Platform CA, with a key and serial number of its own. */
  public IntelCertificateSpec pckSpec() {
    return pckSpec(" " + nextLeaf());
  }

  /** A PCK certificate by the Processor CA, with a key and serial number of its own. */
  public IntelCertificateSpec processorPckSpec() {
    return leafSpec(" " + nextLeaf(), "processor")
        .issuedBy(processorCa())
        .withSgx(SgxExtensions.processor());
  }

  /** A certificate as specified; this hierarchy goes on using its own. */
  public IntelCertificate issue(IntelCertificateSpec spec) {
    return spec.build();
  }

  /** The root's revocation list, to be changed: a month old and good for most of a year. */
  public IntelCrlSpec rootCrlSpec() {
    return new IntelCrlSpec(root(), days(-30), days(335));
  }

  /** The Platform CA's revocation list, to be changed: a day old and good for a month. */
  public IntelCrlSpec platformCrlSpec() {
    return new IntelCrlSpec(platformCa(), days(-1), days(29));
  }

  /** The Processor CA's revocation list, to be changed: a day old and good for a month. */
  public IntelCrlSpec processorCrlSpec() {
    return new IntelCrlSpec(processorCa(), days(-1), days(29));
  }

  /** A revocation list as specified, DER. */
  public Bytes crl(IntelCrlSpec spec) {
    return spec.build();
  }

  /** TCB Info that fits {@link #pck} and the default quote, to be changed and signed. */
  public TcbInfoWriter tcbInfo() {
    return TcbInfoWriter.healthy(at);
  }

  /** A QE Identity that fits the default quote, to be changed and signed. */
  public QeIdentityWriter qeIdentity() {
    return QeIdentityWriter.healthy(at);
  }

  /** Everything beside a quote that a verifier needs for {@link #pck}, current and unrevoked. */
  public IntelCollateral collateral() {
    return new IntelCollateral(
        tcbInfo().sign(this),
        tcbSignerChain(),
        qeIdentity().sign(this),
        tcbSignerChain(),
        crl(platformCrlSpec()),
        pem(platformCa(), root()),
        crl(rootCrlSpec()));
  }

  /** The root as an anchor, under its common name. */
  public TrustAnchors trustAnchors() {
    return new TrustAnchors(List.of(root().anchor()));
  }

  /** The chain of a PCK certificate as a quote carries it: leaf, Platform CA and root, PEM. */
  public Bytes pckChain(IntelCertificate pck) {
    return pem(pck, platformCa(), root());
  }

  /** The chain of TCB Info and QE Identity: signer and root, PEM. */
  public Bytes tcbSignerChain() {
    return pem(tcbSigner(), root());
  }

  /** Certificates as PEM, one after the other. */
  public static Bytes pem(IntelCertificate... certificates) {
    return FakeAmdPki.pem(
        Stream.of(certificates).map(IntelCertificate::certificate).toArray(Bytes[]::new));
  }

  private IntelCertificateSpec spec(String name, int yearsPast, int yearsAhead) {
    EcSigningKey key = EcSigningKey.p256(seed + " " + name);
    return new IntelCertificateSpec(name, key, days(-YEAR * yearsPast), days(YEAR * yearsAhead));
  }

  private IntelCertificateSpec pckSpec(String label) {
    return leafSpec(label, "platform").issuedBy(platformCa()).withSgx(SgxExtensions.platform());
  }

  private IntelCertificateSpec leafSpec(String suffix, String authority) {
    String label = seed + " PCK" + suffix;
    BigInteger serial = new BigInteger(1, new SeededStream(label + " serial").next(20));
    return new IntelCertificateSpec(PCK, EcSigningKey.p256(label), days(-YEAR), days(6 * YEAR))
        .serial(serial)
        .endEntity()
        .crlUrl(PCK_CRL_URL.formatted(authority));
  }

  private Instant days(int count) {
    return at.plus(Duration.ofDays(count));
  }

  private synchronized IntelCertificate kept(String name, Supplier<IntelCertificate> maker) {
    IntelCertificate known = authorities.get(name);
    if (known == null) {
      known = maker.get();
      authorities.put(name, known);
    }
    return known;
  }

  private synchronized int nextLeaf() {
    return leaves++;
  }
}
