package io.github.cvmattestation.azure.internal.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.BinaryData;
import com.azure.core.util.Context;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A {@link BoundedHttp} for the clients of the Azure SDK, whose own client gathers any body and
 * waits as long as a stranger says. Those clients also put an error's body into their messages and
 * logs, so that only its code is handed to them.
 */
public final class BoundedClient implements HttpClient {
  private static final Pattern CODE = Pattern.compile("[A-Za-z0-9-]{1,64}");

  private final BoundedHttp http;

  /** A client whose requests go through {@code http}. */
  public BoundedClient(BoundedHttp http) {
    this.http = http;
  }

  @Override
  public Mono<HttpResponse> send(HttpRequest request) {
    return Mono.fromCallable(() -> sendSync(request, Context.NONE));
  }

  /**
   * {@inheritDoc}
   *
   * @throws io.github.cvmattestation.attestation.AttestationException.Service where there is no
   *     whole answer within the bounds, or one that leads elsewhere
   */
  @Override
  public HttpResponse sendSync(HttpRequest request, Context context) {
    HttpAnswer answer = http.exchange(request);
    Bytes body = answer.isSuccess() ? answer.body() : codeAlone(answer.body());
    return new Buffered(request, answer, BinaryData.fromBytes(body.toArray()));
  }

  /**
   * The innermost code of {"error":{"code":…,"innererror":{"code":…}}}, as {"error":{"code":…}}.
   */
  private static Bytes codeAlone(Bytes body) {
    String code = "";
    try {
      Json.Obj error =
          StrictJson.parse("error", body, Failures.MAX_ERROR_BODY)
              .asObject()
              .require("error")
              .asObject();
      Optional<Json> inner = error.get("innererror");
      boolean nested = inner.isPresent() && inner.get() instanceof Json.Obj;
      code = (nested ? inner.get().asObject() : error).require("code").asString();
    } catch (MalformedException e) {
      // then the status has to say it all
    }
    return CODE.matcher(code).matches()
        ? Bytes.of(("{\"error\":{\"code\":\"" + code + "\"}}").getBytes(UTF_8))
        : Bytes.of("{}".getBytes(UTF_8));
  }

  /** An answer that has arrived. */
  private static final class Buffered extends HttpResponse {
    private final HttpAnswer answer;
    private final BinaryData body;

    Buffered(HttpRequest request, HttpAnswer answer, BinaryData body) {
      super(request);
      this.answer = answer;
      this.body = body;
    }

    @Override
    public int getStatusCode() {
      return answer.status();
    }

    @Override
    @Deprecated
    public @Nullable String getHeaderValue(String name) {
      return answer.headers().getValue(HttpHeaderName.fromString(name));
    }

    @Override
    public HttpHeaders getHeaders() {
      return answer.headers();
    }

    @Override
    public Flux<ByteBuffer> getBody() {
      return body.toFluxByteBuffer();
    }

    @Override
    public BinaryData getBodyAsBinaryData() {
      return body;
    }

    @Override
    public Mono<byte[]> getBodyAsByteArray() {
      return Mono.fromSupplier(body::toBytes);
    }

    @Override
    public Mono<String> getBodyAsString() {
      return getBodyAsString(UTF_8);
    }

    @Override
    public Mono<String> getBodyAsString(Charset charset) {
      return Mono.fromSupplier(() -> new String(body.toBytes(), charset));
    }

    @Override
    public HttpResponse buffer() {
      return this;
    }
  }
}
