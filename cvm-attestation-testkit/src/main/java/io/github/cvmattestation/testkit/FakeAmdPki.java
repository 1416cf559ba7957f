package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.TrustAnchor;
import io.github.cvmattestation.attestation.TrustAnchors;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * AMD's certificate hierarchy for SEV-SNP, with keys of our own: for each product line an ARK, an
 * ASK that issues VCEKs and an ASVK that issues VLEKs (AMD 57230, section 3). Names, serial
 * numbers, algorithms and extensions are AMD's; so only a verifier that compares keys can tell the
 * two apart.
 *
 * <p>Authorities are made when they are first asked for. Safe for use by several threads.
 */
public final class FakeAmdPki {
  private final Instant at;
  private final String seed;
  private final Map<String, FakeCa> authorities = new HashMap<>();
  private final Map<String, RsaSigningKey> keys = new HashMap<>();
  private int leaves;

  private FakeAmdPki(Instant at, String seed) {
    this.at = at.truncatedTo(ChronoUnit.SECONDS);
    this.seed = seed;
  }

  /**
   * A hierarchy that no other has the keys of, whose certificates hold for years around {@code at}.
   */
  public static FakeAmdPki create(Instant at) {
    byte[] drawn = new byte[16];
    new SecureRandom().nextBytes(drawn);
    return seeded(at, HexFormat.of().formatHex(drawn));
  }

  /** The same hierarchy for the same instant and seed: keys, certificates and signatures alike. */
  public static FakeAmdPki seeded(Instant at, String seed) {
    return new FakeAmdPki(at, seed);
  }

  /** The instant that the certificates are made around, to the second. */
  public Instant at() {
    return at;
  }

  /** The root of a line: {@code ARK-Milan}. */
  public FakeCa ark(Line line) {
    return kept("ARK-" + line.label(), () -> issue(arkSpec(line)));
  }

  /** The issuer of a line's VCEKs: {@code SEV-Milan}. */
  public FakeCa ask(Line line) {
    return kept("SEV-" + line.label(), () -> issue(askSpec(line)));
  }

  /** The issuer of a line's VLEKs: {@code SEV-VLEK-Milan}. */
  public FakeCa asvk(Line line) {
    return kept("SEV-VLEK-" + line.label(), () -> issue(asvkSpec(line)));
  }

  /** What {@link #ark} is made of, to be changed: same key, other certificate. */
  public CaSpec arkSpec(Line line) {
    return spec("ARK-" + line.label(), line.rootSerial()).crlUrl(crlUrl("vcek", line)).root();
  }

  /** What {@link #ask} is made of, to be changed: same key, other certificate. */
  public CaSpec askSpec(Line line) {
    // AMD's ASK for Genoa was issued a second time.
    int serial = line.rootSerial() + (line == Line.GENOA ? 2 : 1);
    return spec("SEV-" + line.label(), serial)
        .crlUrl(crlUrl("vcek", line))
        .intermediateOf(ark(line));
  }

  /** What {@link #asvk} is made of, to be changed: same key, other certificate. */
  public CaSpec asvkSpec(Line line) {
    return spec("SEV-VLEK-" + line.label(), line.rootSerial() + 0x101)
        .crlUrl(crlUrl("vlek", line))
        .intermediateOf(ark(line));
  }

  /** A CA certificate as specified; this hierarchy goes on using its own. */
  public FakeCa issue(CaSpec spec) {
    return spec.build();
  }

  /** A healthy chip's VCEK. */
  public Leaf vcek(Line line) {
    return issue(LeafSpec.vcek(line));
  }

  /** A provider's VLEK. */
  public Leaf vlek(Line line) {
    return issue(LeafSpec.vlek(line));
  }

  /**
   * A leaf certificate as specified. Unless told otherwise a VCEK holds for seven years, one of
   * which has passed, and a VLEK for one year, of which a month has passed.
   */
  public Leaf issue(LeafSpec spec) {
    EcSigningKey key = EcSigningKey.p384(seed + " leaf " + nextLeaf());
    Instant from = at.minus(Duration.ofDays(spec.isVlek() ? 30 : 365));
    Instant until = from.plus(Duration.ofDays(spec.isVlek() ? 365 : 7 * 365));
    FakeCa issuer = spec.isVlek() ? asvk(spec.line()) : ask(spec.line());
    return spec.build(issuer, key, from, until);
  }

  /** A revocation list, DER; unless told otherwise a day old and good for a month. */
  public Bytes crl(CrlSpec spec) {
    Instant from = at.minus(Duration.ofDays(1));
    return spec.build(ark(spec.line()), from, at.plus(Duration.ofDays(30)));
  }

  /** Root and intermediates of these lines, as anchors. */
  public TrustAnchors trustAnchors(Line... lines) {
    return anchors(Stream.of(lines).flatMap(line -> Stream.of(ark(line), ask(line), asvk(line))));
  }

  /** Root and intermediates of all lines, as anchors. */
  public TrustAnchors trustAnchors() {
    return trustAnchors(Line.values());
  }

  /** The roots of these lines alone, as anchors. */
  public TrustAnchors arkAnchors(Line... lines) {
    return anchors(Stream.of(lines).map(this::ark));
  }

  /** What AMD's key server answers for a line's VCEK chain: ASK and ARK, PEM. */
  public Bytes chainPem(Line line) {
    return pem(ask(line).certificate(), ark(line).certificate());
  }

  /** What AMD's key server answers for a line's VLEK chain: ASVK and ARK, PEM. */
  public Bytes vlekChainPem(Line line) {
    return pem(asvk(line).certificate(), ark(line).certificate());
  }

  /** Certificates as PEM, one after the other (RFC 7468, section 5). */
  public static Bytes pem(Bytes... certificates) {
    return pem("CERTIFICATE", certificates);
  }

  /** Any DER values as PEM under one label. */
  public static Bytes pem(String label, Bytes... values) {
    Base64.Encoder base64 = Base64.getMimeEncoder(64, new byte[] {'\n'});
    StringBuilder out = new StringBuilder();
    for (Bytes value : values) {
      out.append("-----BEGIN ").append(label).append("-----\n");
      out.append(base64.encodeToString(value.toArray())).append('\n');
      out.append("-----END ").append(label).append("-----\n");
    }
    return Bytes.of(out.toString().getBytes(US_ASCII));
  }

  private static TrustAnchors anchors(Stream<FakeCa> authorities) {
    List<TrustAnchor> anchors = new ArrayList<>();
    authorities.map(FakeCa::anchor).forEach(anchors::add);
    return new TrustAnchors(anchors);
  }

  private CaSpec spec(String name, int serial) {
    RsaSigningKey key = key(name);
    Instant from = at.minus(Duration.ofDays(5 * 365));
    Instant until = at.plus(Duration.ofDays(20 * 365));
    return new CaSpec(name, key, BigInteger.valueOf(serial), from, until);
  }

  private static String crlUrl(String kind, Line line) {
    return "https://kdsintf.amd.com/" + kind + "/v1/" + line.label() + "/crl";
  }

  private synchronized FakeCa kept(String name, Supplier<FakeCa> maker) {
    FakeCa known = authorities.get(name);
    if (known == null) {
      known = maker.get();
      authorities.put(name, known);
    }
    return known;
  }

  private synchronized RsaSigningKey key(String name) {
    return keys.computeIfAbsent(name, unknown -> RsaSigningKey.of(4096, seed + " " + unknown));
  }

  private synchronized int nextLeaf() {
    return leaves++;
  }
}
