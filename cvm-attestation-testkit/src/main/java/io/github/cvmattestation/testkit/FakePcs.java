package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Intel's provisioning certification service on the loopback address, for the platform of a
 * simulated machine: addresses, headers and encodings are the real one's (Intel PCS API v4), and it
 * has the root's list where Azure's mirror and a PCCS have it as well. A family of platforms that
 * it does not know is answered with 404.
 */
public final class FakePcs implements AutoCloseable {
  /** Where TCB Info is. */
  public static final String TCB = "/tdx/certification/v4/tcb";

  /** Where the identity of the TD quoting enclave is. */
  public static final String QE_IDENTITY = "/tdx/certification/v4/qe/identity";

  /** Where the lists of the PCK authorities are. */
  public static final String PCK_CRL = "/sgx/certification/v4/pckcrl";

  /** Where a mirror has the root's list. */
  public static final String ROOT_CRL = "/sgx/certification/v4/rootcacrl";

  /** Where Intel has it, on another host. */
  public static final String INTEL_ROOT_CRL = "/IntelSGXRootCA.der";

  private static final Pattern FMSPC = Pattern.compile("\"fmspc\":\"([0-9a-fA-F]{12})\"");
  private static final String CRL_TYPE = "application/pkix-crl";

  private final FaultyServer server;
  private final Map<String, FakeResponse> answers = new HashMap<>();

  private FakePcs() {
    server = FaultyServer.http(this::answer);
  }

  /** That of {@code machine}, until it is closed. */
  public static FakePcs of(SimulatedCvm machine) {
    FakePcs pcs = new FakePcs();
    pcs.publish(machine.collateral());
    FakeIntelPki pki = machine.intelPki();
    Bytes chain = FakeIntelPki.pem(pki.processorCa(), pki.root());
    pcs.put(PCK_CRL + "?ca=processor&encoding=der", list(pki.crl(pki.processorCrlSpec()), chain));
    return pcs;
  }

  /** From now on this is what is published about the family that its TCB Info names. */
  public void publish(IntelCollateral collateral) {
    Matcher family = FMSPC.matcher(collateral.tcbInfo().json());
    if (!family.find()) {
      throw new IllegalArgumentException("TCB Info of no family");
    }
    publish(family.group(1).toLowerCase(Locale.ROOT), collateral);
  }

  /**
   * From now on this is what is published about a family, whatever it is about.
   *
   * @param fmspc 12 hexadecimal digits, in lower case
   */
  public void publish(String fmspc, IntelCollateral collateral) {
    put(
        TCB + "?fmspc=" + fmspc,
        document(collateral.tcbInfo(), "TCB-Info-Issuer-Chain", collateral.tcbInfoChain()));
    put(
        QE_IDENTITY,
        document(
            collateral.qeIdentity(),
            "SGX-Enclave-Identity-Issuer-Chain",
            collateral.qeIdentityChain()));
    put(PCK_CRL + "?ca=platform&encoding=der", list(collateral.pckCrl(), collateral.pckCrlChain()));
    put(ROOT_CRL, FakeResponse.of(CRL_TYPE, collateral.rootCrl()));
    put(INTEL_ROOT_CRL, FakeResponse.of(CRL_TYPE, collateral.rootCrl()));
  }

  /** Scheme, host and port. */
  public String url() {
    return server.url();
  }

  /** The server itself, to be told of faults. */
  public FaultyServer server() {
    return server;
  }

  @Override
  public void close() {
    server.close();
  }

  private static FakeResponse document(SignedJson document, String header, Bytes chain) {
    return FakeResponse.of("application/json", document.body())
        .withHeader(header, IntelCollateral.header(chain));
  }

  private static FakeResponse list(Bytes crl, Bytes chain) {
    return FakeResponse.of(CRL_TYPE, crl)
        .withHeader("SGX-PCK-CRL-Issuer-Chain", IntelCollateral.header(chain));
  }

  private synchronized void put(String address, FakeResponse response) {
    answers.put(address, response);
  }

  private synchronized FakeResponse answer(FakeRequest request) {
    String query = request.query().isEmpty() ? "" : "?" + request.query();
    FakeResponse unknown = new FakeResponse(404, Map.of(), Bytes.empty());
    return request.method().equals("GET")
        ? answers.getOrDefault(request.path() + query, unknown)
        : unknown;
  }
}
