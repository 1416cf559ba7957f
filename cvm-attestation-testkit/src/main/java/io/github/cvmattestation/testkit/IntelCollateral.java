package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.cvmattestation.attestation.Bytes;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What Intel's provisioning certification service publishes about one platform, in the forms in
 * which it travels (Intel PCS API v4). {@link FakeIntelPki#collateral} gives a healthy set.
 *
 * @param tcbInfo TCB Info of the platform's family
 * @param tcbInfoChain TCB signer and root, PEM
 * @param qeIdentity identity of the TD quoting enclave
 * @param qeIdentityChain TCB signer and root, PEM
 * @param pckCrl revocation list of the PCK authority, DER
 * @param pckCrlChain that authority and the root, PEM
 * @param rootCrl revocation list of the root, DER
 */
public record IntelCollateral(
    SignedJson tcbInfo,
    Bytes tcbInfoChain,
    SignedJson qeIdentity,
    Bytes qeIdentityChain,
    Bytes pckCrl,
    Bytes pckCrlChain,
    Bytes rootCrl) {
  private static final String UNRESERVED =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

  /** The same with other TCB Info. */
  public IntelCollateral withTcbInfo(SignedJson value) {
    return new IntelCollateral(
        value, tcbInfoChain, qeIdentity, qeIdentityChain, pckCrl, pckCrlChain, rootCrl);
  }

  /** The same with another QE Identity. */
  public IntelCollateral withQeIdentity(SignedJson value) {
    return new IntelCollateral(
        tcbInfo, tcbInfoChain, value, qeIdentityChain, pckCrl, pckCrlChain, rootCrl);
  }

  /** The same with another chain for TCB Info. */
  public IntelCollateral withTcbInfoChain(Bytes value) {
    return new IntelCollateral(
        tcbInfo, value, qeIdentity, qeIdentityChain, pckCrl, pckCrlChain, rootCrl);
  }

  /** The same with another chain for QE Identity. */
  public IntelCollateral withQeIdentityChain(Bytes value) {
    return new IntelCollateral(
        tcbInfo, tcbInfoChain, qeIdentity, value, pckCrl, pckCrlChain, rootCrl);
  }

  /** The same with another revocation list of the PCK authority. */
  public IntelCollateral withPckCrl(Bytes value) {
    return new IntelCollateral(
        tcbInfo, tcbInfoChain, qeIdentity, qeIdentityChain, value, pckCrlChain, rootCrl);
  }

  /** The same with another chain for the revocation list of the PCK authority. */
  public IntelCollateral withPckCrlChain(Bytes value) {
    return new IntelCollateral(
        tcbInfo, tcbInfoChain, qeIdentity, qeIdentityChain, pckCrl, value, rootCrl);
  }

  /** The same with another revocation list of the root. */
  public IntelCollateral withRootCrl(Bytes value) {
    return new IntelCollateral(
        tcbInfo, tcbInfoChain, qeIdentity, qeIdentityChain, pckCrl, pckCrlChain, value);
  }

  /** One JSON object, with documents as strings and lists as hex: the bundle that dcap-qvl has. */
  public Bytes phala() {
    return phala(Bytes.empty());
  }

  /** The same with {@code pck_certificate_chain}, PEM, if it is not empty. */
  public Bytes phala(Bytes pckChain) {
    JsonMembers out =
        new JsonMembers()
            .set("pck_crl_issuer_chain", text(pckCrlChain))
            .set("root_ca_crl", hex(rootCrl))
            .set("pck_crl", hex(pckCrl))
            .set("tcb_info_issuer_chain", text(tcbInfoChain))
            .set("tcb_info", text(tcbInfo.text()))
            .set("tcb_info_signature", hex(tcbInfo.signature()))
            .set("qe_identity_issuer_chain", text(qeIdentityChain))
            .set("qe_identity", text(qeIdentity.text()))
            .set("qe_identity_signature", hex(qeIdentity.signature()));
    if (!pckChain.isEmpty()) {
      out.set("pck_certificate_chain", text(pckChain));
    }
    return utf8(out.json());
  }

  /** The parts as files of these names: answers of the service, PEM chains, DER lists. */
  public Map<String, Bytes> files() {
    Map<String, Bytes> files = new LinkedHashMap<>();
    files.put("tcbInfo.json", tcbInfo.body());
    files.put("tcb_signing_chain.pem", tcbInfoChain);
    files.put("qeIdentity.json", qeIdentity.body());
    files.put("qe_identity_signing_chain.pem", qeIdentityChain);
    files.put("pck_crl_platform.der", pckCrl);
    files.put("pck_crl_issuer_chain.pem", pckCrlChain);
    files.put("root_ca_crl.der", rootCrl);
    return files;
  }

  /**
   * The file that Intel's PCS client tool writes. It parses TCB Info and prints it anew with a
   * space after every comma and colon, so that the signed bytes are lost; QE Identity stays
   * verbatim.
   *
   * @param fmspc hex, as the file names the family of platforms
   */
  public Bytes pcsClientTool(String fmspc) {
    JsonMembers family =
        new JsonMembers()
            .set("fmspc", JsonMembers.quoted(fmspc))
            .set("tdx_tcbinfo", spaced(new String(tcbInfo.body().toArray(), UTF_8)));
    JsonMembers chains =
        new JsonMembers()
            .set(
                "SGX-PCK-Certificate-Issuer-Chain",
                new JsonMembers().set("PLATFORM", headerText(pckCrlChain)).json())
            .set("TCB-Info-Issuer-Chain", headerText(tcbInfoChain))
            .set("SGX-Enclave-Identity-Issuer-Chain", headerText(qeIdentityChain));
    JsonMembers collaterals =
        new JsonMembers()
            .set("version", "4")
            .set("pck_certs", "[]")
            .set("tcbinfos", "[" + family.json() + "]")
            .set("pckcacrl", new JsonMembers().set("platformCrl", hex(pckCrl)).json())
            .set("qeidentity", "\"\"")
            .set("tdqeidentity", text(qeIdentity.body()))
            .set("qveidentity", "\"\"")
            .set("certificates", chains.json())
            .set("rootcacrl", hex(rootCrl));
    return utf8(
        new JsonMembers().set("platforms", "[]").set("collaterals", collaterals.json()).json());
  }

  /** A chain as the service's response headers carry it: PEM, percent-encoded (RFC 3986, §2.1). */
  public static String header(Bytes pem) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < pem.size(); i++) {
      char c = (char) pem.get(i);
      out.append(UNRESERVED.indexOf(c) >= 0 ? String.valueOf(c) : "%%%02X".formatted((int) c));
    }
    return out.toString();
  }

  private static String headerText(Bytes pem) {
    return JsonMembers.quoted(header(pem));
  }

  private static String text(Bytes value) {
    return JsonMembers.quoted(new String(value.toArray(), UTF_8));
  }

  private static String hex(Bytes value) {
    return JsonMembers.quoted(value.hex());
  }

  private static Bytes utf8(String value) {
    return Bytes.of(value.getBytes(UTF_8));
  }

  /** As Python's json.dump prints what json.loads has read. */
  private static String spaced(String json) {
    StringBuilder out = new StringBuilder();
    boolean inString = false;
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      out.append(c);
      inString ^= c == '"';
      if (!inString && (c == ',' || c == ':')) {
        out.append(' ');
      }
    }
    return out.toString();
  }
}
