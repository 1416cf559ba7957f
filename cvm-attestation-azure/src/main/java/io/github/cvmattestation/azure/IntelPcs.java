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
import java.time.Duration;
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
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  /** 1, 2 and 4 seconds apart. */
  private static final RetryRule RETRIES =
      new RetryRule(Set.of(429, 500, 502, 503, 504), 4, Duration.ofSeconds(1));

  private final String endpoint;
  private final String rootList;
  private final HttpClient client;
  private final HttpTime time;
  private final KeptAnswers<TdxCollateral> answers;

  private IntelPcs(Builder builder) {
    endpoint = builder.endpoint;
    rootList =
        builder.rootList != null ? builder.rootList : endpoint + "/sgx/certification/v4/rootcacrl";
    client = builder.client != null ? builder.client : BoundedHttp.direct(CONNECT, READ);
    time = builder.time;
    answers = new KeptAnswers<>(time);
  }

  /** The mirror of Azure, asked without a proxy. */
  public static IntelPcs azure() {
    return builder(AZURE).build();
  }

  /** Intel's service, asked without a proxy. */
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

  private Answer<TdxCollateral> fetch(PckQuestion question) {
    BoundedHttp documents = http(MAX_DOCUMENT);
    BoundedHttp lists = http(MAX_LIST);
    String tdx = endpoint + "/tdx/certification/v4";
    String sgx = endpoint + "/sgx/certification/v4";
    HttpAnswer tcbInfo = documents.get(tdx + "/tcb?fmspc=" + question.fmspc().hex(), NO_HEADERS);
    HttpAnswer qeIdentity = documents.get(tdx + "/qe/identity", NO_HEADERS);
    String pckList = sgx + "/pckcrl?ca=" + question.ca() + "&encoding=der";
    Bytes pckCrl = lists.get(pckList, NO_HEADERS).body();
    Bytes rootCrl = lists.get(rootList, NO_HEADERS).body();
    try {
      TdxCollateral collateral =
          TdxCollateral.ofPcs(response(tcbInfo), response(qeIdentity), pckCrl, rootCrl);
      return new Answer<>(collateral, question.answeredUntil(collateral));
    } catch (MalformedException e) {
      throw new AttestationException.Service(
          SERVICE,
          Failure.ANSWER_MALFORMED,
          0,
          "",
          "",
          "check that the address is that of the service, or ask another mirror");
    }
  }

  private BoundedHttp http(int maxBody) {
    HttpLimits limits = new HttpLimits(maxBody, CONNECT, READ, DEADLINE);
    return new BoundedHttp(SERVICE, client, limits, RETRIES, time);
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
