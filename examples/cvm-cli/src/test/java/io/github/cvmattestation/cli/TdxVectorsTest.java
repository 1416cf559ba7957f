package io.github.cvmattestation.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real TD quotes, their collateral and a real event log, through the command. */
class TdxVectorsTest {
  private static final Path VECTORS =
      Path.of(System.getProperty("cvm.vectors", "../../../shared/vectors"));
  private static final Path TDX = VECTORS.resolve("tdx");
  private static final Map<String, String> FILES =
      Map.of(
          "--tcb-info", "tcbInfo.json",
          "--tcb-chain", "tcb_signing_chain.pem",
          "--qe-identity", "qeIdentity.json",
          "--qe-chain", "qe_identity_signing_chain.pem",
          "--pck-crl", "pck_crl_platform.der",
          "--root-crl", "root_ca_crl.der");

  @TempDir private Path folder;

  @BeforeEach
  void evidenceIsThere() {
    assumeTrue(Files.isDirectory(TDX), "no real evidence in " + VECTORS);
  }

  private static List<String> verify(String name, String at) {
    List<String> args = new ArrayList<>(List.of("verify", "tdx", "--output", "json", "--at", at));
    args.addAll(List.of("--quote", TDX.resolve(name).resolve("quote.bin").toString()));
    Path bundle = TDX.resolve(name).resolve("collateral.json");
    if (Files.exists(bundle)) {
      args.addAll(List.of("--collateral", bundle.toString()));
    } else {
      FILES.forEach(
          (option, file) ->
              args.addAll(List.of(option, TDX.resolve(name).resolve(file).toString())));
    }
    return args;
  }

  @ParameterizedTest
  @CsvSource({
    "v4-b0c06f, 2025-07-01T00:00:00Z, UpToDate, 2024-03-13T00:00:00Z, 0, affirmed",
    "v5-90c06f, 2026-04-01T00:00:00Z, UpToDate, 2024-11-13T00:00:00Z, 0, affirmed",
    "v4-50806f-debug, 2026-04-01T00:00:00Z, OutOfDate, 2023-02-15T00:00:00Z, 11, rejected"
  })
  void realQuotesComeOutAsTheManifestSays(
      String name, String at, String status, String date, int advisories, String appraisal)
      throws MalformedException {
    Ran ran = Ran.cvm(verify(name, at));
    assertThat(ran.code()).isEqualTo(appraisal.equals("affirmed") ? Cvm.OK : Cvm.REFUSED);
    Json.Obj json = ran.json();
    assertThat(json.require("verification").asString()).isEqualTo("verified");
    assertThat(json.require("appraisal").asString()).isEqualTo(appraisal);
    Json.Obj tdx = json.require("claims").asObject().require("tdx").asObject();
    assertThat(tdx.require("tcbStatus").asString()).isEqualTo(status);
    assertThat(tdx.require("tcbDate").asString()).isEqualTo(date);
    assertThat(tdx.require("advisories").asArray(100)).hasSize(advisories);
    assertThat(tdx.require("rtmr").asArray(4)).hasSize(4);
    if (name.startsWith("v5")) {
      assertThat(tdx.require("launchStatus").asString()).isEqualTo("UpToDate");
      assertThat(tdx.require("currentStatus").asString()).isEqualTo("UpToDate");
    }
    if (appraisal.equals("rejected")) {
      assertThat(ran.codes("findings"))
          .containsExactly("TDX_TCB_STATUS", "TDX_ADVISORY", "TDX_DEBUG");
    }
    List<String> unappraised = verify(name, at);
    unappraised.add("--no-policy");
    assertThat(Ran.cvm(unappraised).code()).isEqualTo(Cvm.OK);
  }

  @ParameterizedTest
  @CsvSource({
    "v4-b0c06f, 2025-06-19T10:32:27Z, ''",
    "v4-b0c06f, 2025-06-19T10:32:26Z, COLLATERAL_NOT_YET_VALID",
    "v4-b0c06f, 2025-07-19T10:00:35Z, ''",
    "v4-b0c06f, 2025-07-19T10:00:36Z, CRL_DATES",
    "v5-90c06f, 2026-03-16T22:34:04Z, CRL_DATES",
    "v5-90c06f, 2026-04-15T22:16:03Z, COLLATERAL_EXPIRED"
  })
  void collateralHoldsInItsWindowAndNotASecondLonger(String name, String at, String code)
      throws MalformedException {
    Ran ran = Ran.cvm(verify(name, at));
    if (code.isEmpty()) {
      assertThat(ran.code()).isEqualTo(Cvm.OK);
    } else {
      assertThat(ran.codes("findings")).containsExactly(code);
    }
  }

  @Test
  void anotherNonceIsRefuted() throws MalformedException {
    List<String> args = verify("v4-b0c06f", "2025-07-01T00:00:00Z");
    args.addAll(List.of("--nonce", "00".repeat(32)));
    assertThat(Ran.cvm(args).codes("findings")).containsExactly("NONCE_MISMATCH");
  }

  @Test
  void aQuoteOfSgxIsRefutedForThatEvenWithoutCollateral() throws MalformedException {
    Ran ran = Ran.cvm(List.of("verify", "tdx", "--output", "json", "--quote", file("sgx-quote")));
    assertThat(ran.code()).isEqualTo(Cvm.REFUSED);
    assertThat(ran.codes("findings")).containsExactly("TDX_TYPE");
  }

  @Test
  void damagedCollateralIsRefutedAndNoFailureOfTheCommand() throws IOException, MalformedException {
    List<String> args = verify("v4-b0c06f", "2025-07-01T00:00:00Z");
    Path damaged = Files.writeString(folder.resolve("collateral"), "{\"tcb_info\":");
    args.set(args.indexOf("--collateral") + 1, damaged.toString());
    Ran ran = Ran.cvm(args);
    assertThat(ran.code()).isEqualTo(Cvm.REFUSED);
    assertThat(ran.codes("findings")).hasSize(1);
    List<String> files = verify("v5-90c06f", "2026-04-01T00:00:00Z");
    files.set(files.indexOf("--tcb-info") + 1, damaged.toString());
    assertThat(Ran.cvm(files).code()).isEqualTo(Cvm.REFUSED);
    files.subList(files.indexOf("--tcb-info"), files.indexOf("--tcb-info") + 2).clear();
    assertThat(Ran.cvm(files).code()).isEqualTo(Cvm.USAGE);
  }

  @Test
  void aRealLogAddsUpToTheRtmrsOfItsQuoteAndToNoOthers() throws MalformedException {
    List<String> args =
        new ArrayList<>(
            List.of(
                "replay",
                "--ccel",
                "--output",
                "json",
                "--at",
                "2026-04-01T00:00:00Z",
                "--log",
                TDX.resolve("cos-113/ccel.bin").toString(),
                "--quote",
                file("cos-113")));
    Ran equal = Ran.cvm(args);
    assertThat(equal.code()).isEqualTo(Cvm.OK);
    assertThat(equal.json().require("replay").asString()).isEqualTo("equal");
    assertThat(equal.codes("warnings")).containsExactly("QUOTE_NOT_VERIFIED");
    args.set(args.size() - 1, file("v4-b0c06f"));
    Ran different = Ran.cvm(args);
    assertThat(different.code()).isEqualTo(Cvm.REFUSED);
    assertThat(different.json().require("replay").asString()).isEqualTo("different");
    assertThat(Ran.plain(different.json().require("mismatches"))).isEqualTo("[0,1,2]");
    args.set(args.size() - 1, file("sgx-quote"));
    assertThat(Ran.cvm(args).codes("findings")).containsExactly("TDX_TYPE");
  }

  @Test
  void aSecondSeparatorInOneRegisterIsRefused() throws MalformedException {
    Ran ran =
        Ran.cvm(
            "replay",
            "--ccel",
            "--output",
            "json",
            "--log",
            VECTORS.resolve("eventlog/ccel-dupe-separator/log.bin").toString());
    assertThat(ran.code()).isEqualTo(Cvm.REFUSED);
    assertThat(ran.codes("findings")).containsExactly("LOG_SEPARATOR");
  }

  @ParameterizedTest
  @CsvSource({"cos-101-amd-sev", "ubuntu-2104-no-secure-boot"})
  void realFirmwareLogsAddUpToTheirPcrs(String name) throws MalformedException {
    Path log = VECTORS.resolve("eventlog").resolve(name);
    Ran ran =
        Ran.cvm(
            "replay",
            "--output",
            "json",
            "--log",
            log.resolve("log.bin").toString(),
            "--pcrs",
            log.resolve("pcrs.json").toString());
    assertThat(ran.code()).isEqualTo(Cvm.OK);
    assertThat(ran.json().require("replay").asString()).isEqualTo("equal");
  }

  @ParameterizedTest
  @CsvSource({"v4-b0c06f/quote.bin, a TD quote", "v4-b0c06f/collateral.json, Intel's collateral"})
  void inspectSaysWhatItIsAndThatNothingIsVerified(String name, String kind) {
    Ran ran = Ran.cvm("inspect", TDX.resolve(name).toString());
    assertThat(ran.code()).isEqualTo(Cvm.OK);
    assertThat(ran.out()).contains("NOT VERIFIED", kind);
  }

  private static String file(String name) {
    return TDX.resolve(name).resolve("quote.bin").toString();
  }
}
