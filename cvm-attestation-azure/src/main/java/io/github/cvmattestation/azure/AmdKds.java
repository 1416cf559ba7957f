package io.github.cvmattestation.azure;

import com.azure.core.http.HttpClient;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.AttestationException.Service.Failure;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.CertificateBundle;
import io.github.cvmattestation.attestation.crypto.DerCertificate;
import io.github.cvmattestation.attestation.crypto.RevocationList;
import io.github.cvmattestation.azure.internal.endorsement.KdsQuestion;
import io.github.cvmattestation.azure.internal.endorsement.KeptAnswers;
import io.github.cvmattestation.azure.internal.endorsement.KeptAnswers.Answer;
import io.github.cvmattestation.azure.internal.http.BoundedHttp;
import io.github.cvmattestation.azure.internal.http.HttpAnswer;
import io.github.cvmattestation.azure.internal.http.HttpLimits;
import io.github.cvmattestation.azure.internal.http.HttpTime;
import io.github.cvmattestation.azure.internal.http.RetryRule;
import io.github.cvmattestation.snp.ProductLine;
import io.github.cvmattestation.snp.SnpReport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * AMD's key distribution service (AMD 57230): revocation lists of its roots, and the certificates
 * of its chips. A messenger, trusted for nothing; a verifier proves what it brings.
 *
 * <p>Answers that are what was asked for are kept for a day, or until they end, and shared: the
 * service asks its users to come rarely. An answer that is about something else is handed on, for a
 * verifier to refute, and not kept. Safe for use by several threads.
 */
public final class AmdKds {
  /** AMD's own. */
  public static final String ENDPOINT = "https://kdsintf.amd.com";

  /** AMD's have 3 KB; the padding of other servers fits. */
  private static final int MAX_CERTIFICATE = 8 << 10;

  private static final int MAX_CHAIN = 2 * MAX_CERTIFICATE;
  private static final int MAX_LIST = 1 << 20;
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration READ = Duration.ofSeconds(20);
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  /** It throttles for about ten seconds: 2, 4 and 8 apart. */
  private static final RetryRule RETRIES =
      new RetryRule(Set.of(429, 500, 502, 503, 504), 4, Duration.ofSeconds(2));

  /** Whose firmware made reports before they named their processor (version 2). */
  private static final List<ProductLine> LINES_OF_OLD_REPORTS =
      List.of(ProductLine.MILAN, ProductLine.GENOA);

  private final String endpoint;
  private final HttpClient client;
  private final HttpTime time;
  private final KeptAnswers<Bytes> answers;

  private AmdKds(Builder builder) {
    endpoint = builder.endpoint;
    client = builder.client != null ? builder.client : BoundedHttp.direct(CONNECT, READ);
    time = builder.time;
    answers = new KeptAnswers<>(time);
  }

  /** AMD's service, asked without a proxy. */
  public static AmdKds published() {
    return builder().build();
  }

  /** One to be configured. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * The revocation list of a line's root, DER ({@code GET /vcek/v1/{line}/crl}).
   *
   * @throws AttestationException.Service if it cannot be had, or what comes is no such list
   */
  public Bytes revocationList(ProductLine line) {
    return ask("/vcek/v1/" + line.label() + "/crl", MAX_LIST, body -> list(line, body));
  }

  /**
   * The authorities above a line's VCEKs, PEM: ASK and ARK ({@code GET
   * /vcek/v1/{line}/cert_chain}).
   *
   * @throws AttestationException.Service if they cannot be had, or what comes are no certificates
   */
  public Bytes chain(ProductLine line) {
    return ask("/vcek/v1/" + line.label() + "/cert_chain", MAX_CHAIN, body -> chain(line, body));
  }

  /**
   * The certificate of the key that signed {@code report}, DER ({@code GET
   * /vcek/v1/{line}/{chip}?…}). A report of version 2 does not say what line its chip is of; then
   * Milan is asked about, and Genoa.
   *
   * @throws AttestationException.Service if it cannot be had, or what comes is no VCEK
   * @throws AttestationException.Configuration if there is none, because the host masks its chip
   */
  public Bytes vcek(SnpReport report) {
    List<ProductLine> lines = KdsQuestion.line(report).map(List::of).orElse(LINES_OF_OLD_REPORTS);
    for (int i = 0; ; i++) {
      try {
        KdsQuestion question = KdsQuestion.of(lines.get(i), report);
        return ask(question.path(), MAX_CERTIFICATE, body -> vcek(question, body));
      } catch (AttestationException.Service e) {
        // A chip of another line is one that the service does not know.
        boolean unknown = e.failure() == Failure.HTTP_STATUS && e.status() < 500;
        if (!unknown || i == lines.size() - 1) {
          throw e;
        }
      }
    }
  }

  /** How an answer is read, and how long it may be kept. */
  private interface Reader {
    Answer<Bytes> read(Bytes body) throws MalformedException;
  }

  /** Forgets what it keeps: for whoever has found that it was not genuine. */
  public void forget() {
    answers.forget();
  }

  private Bytes ask(String path, int maxBody, Reader reader) {
    String url = endpoint + path;
    return answers.get(
        url,
        () -> {
          HttpLimits limits = new HttpLimits(maxBody, CONNECT, READ, DEADLINE);
          BoundedHttp http = new BoundedHttp("AMD KDS", client, limits, RETRIES, time);
          HttpAnswer answer = http.get(url, Map.of());
          try {
            return reader.read(answer.body());
          } catch (MalformedException e) {
            throw http.malformed(answer);
          }
        });
  }

  private static Answer<Bytes> list(ProductLine line, Bytes body) throws MalformedException {
    RevocationList list = RevocationList.parse(body);
    return list.issuerCommonName().equals("ARK-" + line.label())
        ? new Answer<>(body, list.validity().notAfter())
        : Answer.passing(body);
  }

  private static Answer<Bytes> chain(ProductLine line, Bytes body) throws MalformedException {
    List<String> names =
        CertificateBundle.parse(body).stream().map(DerCertificate::subjectCommonName).toList();
    return names.equals(List.of("SEV-" + line.label(), "ARK-" + line.label()))
        ? new Answer<>(body, Instant.MAX)
        : Answer.passing(body);
  }

  private static Answer<Bytes> vcek(KdsQuestion question, Bytes body) throws MalformedException {
    return question.isAnsweredBy(body) ? new Answer<>(body, Instant.MAX) : Answer.passing(body);
  }

  /** Configures an {@link AmdKds}. */
  public static final class Builder {
    private String endpoint = ENDPOINT;
    private @Nullable HttpClient client;
    private HttpTime time = HttpTime.system();

    private Builder() {}

    /**
     * A mirror instead of AMD's own.
     *
     * @param url up to the paths of the service, without a slash at the end
     */
    public Builder endpoint(String url) {
      endpoint = url;
      return this;
    }

    /**
     * Who speaks HTTP, such as through a proxy, instead of the JDK's client without one. It must
     * not follow redirects; sizes and times are bounded above it.
     */
    public Builder httpClient(HttpClient chosen) {
      client = chosen;
      return this;
    }

    /** For tests, in which waiting takes no time. */
    Builder time(HttpTime chosen) {
      time = chosen;
      return this;
    }

    /** The service. It is not asked yet. */
    public AmdKds build() {
      return new AmdKds(this);
    }
  }
}
