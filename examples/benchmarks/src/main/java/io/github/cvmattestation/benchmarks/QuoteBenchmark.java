package io.github.cvmattestation.benchmarks;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import io.github.cvmattestation.attestation.crypto.VerificationKey;
import io.github.cvmattestation.testkit.RsaSigningKey;
import io.github.cvmattestation.testkit.SignedQuote;
import io.github.cvmattestation.testkit.TpmQuoteWriter;
import io.github.cvmattestation.vtpm.AttestationKey;
import io.github.cvmattestation.vtpm.PcrBank;
import io.github.cvmattestation.vtpm.TpmQuote;
import io.github.cvmattestation.vtpm.TpmQuoteVerifier;
import io.github.cvmattestation.vtpm.UnfitKeyException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.TreeMap;
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
 * TPM quotes over 24 PCRs verified per second on one thread, beside bare RSA-2048 signatures of the
 * same backend under the same key in the same run: {@code verify} divided by {@code raw} is what
 * our own work costs. Every operation takes another quote with a nonce of its own.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Threads(1)
@Fork(1)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
public class QuoteBenchmark {
  private static final int QUOTES = 256;

  /** Who checks signatures. */
  @Param({"bouncycastle", "corretto", "jdk"})
  public String backend;

  private final TpmQuote[] quotes = new TpmQuote[QUOTES];
  private final Nonce[] nonces = new Nonce[QUOTES];
  private final Bytes[] signatures = new Bytes[QUOTES];
  private final TpmQuoteVerifier verifier = new TpmQuoteVerifier();
  private VerificationKey rawKey;
  private AttestationKey key;
  private int next;

  /** Makes an attestation key and quotes by it. */
  @Setup
  public void prepare() throws MalformedException, UnfitKeyException {
    RsaSigningKey ak = RsaSigningKey.of(2048, "benchmark");
    SignatureBackend chosen = Backends.named(backend);
    rawKey = chosen.prepare(PublicKeyInfo.parse(ak.subjectPublicKeyInfo()));
    key = AttestationKey.of(rawKey, SignatureScheme.RSASSA_SHA256);
    for (int i = 0; i < QUOTES; i++) {
      TreeMap<Integer, Bytes> pcrs = new TreeMap<>();
      for (int pcr = 0; pcr < PcrBank.REGISTERS; pcr++) {
        pcrs.put(pcr, Bytes.of(ByteBuffer.allocate(32).putInt(i).putInt(pcr).array()));
      }
      nonces[i] = new Nonce(Bytes.of(ByteBuffer.allocate(32).putInt(4, i).array()));
      SignedQuote signed =
          TpmQuoteWriter.of(pcrs).extraData(nonces[i].value()).signRsassa(ak, "SHA-256");
      signatures[i] = signed.signature();
      quotes[i] =
          TpmQuote.withTpmtSignature(
              signed.message(),
              signed.tpmtSignature(),
              List.of(PcrBank.of(HashAlgorithm.SHA256, pcrs)));
    }
  }

  /** The whole verification: signature, structure, PCR digest, nonce. */
  @Benchmark
  public Verification verify() {
    int i = next();
    Verification verification = verifier.verify(quotes[i], key, nonces[i]);
    must(verification instanceof Verification.Verified);
    return verification;
  }

  /** The one signature of {@link #verify}. */
  @Benchmark
  public boolean raw() {
    int i = next();
    return must(rawKey.verifies(SignatureScheme.RSASSA_SHA256, quotes[i].attest(), signatures[i]));
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
