package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code cvm demo}: the whole path, on a VM that exists only in this process. */
final class Demo implements Command {
  private static final String TEE = "--tee";
  private static final String HTML = "--html";

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(
                "demo",
                this,
                "Attests a simulated confidential VM on Azure, from the nonce to a released key; then"
                    + " tries to get it otherwise.")
            .addOption(
                Options.value(TEE, "KIND", "The hardware to simulate: snp (the default) or tdx.")
                    .build())
            .addOption(
                Options.value(HTML, "FILE", "Draw it as well, on one page that needs nothing else.")
                    .build());
    spec.usageMessage()
        .footerHeading("%nExamples:%n")
        .footer("  cvm demo", "  cvm demo --tee tdx", "  cvm demo --html demo.html");
    return Options.withCommon(spec);
  }

  @Override
  public int run(ParseResult arguments, Console console) throws CouldNotAskException {
    String tee = Options.text(arguments, TEE).orElse("snp");
    if (!tee.equals("snp") && !tee.equals("tdx")) {
      throw Options.wrong(arguments, TEE + " is snp or tdx");
    }
    List<DemoChapter> story = new ArrayList<>();
    try (DemoRun run = new DemoRun(tee.equals("tdx"))) {
      run.tell(
          chapter -> {
            story.add(chapter);
            chapter.print(story.size(), console);
          });
    }
    Optional<String> page = Options.text(arguments, HTML);
    if (page.isPresent()) {
      String html = DemoPage.of(story, tee.equals("tdx"));
      OutputFolder.write(page.get(), Bytes.of(html.getBytes(StandardCharsets.UTF_8)));
      console.say("drawn in " + page.get());
    }
    return story.stream().allMatch(DemoChapter::isAsExpected) ? Cvm.OK : Cvm.REFUSED;
  }
}
