package io.github.cvmattestation.attestation.eventlog;

import static io.github.cvmattestation.attestation.eventlog.BootWriter.on;
import static io.github.cvmattestation.attestation.eventlog.BootWriter.read;
import static io.github.cvmattestation.attestation.eventlog.LogWriter.ascii;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.ReferenceValues;
import io.github.cvmattestation.attestation.internal.Digests;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The {@code boot} section of a policy file demands what the Java policy demands, and no less. */
class BootPolicyJsonTest {
  private static final Bytes IMAGE = ascii("MZ what Authenticode hashes");
  private static final String USED = Digests.sha256(BootWriter.HASH).hex();
  private static final String OTHER = "ab".repeat(32);

  private static final BootState BOOT =
      read(
          on().measured(2, LogWriter.SEPARATOR, LogWriter.ZEROS)
              .measured(4, LogWriter.SEPARATOR, LogWriter.ZEROS)
              .event(4, LogWriter.BOOT_APPLICATION, ascii("path"), IMAGE)
              .event(8, LogWriter.IPL, "grub_cmd: linux\0", "linux")
              .event(8, LogWriter.IPL, "grub_cmd: quiet\0", "quiet"),
          2,
          4,
          7,
          8);

  private static final BootState UNKNOWN =
      read(BootWriter.sha256().measured(8, LogWriter.IPL, "x"), 8);

  @Test
  void secureBootIsRequiredOrIgnoredAndThatMustBeSaid() {
    assertThat(codes("{\"secureBoot\": \"required\"}", BOOT)).isEmpty();
    assertThat(codes("{\"secureBoot\": \"required\"}", UNKNOWN))
        .containsExactly(BootFinding.BOOT_SECURE_BOOT);
    assertThat(codes("{\"secureBoot\": \"ignore\"}", UNKNOWN)).isEmpty();
    refused("{}");
  }

  @Test
  void authoritiesAndTextsAreDemanded() {
    String authorities = "{\"secureBoot\": \"required\", \"authorities\": [\"%s\"]}";
    assertThat(codes(authorities.formatted(USED), BOOT)).isEmpty();
    assertThat(codes(authorities.formatted(OTHER), BOOT))
        .containsExactly(BootFinding.BOOT_REFERENCE);
    String texts = "{\"secureBoot\": \"ignore\", \"loaderTexts\": [\"%s\", \"%s\"]}";
    assertThat(codes(texts.formatted("linux", "quiet"), BOOT)).isEmpty();
    assertThat(codes(texts.formatted("quiet", "linux"), BOOT))
        .containsExactly(BootFinding.BOOT_REFERENCE);
  }

  @Test
  void whatIsRevokedIsRefused() {
    String revoked = "{\"secureBoot\": \"ignore\", \"revoked\": {\"imageHashes\": [\"%s\"]}}";
    assertThat(codes(revoked.formatted(Digests.sha256(IMAGE).hex()), BOOT))
        .containsExactly(BootFinding.BOOT_REVOKED);
    assertThat(codes(revoked.formatted(OTHER), BOOT)).isEmpty();
    String hashes = "{\"secureBoot\": \"ignore\", \"revoked\": {\"certificateHashes\": [\"%s\"]}}";
    assertThat(codes(hashes.formatted(OTHER), UNKNOWN)).containsExactly(BootFinding.BOOT_REVOKED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{\"secureBoot\": true}",
        "{\"secureBoot\": \"on\"}",
        "{\"secureBoot\": \"required\", \"secureboot\": \"ignore\"}",
        "{\"secureBoot\": \"required\", \"secureBoot\": \"ignore\"}",
        "{\"secureBoot\": \"required\", \"authorities\": []}",
        "{\"secureBoot\": \"required\", \"authorities\": \"ignore\"}",
        "{\"secureBoot\": \"required\", \"authorities\": [\"abcd\"]}",
        "{\"secureBoot\": \"required\", \"loaderTexts\": []}",
        "{\"secureBoot\": \"required\", \"loaderTexts\": [1]}",
        "{\"secureBoot\": \"required\", \"sbat\": {}}",
        "{\"secureBoot\": \"required\", \"sbat\": {\"shim\": 0}}",
        "{\"secureBoot\": \"required\", \"sbat\": {\"shim\": \"2\"}}",
        "{\"secureBoot\": \"ignore\", \"sbat\": {\"shim\": 2}}",
        "{\"secureBoot\": \"required\", \"revoked\": {}}",
        "{\"secureBoot\": \"required\", \"revoked\": {\"imageHashes\": []}}",
        "{\"secureBoot\": \"required\", \"revoked\": {\"imageHashes\": [\"00\"]}}",
        "{\"secureBoot\": \"required\", \"revoked\": {\"certificates\": [\"3000\"]}}",
        "{\"secureBoot\": \"required\", \"revoked\": {\"images\": [\"00\"]}}"
      })
  void everythingElseIsAMistakeOfThePolicy(String json) {
    refused(json);
  }

  /** Where Secure Boot may be off, a list of authorities would only look like a demand. */
  @Test
  void authoritiesWithoutSecureBootContradictThemselves() {
    refused("{\"secureBoot\": \"ignore\", \"authorities\": [\"" + USED + "\"]}");
  }

  @Test
  void aPolicyFileMayHaveABootSection() {
    Bytes json = utf8("{\"boot\": {\"secureBoot\": \"required\"}}");
    AppraisalPolicy policy = AppraisalPolicy.fromReferenceValues(ReferenceValues.parse(json));
    assertThat(Appraisals.rejections(policy, BOOT.claims())).isEmpty();
    assertThat(Appraisals.rejections(policy, UNKNOWN.claims()))
        .extracting(Finding::code)
        .containsExactly(BootFinding.BOOT_SECURE_BOOT);
    Bytes wrong = utf8("{\"boot\": {\"secureBoot\": \"required\", \"x\": 1}}");
    assertThatThrownBy(() -> AppraisalPolicy.fromReferenceValues(ReferenceValues.parse(wrong)))
        .isInstanceOf(AttestationException.Configuration.class);
  }

  private static List<FindingCode> codes(String json, BootState boot) {
    return Appraisals.rejections(BootPolicy.parse(utf8(json)), boot.claims()).stream()
        .map(Finding::code)
        .toList();
  }

  private static void refused(String json) {
    assertThatThrownBy(() -> BootPolicy.parse(utf8(json)))
        .isInstanceOf(AttestationException.Configuration.class);
  }

  private static Bytes utf8(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }
}
