package io.github.cvmattestation.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.testkit.FakeResponse;
import io.github.cvmattestation.testkit.FaultyServer;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page of the demonstration in a headless Chromium, where there is one. All its requests go to
 * a proxy of the test's own, which counts them and passes none on.
 */
class DemoInBrowserTest {
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "chrome");

  /** What the browser asks its maker for on its own account. */
  private static final Pattern OF_THE_BROWSER =
      Pattern.compile("([a-z0-9.-]*\\.)?(google|googleapis|gstatic|gvt1|chromium)\\.(com|org)");

  private static final int MINUTES = 2;
  private static final int WIDTH = 1100;
  private static final int HEIGHT = 3200;

  @TempDir Path folder;

  private static Optional<String> browser() {
    String path = System.getenv().getOrDefault("PATH", "");
    return NAMES.stream()
        .flatMap(
            name -> Stream.of(path.split(File.pathSeparator)).map(entry -> Path.of(entry, name)))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst();
  }

  @Test
  void thePageIsSeenAndAsksForNothing() throws IOException, InterruptedException {
    Path page = folder.resolve("demo.html");
    Path picture = Path.of("target", "demo.png").toAbsolutePath();
    Optional<String> browser = browser();
    assumeTrue(browser.isPresent(), "no Chromium here: nobody looks at the page of cvm demo");
    assertThat(Ran.cvm("demo", "--html", page.toString()).code()).isEqualTo(Cvm.OK);
    assertThat(asked(browser.get(), page, picture)).isEmpty();
    BufferedImage seen = ImageIO.read(picture.toFile());
    assertThat(seen.getWidth()).isEqualTo(WIDTH);
    assertThat(inked(seen)).isGreaterThan(0.01);
  }

  /** Or else the silence of the other test would mean nothing. */
  @Test
  void aPageThatDoesAskIsCaught() throws IOException, InterruptedException {
    Optional<String> browser = browser();
    assumeTrue(browser.isPresent(), "no Chromium here");
    Path page =
        Files.writeString(
            folder.resolve("asks.html"), "<img src=\"http://elsewhere.invalid/pixel.png\">");
    assertThat(asked(browser.get(), page, folder.resolve("asks.png")))
        .contains("elsewhere.invalid");
  }

  /** The hosts that a page asks, with a picture of it taken. */
  private List<String> asked(String browser, Path page, Path picture)
      throws IOException, InterruptedException {
    List<String> hosts = new ArrayList<>();
    Files.createDirectories(picture.getParent());
    try (FaultyServer proxy =
        FaultyServer.http(
            request -> {
              synchronized (hosts) {
                hosts.add(host(request.header("host").orElse(request.path())));
              }
              return FakeResponse.of("text/plain", Bytes.of("no".getBytes(UTF_8))).withStatus(404);
            })) {
      Process process =
          new ProcessBuilder(
                  browser,
                  "--headless=new",
                  "--no-sandbox",
                  "--disable-gpu",
                  "--disable-dev-shm-usage",
                  "--disable-background-networking",
                  "--disable-component-update",
                  "--disable-sync",
                  "--no-first-run",
                  "--hide-scrollbars",
                  "--user-data-dir=" + folder.resolve("profile"),
                  "--proxy-server=" + proxy.url(),
                  "--proxy-bypass-list=<-loopback>",
                  "--window-size=" + WIDTH + "," + HEIGHT,
                  "--screenshot=" + picture,
                  page.toUri().toString())
              .redirectErrorStream(true)
              .redirectOutput(Redirect.DISCARD)
              .start();
      try {
        assertThat(process.waitFor(MINUTES, TimeUnit.MINUTES)).as("the browser ends").isTrue();
      } finally {
        process.destroyForcibly();
      }
    }
    synchronized (hosts) {
      return hosts.stream().filter(host -> !OF_THE_BROWSER.matcher(host).matches()).toList();
    }
  }

  private static String host(String authority) {
    int colon = authority.lastIndexOf(':');
    return colon < 0 ? authority : authority.substring(0, colon);
  }

  /** The share of pixels that are not of the most frequent colour. */
  private static double inked(BufferedImage picture) {
    Map<Integer, Integer> colors = new HashMap<>();
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        colors.merge(picture.getRGB(x, y), 1, Integer::sum);
      }
    }
    int most = colors.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    return 1 - (double) most / (picture.getWidth() * (double) picture.getHeight());
  }
}
