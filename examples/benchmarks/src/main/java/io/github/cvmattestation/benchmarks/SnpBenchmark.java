package io.github.cvmattestation.benchmarks;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.CertificateBundle;
import io.github.cvmattestation.attestation.crypto.Curve;
import io.github.cvmattestation.attestation.crypto.DerCertificate;
import io.github.cvmattestation.attestation.crypto.Ecdsa;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import io.github.cvmattestation.attestation.crypto.VerificationKey;
import io.github.cvmattestation.snp.Revocation;
import io.github.cvmattestation.snp.SnpReport;
import io.github.cvmattestation.snp.SnpVerifier;
import io.github.cvmattestation.testkit.FakeAmdPki;
import io.github.cvmattestation.testkit.Leaf;
import io.github.cvmattestation.testkit.Line;
import io.github.cvmattestation.testkit.SnpReportWriter;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * SEV-SNP reports verified per second on one thread, beside the bare signatures of the same backend
 * in the same run: {@code warm} divided by {@code rawReport} is what our own work costs while a
 * machine's chain is known, {@code cold} divided by {@code rawChain} what it costs when nothing is.
 * Every operation takes another report, so no cache of parsed bytes could flatter it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Threads(1)
@Fork(1)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
public class SnpBenchmark {
  private static final int REPORTS = 256;
  private static final Instant AT = Instant.parse("2026-06-01T00:00:00Z");

  /** Who checks signatures. */
  @Param({"bouncycastle", "corretto", "jdk"})
  public String backend;

  private final Bytes[] reports = new Bytes[REPORTS];
  private final Bytes[] messages = new Bytes[REPORTS];
  private final Bytes[] signatures = new Bytes[REPORTS];
  private Endorsements endorsements;
  private SignatureBackend chosen;
  private SnpVerifier remembering;
  private SnpVerifier forgetting;
  private PublicKeyInfo leafInfo;
  private VerificationKey leafKey;
  private VerificationKey askKey;
  private VerificationKey arkKey;
  private DerCertificate leafCertificate;
  private DerCertificate askCertificate;
  private int next;

  /** Makes reports, a chain, and verifiers that begin at its root. */
  @Setup
  public void prepare() throws MalformedException {
    chosen = Backends.named(backend);
    FakeAmdPki pki = FakeAmdPki.seeded(AT, "benchmark");
    Leaf leaf = pki.vcek(Line.GENOA);
    endorsements = Endorsements.ofCertificates(leaf.certificate(), pki.chainPem(Line.GENOA));
    for (int i = 0; i < REPORTS; i++) {
      Bytes data = Bytes.of(ByteBuffer.allocate(64).putInt(i).array());
      reports[i] = SnpReportWriter.of(Line.GENOA).reportData(new ReportData(data)).sign(leaf.key());
      SnpReport report = SnpReport.parse(reports[i]);
      messages[i] = report.signedBytes();
      signatures[i] =
          Ecdsa.p1363(Curve.P384, report.signatureR().reversed(), report.signatureS().reversed())
              .orElseThrow();
    }
    SnpVerifier.Builder builder =
        SnpVerifier.builder()
            .trustAnchors(pki.trustAnchors(Line.GENOA))
            .signatures(chosen)
            .revocation(Revocation.IF_SUPPLIED);
    remembering = builder.build();
    forgetting = builder.cacheSize(0).build();
    leafCertificate = DerCertificate.parse(leaf.certificate());
    askCertificate = CertificateBundle.parse(pki.chainPem(Line.GENOA)).get(0);
    leafInfo = PublicKeyInfo.parse(leafCertificate.subjectPublicKeyInfo());
    leafKey = chosen.prepare(leafInfo);
    askKey = chosen.prepare(PublicKeyInfo.parse(pki.ask(Line.GENOA).key().subjectPublicKeyInfo()));
    arkKey = chosen.prepare(PublicKeyInfo.parse(pki.ark(Line.GENOA).key().subjectPublicKeyInfo()));
  }

  /** The whole verification while the chain is known. */
  @Benchmark
  public Verification warm() {
    return verified(remembering);
  }

  /** The whole verification with nothing known but the anchors. */
  @Benchmark
  public Verification cold() {
    return verified(forgetting);
  }

  /** The one signature of {@link #warm}, under a key that is kept. */
  @Benchmark
  public boolean rawReport() {
    int i = next();
    return must(leafKey.verifies(SignatureScheme.ECDSA_P384_SHA384, messages[i], signatures[i]));
  }

  /** The three signatures of {@link #cold}: the leaf's key is new each time. */
  @Benchmark
  public boolean rawChain() {
    int i = next();
    return must(
        arkKey.verifies(
                SignatureScheme.RSAPSS_SHA384, askCertificate.tbs(), askCertificate.signature())
            && askKey.verifies(
                SignatureScheme.RSAPSS_SHA384, leafCertificate.tbs(), leafCertificate.signature())
            && chosen
                .prepare(leafInfo)
                .verifies(SignatureScheme.ECDSA_P384_SHA384, messages[i], signatures[i]));
  }

  private Verification verified(SnpVerifier verifier) {
    Verification verification = verifier.verifyWithoutFreshness(reports[next()], endorsements, AT);
    must(verification instanceof Verification.Verified);
    return verification;
  }

  /** A benchmark of refusals would be fast and worthless. */
  private static boolean must(boolean holds) {
    if (!holds) {
      throw new IllegalStateException("not verified");
    }
    return true;
  }

  private int next() {
    next = next + 1 & REPORTS - 1;
    return next;
  }
}
