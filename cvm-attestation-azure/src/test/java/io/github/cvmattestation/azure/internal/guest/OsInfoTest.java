package io.github.cvmattestation.azure.internal.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a guest says of its operating system, by os-release(5). */
class OsInfoTest {
  @TempDir private Path folder;

  private OsInfo linux(String release) throws IOException {
    return OsInfo.linux(Files.writeString(folder.resolve("os-release"), release));
  }

  @ParameterizedTest
  @CsvSource({
    "Ubuntu, \"24.04\", 24, 4",
    "Debian GNU/Linux, \"12\", 12, 0",
    "Red Hat Enterprise Linux, \"9.4\", 9, 4",
    "SLES, \"15.5\", 15, 5",
    "Microsoft Azure Linux, \"3.0\", 3, 0",
    "Alpine Linux, 3.20.1, 3, 20",
  })
  void distributionsAreNamedAsTheyNameThemselves(String name, String version, int major, int minor)
      throws IOException {
    OsInfo os =
        linux(
            "PRETTY_NAME=\"something else\"\nNAME=\"%s\"\nVERSION=\"9 (other)\"\nVERSION_ID=%s\n"
                .formatted(name, version));
    assertThat(os).isEqualTo(new OsInfo(OsInfo.Type.LINUX, name, major, minor));
  }

  @Test
  void whatSaysNothingIsLinuxOfVersionOne() throws IOException {
    OsInfo unknown = new OsInfo(OsInfo.Type.LINUX, "Linux", 1, 0);
    assertThat(OsInfo.linux(folder.resolve("absent"))).isEqualTo(unknown);
    assertThat(linux("")).isEqualTo(unknown);
    assertThat(linux("ID=arch\nBUILD_ID=rolling\nVERSION_ID=rolling\n")).isEqualTo(unknown);
  }

  /** Microsoft's client refuses a major version 0. */
  @Test
  void noMajorVersionIsZero() throws IOException {
    assertThat(linux("NAME=x\nVERSION_ID=0.9\n"))
        .isEqualTo(new OsInfo(OsInfo.Type.LINUX, "x", 1, 9));
  }

  @Test
  void anOddFileIsBounded() throws IOException {
    OsInfo os = linux("NAME=\"" + "x".repeat(20_000) + "\"\nVERSION_ID=99999999999.1\n");
    assertThat(os.distribution().length()).isLessThanOrEqualTo(64);
    assertThat(os.major()).isPositive();
    assertThat(linux("NAME=\"" + "x".repeat(100) + "\"\n").distribution())
        .isEqualTo("x".repeat(64));
  }

  @Test
  void thisMachineIsOneOfTheTwo() {
    assertThat(OsInfo.local().type())
        .isEqualTo(
            System.getProperty("os.name").startsWith("Windows")
                ? OsInfo.Type.WINDOWS
                : OsInfo.Type.LINUX);
  }
}
