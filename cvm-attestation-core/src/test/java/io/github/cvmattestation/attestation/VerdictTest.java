package io.github.cvmattestation.attestation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.internal.CoreFinding;
import java.lang.reflect.Modifier;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ledger, verdicts and what they carry: once given, nothing of them changes. */
class VerdictTest {
  private record Step(String id) implements Check {
    @Override
    public String statement() {
      return "holds";
    }
  }

  private record First(String id) implements Claims {
    @Override
    public ClaimValue.Group toGroup() {
      return ClaimValue.Group.builder().put("of", id).build();
    }
  }

  private record Second(String id) implements Claims {
    @Override
    public ClaimValue.Group toGroup() {
      return ClaimValue.Group.builder().build();
    }
  }

  private static final Finding FINDING = Finding.of(CoreFinding.NONCE_MISMATCH, "a", "b");

  @Test
  void aVerdictListsTheChecksThatRanInTheirOrder() {
    Ledger ledger = new Ledger();
    ledger.passed(new Step("one"));
    ledger.passed(new Step("two"));
    ledger.note(FINDING);
    Verification.Verified verified = ledger.verified(ClaimSet.of());
    assertThat(verified.checks()).extracting(Check::id).containsExactly("one", "two");
    assertThat(verified.notes()).containsExactly(FINDING);
    assertThat(verified.findings()).isEmpty();
    Verification.Refuted refuted = ledger.refuted(FINDING);
    assertThat(refuted.checks()).extracting(Check::id).containsExactly("one", "two");
    assertThat(refuted.findings()).containsExactly(FINDING);
  }

  @Test
  void whatIsEnteredAfterAVerdictDoesNotReachIt() {
    Ledger ledger = new Ledger();
    ledger.passed(new Step("early"));
    Verification.Verified verified = ledger.verified(ClaimSet.of());
    Verification.Refuted refuted = ledger.refuted(FINDING);
    ledger.passed(new Step("late"));
    ledger.note(FINDING);
    assertThat(verified.checks()).extracting(Check::id).containsExactly("early");
    assertThat(verified.notes()).isEmpty();
    assertThat(refuted.checks()).extracting(Check::id).containsExactly("early");
  }

  @Test
  void nothingIsVerifiedWithoutACheck() {
    assertThatThrownBy(() -> new Ledger().verified(ClaimSet.of()))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void noListOfAVerdictCanBeChanged() {
    Ledger ledger = new Ledger();
    ledger.passed(new Step("one"));
    ledger.note(FINDING);
    Verification.Verified verified = ledger.verified(ClaimSet.of(new First("a")));
    Verification.Refuted refuted = ledger.refuted(FINDING);
    for (List<?> list :
        List.of(
            verified.checks(),
            verified.notes(),
            verified.findings(),
            verified.claims().groups(),
            refuted.checks(),
            refuted.findings())) {
      assertThatExceptionOfType(UnsupportedOperationException.class)
          .isThrownBy(() -> list.remove(null));
      assertThatExceptionOfType(UnsupportedOperationException.class)
          .isThrownBy(() -> list.add(null));
    }
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        Verification.Verified.class,
        Verification.Refuted.class,
        AttestationResult.Affirmed.class,
        AttestationResult.Rejected.class,
        ClaimSet.class
      })
  void nobodyElseCanMakeAVerdict(Class<?> type) {
    assertThat(Modifier.isFinal(type.getModifiers())).isTrue();
    assertThat(type.getDeclaredConstructors())
        .noneMatch(
            c -> Modifier.isPublic(c.getModifiers()) || Modifier.isProtected(c.getModifiers()));
  }

  @Test
  void claimsAreFoundByTypeAndById() {
    First first = new First("a");
    Second second = new Second("b");
    ClaimSet claims = ClaimSet.of(first, second);
    assertThat(claims.groups()).containsExactly(first, second);
    assertThat(claims.get(Second.class)).contains(second);
    assertThat(claims.group("a")).contains(first.toGroup());
    assertThat(claims.group("c")).isEmpty();
    assertThat(ClaimSet.of(first).get(Second.class)).isEmpty();
  }

  @Test
  void twoGroupsOfOneNameAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ClaimSet.of(new First("a"), new Second("a")));
  }

  @Test
  void aClaimCannotBePutTwiceNorChangedLater() {
    ClaimValue.Builder builder = ClaimValue.Group.builder().put("a", 1);
    assertThatIllegalArgumentException().isThrownBy(() -> builder.put("a", "again"));
    ClaimValue.Group group = builder.build();
    builder.put("b", true);
    assertThat(group.members().keySet()).containsExactly("a");
    Map<String, ClaimValue> members = new LinkedHashMap<>();
    List<ClaimValue> values = new ArrayList<>();
    ClaimValue.Group copied = new ClaimValue.Group(members);
    ClaimValue.Many many = new ClaimValue.Many(values);
    members.put("late", new ClaimValue.Flag(true));
    values.add(new ClaimValue.Flag(true));
    assertThat(copied.members()).isEmpty();
    assertThat(many.values()).isEmpty();
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> copied.members().put("x", new ClaimValue.Flag(true)));
  }

  @Test
  void endorsementsAndAnchorsKeepTheirOwnLists() {
    List<Bytes> certificates = new ArrayList<>();
    List<Bytes> documents = new ArrayList<>();
    Endorsements endorsements = new Endorsements(certificates, new ArrayList<>(), documents);
    certificates.add(Bytes.ofHex("00"));
    documents.add(Bytes.ofHex("00"));
    assertThat(endorsements).isEqualTo(Endorsements.none());
    assertThat(
            endorsements.withCertificates(Bytes.ofHex("01")).withRevocationList(Bytes.ofHex("02")))
        .isEqualTo(new Endorsements(List.of(Bytes.ofHex("01")), List.of(Bytes.ofHex("02"))));
    assertThat(Endorsements.none().certificates()).isEmpty();
    List<TrustAnchor> anchors = new ArrayList<>();
    TrustAnchors kept = new TrustAnchors(anchors);
    anchors.add(null);
    assertThat(kept.anchors()).isEmpty();
  }

  @Test
  void addingOneKindOfEndorsementKeepsTheOthers() {
    Bytes one = Bytes.ofHex("01");
    Bytes two = Bytes.ofHex("02");
    Bytes three = Bytes.ofHex("03");
    Endorsements all = new Endorsements(List.of(one), List.of(two), List.of(three));
    assertThat(
            Endorsements.none().withDocument(three).withRevocationList(two).withCertificates(one))
        .isEqualTo(all);
    assertThat(
            Endorsements.ofCertificates(one)
                .withDocument(three)
                .withRevocationList(two)
                .documents())
        .containsExactly(three);
    assertThat(all.withDocument(one).documents()).containsExactly(three, one);
    assertThat(all.withCertificates(two).documents()).containsExactly(three);
  }

  @Test
  void anAnchorIsFoundByItsExactName() {
    TrustAnchor milan = anchor("ARK-Milan");
    TrustAnchor twin = anchor("ARK-Milan");
    TrustAnchors all =
        new TrustAnchors(List.of(milan)).plus(new TrustAnchors(List.of(anchor("ARK-Genoa"), twin)));
    assertThat(all.named("ARK-Milan")).containsExactly(milan, twin);
    assertThat(all.named("ark-milan")).isEmpty();
    assertThat(all.named("ARK")).isEmpty();
  }

  @Test
  void aFindingNamesItsCodeBothSidesAndTheClause() {
    assertThat(FINDING.toString()).isEqualTo("NONCE_MISMATCH: expected a, found b [RFC 9334 §10]");
    assertThat(
            Finding.of(CoreFinding.NONCE_MISMATCH, Bytes.zeros(32), Bytes.ofHex("ff")).toString())
        .isEqualTo("NONCE_MISMATCH: expected 0000000000000000…, found ff [RFC 9334 §10]");
  }

  @Test
  void malformedInputBecomesAFinding() {
    Finding finding =
        new MalformedException("S.F at byte 1", "2 bytes", "1 left")
            .toFinding(CoreFinding.CERT_FORMAT);
    assertThat(finding.code()).isEqualTo(CoreFinding.CERT_FORMAT);
    assertThat(finding.expected()).isEqualTo("S.F at byte 1: 2 bytes");
    assertThat(finding.actual()).isEqualTo("1 left");
  }

  @Test
  void codesAreUniqueAndEachNamesItsClause() {
    Set<String> names = new HashSet<>();
    for (CoreFinding code : CoreFinding.values()) {
      assertThat(names.add(code.name())).isTrue();
    }
    // Names are API: taking one away or changing it breaks whoever watches for it.
    assertThat(Arrays.stream(CoreFinding.values()).map(Enum::name))
        .contains(
            "POLICY_SILENT",
            "CLAIMS_ABSENT",
            "NONCE_MISMATCH",
            "CERT_FORMAT",
            "CERT_SIGNATURE",
            "CERT_DATES",
            "CERT_ISSUER",
            "CERT_AUTHORITY",
            "CERT_USAGE",
            "CRL_FORMAT",
            "CRL_ISSUER",
            "CRL_AUTHORITY",
            "CRL_SIGNATURE",
            "CRL_DATES");
  }

  @ParameterizedTest
  @EnumSource(CoreFinding.class)
  void everyClauseNamesADocumentAndASection(CoreFinding code) {
    assertThat(code.clause()).matches("(RFC \\d{4}|PKCS #11 \\d\\.\\d|NIST SP [^§]+) §\\d.*");
  }

  private static TrustAnchor anchor(String name) {
    return new TrustAnchor(name, Bytes.empty(), BigInteger.ONE, Instant.MIN, Instant.MAX);
  }
}
