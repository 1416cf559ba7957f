package io.github.cvmattestation.azure;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.http.HttpClient;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.azure.internal.http.Refusals;
import io.github.cvmattestation.snp.SnpReport;
import io.github.cvmattestation.tdx.TdQuote;
import io.github.cvmattestation.tdx.TdReport;
import io.github.cvmattestation.testkit.FakeImds;
import io.github.cvmattestation.testkit.FakeResponse;
import io.github.cvmattestation.testkit.FaultyServer;
import io.github.cvmattestation.testkit.SimulatedCvm;
import io.github.cvmattestation.testkit.Tcb;
import java.time.Duration;

/** IMDS and the three questions to it. */
abstract class ImdsScene implements FaultScene {
  private static final ReportData DATA = ReportData.of(new Nonce(Bytes.zeros(32)));
  private static final ReportData EARLIER = ReportData.of(new Nonce(Bytes.ofHex("5a".repeat(32))));

  final SimulatedCvm cvm;
  final FakeImds imds;

  private ImdsScene(SimulatedCvm cvm) {
    this.cvm = cvm;
    imds = FakeImds.of(cvm);
  }

  final AzureImds asked() {
    return asked(PLAIN, new FaultTime(Forge.AT));
  }

  final AzureImds asked(HttpClient http, FaultTime time) {
    return new AzureImds(imds.url(), http, time);
  }

  @Override
  public final FaultyServer server() {
    return imds.server();
  }

  @Override
  public Duration deadline() {
    return Duration.ofMinutes(5);
  }

  @Override
  public final void close() {
    imds.close();
  }

  /** What Azure calls the machine; that of yesterday is as good. */
  static final class Instance extends ImdsScene {
    private final AzureInstance expected = asked().instance();
    private final SnpReport report = snpReport(cvm);

    Instance() {
      super(Forge.machine().build());
    }

    @Override
    public String path() {
      return FakeImds.INSTANCE;
    }

    @Override
    public void prime() {
      asked().instance();
      asked().vcek(report);
    }

    @Override
    public Asker asker(HttpClient http, FaultTime time) {
      AzureImds asked = asked(http, time);
      return () -> {
        assertThat(asked.instance()).isEqualTo(expected);
        return RIGHT;
      };
    }
  }

  /** THIM, whose stale answer is that of before an update of the firmware. */
  static final class Vcek extends ImdsScene {
    private final SnpReport report = snpReport(cvm);
    private final FakeResponse beforeTheUpdate;

    Vcek() {
      super(Forge.machine().build());
      Tcb before = cvm.line().healthyTcb().withMicrocode(1);
      SimulatedCvm old =
          Forge.machine().leaf(leaf -> leaf.tcb(before)).report(r -> r.tcb(before)).build();
      FakeResponse[] answer = new FakeResponse[1];
      try (FakeImds then = FakeImds.of(old)) {
        then.answering(
            given -> {
              answer[0] = given;
              return given;
            });
        new AzureImds(then.url(), PLAIN, new FaultTime(Forge.AT)).vcek(snpReport(old));
      }
      beforeTheUpdate = answer[0];
    }

    @Override
    public String path() {
      return FakeImds.CERTIFICATION;
    }

    @Override
    public void prime() {
      imds.answering(answer -> beforeTheUpdate);
      Refusals.of(() -> asked().vcek(report));
      imds.answering(answer -> answer);
      asked().instance();
    }

    @Override
    public Asker asker(HttpClient http, FaultTime time) {
      AzureImds asked = asked(http, time);
      return () -> {
        assertThat(asked.vcek(report).chain()).isEqualTo(cvm.pki().chainPem(cvm.line()));
        return RIGHT;
      };
    }
  }

  /** Quotes, whose stale answer is of another report. */
  static final class Quote extends ImdsScene {
    Quote() {
      super(Forge.machine().tdx().build());
    }

    @Override
    public String path() {
      return FakeImds.TD_QUOTE;
    }

    @Override
    public void prime() {
      asked().tdQuote(tdReport(EARLIER));
      asked().instance();
    }

    @Override
    public Asker asker(HttpClient http, FaultTime time) {
      AzureImds asked = asked(http, time);
      TdReport report = tdReport(DATA);
      return () -> {
        try {
          TdQuote quote = TdQuote.parse(asked.tdQuote(report));
          assertThat(quote.body().reportData()).isEqualTo(DATA.value());
          return RIGHT;
        } catch (MalformedException e) {
          throw new AssertionError(e);
        }
      };
    }

    private TdReport tdReport(ReportData data) {
      try {
        return TdReport.parse(cvm.tdReport(data));
      } catch (MalformedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private static SnpReport snpReport(SimulatedCvm cvm) {
    try {
      return SnpReport.parse(cvm.snpReport(DATA));
    } catch (MalformedException e) {
      throw new AssertionError(e);
    }
  }
}
