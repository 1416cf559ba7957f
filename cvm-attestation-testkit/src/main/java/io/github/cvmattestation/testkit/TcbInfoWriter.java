package io.github.cvmattestation.testkit;

import static io.github.cvmattestation.testkit.JsonMembers.quoted;

import io.github.cvmattestation.attestation.Bytes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Writes TCB Info for TDX (Intel PCS API v4, TCB Info V3).
 *
 * <p>It begins as Intel's of a family of platforms to which {@link FakeIntelPki#pck} belongs and in
 * which the default quote is up to date.
 */
public final class TcbInfoWriter extends IntelDocumentWriter<TcbInfoWriter> {
  private static final String IDENTITIES = "tdxModuleIdentities";
  private static final Instant RECOVERED = Instant.parse("2024-03-13T00:00:00Z");

  private List<TdxModuleIdentityWriter> identities = new ArrayList<>();

  private TcbInfoWriter() {
    super("tcbInfo");
  }

  /** A day old, and good for a month. */
  public static TcbInfoWriter healthy(Instant at) {
    return new TcbInfoWriter()
        .id("TDX")
        .version(3)
        .issueDate(at.minus(Duration.ofDays(1)))
        .nextUpdate(at.plus(Duration.ofDays(29)))
        .fmspc(Bytes.ofHex("90c06f000000"))
        .pceId(Bytes.zeros(2))
        .member("tcbType", "0")
        .evaluationDataNumber(18)
        .module(Bytes.zeros(48), Bytes.zeros(8), Bytes.ofHex("ff".repeat(8)))
        .moduleIdentities(
            TdxModuleIdentityWriter.healthy("TDX_03").levels(TcbLevelWriter.isv(3, "UpToDate")),
            TdxModuleIdentityWriter.healthy("TDX_01"))
        .levels(
            TcbLevelWriter.platform("UpToDate"),
            outOfDate(13).date(RECOVERED).advisories("INTEL-SA-01036", "INTEL-SA-01079"),
            outOfDate(5)
                .date(Instant.parse("2018-01-04T00:00:00Z"))
                .advisories("INTEL-SA-00106", "INTEL-SA-01036", "INTEL-SA-01079"));
  }

  private static TcbLevelWriter outOfDate(int pceSvn) {
    return TcbLevelWriter.platform("OutOfDate")
        .sgxComponents(2, 2, 2, 2, 3, 1, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0)
        .pceSvn(pceSvn)
        .tdxComponents(5, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  @Override
  TcbInfoWriter self() {
    return this;
  }

  /** Sets {@code fmspc}, 6 bytes, in lower-case hexadecimal. */
  public TcbInfoWriter fmspc(Bytes value) {
    return member("fmspc", quoted(value.hex()));
  }

  /** Sets {@code pceId}, 2 bytes. */
  public TcbInfoWriter pceId(Bytes value) {
    return member("pceId", quoted(value.hex()));
  }

  /** Sets {@code tdxModule}: MRSIGNERSEAM, 48 bytes, and SEAMATTRIBUTES with their mask. */
  public TcbInfoWriter module(Bytes mrSigner, Bytes attributes, Bytes mask) {
    return member("tdxModule", moduleMembers(new JsonMembers(), mrSigner, attributes, mask).json());
  }

  /** Sets all {@code tdxModuleIdentities}, in this order. */
  public TcbInfoWriter moduleIdentities(TdxModuleIdentityWriter... values) {
    identities = new ArrayList<>(Arrays.asList(values));
    return member(IDENTITIES, "");
  }

  /** Puts another identity after the others. */
  public TcbInfoWriter addModuleIdentity(TdxModuleIdentityWriter value) {
    identities.add(value);
    return this;
  }

  @Override
  String later(String name) {
    return name.equals(IDENTITIES)
        ? JsonMembers.array(identities.stream().map(TdxModuleIdentityWriter::json))
        : "";
  }

  static JsonMembers moduleMembers(
      JsonMembers members, Bytes mrSigner, Bytes attributes, Bytes mask) {
    return members
        .set("mrsigner", quoted(mrSigner.hex()))
        .set("attributes", quoted(upper(attributes)))
        .set("attributesMask", quoted(upper(mask)));
  }

  /** Hexadecimal as Intel writes it in most places. */
  static String upper(Bytes value) {
    return value.hex().toUpperCase(Locale.ROOT);
  }
}
