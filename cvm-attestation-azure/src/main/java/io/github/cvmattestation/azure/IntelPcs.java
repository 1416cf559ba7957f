package io.github.cvmattestation.azure;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeader;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.AttestationException.Service.Failure;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.azure.internal.endorsement.KeptAnswers;
import io.github.cvmattestation.azure.internal.endorsement.KeptAnswers.Answer;
import io.github.cvmattestation.azure.internal.endorsement.PckQuestion;
import io.github.cvmattestation.azure.internal.http.BoundedHttp;
import io.github.cvmattestation.azure.internal.http.HttpAnswer;
import io.github.cvmattestation.azure.internal.http.HttpLimits;
import io.github.cvmattestation.azure.internal.http.HttpTime;
import io.github.cvmattestation.azure.internal.http.RetryRule;
import io.github.cvmattestation.tdx.PcsResponse;
import io.github.cvmattestation.tdx.SignedText;
import io.github.cvmattestation.tdx.TdQuote;
import io.github.cvmattestation.tdx.TdxCollateral;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Intel's provisioning certification service (Intel PCS API v4), or what repeats its answers: the
 * mirror of Azure, a PCCS. A messenger, trusted for nothing; a verifier proves what it brings.
 *
 * <p>Collateral that is what was asked for is kept for a day, or until its first part ends, and
 * shared. What is about another platform, or has ended, is handed on for a verifier to refute, and
 * not kept. Safe for use by several threads.
 *
 * <p>All four parts together may take a minute. One that gives no answer may have another behind it
 * ({@link Builder#otherwise}), as Azure's mirror has Intel.
 */
public final class IntelPcs {
  /** Azure's mirror. It takes over new TCB levels later than Intel publishes them. */
  public static final String AZURE = "https://global.acccache.azure.net";

  /** Intel's own. */
  public static final String INTEL = "https://api.trustedservices.intel.com";

  /** Intel's root list, which its service does not have at an address of its own. */
  private static final String INTEL_ROOT_LIST =
      "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der";

  private static final String SERVICE = "Intel PCS";
  private static final Map<String, String> NO_HEADERS = Map.of();
  private static final int MAX_DOCUMENT = SignedText.MAX_SIZE + 1024;
  private static final int MAX_LIST = TdxCollateral.MAX_CRL_SIZE;
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration READ = Duration.ofSeconds(20);

  /** How long all parts may take together; then the one behind is asked, if there is one. */
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  /** 1, 2 and 4 seconds apart. */
  private static final RetryRule RETRIES =
      new RetryRule(Set.of(429, 500, 502, 503, 504), 4, Duration.ofSeconds(1));

  /**
   * How a service fails that says nothing to the question. What is wrong with any other answer,
   * somebody should see and mend.
   */
  private static final Set<Failure> NO_ANSWER =
      Set.of(
          Failure.UNREACHABLE,
          Failure.DEADLINE,
          Failure.ENDPOINT_THROTTLED,
          Failure.HTTP_STATUS,
          Failure.TRUNCATED);

  private final String endpoint;
  private final String rootList;
  private final @Nullable IntelPcs other;
  private final HttpClient client;
  private final HttpTime time;
  private final KeptAnswers<TdxCollateral> answers;

  private IntelPcs(Builder builder) {
    endpoint = builder.endpoint;
    rootList =
        builder.rootList != null ? builder.rootList : endpoint + "/sgx/certification/v4/rootcacrl";
    other = builder.other;
    client = builder.client != null ? builder.client : BoundedHttp.direct(CONNECT, READ);
    time = builder.time;
    answers = new KeptAnswers<>(time);
  }

  /**
   * The mirror of Azure, and Intel's own service where the mirror gives no answer. Both are asked
   * without a proxy.
   */
  public static IntelPcs azure() {
    HttpClient client = BoundedHttp.direct(CONNECT, READ);
    IntelPcs intel = builder(INTEL).rootList(INTEL_ROOT_LIST).httpClient(client).build();
    return builder(AZURE).httpClient(client).otherwise(intel).build();
  }

  /** Intel's service alone, asked without a proxy. */
  public static IntelPcs intel() {
    return builder(INTEL).rootList(INTEL_ROOT_LIST).build();
  }

  /**
   * Another one, to be configured.
   *
   * @param endpoint up to the paths of the service, without a slash at the end, such as {@code
   *     https://pccs.example.com:8081}
   */
  public static Builder builder(String endpoint) {
    return new Builder(endpoint);
  }

  /**
   * What a verifier needs beside {@code quote}: TCB Info of its platform's family, identity of the
   * TD quoting enclave, and the revocation lists of the PCK authority and of the root.
   *
   * @throws AttestationException.Service if a part cannot be had, or is not what the protocol says
   * @throws AttestationException.Configuration if the quote has no PCK certificate of Intel's
   */
  public TdxCollateral collateral(TdQuote quote) {
    PckQuestion question = PckQuestion.of(quote);
    return answers.get(question.fmspc().hex() + ' ' + question.ca(), () -> fetch(question));
  }

  /** Forgets what it keeps: for whoever has found that it was not genuine. */
  public void forget() {
    answers.forget();
    if (other != null) {
      other.forget();
    }
  }

  private Answer<TdxCollateral> fetch(PckQuestion question) {
    return other == null ? ask(question) : fetch(question, other);
  }

  private Answer<TdxCollateral> fetch(PckQuestion question, IntelPcs behind) {
    Answer<TdxCollateral> mine;
    try {
      mine = ask(question);
    } catch (AttestationException.Service e) {
      if (NO_ANSWER.contains(e.failure())) {
        return instead(e, question, behind);
      }
      throw e;
    }
    return isOfThePast(mine) ? newerThan(mine, question, behind) : mine;
  }

  private static Answer<TdxCollateral> instead(
      AttestationException.Service mine, PckQuestion question, IntelPcs behind) {
    try {
      return behind.fetch(question);
    } catch (AttestationException.Service theirs) {
      throw new AttestationException.Service(
          mine.service(),
          mine.failure(),
          mine.status(),
          mine.requestId(),
          mine.serviceCode(),
          mine.remedy() + "; asked in its place, " + theirs.getMessage());
    }
  }

  /** A mirror may serve what has ended; handed on, it tells a verifier so. */
  private static Answer<TdxCollateral> newerThan(
      Answer<TdxCollateral> mine, PckQuestion question, IntelPcs behind) {
    try {
      return behind.fetch(question);
    } catch (AttestationException.Service theirs) {
      return mine;
    }
  }

  private boolean isOfThePast(Answer<TdxCollateral> answer) {
    return answer.isFitting() && !time.now().isBefore(answer.until());
  }

  private Answer<TdxCollateral> ask(PckQuestion question) {
    Instant end = time.now().plus(DEADLINE);
    String tdx = endpoint + "/tdx/certification/v4";
    String sgx = endpoint + "/sgx/certification/v4";
    HttpAnswer tcbInfo = get(tdx + "/tcb?fmspc=" + question.fmspc().hex(), MAX_DOCUMENT, end);
    HttpAnswer qeIdentity = get(tdx + "/qe/identity", MAX_DOCUMENT, end);
    String pckList = sgx + "/pckcrl?ca=" + question.ca() + "&encoding=der";
    Bytes pckCrl = get(pckList, MAX_LIST, end).body();
    Bytes rootCrl = get(rootList, MAX_LIST, end).body();
    try {
      TdxCollateral collateral =
          TdxCollateral.ofPcs(response(tcbInfo), response(qeIdentity), pckCrl, rootCrl);
      return question.answeredBy(collateral);
    } catch (MalformedException e) {
      throw new AttestationException.Service(
          service(endpoint),
          Failure.ANSWER_MALFORMED,
          0,
          "",
          "",
          "check that the address is that of the service, or ask another mirror");
    }
  }

  private HttpAnswer get(String url, int maxBody, Instant end) {
    HttpLimits limits = new HttpLimits(maxBody, CONNECT, READ, DEADLINE);
    return new BoundedHttp(service(url), client, limits, RETRIES, time).get(url, NO_HEADERS, end);
  }

  /** With the host's name, for there are several of them. */
  private static String service(String url) {
    try {
      String host = new URI(url).getHost();
      return host == null ? SERVICE : SERVICE + " at " + host;
    } catch (URISyntaxException e) {
      // Whoever asks at such an address says what is wrong with it.
      return SERVICE;
    }
  }

  private static PcsResponse response(HttpAnswer answer) {
    Map<String, List<String>> headers = new HashMap<>();
    for (HttpHeader header : answer.headers()) {
      headers.put(header.getName(), header.getValuesList());
    }
    return new PcsResponse(headers, answer.body());
  }

  /** Configures an {@link IntelPcs}. */
  public static final class Builder {
    private final String endpoint;
    private @Nullable String rootList;
    private @Nullable IntelPcs other;
    private @Nullable HttpClient client;
    private HttpTime time = HttpTime.system();

    private Builder(String endpoint) {
      this.endpoint = endpoint;
    }

    /**
     * The address of the root's revocation list, DER or hexadecimal DER; {@code
     * /sgx/certification/v4/rootcacrl} of the endpoint, unless set.
     */
    public Builder rootList(String url) {
      rootList = url;
      return this;
    }

    /**
     * Who is asked for all parts where this one gives no answer (it cannot be reached, takes more
     * than a minute, wants fewer questions, breaks off, or answers with an HTTP error), or where a
     * part of its answer has ended. After an answer that is not what the protocol says, nobody else
     * is asked. Nobody, unless set.
     */
    public Builder otherwise(IntelPcs behind) {
      other = behind;
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
    public IntelPcs build() {
      return new IntelPcs(this);
    }
  }
}
