package io.github.cvmattestation.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelpTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "demo ",
        "verify snp ",
        "verify tdx ",
        "verify azure ",
        "replay ",
        "inspect ",
        "seal ",
        "unseal ",
        "approve ",
        "luks key ",
        "policy build ",
        "policy lint ",
        "policy explain ",
        "policy test ",
        "doctor ",
        "attest ",
        "release "
      })
  void everyCommandHasHelpWithExamples(String command) {
    Ran ran = Ran.cvm((command + "--help").split(" "));
    assertThat(ran.code()).isEqualTo(Cvm.OK);
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out())
        .startsWith("Usage: " + ("cvm " + command).strip())
        .contains("Examples:\n  cvm " + command.strip());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--at",
        "--nonce",
        "--report-data",
        "--policy",
        "--no-policy",
        "--output",
        "--certs",
        "--crl"
      })
  void bothKindsOfVerificationHaveTheCommonOptions(String option) {
    assertThat(Ran.cvm("verify", "snp", "--help").out()).contains(option);
    assertThat(Ran.cvm("verify", "azure", "--help").out()).contains(option);
  }

  /** The list of commands shows the first paragraph of each alone. */
  @Test
  void everyCommandIsSummarisedInAWholeSentence() {
    for (String group : new String[] {"--help", "verify --help", "policy --help", "luks --help"}) {
      String list = Ran.cvm(group.split(" ")).out().split("Commands:\n", 2)[1].split("\n\n", 2)[0];
      // A summary that goes on is indented deeper than a name.
      for (String summary : list.split("\n  (?=[a-z])")) {
        assertThat(summary.strip()).as(group).endsWith(".");
      }
    }
  }

  @Test
  void theVersionBearsTheName() {
    Ran ran = Ran.cvm("--version");
    assertThat(ran.code()).isEqualTo(Cvm.OK);
    assertThat(ran.out()).matches("cvm \\S.*\n");
    assertThat(Ran.cvm("verify", "snp", "--version")).isEqualTo(ran);
  }
}
