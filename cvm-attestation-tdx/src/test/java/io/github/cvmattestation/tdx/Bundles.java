package io.github.cvmattestation.tdx;

import static io.github.cvmattestation.tdx.Documents.QE_IDENTITY;
import static io.github.cvmattestation.tdx.Documents.TCB_INFO;
import static io.github.cvmattestation.tdx.Documents.utf8;

import io.github.cvmattestation.attestation.Bytes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Collateral in each of its forms, written out by hand. Nothing in it is signed. */
final class Bundles {
  static final Bytes TCB_SIGNATURE = Bytes.ofHex("1a".repeat(64));
  static final Bytes QE_SIGNATURE = Bytes.ofHex("2b".repeat(64));

  /** Base64 with a plus sign, which stays one. */
  static final String TCB_CHAIN = pem("MII+tcb/==");

  static final String QE_CHAIN = pem("MII+qe/===");
  static final Bytes PCK_CRL = Bytes.ofHex("3082000401020304");
  static final Bytes PROCESSOR_CRL = Bytes.ofHex("3082000409090909");
  static final Bytes ROOT_CRL = Bytes.ofHex("3003010203");
  static final Bytes FMSPC = Bytes.ofHex("90c06f000000");
  static final String TCB_BODY = body("tcbInfo", TCB_INFO, TCB_SIGNATURE);
  static final String QE_BODY = body("enclaveIdentity", QE_IDENTITY, QE_SIGNATURE);

  static final TdxCollateral EXPECTED =
      new TdxCollateral(
          new SignedText(utf8(TCB_INFO), TCB_SIGNATURE),
          utf8(TCB_CHAIN),
          new SignedText(utf8(QE_IDENTITY), QE_SIGNATURE),
          utf8(QE_CHAIN),
          PCK_CRL,
          ROOT_CRL);

  private Bundles() {}

  static String pem(String base64) {
    return "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n";
  }

  static String body(String member, String document, Bytes signature) {
    return "{\"" + member + "\":" + document + ",\"signature\":\"" + signature.hex() + "\"}";
  }

  /** As Intel's service writes a chain into a header: base64 is left alone but for its end. */
  static String header(String chain) {
    return chain.replace(" ", "%20").replace("\n", "%0A").replace("=", "%3D").replace("/", "%2F");
  }

  /** The members of Phala's bundle, as JSON texts. */
  static Map<String, String> phala() {
    Map<String, String> members = new LinkedHashMap<>();
    members.put("pck_crl_issuer_chain", quoted(TCB_CHAIN));
    members.put("root_ca_crl", quoted(ROOT_CRL.hex()));
    members.put("pck_crl", quoted(PCK_CRL.hex()));
    members.put("tcb_info_issuer_chain", quoted(TCB_CHAIN));
    members.put("tcb_info", quoted(TCB_INFO));
    members.put("tcb_info_signature", quoted(TCB_SIGNATURE.hex()));
    members.put("qe_identity_issuer_chain", quoted(QE_CHAIN));
    members.put("qe_identity", quoted(QE_IDENTITY));
    members.put("qe_identity_signature", quoted(QE_SIGNATURE.hex()));
    return members;
  }

  /** The fields of Intel's structure, whose strings end in a NUL that their sizes count. */
  static Map<String, String> structure() {
    Map<String, String> members = new LinkedHashMap<>();
    members.put("major_version", "3");
    members.put("minor_version", "1");
    members.put("tee_type", "129");
    members.put("pck_crl_issuer_chain", quoted(TCB_CHAIN + "\0"));
    members.put("pck_crl_issuer_chain_size", "77");
    members.put("root_ca_crl", quoted(ROOT_CRL.hex() + "\0"));
    members.put("pck_crl", quoted(PCK_CRL.hex() + "\0"));
    members.put("tcb_info_issuer_chain", quoted(TCB_CHAIN + "\0"));
    members.put("tcb_info", quoted(TCB_BODY + "\0"));
    members.put("qe_identity_issuer_chain", quoted(QE_CHAIN + "\0"));
    members.put("qe_identity", quoted(QE_BODY + "\0"));
    return members;
  }

  /** The members of {@code collaterals} in a file of the PCS Client Tool. */
  static Map<String, String> clientTool() {
    Map<String, String> members = new LinkedHashMap<>();
    members.put("version", "4");
    members.put("pck_certs", "[{\"qe_id\":\"00\",\"certs\":[{\"tcb\":{\"pcesvn\":11}}]}]");
    members.put(
        "tcbinfos",
        "["
            + family("00906EA10000", "")
            + ","
            + family("90C06F000000", printedAnew(TCB_BODY))
            + "]");
    members.put(
        "pckcacrl",
        object(
            Map.of(
                "processorCrl",
                quoted(PROCESSOR_CRL.hex()),
                "platformCrl",
                quoted(PCK_CRL.hex()))));
    members.put("qeidentity", quoted("{\"enclaveIdentity\":{}}"));
    members.put("tdqeidentity", quoted(QE_BODY));
    members.put("qveidentity", quoted(""));
    members.put(
        "certificates",
        object(
            Map.of(
                "SGX-PCK-Certificate-Issuer-Chain", "{\"PLATFORM\":\"\"}",
                "TCB-Info-Issuer-Chain", quoted(header(TCB_CHAIN)),
                "SGX-Enclave-Identity-Issuer-Chain", quoted(header(QE_CHAIN)))));
    members.put("rootcacrl_cdp", quoted("https://example.org/root.der"));
    members.put("rootcacrl", quoted(ROOT_CRL.hex()));
    return members;
  }

  static String family(String fmspc, String tdxTcbInfo) {
    return "{\"fmspc\":\""
        + fmspc
        + "\",\"sgx_tcbinfo\":{\"tcbInfo\":{\"id\":\"SGX\"}}"
        + (tdxTcbInfo.isEmpty() ? "" : ",\"tdx_tcbinfo\":" + tdxTcbInfo)
        + "}";
  }

  /** A file of the tool around these members. */
  static Bytes clientTool(Map<String, String> collaterals) {
    return utf8("{\"platforms\":[{\"qe_id\":\"00\"}],\"collaterals\":" + object(collaterals) + "}");
  }

  /** As Python's {@code json.dump} writes what it has read: a space behind commas and colons. */
  static String printedAnew(String json) {
    StringBuilder out = new StringBuilder();
    boolean inString = false;
    boolean escaped = false;
    for (char c : json.toCharArray()) {
      out.append(c);
      inString ^= c == '"' && !escaped;
      escaped = c == '\\' && !escaped;
      if (!inString && (c == ',' || c == ':')) {
        out.append(' ');
      }
    }
    return out.toString();
  }

  static Bytes json(Map<String, String> members) {
    return utf8(object(members));
  }

  static String object(Map<String, String> members) {
    return members.entrySet().stream()
        .map(member -> "\"" + member.getKey() + "\":" + member.getValue())
        .collect(Collectors.joining(",", "{", "}"));
  }

  static Map<String, String> with(Map<String, String> members, String name, String value) {
    Map<String, String> changed = new LinkedHashMap<>(members);
    changed.put(name, value);
    return changed;
  }

  static Map<String, String> without(Map<String, String> members, String name) {
    Map<String, String> changed = new LinkedHashMap<>(members);
    changed.remove(name);
    return changed;
  }

  static String quoted(String text) {
    return "\""
        + text.replace("\\", "\\\\")
            .replace("\"", "\\\"")
            .replace("\n", "\\n")
            .replace("\0", "\\u0000")
        + "\"";
  }
}
