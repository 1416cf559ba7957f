package io.github.cvmattestation.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.azure.AzureCheck;
import io.github.cvmattestation.azure.MaaCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page of the demonstration, as text: what it says, and that it asks for nothing. */
class DemoPageTest {
  private static final Pattern TAG = Pattern.compile("<(/?)([a-z0-9]+)([^>]*)>");
  private static final Set<String> VOID = Set.of("meta");

  @TempDir Path folder;

  private String page(String tee) throws IOException {
    Path file = folder.resolve("demo.html");
    Ran ran = Ran.cvm("demo", "--tee", tee, "--html", file.toString());
    assertThat(ran.code()).isEqualTo(Cvm.OK);
    assertThat(ran.err()).isEqualTo("cvm: drawn in " + file + "\n");
    return Files.readString(file);
  }

  @ParameterizedTest
  @ValueSource(strings = {"snp", "tdx"})
  void thePageShowsRoomsChainChecksAndRefusals(String tee) throws IOException {
    String page = page(tee);
    assertThat(page)
        .containsSubsequence("1 Gate", "2 Collect", "3 Verify", "4 Appraise", "5 Token")
        .containsSubsequence("runtime claims", ">AK<", ">quote<", ">PCRs<")
        .containsSubsequence("RELEASED", "DECRYPTED", "What is refused")
        .containsSubsequence(
            "PCR_DIGEST",
            "RELEASE_DENIED",
            ": x-ms-azurevm-vmid equals &quot;0b5c1f0a-77d2-4c3e-8f19-2a6d3e000002&quot;",
            "<dt>found</dt><dd>&quot;" + DemoMachine.VM,
            tee.equals("snp") ? "SNP_DEBUG" : "TDX_DEBUG");
    assertThat(page)
        .contains(AzureCheck.RUNTIME_CLAIMS.statement())
        .contains(MaaCheck.GUEST_KEY.id());
    assertBalanced(page);
    assertSelfContained(page);
    assertLinksWithin(page);
  }

  /** Whatever is open is closed, in order: a browser would mend it, and nobody would know how. */
  private static void assertBalanced(String page) {
    Deque<String> open = new ArrayDeque<>();
    Matcher tags = TAG.matcher(page.substring(page.indexOf("<html")));
    while (tags.find()) {
      if (VOID.contains(tags.group(2))) {
        continue;
      }
      if (tags.group(1).isEmpty()) {
        open.push(tags.group(2));
      } else {
        assertThat(open.poll()).as(tags.group()).isEqualTo(tags.group(2));
      }
    }
    assertThat(open).isEmpty();
  }

  private static void assertSelfContained(String page) {
    assertThat(page)
        .contains("content=\"default-src 'none'; style-src 'unsafe-inline'\"")
        .contains("<html lang=\"en\">", "name=\"color-scheme\" content=\"light dark\"")
        .doesNotContainIgnoringCase("<script")
        .doesNotContainIgnoringCase("<link")
        .doesNotContainIgnoringCase("<img")
        .doesNotContainIgnoringCase("<iframe")
        .doesNotContain("url(", "@import", " src=", " onload=", " onclick=");
  }

  private static void assertLinksWithin(String page) {
    List<String> links =
        Pattern.compile("href=\"([^\"]*)\"")
            .matcher(page)
            .results()
            .map(DemoPageTest::one)
            .toList();
    assertThat(links)
        .hasSize(7)
        .allMatch(link -> link.startsWith("#") && page.contains("id=\"" + link.substring(1)));
  }

  private static String one(MatchResult found) {
    return found.group(1);
  }

  @Test
  void whatIsShownIsTextAndNeverMarkup() {
    String page =
        DemoPage.of(List.of(DemoChapter.of("<script>alert('1')</script>", "a & b \"c\"")), false);
    assertThat(page)
        .contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;", "a &amp; b &quot;c&quot;")
        .doesNotContain("<script");
  }

  @Test
  void aFileThatCannotBeWrittenIsNoVerdict() {
    Ran ran = Ran.cvm("demo", "--html", folder.resolve("missing/demo.html").toString());
    assertThat(ran.code()).isEqualTo(Cvm.COULD_NOT_ASK);
    assertThat(ran.err()).contains("cannot write");
  }
}
