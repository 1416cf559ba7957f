package io.github.cvmattestation.benchmarks;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import io.github.cvmattestation.attestation.crypto.VerificationKey;
import io.github.cvmattestation.attestation.token.AttestationToken;
import io.github.cvmattestation.azure.MaaTokenVerifier;
import io.github.cvmattestation.testkit.JwksWriter;
import io.github.cvmattestation.testkit.RsaSigningKey;
import io.github.cvmattestation.testkit.TokenWriter;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
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
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Tokens of Microsoft Azure Attestation verified per second on one thread, beside bare RSA-2048
 * signatures of the same backend over the same octets in the same run: {@code verify} divided by
 * {@code raw} is what our own work costs. Every operation takes another token; the issuer's keys
 * are fetched once, from no network. The claims are as many as those of a real token.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Threads(1)
@Fork(1)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
public class TokenBenchmark {
  private static final int TOKENS = 256;
  private static final String ISSUER = "https://sharedweu.weu.attest.azure.net";
  private static final String KID = "signing key";
  private static final Instant AT = Instant.parse("2026-06-01T00:00:00Z");

  /** Who checks signatures. */
  @Param({"bouncycastle", "corretto", "jdk"})
  public String backend;

  private final AttestationToken[] tokens = new AttestationToken[TOKENS];
  private final Nonce[] nonces = new Nonce[TOKENS];
  private final Bytes[] signed = new Bytes[TOKENS];
  private final Bytes[] signatures = new Bytes[TOKENS];
  private MaaTokenVerifier verifier;
  private VerificationKey rawKey;
  private PublicKeyInfo.Rsa guest;
  private int next;

  /** Makes an issuer, a guest and the issuer's tokens about it. */
  @Setup
  public void prepare() throws MalformedException {
    RsaSigningKey issuer = RsaSigningKey.of(2048, "issuer");
    RsaSigningKey ephemeral = RsaSigningKey.of(2048, "guest");
    SignatureBackend chosen = Backends.named(backend);
    rawKey = chosen.prepare(PublicKeyInfo.parse(issuer.subjectPublicKeyInfo()));
    guest = (PublicKeyInfo.Rsa) PublicKeyInfo.parse(ephemeral.subjectPublicKeyInfo());
    Bytes keys = new JwksWriter().key(KID, issuer).json();
    HttpClient client = request -> Mono.just(new Answer(request, keys));
    verifier =
        MaaTokenVerifier.builder(ISSUER)
            .signatures(chosen)
            .httpClient(client)
            .freshKeys(Duration.ofDays(1))
            .build();
    for (int i = 0; i < TOKENS; i++) {
      nonces[i] = new Nonce(Bytes.of(ByteBuffer.allocate(32).putInt(4, i).array()));
      TokenWriter writer =
          TokenWriter.of(ISSUER, KID, AT)
              .azureGuest("sevsnpvm", nonces[i].value().hex(), ephemeral);
      String compact = withMoreClaims(writer, ephemeral).sign(issuer);
      int dot = compact.lastIndexOf('.');
      tokens[i] = AttestationToken.parse(compact);
      signed[i] = Bytes.of(compact.substring(0, dot).getBytes(StandardCharsets.US_ASCII));
      signatures[i] = Bytes.of(Base64.getUrlDecoder().decode(compact.substring(dot + 1)));
    }
  }

  /** What a token of the service has besides, in number and size. */
  private static TokenWriter withMoreClaims(TokenWriter token, RsaSigningKey key) {
    StringBuilder tee =
        new StringBuilder(
            "{\"x-ms-attestation-type\":\"sevsnpvm\","
                + "\"x-ms-compliance-status\":\"azure-compliant-cvm\",\"x-ms-runtime\":{\"keys\":[");
    tee.append(TokenWriter.jwk("HCLAkPub", "sign", key)).append(',');
    tee.append(TokenWriter.jwk("HCLEkPub", "encrypt", key)).append("]}");
    for (String name : new String[] {"authorkeydigest", "idkeydigest", "launchmeasurement"}) {
      tee.append(",\"x-ms-sevsnpvm-").append(name).append("\":\"").append("0f".repeat(48));
      tee.append('"');
    }
    for (String name : new String[] {"bootloader-svn", "guestsvn", "microcode-svn", "vmpl"}) {
      tee.append(",\"x-ms-sevsnpvm-").append(name).append("\":1");
    }
    tee.append(",\"x-ms-sevsnpvm-reportdata\":\"").append("0f".repeat(64)).append("\"}");
    for (String name : new String[] {"dbvalidated", "dbxvalidated", "elam-enabled", "is-windows"}) {
      token.claim("x-ms-azurevm-" + name, "true");
    }
    for (String name : new String[] {"osbuild", "osdistro", "ostype", "osversion-major"}) {
      token.claimText("x-ms-azurevm-" + name, "NotApplication");
    }
    return token
        .claim("x-ms-azurevm-attested-pcrs", "[0,1,2,3,4,5,6,7]")
        .claimText("x-ms-policy-hash", "wm9mHlvTU82e8UqoOy1Yj1FBRSNkfe99-69IYDq9eWs")
        .claim("x-ms-isolation-tee", tee.toString());
  }

  /** The whole verification: form, header, issuer, key, signature, claims. */
  @Benchmark
  public Verification verify() {
    int i = next();
    Verification verification = verifier.verify(tokens[i], nonces[i], guest, AT);
    must(verification instanceof Verification.Verified);
    return verification;
  }

  /** The one signature of {@link #verify}. */
  @Benchmark
  public boolean raw() {
    int i = next();
    return must(rawKey.verifies(SignatureScheme.RSASSA_SHA256, signed[i], signatures[i]));
  }

  /** A benchmark of refusals would be fast and worthless. */
  private static boolean must(boolean holds) {
    if (!holds) {
      throw new IllegalStateException("not verified");
    }
    return true;
  }

  private int next() {
    next = next + 1 & TOKENS - 1;
    return next;
  }

  /** What the issuer's /certs answers, without a network. */
  private static final class Answer extends HttpResponse {
    private final Bytes body;

    Answer(HttpRequest request, Bytes body) {
      super(request);
      this.body = body;
    }

    @Override
    public int getStatusCode() {
      return 200;
    }

    @Override
    @Deprecated
    @SuppressWarnings("InlineMeSuggester") // the interface is not ours
    public String getHeaderValue(String name) {
      return "";
    }

    @Override
    public HttpHeaders getHeaders() {
      return new HttpHeaders();
    }

    @Override
    public Flux<ByteBuffer> getBody() {
      return Flux.just(ByteBuffer.wrap(body.toArray()));
    }

    @Override
    public Mono<byte[]> getBodyAsByteArray() {
      return Mono.just(body.toArray());
    }

    @Override
    public Mono<String> getBodyAsString() {
      return getBodyAsString(StandardCharsets.UTF_8);
    }

    @Override
    public Mono<String> getBodyAsString(Charset charset) {
      return Mono.just(new String(body.toArray(), charset));
    }
  }
}
