package io.github.cvmattestation.snp;

import static io.github.cvmattestation.snp.Scene.assertRefuted;
import static io.github.cvmattestation.snp.Scene.claimsOf;
import static io.github.cvmattestation.snp.Scene.proven;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.AttestationResult;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.CertificateBundle;
import io.github.cvmattestation.attestation.crypto.DerCertificate;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.attestation.internal.Json;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What public projects captured on real machines comes out as their manifest says. */
class RealEvidenceTest {
  private static final List<List<Integer>> ORDERS =
      List.of(
          List.of(0, 1, 2),
          List.of(0, 2, 1),
          List.of(1, 0, 2),
          List.of(1, 2, 0),
          List.of(2, 0, 1),
          List.of(2, 1, 0));

  static Stream<Arguments> reports() {
    return Vectors.cases("snp-report")
        .flatMap(found -> Backends.all().map(backend -> Arguments.of(found, backend)));
  }

  static Stream<Vectors.Case> leaves() {
    return Vectors.cases("snp-leaf");
  }

  static Stream<Vectors.Case> thimResponses() {
    return Vectors.cases("thim-response");
  }

  @ParameterizedTest(name = "{0} under {1}")
  @MethodSource("reports")
  void reportsComeOutAsTheManifestSays(Vectors.Case found, SignatureBackend backend) {
    assertThat(found.expected("verification")).contains("verified");
    SnpVerifier verifier = offline(backend);
    Bytes leaf = found.file("leaf");
    Verification.Verified alone =
        proven(verify(verifier, found, Endorsements.ofCertificates(leaf), found.at()));
    SnpClaims claims = claimsOf(alone);

    assertThat(claims.productLine().label()).isEqualTo(found.expected("product").orElseThrow());
    assertThat((long) claims.report().version()).isEqualTo(number(found, "reportVersion", -1));
    assertThat(claims.leaf().kind().name()).isEqualTo(found.expected("signingKey").orElse("VCEK"));
    assertThat(claims.report().vmpl()).isEqualTo(number(found, "vmpl", claims.report().vmpl()));
    found
        .expectedValue("provisionalFirmware")
        .ifPresent(
            expected ->
                assertThat(claims.isProvisionalFirmware())
                    .isEqualTo(((Json.Bool) expected).value()));
    assertThat(alone.notes())
        .extracting(Finding::code)
        .containsExactly(SnpFinding.SNP_REVOCATION_UNKNOWN);

    List<Bytes> chain = List.of(leaf, found.file("intermediate"), found.file("root"));
    for (List<Integer> order : ORDERS) {
      Endorsements whole = new Endorsements(order.stream().map(chain::get).toList(), List.of());
      assertThat(claimsOf(verify(verifier, found, whole, found.at())).toGroup())
          .isEqualTo(claims.toGroup());
    }
    Bytes joined = chain.get(1).concat(chain.get(2));
    assertThat(
            claimsOf(verify(verifier, found, Endorsements.ofCertificates(joined, leaf), found.at()))
                .toGroup())
        .isEqualTo(claims.toGroup());
  }

  @ParameterizedTest(name = "{0} under {1}")
  @MethodSource("reports")
  void aSecondOutsideTheLeafsDatesIsRefuted(Vectors.Case found, SignatureBackend backend)
      throws MalformedException {
    SnpVerifier verifier = offline(backend);
    DerCertificate leaf = CertificateBundle.parse(found.file("leaf")).get(0);
    Instant first = leaf.validity().notBefore();
    Instant last = leaf.validity().notAfter();
    Endorsements endorsements = Endorsements.ofCertificates(found.file("leaf"));

    proven(verify(verifier, found, endorsements, first));
    proven(verify(verifier, found, endorsements, last));
    for (Instant outside : List.of(first.minusSeconds(1), last.plusSeconds(1))) {
      assertRefuted(verify(verifier, found, endorsements, outside), CoreFinding.CERT_DATES);
    }
  }

  @ParameterizedTest(name = "{0} under {1}")
  @MethodSource("reports")
  void withoutARevocationListTheStrictDefaultRefutes(Vectors.Case found, SignatureBackend backend) {
    SnpVerifier strict = SnpVerifier.builder().signatures(backend).build();
    assertRefuted(
        verify(strict, found, Endorsements.ofCertificates(found.file("leaf")), found.at()),
        SnpFinding.SNP_REVOCATION_UNKNOWN);
  }

  @ParameterizedTest(name = "{0} under {1}")
  @MethodSource("reports")
  void theDefaultsOfAPolicyJudgeAsTheManifestSays(Vectors.Case found, SignatureBackend backend) {
    Verification.Verified verified =
        proven(
            verify(
                offline(backend),
                found,
                Endorsements.ofCertificates(found.file("leaf")),
                found.at()));
    AttestationResult result =
        AppraisalPolicy.of(Policies.indifferent().build()).appraise(verified);
    SnpClaims claims = claimsOf(verified);
    if (found.expected("defaultPolicy").equals(Optional.of("rejected"))) {
      assertThat(result).isInstanceOf(AttestationResult.Rejected.class);
      assertThat(result.findings()).extracting(Finding::code).contains(SnpFinding.SNP_DEBUG);
    } else if (claims.isProvisionalFirmware()) {
      assertThat(result.findings()).extracting(Finding::code).contains(SnpFinding.SNP_PROVISIONAL);
    } else if (claims.leaf().kind() == SignerInfo.SigningKey.VLEK) {
      assertThat(result.findings())
          .extracting(Finding::code)
          .containsExactly(SnpFinding.SNP_SIGNING_KEY);
    } else {
      assertThat(result).isInstanceOf(AttestationResult.Affirmed.class);
    }
    if (claims.productLine() == ProductLine.MILAN) {
      assertThat(result.warnings()).extracting(Finding::code).contains(SnpFinding.SNP_PRODUCT_LINE);
    }
  }

  @ParameterizedTest
  @MethodSource("leaves")
  void leavesThatAmdDidNotSignAreReadAndRefused(Vectors.Case found) throws MalformedException {
    DerCertificate certificate = CertificateBundle.parse(found.file("leaf")).get(0);
    LeafCertificate leaf = LeafCertificate.of(certificate);
    assertThat(leaf.kind()).isEqualTo(SignerInfo.SigningKey.VCEK);
    assertThat(leaf.hwId().orElseThrow().size()).isEqualTo(64);

    Vectors.Case genuine = Vectors.named("snp-report", "snp/milan-v3");
    Instant at = certificate.validity().notBefore().plusSeconds(1);
    List<Endorsements> offered =
        Stream.of("milan", "genoa", "turin")
            .map(
                line ->
                    Endorsements.ofCertificates(
                        found.file("leaf"),
                        Vectors.read("amd/" + line + "-ask.pem"),
                        Vectors.read("amd/" + line + "-ark.pem")))
            .toList();
    for (Endorsements endorsements : offered) {
      assertRefuted(
          verify(offline(Backends.fastest()), genuine, endorsements, at),
          CoreFinding.CERT_SIGNATURE);
    }
    assertRefuted(
        verify(
            offline(Backends.fastest()),
            genuine,
            Endorsements.ofCertificates(found.file("leaf")),
            at),
        CoreFinding.CERT_SIGNATURE);
  }

  @ParameterizedTest
  @MethodSource("thimResponses")
  void theThimAnswersChainLeadsToAmd(Vectors.Case found) throws MalformedException {
    Bytes response = found.file("response");
    ThimCertification thim = ThimCertification.parse(response);
    DerCertificate certificate = CertificateBundle.parse(thim.vcek()).get(0);
    LeafCertificate leaf = LeafCertificate.of(certificate);
    // tcbm shows REPORTED_TCB with the most significant byte first.
    assertThat(TcbVersion.parse(leaf.line(), thim.tcbm().reversed())).isEqualTo(leaf.tcb());
    assertThat(CertificateBundle.parse(thim.chain()))
        .extracting(DerCertificate::subjectCommonName)
        .containsExactlyInAnyOrder("SEV-Milan", "ARK-Milan");

    // The chain holds: what is missing is only a report of this chip, so another's fails later.
    Vectors.Case other = Vectors.named("snp-report", "snp/milan-v3");
    Instant at = certificate.validity().notBefore().plusSeconds(1);
    Verification verification =
        verify(offline(Backends.fastest()), other, Endorsements.ofCertificates(response), at);
    assertRefuted(verification, SnpFinding.SNP_SIGNATURE);
    assertThat(verification.checks()).contains(SnpCheck.CHAIN, SnpCheck.DATES);
  }

  private static SnpVerifier offline(SignatureBackend backend) {
    return SnpVerifier.builder().signatures(backend).revocation(Revocation.IF_SUPPLIED).build();
  }

  private static Verification verify(
      SnpVerifier verifier, Vectors.Case found, Endorsements endorsements, Instant at) {
    return verifier.verifyWithoutFreshness(found.file("report"), endorsements, at);
  }

  private static long number(Vectors.Case found, String name, long otherwise) {
    return found
        .expectedValue(name)
        .map(value -> ((Json.Num) value).value().longValueExact())
        .orElse(otherwise);
  }
}
