package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.cvmattestation.attestation.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Given the values that real hardware put into its evidence, the writers give the same bytes. */
class RealEvidenceTest {
  private static final Path VECTORS =
      Path.of(System.getProperty("cvm.vectors", "../../shared/vectors"));

  @Test
  void writesTheReportThatAGenoaChipWrote() throws IOException {
    Bytes real = read("snp/genoa-v3/report.bin");

    Bytes written =
        SnpReportWriter.of(Line.GENOA)
            .guestSvn(2)
            .measurement(real.slice(0x90, 0xC0))
            .hostData(real.slice(0xC0, 0xE0))
            .idKeyDigest(real.slice(0xE0, 0x110))
            .reportId(real.slice(0x140, 0x160))
            .chipId(real.slice(0x1A0, 0x1E0))
            .tcb(new Tcb(0, 10, 0, 0x17, 0x54))
            .withSignature(real.slice(0x2A0, 0x2E8), real.slice(0x2E8, 0x330));

    assertThat(written).isEqualTo(real);
  }

  @ParameterizedTest
  @ValueSource(strings = {"azure/hcl-tdx/hcl.bin", "azure/hcl-tdx-userdata/hcl.bin"})
  void framesTdReportsAsTheParavisorDid(String file) throws IOException {
    Bytes real = read(file);
    HclReportWriter writer = HclReportWriter.tdx(claims(real));

    assertThat(writer.write(real.slice(32, 32 + 1024))).isEqualTo(real);
    assertThat(writer.reportData().value()).isEqualTo(real.slice(32 + 128, 32 + 192));
  }

  @Test
  void framesSnpReportsAsTheParavisorDid() throws IOException {
    Bytes real = read("azure/hcl-snp-2048/hcl.bin");
    HclReportWriter writer = HclReportWriter.snp(claims(real)).version(1).size(real.size());

    assertThat(writer.write(real.slice(32, 1216))).isEqualTo(real);
    assertThat(writer.reportData().value()).isEqualTo(real.slice(32 + 0x50, 32 + 0x90));
  }

  @Test
  void writesTheEvidenceThatAnAzureVmWrote() throws IOException {
    String real = new String(read("azure/snp-milan-v1/evidence.json").toArray(), UTF_8);
    List<Bytes> pcrs = pcrs(real);
    TreeMap<Integer, Bytes> byIndex = new TreeMap<>();
    pcrs.forEach(pcr -> byIndex.put(byIndex.size(), pcr));
    Bytes message = Bytes.ofHex(field(real, "message"));

    Bytes attest =
        TpmQuoteWriter.of(byIndex)
            .qualifiedSigner(message.slice(8, 42))
            .extraData(Bytes.of("challenge".getBytes(UTF_8)))
            .clock(0x359bae, 2, 0, 1)
            .attest();

    assertThat(attest).isEqualTo(message);
    SignedQuote quote =
        new SignedQuote(attest, Bytes.ofHex(field(real, "signature")), Bytes.empty());
    String written =
        CocoEvidence.versioned(
            1, base64(field(real, "hcl_report")), base64(field(real, "vcek")), quote, pcrs);
    assertThat(members(written)).isEqualTo(members(real.replace("=", ""))); // it pads its base64
  }

  /** What matters of a JSON text whose members may come in any order: its strings, sorted. */
  private static List<String> members(String json) {
    return Pattern.compile("\"[^\"]*\"")
        .matcher(json)
        .results()
        .map(m -> m.group())
        .sorted()
        .toList();
  }

  private static String claims(Bytes hcl) {
    int size = hcl.get(1232) | hcl.get(1233) << 8;
    return new String(hcl.slice(1236, 1236 + size).toArray(), UTF_8);
  }

  private static Bytes base64(String value) {
    return Bytes.of(Base64.getUrlDecoder().decode(value));
  }

  private static String field(String json, String name) {
    Matcher matcher = Pattern.compile('"' + name + "\":\\s*\"([^\"]*)\"").matcher(json);
    assertThat(matcher.find()).as(name).isTrue();
    return matcher.group(1);
  }

  private static List<Bytes> pcrs(String json) {
    List<Bytes> values = new ArrayList<>();
    Matcher matcher = Pattern.compile("\"([0-9a-f]{64})\"").matcher(json);
    while (matcher.find()) {
      values.add(Bytes.ofHex(matcher.group(1)));
    }
    return values;
  }

  private static Bytes read(String file) throws IOException {
    Path path = VECTORS.resolve(file);
    assumeTrue(Files.exists(path), () -> "no real evidence: " + path + " is absent");
    return Bytes.of(Files.readAllBytes(path));
  }
}
