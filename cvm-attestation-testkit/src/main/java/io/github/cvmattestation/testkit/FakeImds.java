package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ReportData;
import java.util.Base64;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The instance metadata service of a simulated machine on the loopback address, with the manners of
 * the real one: without the header {@code Metadata: true} nothing is answered but quotes, and
 * quotes only to a content type without parameters.
 */
public final class FakeImds implements AutoCloseable {
  /** Where the VCEK is. */
  public static final String CERTIFICATION = "/metadata/THIM/amd/certification";

  /** Where quotes are made. */
  public static final String TD_QUOTE = "/acc/tdquote";

  /** Where the machine is described. */
  public static final String INSTANCE = "/metadata/instance";

  /** Where a managed identity gets its tokens. */
  public static final String IDENTITY = "/metadata/identity/oauth2/token";

  /** The token of the managed identity, which opens nothing outside of this kit. */
  public static final String IDENTITY_TOKEN = "simulated-bearer";

  private static final Pattern REPORT =
      Pattern.compile("\\{\"report\":\"([A-Za-z0-9+/_-]+=*)\"\\}");
  private static final int REPORT_SIZE = 1024;

  private final SimulatedCvm cvm;
  private final FaultyServer server;
  private volatile Base64.Encoder encoder = Base64.getEncoder();
  private volatile UnaryOperator<FakeResponse> changes = UnaryOperator.identity();

  private FakeImds(SimulatedCvm cvm) {
    this.cvm = cvm;
    server = FaultyServer.http(request -> changes.apply(answer(request)));
  }

  /** That of {@code cvm}, until it is closed. */
  public static FakeImds of(SimulatedCvm cvm) {
    return new FakeImds(cvm);
  }

  /** Scheme, host and port. */
  public String url() {
    return server.url();
  }

  /** The server itself, to be told of faults. */
  public FaultyServer server() {
    return server;
  }

  /** From now on quotes are written with this alphabet and padding. */
  public void quotesIn(Base64.Encoder base64) {
    encoder = base64;
  }

  /** From now on answers are changed before they are sent. */
  public void answering(UnaryOperator<FakeResponse> change) {
    changes = change;
  }

  @Override
  public void close() {
    server.close();
  }

  private FakeResponse answer(FakeRequest request) {
    boolean isGet = request.method().equals("GET");
    boolean asked = request.header("metadata").filter("true"::equals).isPresent();
    if (isGet && !asked) {
      return FakeResponse.error(400, "BadRequest");
    }
    return switch (request.path()) {
      case CERTIFICATION -> isGet && cvm.tee() == Tee.SNP ? certification() : notFound();
      case TD_QUOTE -> cvm.tee() == Tee.TDX ? quote(request) : notFound();
      case INSTANCE ->
          isGet && request.query().startsWith("api-version=") ? instance() : notFound();
      case IDENTITY -> isGet && request.query().contains("resource=") ? identity() : notFound();
      default -> notFound();
    };
  }

  private static FakeResponse identity() {
    return FakeResponse.json(
        "{\"access_token\":\"%s\",\"expires_in\":\"86400\",\"expires_on\":\"32472144000\","
                .formatted(IDENTITY_TOKEN)
            + "\"resource\":\"https://vault.azure.net\",\"token_type\":\"Bearer\"}");
  }

  private static FakeResponse notFound() {
    return FakeResponse.error(404, "NotFound");
  }

  private FakeResponse certification() {
    // What the chip itself states, so that a machine that lies about its TCB is served as well.
    Bytes report = cvm.snpReport(new ReportData(Bytes.zeros(64)));
    Bytes reportedTcb = report.slice(0x180, 0x188);
    Bytes json = ThimAnswer.of(cvm.leaf(), cvm.pki().chainPem(cvm.line()), reportedTcb);
    return FakeResponse.of("application/json; charset=utf-8", json);
  }

  private FakeResponse quote(FakeRequest request) {
    if (!request.method().equals("POST")) {
      return FakeResponse.error(405, "MethodNotAllowed");
    }
    if (!request.header("content-type").filter("application/json"::equals).isPresent()) {
      return FakeResponse.error(415, "UnsupportedMediaType");
    }
    Matcher body = REPORT.matcher(new String(request.body().toArray(), UTF_8));
    if (!body.matches()) {
      return FakeResponse.error(400, "BadRequest");
    }
    String url = body.group(1).replace('+', '-').replace('/', '_');
    Bytes report = Bytes.of(Base64.getUrlDecoder().decode(url));
    if (report.size() != REPORT_SIZE) {
      return FakeResponse.error(400, "BadRequest");
    }
    String quote = encoder.encodeToString(cvm.tdQuoteOf(report).toArray());
    return FakeResponse.json("{\"quote\":\"" + quote + "\"}");
  }

  private static FakeResponse instance() {
    return FakeResponse.json(
        "{\"compute\":{\"azEnvironment\":\"AzurePublicCloud\",\"location\":\"westeurope\","
            + "\"name\":\"simulated\",\"osType\":\"Linux\",\"resourceGroupName\":\"tests\","
            + "\"securityProfile\":{\"encryptionAtHost\":\"false\",\"secureBootEnabled\":\"true\","
            + "\"securityType\":\"ConfidentialVM\",\"virtualTpmEnabled\":\"true\"},"
            + "\"tags\":\"\",\"vmId\":\"02aab8a4-74ef-476e-8182-f6d2ba4166a6\","
            + "\"vmSize\":\"Standard_DC2as_v5\",\"zone\":\"\"},"
            + "\"network\":{\"interface\":[]}}");
  }
}
