package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.tdx.internal.QeIdentityFormat;
import io.github.cvmattestation.tdx.internal.TcbInfoFormat;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Small documents, written out by hand after the schemas of Intel PCS API v4. */
final class Documents {
  static final String MR_SIGNER_48 = "00".repeat(47) + "aB";
  static final String MODULE =
      "{\"mrsigner\":\""
          + MR_SIGNER_48
          + "\",\"attributes\":\"0000000000000000\""
          + ",\"attributesMask\":\"FFFFFFFFFFFFFFFF\"}";

  static final String MODULE_01 =
      moduleIdentity("TDX_01", isvLevel(4, "UpToDate") + "," + isvLevel(2, "OutOfDate"));
  static final String LEVELS =
      level(5, 11, 6, "UpToDate", "")
          + ","
          + level(
              4, 11, 6, "OutOfDate", ",\"advisoryIDs\":[\"INTEL-SA-00960\",\"INTEL-SA-00837\"]");
  static final String TCB_INFO = tcbInfo("[" + MODULE_01 + "]", "[" + LEVELS + "]");
  static final String QE_IDENTITY =
      qeIdentity("[" + isvLevel(4, "UpToDate") + "," + isvLevel(3, "Revoked") + "]");

  private Documents() {}

  static String tcbInfo(String identities, String levels) {
    return "{\"id\":\"TDX\",\"version\":3,\"issueDate\":\"2026-03-16T22:06:09Z\""
        + ",\"nextUpdate\":\"2026-04-15T22:06:09Z\",\"fmspc\":\"90c06F000000\",\"pceId\":\"0001\""
        + ",\"tcbType\":0,\"tcbEvaluationDataNumber\":18,\"tdxModule\":"
        + MODULE
        + ",\"tdxModuleIdentities\":"
        + identities
        + ",\"tcbLevels\":"
        + levels
        + "}";
  }

  static String qeIdentity(String levels) {
    return "{\"id\":\"TD_QE\",\"version\":2,\"issueDate\":\"2026-03-16T22:16:03Z\""
        + ",\"nextUpdate\":\"2026-04-15T22:16:03Z\",\"tcbEvaluationDataNumber\":18"
        + ",\"miscselect\":\"00000001\",\"miscselectMask\":\"FFFFFFFF\""
        + ",\"attributes\":\"11000000000000000000000000000000\""
        + ",\"attributesMask\":\"FBFFFFFFFFFFFFFF0000000000000000\""
        + ",\"mrsigner\":\"DC9E2A7C6F948F17474E34A7FC43ED030F7C1563F1BABDDF6340C82E0E54A8C5\""
        + ",\"isvprodid\":2,\"tcbLevels\":"
        + levels
        + "}";
  }

  static String moduleIdentity(String id, String levels) {
    return "{\"id\":\""
        + id
        + "\","
        + MODULE.substring(1, MODULE.length() - 1)
        + ",\"tcbLevels\":["
        + levels
        + "]}";
  }

  static String isvLevel(int svn, String status) {
    return "{\"tcb\":{\"isvsvn\":"
        + svn
        + "},\"tcbDate\":\"2024-03-13T00:00:00Z\",\"tcbStatus\":\""
        + status
        + "\"}";
  }

  /** A level whose components are {@code svn} each. */
  static String level(int sgx, int pceSvn, int tdx, String status, String more) {
    return level(components(sgx, 16), pceSvn, components(tdx, 16), status, more);
  }

  static String level(String sgx, int pceSvn, String tdx, String status, String more) {
    return "{\"tcb\":{\"sgxtcbcomponents\":"
        + sgx
        + ",\"pcesvn\":"
        + pceSvn
        + ",\"tdxtcbcomponents\":"
        + tdx
        + "},\"tcbDate\":\"2024-03-13T00:00:00Z\",\"tcbStatus\":\""
        + status
        + "\""
        + more
        + "}";
  }

  /** Some have the texts that real ones have. */
  static String components(int svn, int count) {
    String plain = "{\"svn\":" + svn + "}";
    String described = "{\"svn\":" + svn + ",\"category\":\"OS/VMM\",\"type\":\"TDX Module\"}";
    List<String> items = new ArrayList<>(Collections.nCopies(count, plain));
    items.set(0, described);
    return "[" + String.join(",", items) + "]";
  }

  static SignedText signed(String text) {
    return new SignedText(utf8(text), Bytes.zeros(SignedText.SIGNATURE_SIZE));
  }

  static Bytes utf8(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A reader of documents. */
  interface Reader {
    Object read(SignedText text) throws RefutedException;
  }

  /** Why a document is refused, or nothing; another exception fails the test. */
  static Optional<FindingCode> refusal(Reader reader, String text) {
    return refusal(reader, utf8(text));
  }

  static Optional<FindingCode> refusal(Reader reader, Bytes text) {
    try {
      reader.read(new SignedText(text, Bytes.zeros(SignedText.SIGNATURE_SIZE)));
      return Optional.empty();
    } catch (RefutedException e) {
      return Optional.of(e.finding().code());
    }
  }

  static Optional<FindingCode> tcbInfoRefusal(String text) {
    return refusal(TcbInfoFormat::read, text);
  }

  static Optional<FindingCode> qeIdentityRefusal(String text) {
    return refusal(QeIdentityFormat::read, text);
  }
}
