package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.Check;
import io.github.cvmattestation.attestation.Finding;
import java.util.ArrayList;
import java.util.List;

/**
 * The demonstration as one HTML page that asks for nothing: no script, no font, no image, and a
 * policy in it that forbids them. The drawing is made of lists, so that whoever does not see it
 * hears it in the same order.
 */
final class DemoPage {
  private static final List<String> ROOMS =
      List.of("Gate", "Collect", "Verify", "Appraise", "Token", "Release", "Unwrap");

  private static final String HEAD =
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>How a key comes to a confidential VM</title>
      <style>
      :root { --ink: #1b1f24; --soft: #57606a; --paper: #ffffff; --card: #f6f8fa; --line: #d0d7de; --yes: #116329; --no: #a40e26; }
      @media (prefers-color-scheme: dark) {
        :root { --ink: #e6edf3; --soft: #9da7b1; --paper: #0d1117; --card: #161b22; --line: #3d444d; --yes: #56d364; --no: #ff8f88; }
      }
      * { box-sizing: border-box; }
      body { margin: 0 auto; padding: 1.5rem; max-width: 62rem; color: var(--ink); background: var(--paper);
        font: 1rem/1.55 system-ui, sans-serif; }
      h1 { font-size: 1.8rem; line-height: 1.2; margin: 0 0 .5rem; }
      h2 { font-size: 1.35rem; margin: 2.5rem 0 1rem; }
      h3 { font-size: 1.05rem; margin: 0 0 .5rem; }
      p { margin: .4rem 0; }
      a { color: inherit; }
      code, .mono { font: .875em/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
      .soft { color: var(--soft); }
      .rooms { display: flex; flex-wrap: wrap; gap: .5rem 1.6rem; list-style: none; padding: 0; margin: 1.25rem 0; }
      .rooms li { position: relative; border: 2px solid var(--yes); border-radius: .5rem; padding: .35rem .8rem; background: var(--card); }
      .rooms li + li::before { content: "→"; position: absolute; left: -1.3rem; color: var(--soft); }
      section { border: 1px solid var(--line); border-radius: .6rem; background: var(--card); padding: 1rem 1.2rem; margin: 0 0 1rem; }
      .end { font-weight: 600; color: var(--yes); }
      .end.no { color: var(--no); }
      .end span { font-weight: 400; color: var(--soft); }
      .chain, .chain ol { list-style: none; margin: 0; padding: 0; }
      .chain ol { margin-left: .8rem; border-left: 2px solid var(--line); padding: .35rem 0 0 1rem; }
      .chain li { position: relative; }
      .chain ol > li::before { content: ""; position: absolute; left: -1rem; top: .8rem; width: .8rem; border-top: 2px solid var(--line); }
      ul.checks { list-style: none; margin: .1rem 0 .3rem; padding: 0 0 0 .2rem; font-size: .9rem; }
      ul.checks li::before { content: none; }
      ul.checks b { color: var(--yes); }
      dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: .5rem 0; }
      dt { color: var(--soft); }
      dd { margin: 0; overflow-wrap: anywhere; }
      @media (max-width: 36rem) { body { padding: .8rem; } dl { grid-template-columns: 1fr; } dd { margin: 0 0 .4rem; }
        .chain ol { margin-left: .2rem; padding-left: .6rem; } .chain ol > li::before { left: -.6rem; width: .4rem; } }
      </style>
      </head>
      <body>
      <header>
      <h1>How a key comes to a confidential VM</h1>
      """;

  private final StringBuilder html = new StringBuilder(HEAD);

  private DemoPage() {}

  /** The page. */
  static String of(List<DemoChapter> story, boolean tdx) {
    DemoPage page = new DemoPage();
    page.overview(story, tdx);
    page.html.append("<main>\n<h2 id=\"way\">The way through seven rooms</h2>\n");
    boolean refusals = false;
    for (int i = 0; i < story.size(); i++) {
      boolean refused = story.get(i).outcome().filter(DemoChapter.Outcome::refused).isPresent();
      if (refused && !refusals) {
        page.html.append("<h2 id=\"refusals\">What is refused</h2>\n");
        refusals = true;
      }
      page.chapter(i + 1, story.get(i));
    }
    page.html.append("</main>\n</body>\n</html>\n");
    return page.html.toString();
  }

  private void overview(List<DemoChapter> story, boolean tdx) {
    paragraph(
        "A simulated Azure VM on "
            + (tdx ? "Intel TDX" : "AMD SEV-SNP")
            + ", attested by cvm demo. Each room takes what the one before it has proven; the first"
            + " that says no is the last.");
    html.append("<nav aria-label=\"Rooms\"><ol class=\"rooms\">\n");
    for (int i = 0; i < ROOMS.size() && i < story.size(); i++) {
      html.append("<li><a href=\"#c")
          .append(i + 1)
          .append("\">")
          .append(i + 1)
          .append(' ')
          .append(ROOMS.get(i))
          .append("</a></li>\n");
    }
    html.append("</ol></nav>\n</header>\n");
  }

  private void chapter(int number, DemoChapter chapter) {
    html.append("<section id=\"c").append(number).append("\">\n<h3>").append(number).append(". ");
    text(chapter.title());
    html.append("</h3>\n");
    for (String line : chapter.lines()) {
      html.append("<p class=\"mono\">");
      text(line);
      html.append("</p>\n");
    }
    chain(chapter.chain());
    checks(chapter.checks());
    if (!chapter.parts().isEmpty()) {
      html.append("<h3>What is proven</h3>\n<dl>\n");
      chapter.parts().forEach(part -> entry(part.name(), part.content()));
      html.append("</dl>\n");
    }
    chapter.outcome().ifPresent(this::outcome);
    chapter.findings().forEach(this::finding);
    html.append("</section>\n");
  }

  /** Each link stands in the list of the link that vouches for it. */
  private void chain(List<ChainOfTrust.Proven> chain) {
    if (chain.isEmpty()) {
      return;
    }
    html.append("<ol class=\"chain\">\n");
    List<String> ends = new ArrayList<>();
    for (int i = 0; i < chain.size(); i++) {
      ChainOfTrust.Proven link = chain.get(i);
      html.append("<li><strong>");
      text(link.name());
      html.append("</strong> <span class=\"soft\">");
      text(link.meaning());
      html.append("</span>\n");
      checks(link.checks());
      boolean child = i + 1 < chain.size() && chain.get(i + 1).depth() > link.depth();
      html.append(child ? "<ol>\n" : "</li>\n");
      if (child) {
        ends.add("</ol></li>\n");
      }
    }
    ends.forEach(html::append);
    html.append("</ol>\n");
  }

  private void checks(List<Check> checks) {
    if (checks.isEmpty()) {
      return;
    }
    html.append("<ul class=\"checks\">\n");
    for (Check check : checks) {
      html.append("<li><b>✓</b> <code>");
      text(check.id());
      html.append("</code> ");
      text(check.statement());
      html.append("</li>\n");
    }
    html.append("</ul>\n");
  }

  private void outcome(DemoChapter.Outcome end) {
    html.append("<p class=\"end").append(end.refused() ? " no" : "").append("\">");
    text((end.refused() ? "✗ " : "✓ ") + end.verdict());
    html.append(" <span>");
    text(end.remark());
    html.append("</span></p>\n");
  }

  private void finding(Finding finding) {
    html.append("<dl>\n");
    entry("code", finding.code().name());
    entry("expected", finding.expected());
    entry("found", finding.actual());
    entry("clause", finding.clause());
    html.append("</dl>\n");
  }

  private void entry(String name, String content) {
    html.append("<dt>");
    text(name);
    html.append("</dt><dd>");
    text(content);
    html.append("</dd>\n");
  }

  private void paragraph(String content) {
    html.append("<p>");
    text(content);
    html.append("</p>\n");
  }

  /** Text, and never markup. */
  private void text(String content) {
    String shown = Printable.of(content);
    for (int i = 0; i < shown.length(); i++) {
      char c = shown.charAt(i);
      switch (c) {
        case '&' -> html.append("&amp;");
        case '<' -> html.append("&lt;");
        case '>' -> html.append("&gt;");
        case '"' -> html.append("&quot;");
        case '\'' -> html.append("&#39;");
        default -> html.append(c);
      }
    }
  }
}
