package io.github.cvmattestation.snp;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Check;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.TrustAnchors;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.testkit.CrlSpec;
import io.github.cvmattestation.testkit.EcSigningKey;
import io.github.cvmattestation.testkit.FakeAmdPki;
import io.github.cvmattestation.testkit.Leaf;
import io.github.cvmattestation.testkit.LeafSpec;
import io.github.cvmattestation.testkit.Line;
import io.github.cvmattestation.testkit.SnpReportWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A healthy machine of a fake AMD, to be changed in one place before everything is signed, so that
 * a bad case is good in every respect but one.
 */
final class Scene {
  static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
  static final FakeAmdPki PKI = FakeAmdPki.seeded(NOW, "snp tests");
  static final TrustAnchors ANCHORS = PKI.trustAnchors();

  private static final Map<Line, Bytes> CRLS = new ConcurrentHashMap<>();

  private final Line line;
  private final boolean vlek;
  private final SnpReportWriter writer;
  private final LeafSpec spec;
  private final List<Bytes> more = new ArrayList<>();
  private List<Bytes> authorities;
  private List<Bytes> lists;
  private UnaryOperator<Bytes> tampering = UnaryOperator.identity();
  private EcSigningKey signer;
  private Leaf leaf;

  private Scene(Line line, boolean vlek) {
    this.line = line;
    this.vlek = vlek;
    writer = SnpReportWriter.of(line);
    spec = vlek ? LeafSpec.vlek(line) : LeafSpec.vcek(line);
    authorities = List.of(vlek ? PKI.vlekChainPem(line) : PKI.chainPem(line));
    lists = List.of(crl(line));
  }

  static Scene vcek(Line line) {
    return new Scene(line, false);
  }

  static Scene vlek(Line line) {
    return new Scene(line, true).report(SnpReportWriter::signedWithVlek);
  }

  /** A current list of the line's ARK that revokes nothing. */
  static Bytes crl(Line line) {
    return CRLS.computeIfAbsent(line, any -> PKI.crl(CrlSpec.of(any)));
  }

  /** A verifier that begins at the fake AMD's keys, and is otherwise as strict as any. */
  static SnpVerifier.Builder verifier() {
    return SnpVerifier.builder().trustAnchors(ANCHORS);
  }

  Scene report(Consumer<SnpReportWriter> change) {
    change.accept(writer);
    return this;
  }

  Scene leaf(Consumer<LeafSpec> change) {
    change.accept(spec);
    return this;
  }

  /** Sends these instead of the intermediate's and the root's certificates. */
  Scene authorities(Bytes... bundles) {
    authorities = List.of(bundles);
    return this;
  }

  Scene alsoSend(Bytes bundle) {
    more.add(bundle);
    return this;
  }

  Scene lists(Bytes... encoded) {
    lists = List.of(encoded);
    return this;
  }

  /** Changes the report after it was signed. */
  Scene tampered(UnaryOperator<Bytes> change) {
    tampering = change;
    return this;
  }

  Scene signedBy(EcSigningKey key) {
    signer = key;
    return this;
  }

  /** Another scene's leaf in place of the one of this. */
  Scene withLeaf(Leaf other) {
    leaf = other;
    return this;
  }

  Leaf leaf() {
    if (leaf == null) {
      leaf = PKI.issue(spec);
    }
    return leaf;
  }

  Bytes report() {
    return tampering.apply(writer.sign(signer == null ? leaf().key() : signer));
  }

  Endorsements endorsements() {
    List<Bytes> certificates = new ArrayList<>();
    certificates.add(leaf().certificate());
    certificates.addAll(authorities);
    certificates.addAll(more);
    return new Endorsements(certificates, lists);
  }

  Verification verify(SnpVerifier verifier) {
    return verifier.verifyWithoutFreshness(report(), endorsements(), NOW);
  }

  Verification verify() {
    return verify(verifier().build());
  }

  /** The claims, of which there must be some. */
  SnpClaims claims() {
    return claimsOf(verify());
  }

  static SnpClaims claimsOf(Verification verification) {
    return proven(verification).claims().get(SnpClaims.class).orElseThrow();
  }

  static Verification.Verified proven(Verification verification) {
    assertThat(verification)
        .as(() -> verification.findings().toString())
        .isInstanceOf(Verification.Verified.class);
    return (Verification.Verified) verification;
  }

  /** Refuted for exactly one reason, whose text contains {@code says}. */
  static void assertRefuted(Verification verification, FindingCode code, String says) {
    assertThat(verification).isInstanceOf(Verification.Refuted.class);
    assertThat(verification.findings()).extracting(Finding::code).containsExactly(code);
    assertThat(verification.findings().get(0).toString()).contains(says);
  }

  static void assertRefuted(Verification verification, FindingCode code) {
    assertRefuted(verification, code, "");
  }

  static List<String> ids(Verification verification) {
    return verification.checks().stream().map(Check::id).toList();
  }

  Line line() {
    return line;
  }

  boolean isVlek() {
    return vlek;
  }
}
