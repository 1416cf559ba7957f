package io.github.cvmattestation.tdx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.tdx.internal.TcbEvaluator;
import io.github.cvmattestation.tdx.internal.TcbEvaluator.PlatformSvns;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** Collateral that Intel published, and the SVNs of real quotes, read out of them by hand. */
class RealCollateralTcbTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("cvm.vectors", "../../shared/vectors")).resolve("tdx");
  private static final Instant NEWEST = Instant.parse("2024-11-13T00:00:00Z");

  private static final PlatformSvns SAPPHIRE_RAPIDS =
      new PlatformSvns(Bytes.ofHex("05050d02030100030000000000000000"), 11);
  private static final PlatformSvns EMERALD_RAPIDS =
      new PlatformSvns(Bytes.ofHex("04040202040100050000000000000000"), 13);

  private static Json.Obj json(String file) throws IOException, MalformedException {
    assumeTrue(
        Files.isDirectory(FOLDER),
        "real evidence is not at " + FOLDER + ": set cvm.vectors to its folder");
    Bytes text = Bytes.of(Files.readAllBytes(FOLDER.resolve(file)));
    return StrictJson.parse(file, text, SignedText.MAX_SIZE).asObject();
  }

  private static TcbEvaluation evaluate(
      String folder, PlatformSvns platform, String svn, Optional<String> svn2, int qeSvn)
      throws IOException, MalformedException, RefutedException {
    Bytes tcbInfo = json(folder + "/tcbInfo.json").require("tcbInfo").asObject().text();
    Bytes identity = json(folder + "/qeIdentity.json").require("enclaveIdentity").asObject().text();
    return TcbEvaluator.evaluate(
        TcbInfo.parse(unsigned(tcbInfo)),
        QeIdentity.parse(unsigned(identity)),
        platform,
        Bytes.ofHex(svn),
        svn2.map(Bytes::ofHex),
        qeSvn);
  }

  private static SignedText unsigned(Bytes text) {
    return new SignedText(text, Bytes.zeros(SignedText.SIGNATURE_SIZE));
  }

  @Test
  void aCurrentPlatformWithAVersionedModuleIsUpToDate() throws Exception {
    Json.Obj bundle = json("v4-b0c06f/collateral.json");
    TcbEvaluation evaluation =
        TcbEvaluator.evaluate(
            TcbInfo.parse(unsigned(text(bundle, "tcb_info"))),
            QeIdentity.parse(unsigned(text(bundle, "qe_identity"))),
            new PlatformSvns(Bytes.ofHex("03030202040100050000000000000000"), 11),
            Bytes.ofHex("06010300000000000000000000000000"),
            Optional.empty(),
            6);
    assertThat(evaluation.status()).isEqualTo(TcbStatus.UP_TO_DATE);
    assertThat(evaluation.tcbDate()).isEqualTo(Instant.parse("2024-03-13T00:00:00Z"));
    assertThat(evaluation.advisories()).isEmpty();
    assertThat(evaluation.shortfalls()).isEmpty();
    assertThat(evaluation.current()).isEmpty();
    assertThat(evaluation.launch().module().orElseThrow().status()).isEqualTo(TcbStatus.UP_TO_DATE);
  }

  private static Bytes text(Json.Obj bundle, String member) throws MalformedException {
    return Bytes.of(bundle.require(member).asString().getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void anOldPlatformWithAModuleFromBeforeVersioningIsOutOfDate() throws Exception {
    TcbEvaluation evaluation =
        evaluate(
            "v4-50806f-debug",
            SAPPHIRE_RAPIDS,
            "03000500000000000000000000000000",
            Optional.empty(),
            4);
    assertThat(evaluation.status()).isEqualTo(TcbStatus.OUT_OF_DATE);
    assertThat(evaluation.tcbDate()).isEqualTo(Instant.parse("2023-02-15T00:00:00Z"));
    assertThat(evaluation.advisories()).hasSize(11);
    assertThat(evaluation.launch().platform().advisories())
        .containsExactly(
            "INTEL-SA-00837",
            "INTEL-SA-00960",
            "INTEL-SA-00982",
            "INTEL-SA-00986",
            "INTEL-SA-01010",
            "INTEL-SA-01036",
            "INTEL-SA-01076",
            "INTEL-SA-01079",
            "INTEL-SA-01099",
            "INTEL-SA-01103",
            "INTEL-SA-01111");
    assertThat(evaluation.launch().module()).isEmpty();
    assertThat(evaluation.launch().qe().status()).isEqualTo(TcbStatus.UP_TO_DATE);
    assertThat(evaluation.shortfalls().stream().map(Object::toString))
        .containsExactly(
            "sgx[0] 5, needs 8",
            "sgx[1] 5, needs 8",
            "sgx[4] 3, needs 4",
            "sgx[7] 3, needs 6",
            "tdx[0] TDX module SVN 3, needs 5",
            "tdx[2] TDX late microcode update 5, needs 8");
    assertThat(evaluation.shortfalls()).allMatch(found -> found.levelDate().equals(NEWEST));
  }

  @Test
  void anUpdatedModuleIsUpToDateAtLaunchAndNow() throws Exception {
    TcbEvaluation evaluation =
        evaluate(
            "v5-90c06f",
            EMERALD_RAPIDS,
            "0b010400000000000000000000000000",
            Optional.of("0d010400000000000000000000000000"),
            7);
    assertThat(evaluation.status()).isEqualTo(TcbStatus.UP_TO_DATE);
    assertThat(evaluation.launch().status()).isEqualTo(TcbStatus.UP_TO_DATE);
    assertThat(evaluation.current().map(TcbAssessment::status)).contains(TcbStatus.UP_TO_DATE);
    assertThat(evaluation.tcbDate()).isEqualTo(NEWEST);
    assertThat(evaluation.advisories()).isEmpty();
    assertThat(evaluation.shortfalls()).isEmpty();
    assertThat(evaluation.isCurrentWorse()).isFalse();
  }

  @Test
  void aModuleUpdatedSinceItsLaunchAdvisesToLaunchAgain() throws Exception {
    TcbEvaluation evaluation =
        evaluate(
            "v5-90c06f",
            EMERALD_RAPIDS,
            "05010400000000000000000000000000",
            Optional.of("03030400000000000000000000000000"),
            7);
    assertThat(evaluation.status()).isEqualTo(TcbStatus.TD_RELAUNCH_ADVISED);
    assertThat(evaluation.launch().module().orElseThrow().advisories())
        .isEqualTo(List.of("INTEL-SA-01036", "INTEL-SA-01099"));
    assertThat(evaluation.shortfalls().stream().map(Object::toString))
        .containsExactly("module isvsvn 5, needs 6");
  }

  @Test
  void aModuleVersionThatIntelDoesNotListIsNotSupported() {
    Finding finding =
        Assertions.assertThrows(
                RefutedException.class,
                () ->
                    evaluate(
                        "v5-90c06f",
                        EMERALD_RAPIDS,
                        "0b010400000000000000000000000000",
                        Optional.of("09020400000000000000000000000000"),
                        7))
            .finding();
    assertThat(finding.code()).isEqualTo(TdxFinding.TDX_TCB_NOT_SUPPORTED);
    assertThat(finding.actual()).isEqualTo("versions 3, 1");
  }
}
