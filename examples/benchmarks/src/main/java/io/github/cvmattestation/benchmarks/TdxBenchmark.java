package io.github.cvmattestation.benchmarks;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import io.github.cvmattestation.attestation.crypto.VerificationKey;
import io.github.cvmattestation.tdx.TdQuote;
import io.github.cvmattestation.tdx.TdxCollateral;
import io.github.cvmattestation.tdx.TdxVerifier;
import io.github.cvmattestation.testkit.EcSigningKey;
import io.github.cvmattestation.testkit.FakeIntelPki;
import io.github.cvmattestation.testkit.IntelCertificate;
import io.github.cvmattestation.testkit.TdQuoteWriter;
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
 * TD quotes verified per second on one thread, beside bare P-256 signatures of the same backend in
 * the same run. {@code cold} costs nine of them, {@code knownCollateral} three, {@code
 * knownPlatform} two, {@code knownEnclave} one: the quotient of {@code raw} and that number is what
 * it could be if our own work were free.
 *
 * <p>Every operation takes another quote. Where something must be new each time, a verifier that
 * remembers one entry meets 256 different ones in turn.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Threads(1)
@Fork(1)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
public class TdxBenchmark {
  private static final int QUOTES = 256;
  private static final Instant AT = Instant.parse("2026-06-01T00:00:00Z");

  /** Who checks signatures. */
  @Param({"bouncycastle", "corretto", "jdk"})
  public String backend;

  private final Bytes[] ofOneEnclave = new Bytes[QUOTES];
  private final Bytes[] ofOnePlatform = new Bytes[QUOTES];
  private final Bytes[] ofManyPlatforms = new Bytes[QUOTES];
  private final Bytes[] messages = new Bytes[QUOTES];
  private final Bytes[] signatures = new Bytes[QUOTES];
  private TdxCollateral collateral;
  private TdxVerifier remembering;
  private TdxVerifier rememberingOne;
  private TdxVerifier forgetting;
  private VerificationKey attestationKey;
  private int next;

  /** Makes platforms, quotes, collateral, and verifiers that begin at its root. */
  @Setup
  public void prepare() throws MalformedException {
    SignatureBackend chosen = Backends.named(backend);
    FakeIntelPki pki = FakeIntelPki.seeded(AT, "benchmark");
    collateral = TdxCollateral.parse(pki.collateral().phala());
    for (int i = 0; i < QUOTES; i++) {
      ofOneEnclave[i] = quote(i).sign(pki);
      ofOnePlatform[i] = quote(i).attestationKey(EcSigningKey.p256("enclave " + i)).sign(pki);
      IntelCertificate pck = pki.issue(pki.pckSpec().key(EcSigningKey.p256("platform " + i)));
      ofManyPlatforms[i] = quote(i).sign(pck.key(), pki.pckChain(pck));
      TdQuote parsed = TdQuote.parse(ofOneEnclave[i]);
      messages[i] = parsed.signedBytes();
      signatures[i] = parsed.signature();
    }
    attestationKey = chosen.prepare(TdQuote.parse(ofOneEnclave[0]).attestationPublicKey());
    TdxVerifier.Builder builder =
        TdxVerifier.builder().trustAnchors(pki.trustAnchors()).signatures(chosen);
    remembering = builder.build();
    rememberingOne = builder.cacheSize(1).build();
    forgetting = builder.cacheSize(0).build();
  }

  private static TdQuoteWriter quote(int number) {
    Bytes data = Bytes.of(ByteBuffer.allocate(ReportData.SIZE).putInt(number).array());
    return TdQuoteWriter.v4().reportData(new ReportData(data));
  }

  /** One P-256 signature under a key that is kept. */
  @Benchmark
  public boolean raw() {
    int i = next();
    return must(
        attestationKey.verifies(SignatureScheme.ECDSA_P256_SHA256, messages[i], signatures[i]));
  }

  /** With nothing known but the root: nine signatures. */
  @Benchmark
  public Verification cold() {
    return verified(forgetting, ofManyPlatforms[next()]);
  }

  /** With the collateral known, the quote from a new platform: three signatures. */
  @Benchmark
  public Verification knownCollateral() {
    return verified(rememberingOne, ofManyPlatforms[next()]);
  }

  /** With the platform known too, its quoting enclave new: two signatures. */
  @Benchmark
  public Verification knownPlatform() {
    return verified(rememberingOne, ofOnePlatform[next()]);
  }

  /** With the quoting enclave's key known too: one signature. */
  @Benchmark
  public Verification knownEnclave() {
    return verified(remembering, ofOneEnclave[next()]);
  }

  private Verification verified(TdxVerifier verifier, Bytes quote) {
    Verification verification = verifier.verifyWithoutFreshness(quote, collateral, AT);
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
    next = next + 1 & QUOTES - 1;
    return next;
  }
}
