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

  @Override
  public final void prime() {
    askAll(PLAIN, new FaultTime(Forge.AT));
  }

  abstract void askAll(HttpClient http, FaultTime time);

  /** AMD's, with one of its three answers. */
  static final class Amd extends VendorScene {
    private final SimulatedCvm cvm = Forge.machine().build();
    private final ProductLine line = ProductLine.valueOf(cvm.line().name());
    private final FakeKds kds = FakeKds.of(cvm);
    private final String path;
    private final Function<AmdKds, Bytes> question;
    private final Bytes expected;

    private Amd(Function<Amd, String> path, Function<Amd, Bytes> expected, Answer answer) {
      this.path = path.apply(this);
      this.expected = expected.apply(this);
      question = asked -> answer.of(this, asked);
    }

    /** How the question is put. */
    private interface Answer {
      Bytes of(Amd scene, AmdKds asked);
    }

    static Amd list() {
      return new Amd(
          scene -> FakeKds.crlPath(scene.cvm.line()),
          scene -> scene.cvm.pki().crl(CrlSpec.of(scene.cvm.line())),
          (scene, asked) -> asked.revocationList(scene.line));
    }

    static Amd chain() {
      return new Amd(
          scene -> FakeKds.chainPath(scene.cvm.line()),
          scene -> scene.cvm.pki().chainPem(scene.cvm.line()),
          (scene, asked) -> asked.chain(scene.line));
    }

    static Amd vcek() {
      return new Amd(
          scene -> FakeKds.vcekPath(scene.cvm),
          scene -> scene.cvm.leaf().certificate(),
          (scene, asked) -> asked.vcek(scene.report()));
    }

    private SnpReport report() {
      try {
        return SnpReport.parse(cvm.snpReport(new ReportData(Bytes.zeros(64))));
      } catch (MalformedException e) {
        throw new AssertionError(e);
      }
    }

    private AmdKds asked(HttpClient http, FaultTime time) {
      return AmdKds.builder().endpoint(kds.url()).httpClient(http).time(time).build();
    }

    @Override
    void askAll(HttpClient http, FaultTime time) {
      AmdKds asked = asked(http, time);
      asked.revocationList(line);
      asked.chain(line);
      asked.vcek(report());
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
        return question.apply(asked).equals(expected) ? RIGHT : HANDED_ON;
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
    void askAll(HttpClient http, FaultTime time) {
      asked(http, time).collateral(quote());
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
