package io.github.cvmattestation.azure;

import com.azure.core.http.HttpClient;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.snp.ProductLine;
import io.github.cvmattestation.snp.SnpReport;
import io.github.cvmattestation.tdx.TdQuote;
import io.github.cvmattestation.testkit.CrlSpec;
import io.github.cvmattestation.testkit.FakeKds;
import io.github.cvmattestation.testkit.FakePcs;
import io.github.cvmattestation.testkit.FaultyServer;
import io.github.cvmattestation.testkit.Line;
import io.github.cvmattestation.testkit.SimulatedCvm;
import java.time.Duration;
import java.util.function.Function;

/** The services of AMD and Intel. What they said before is as good: a verifier looks at dates. */
abstract class VendorScene implements FaultScene {
  private VendorScene() {}

  @Override
  public final Duration deadline() {
    return Duration.ofSeconds(60);
  }

  /** AMD's, with one of its three answers. */
  static final class Amd extends VendorScene {
    private final SimulatedCvm cvm = Forge.machine().line(Line.GENOA).build();

    /** Whose answers are swapped with those of the first. */
    private final SimulatedCvm other = Forge.machine().line(Line.TURIN).build();

    private final FakeKds kds = FakeKds.of(cvm, other);
    private final String path;
    private final Question question;
    private final Bytes expected;

    private Amd(
        Function<SimulatedCvm, String> path,
        Function<SimulatedCvm, Bytes> expected,
        Question question) {
      this.path = path.apply(cvm);
      this.expected = expected.apply(cvm);
      this.question = question;
    }

    /** How a machine's question is put. */
    private interface Question {
      Bytes ask(SimulatedCvm machine, AmdKds asked);
    }

    static Amd list() {
      return new Amd(
          machine -> FakeKds.crlPath(machine.line()),
          machine -> machine.pki().crl(CrlSpec.of(machine.line())),
          (machine, asked) -> asked.revocationList(line(machine)));
    }

    static Amd chain() {
      return new Amd(
          machine -> FakeKds.chainPath(machine.line()),
          machine -> machine.pki().chainPem(machine.line()),
          (machine, asked) -> asked.chain(line(machine)));
    }

    static Amd vcek() {
      return new Amd(
          FakeKds::vcekPath,
          machine -> machine.leaf().certificate(),
          (machine, asked) -> asked.vcek(report(machine)));
    }

    private static ProductLine line(SimulatedCvm machine) {
      return ProductLine.valueOf(machine.line().name());
    }

    private static SnpReport report(SimulatedCvm machine) {
      try {
        return SnpReport.parse(machine.snpReport(new ReportData(Bytes.zeros(64))));
      } catch (MalformedException e) {
        throw new AssertionError(e);
      }
    }

    private AmdKds asked(HttpClient http, FaultTime time) {
      return AmdKds.builder().endpoint(kds.url()).httpClient(http).time(time).build();
    }

    @Override
    public void prime() {
      AmdKds asked = asked(PLAIN, new FaultTime(Forge.AT));
      question.ask(cvm, asked);
      question.ask(other, asked);
    }

    @Override
    public FaultyServer server() {
      return kds.server();
    }

    @Override
    public String path() {
      return path;
    }

    @Override
    public Asker asker(HttpClient http, FaultTime time) {
      AmdKds asked = asked(http, time);
      return () -> {
        return question.ask(cvm, asked).equals(expected) ? RIGHT : HANDED_ON;
      };
    }

    @Override
    public void close() {
      kds.close();
    }
  }

  /**
   * Intel's collateral, of which one of four parts is at fault; the evidence is held against it.
   */
  static final class Intel extends VendorScene {
    private final SimulatedCvm cvm = Forge.machine().tdx().build();
    private final FakePcs pcs = FakePcs.of(cvm);
    private final String path;

    Intel(String path) {
      this.path = path;
    }

    private IntelPcs asked(HttpClient http, FaultTime time) {
      return IntelPcs.builder(pcs.url()).httpClient(http).time(time).build();
    }

    private TdQuote quote() {
      try {
        return TdQuote.parse(cvm.tdQuote(new ReportData(Bytes.zeros(64))));
      } catch (MalformedException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void prime() {
      asked(PLAIN, new FaultTime(Forge.AT)).collateral(quote());
    }

    @Override
    public FaultyServer server() {
      return pcs.server();
    }

    @Override
    public String path() {
      return path;
    }

    @Override
    public Asker asker(HttpClient http, FaultTime time) {
      IntelPcs asked = asked(http, time);
      TdQuote quote = quote();
      return () -> {
        Endorsements brought = Endorsements.none().withDocument(asked.collateral(quote).toJson());
        return FaultScene.verdict(
            Forge.verifier(cvm).verify(cvm.attest(Forge.NONCE), brought, Forge.NONCE, Forge.AT));
      };
    }

    @Override
    public void close() {
      pcs.close();
    }
  }
}
