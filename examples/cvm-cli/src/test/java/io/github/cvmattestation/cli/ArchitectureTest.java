package io.github.cvmattestation.cli;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The rules between modules that neither Maven nor the module descriptors can see: Maven knows no
 * packages, and on a class path nobody reads the descriptors.
 */
@AnalyzeClasses(
    packages = ArchitectureTest.OURS,
    importOptions = ArchitectureTest.MainCodeOnly.class)
class ArchitectureTest {
  static final String OURS = "io.github.cvmattestation";

  private static final String CORE = OURS + ".attestation..";
  private static final String SNP = OURS + ".snp..";
  private static final String TDX = OURS + ".tdx..";
  private static final String VTPM = OURS + ".vtpm..";
  private static final String AZURE = OURS + ".azure..";
  private static final String TESTKIT = OURS + ".testkit..";
  private static final String CLI = OURS + ".cli..";
  private static final String INTERNAL = OURS + "..internal..";

  /** Tests may look into what they test. */
  static final class MainCodeOnly implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("/test-classes/");
    }
  }

  @ArchTest
  static void everyModuleIsInSight(JavaClasses classes) {
    for (String module : new String[] {CORE, SNP, TDX, VTPM, AZURE, TESTKIT, CLI}) {
      String root = module.substring(0, module.length() - "..".length());
      assertThat(classes).as(root).anyMatch(c -> (c.getPackageName() + ".").startsWith(root + "."));
    }
  }

  @ArchTest
  static final ArchRule coreDependsOnNothingOfOurs =
      noClasses()
          .that()
          .resideInAPackage(CORE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(SNP, TDX, VTPM, AZURE, TESTKIT, CLI);

  @ArchTest static final ArchRule snpSeesOnlyCore = seesOnlyCore(SNP, TDX, VTPM);

  @ArchTest static final ArchRule tdxSeesOnlyCore = seesOnlyCore(TDX, SNP, VTPM);

  @ArchTest static final ArchRule vtpmSeesOnlyCore = seesOnlyCore(VTPM, SNP, TDX);

  @ArchTest
  static final ArchRule testkitSeesOnlyCore =
      noClasses()
          .that()
          .resideInAPackage(TESTKIT)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(SNP, TDX, VTPM, AZURE, CLI);

  @ArchTest
  static final ArchRule noLibraryUsesTheTestkit =
      noClasses()
          .that()
          .resideInAnyPackage(CORE, SNP, TDX, VTPM, AZURE)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(TESTKIT);

  @ArchTest
  static final ArchRule internalsStayInTheLibraries =
      noClasses()
          .that()
          .resideInAnyPackage(CLI, TESTKIT)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(INTERNAL);

  @ArchTest static final ArchRule snpKeepsItsInternals = keepsItsInternals(SNP);
  @ArchTest static final ArchRule tdxKeepsItsInternals = keepsItsInternals(TDX);

  /** As its module descriptor has it: azure alone joins the quote's steps to its own. */
  @ArchTest static final ArchRule vtpmKeepsItsInternals = keepsItsInternals(VTPM, AZURE);

  @ArchTest static final ArchRule azureKeepsItsInternals = keepsItsInternals(AZURE);

  @ArchTest
  static final ArchRule nobodyRegistersAProvider =
      noClasses()
          .should()
          .callMethodWhere(
              target(owner(assignableTo(Security.class)))
                  .and(
                      target(
                          nameMatching("addProvider|insertProviderAt|removeProvider|setProperty"))))
          .because("providers are handed over, never registered: we are guests in the JVM");

  @ArchTest
  static final ArchRule nobodySetsASystemProperty =
      noClasses()
          .should()
          .callMethodWhere(
              target(owner(assignableTo(System.class)))
                  .and(target(nameMatching("setPropert(y|ies)|clearProperty"))))
          .because("system properties belong to the application");

  @ArchTest
  static final ArchRule librariesDoNotPrint =
      noClasses()
          .that()
          .resideInAnyPackage(CORE, SNP, TDX, VTPM, AZURE, TESTKIT)
          .should(ACCESS_STANDARD_STREAMS)
          .because("a library logs, and says its verdict in a value");

  /** All examples, also those that are compiled after this test: they show users the public API. */
  @Test
  void noExampleNamesAnInternalPackage() throws IOException {
    Path examples = Path.of("").toAbsolutePath().getParent();
    assertThat(examples).isDirectory().hasFileName("examples");
    try (Stream<Path> files = Files.walk(examples)) {
      assertThat(files.filter(ArchitectureTest::isMainSource))
          .isNotEmpty()
          .noneMatch(ArchitectureTest::namesAnInternalPackage);
    }
  }

  private static ArchRule seesOnlyCore(String module, String... siblings) {
    return noClasses()
        .that()
        .resideInAPackage(module)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(siblings)
        .orShould()
        .dependOnClassesThat()
        .resideInAnyPackage(AZURE, TESTKIT, CLI)
        .because("only azure joins what its siblings verify");
  }

  private static ArchRule keepsItsInternals(String module, String... friends) {
    String[] insiders = Stream.concat(Stream.of(module), Stream.of(friends)).toArray(String[]::new);
    return noClasses()
        .that()
        .resideOutsideOfPackages(insiders)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(module + "internal..");
  }

  private static boolean isMainSource(Path file) {
    return file.toString().endsWith(".java")
        && file.toString().contains("/src/main/".replace('/', java.io.File.separatorChar));
  }

  private static boolean namesAnInternalPackage(Path file) {
    try {
      return Files.readString(file)
          .matches("(?s).*\\bio\\.github\\.cvmattestation\\.[a-z.]*\\binternal\\b.*");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
