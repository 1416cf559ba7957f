package io.github.cvmattestation.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.AttestationException.Service.Failure;
import io.github.cvmattestation.attestation.FindingCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of attacks against the tests: each number has one that exists and says so. */
class SecurityCasesTest {
  /** Numbers that the security brief does not give. */
  private static final Set<Integer> GAPS =
      Set.of(2, 5, 10, 13, 15, 19, 23, 30, 31, 37, 38, 45, 48, 57, 67, 72, 73, 79, 88, 94);

  private static final int LAST = 100;

  /** From here on a test bears its number; many of those before are rows of a matrix. */
  private static final int FIRST_NUMBERED = 53;

  /** The one attack that ends in no code: what it plants is never believed. */
  private static final int WITHOUT_CODE = 51;

  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| (\\d+) \\| ([^|]+) \\| ([^|]+) \\| ([^|]+) \\|$");
  private static final Pattern CODE = Pattern.compile("`([A-Z_]+)`");
  private static final Pattern TEST = Pattern.compile("`((?:[a-z]+\\.)?\\w+)\\.(\\w+)`");

  private record Case(int number, List<String> codes, List<MatchResult> tests) {}

  private static List<Case> cases() throws IOException {
    return ROW.matcher(Files.readString(DocsTest.ROOT.resolve("docs/security-cases.md")))
        .results()
        .map(
            row ->
                new Case(
                    Integer.parseInt(row.group(1)),
                    CODE.matcher(row.group(3)).results().map(code -> code.group(1)).toList(),
                    TEST.matcher(row.group(4)).results().toList()))
        .toList();
  }

  @Test
  void everyCaseOfTheBriefIsThereOnceAndInOrder() throws IOException {
    assertThat(cases())
        .extracting(Case::number)
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, LAST).filter(n -> !GAPS.contains(n)).boxed().toList());
  }

  @Test
  void everyCodeExists() throws IOException {
    Set<String> existing =
        Stream.concat(
                DocsTest.findingCodes().map(FindingCode::name),
                Arrays.stream(Failure.values()).map(Failure::name))
            .collect(Collectors.toSet());
    for (Case one : cases()) {
      if (one.number() == WITHOUT_CODE) {
        assertThat(one.codes()).isEmpty();
      } else {
        assertThat(one.codes()).as("case %d", one.number()).isNotEmpty();
      }
      assertThat(existing).as("case %d", one.number()).containsAll(one.codes());
    }
  }

  @Test
  void everyTestExistsAndOfTheLaterCasesBearsItsNumberAndNamesTheCode() throws IOException {
    Map<String, String> sources = testSources();
    for (Case one : cases()) {
      assertThat(one.tests()).as("case %d", one.number()).isNotEmpty();
      for (MatchResult test : one.tests()) {
        String method = method(sources, test.group(1), test.group(2));
        assertThat(method).as("case %d: %s", one.number(), test.group()).isNotEmpty();
        if (one.number() >= FIRST_NUMBERED) {
          assertThat(method)
              .as("case %d: %s", one.number(), test.group())
              .containsPattern("\\* Case " + one.number() + "\\b")
              .contains(one.codes());
        }
      }
    }
  }

  /** By package and class, where the package is the last part of its name; and by class alone. */
  private static Map<String, String> testSources() throws IOException {
    Map<String, String> sources = new HashMap<>();
    try (Stream<Path> modules = Files.list(DocsTest.ROOT)) {
      for (Path module : modules.filter(dir -> dir.toString().contains("cvm-")).toList()) {
        Path tests = module.resolve("src/test/java");
        if (Files.isDirectory(tests)) {
          addSources(tests, sources);
        }
      }
    }
    return sources;
  }

  private static void addSources(Path tests, Map<String, String> sources) throws IOException {
    try (Stream<Path> files = Files.walk(tests)) {
      for (Path file : files.filter(path -> path.toString().endsWith("Test.java")).toList()) {
        String name = file.getFileName().toString().replace(".java", "");
        String text = Files.readString(file);
        sources.put(file.getParent().getFileName() + "." + name, text);
        // Of two classes of one name neither is meant by the name alone.
        sources.merge(name, text, (first, second) -> "");
      }
    }
  }

  /** A test method from the blank line before its Javadoc to its end, or nothing. */
  private static String method(Map<String, String> sources, String type, String name) {
    String source = sources.getOrDefault(type, "");
    int declared = source.indexOf("  void " + name + "(");
    if (declared < 0) {
      return "";
    }
    String from = source.substring(0, declared);
    String method =
        source.substring(from.lastIndexOf("\n\n") + 1, source.indexOf("\n  }\n", declared));
    boolean isTest = method.contains("  @Test\n") || method.contains("  @ParameterizedTest");
    return isTest ? method : "";
  }
}
