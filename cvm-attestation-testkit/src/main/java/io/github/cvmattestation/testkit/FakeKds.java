package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ReportData;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * AMD's key distribution service on the loopback address, for the chips of simulated machines:
 * addresses, parameters and encodings are the real one's (AMD 57230). A chip that it does not know,
 * or not with this TCB, is answered with 404.
 */
public final class FakeKds implements AutoCloseable {
  private static final int REPORTED_TCB = 0x180;
  private static final int CHIP_ID = 0x1A0;

  private final FaultyServer server;
  private final Map<String, FakeResponse> answers = new HashMap<>();
  private volatile UnaryOperator<FakeResponse> changes = UnaryOperator.identity();

  private FakeKds() {
    server = FaultyServer.http(request -> changes.apply(answer(request)));
  }

  /**
   * That of these machines, until it is closed. Of two of one line, the last has issued the CRL.
   */
  public static FakeKds of(SimulatedCvm... machines) {
    FakeKds kds = new FakeKds();
    for (SimulatedCvm machine : machines) {
      kds.publish(machine);
    }
    return kds;
  }

  /** Where the revocation list of a line is. */
  public static String crlPath(Line line) {
    return "/vcek/v1/" + line.label() + "/crl";
  }

  /** Where the authorities of a line are. */
  public static String chainPath(Line line) {
    return "/vcek/v1/" + line.label() + "/cert_chain";
  }

  /** Where the certificates of the chip of {@code machine} are, with whatever TCB. */
  public static String vcekPath(SimulatedCvm machine) {
    Line line = machine.line();
    Bytes chipId = report(machine).slice(CHIP_ID, CHIP_ID + line.chipIdSize());
    return "/vcek/v1/" + line.label() + "/" + chipId.hex();
  }

  /** Scheme, host and port. */
  public String url() {
    return server.url();
  }

  /** The server itself, to be told of faults. */
  public FaultyServer server() {
    return server;
  }

  /** From now on answers are changed before they are sent. */
  public void answering(UnaryOperator<FakeResponse> change) {
    changes = change;
  }

  /** From now on this list is the one of the line. */
  public void publishList(Line line, Bytes crl) {
    put(crlPath(line), "application/pkix-crl", crl);
  }

  @Override
  public void close() {
    server.close();
  }

  private void publish(SimulatedCvm machine) {
    Line line = machine.line();
    put(chainPath(line), "application/x-pem-file", machine.pki().chainPem(line));
    publishList(line, machine.pki().crl(CrlSpec.of(line)));
    put(
        vcekPath(machine) + "?" + levels(line, report(machine)),
        "application/pkix-cert",
        machine.leaf().certificate());
  }

  private synchronized void put(String address, String contentType, Bytes body) {
    answers.put(address, FakeResponse.of(contentType, body));
  }

  private synchronized FakeResponse answer(FakeRequest request) {
    String query = request.query().isEmpty() ? "" : "?" + request.query();
    FakeResponse unknown = FakeResponse.error(404, "NotFound");
    return request.method().equals("GET")
        ? answers.getOrDefault(request.path() + query, unknown)
        : unknown;
  }

  /** REPORTED_TCB as the parameters of an address, in the order of AMD's examples. */
  private static String levels(Line line, Bytes report) {
    Bytes tcb = report.slice(REPORTED_TCB, REPORTED_TCB + 8);
    return line == Line.TURIN
        ? "fmcSPL=%d&blSPL=%d&teeSPL=%d&snpSPL=%d&ucodeSPL=%d"
            .formatted(tcb.get(0), tcb.get(1), tcb.get(2), tcb.get(3), tcb.get(7))
        : "blSPL=%d&teeSPL=%d&snpSPL=%d&ucodeSPL=%d"
            .formatted(tcb.get(0), tcb.get(1), tcb.get(6), tcb.get(7));
  }

  private static Bytes report(SimulatedCvm machine) {
    return machine.snpReport(new ReportData(Bytes.zeros(64)));
  }
}
