package io.github.cvmattestation.azure.internal.imds;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Base64s;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import io.github.cvmattestation.tdx.TdQuote;
import io.github.cvmattestation.tdx.TdReport;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * Has a TDREPORT turned into a TD quote by the host's quoting enclave. A quote of another report is
 * told early, so that it is asked for once more; the verifier compares again.
 */
public final class TdQuoteQuestion {
  private static final String PATH = "/acc/tdquote";

  /** A quote of the greatest size as base64 within JSON. */
  private static final int MAX_BODY = TdQuote.MAX_SIZE / 3 * 4 + 1024;

  private static final String REMEDY =
      "its quote is not of this machine's report: try again, and check that nothing answers for it";

  private final ImdsHttp imds;

  /** A question to {@code imds}. */
  public TdQuoteQuestion(ImdsHttp imds) {
    this.imds = imds;
  }

  /** The quote of {@code report}. */
  public Bytes ask(TdReport report) {
    Bytes body = body(report.raw());
    return imds.untilFitting(
        ImdsHttp.DEADLINE,
        end -> {
          Bytes quote = imds.post(PATH, body, MAX_BODY, end, TdQuoteQuestion::quote);
          return fits(quote, report) ? Optional.of(quote) : Optional.empty();
        },
        REMEDY);
  }

  private static Bytes body(Bytes report) {
    String text = Base64.getUrlEncoder().withoutPadding().encodeToString(report.toArray());
    return Bytes.of(("{\"report\":\"" + text + "\"}").getBytes(StandardCharsets.US_ASCII));
  }

  /** Both alphabets have been seen, with padding and without. */
  private static Bytes quote(Bytes body) throws MalformedException {
    Json value = StrictJson.parse("TD quote", body, MAX_BODY).asObject().require("quote");
    Bytes quote = Base64s.decode(value.where(), value.asString());
    TdQuote.parse(quote);
    return quote;
  }

  private static boolean fits(Bytes quote, TdReport report) {
    try {
      return report.agreesWith(TdQuote.parse(quote).body());
    } catch (MalformedException e) {
      return false;
    }
  }
}
