package io.github.cvmattestation.azure;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.Claims;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.Evidence;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.azure.AzureCvmEvidence.Vcek;
import io.github.cvmattestation.snp.Revocation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every bit of real evidence turned, one at a time; every cut, and every extension by up to 100
 * bytes. What a signature does not cover is in docs/not-covered.md, and must change nothing.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BitFlipTest {
  private static final Nonce NONCE =
      new Nonce(Bytes.of("challenge".getBytes(StandardCharsets.US_ASCII)));
  private static final Instant AT = Instant.parse("2026-06-01T00:00:00Z");

  private final AzureCvmVerifier verifier =
      AzureCvmVerifier.builder().revocation(Revocation.IF_SUPPLIED).cacheSize(16).build();
  private Bytes json;
  private AzureCvmEvidence evidence;
  private Endorsements chain;
  private List<ClaimValue.Group> claims;

  /** The parts of evidence, each replaceable, in the form of version 1. */
  enum Part {
    HCL_REPORT,
    VCEK,
    MESSAGE,
    SIGNATURE,
    PCRS;

    Bytes of(AzureCvmEvidence from) {
      return switch (this) {
        case HCL_REPORT -> from.hclReport();
        case VCEK -> ((Vcek) from.hardware()).certificate();
        case MESSAGE -> from.quote().message();
        case SIGNATURE -> from.quote().signature();
        case PCRS -> Bytes.empty().concat(from.quote().pcrs().toArray(Bytes[]::new));
      };
    }

    /** JSON written by hand, so that it may be what no writer of ours writes. */
    Bytes replacedIn(AzureCvmEvidence from, Bytes value) {
      Bytes pcrs = this == PCRS ? value : PCRS.of(from);
      List<String> items = new ArrayList<>();
      for (int at = 0; at < pcrs.size(); at += 32) {
        items.add('"' + pcrs.slice(at, Math.min(at + 32, pcrs.size())).hex() + '"');
      }
      String text =
          """
          {"version":1,"hcl_report":"%s","vcek":"%s","tpm_quote":{"message":"%s",\
          "signature":"%s","pcrs":[%s]}}"""
              .formatted(
                  base64(this == HCL_REPORT ? value : HCL_REPORT.of(from)),
                  base64(this == VCEK ? value : VCEK.of(from)),
                  (this == MESSAGE ? value : MESSAGE.of(from)).hex(),
                  (this == SIGNATURE ? value : SIGNATURE.of(from)).hex(),
                  String.join(",", items));
      return Bytes.of(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String base64(Bytes value) {
      return Base64.getUrlEncoder().encodeToString(value.toArray());
    }
  }

  @BeforeAll
  void realEvidenceVerifies() throws MalformedException {
    json = Vectors.read("azure/snp-milan-v1/evidence.json");
    evidence = AzureCvmEvidence.parse(json);
    chain =
        Endorsements.ofCertificates(
            Vectors.read("amd/milan-ask.pem"), Vectors.read("amd/milan-ark.pem"));
    claims = claims(verify(json));
    for (Part part : Part.values()) {
      assertThat(claims(verify(part.replacedIn(evidence, part.of(evidence))))).isEqualTo(claims);
    }
  }

  private Verification verify(Bytes content) {
    return verifier.verify(new Evidence(AzureCvmEvidence.MEDIA_TYPE, content), chain, NONCE, AT);
  }

  private static List<ClaimValue.Group> claims(Verification verdict) {
    assertThat(verdict.findings()).isEmpty();
    return ((Verification.Verified) verdict)
        .claims().groups().stream().map(Claims::toGroup).toList();
  }

  private static Bytes flipped(Bytes of, int bit) {
    byte[] octets = of.toArray();
    octets[bit / 8] ^= (byte) (1 << bit % 8);
    return Bytes.of(octets);
  }

  @ParameterizedTest
  @EnumSource(Part.class)
  void everyTurnedBitIsRefutedOrOnTheMap(Part part) throws IOException {
    Bytes whole = part.of(evidence);
    Set<Integer> mapped = NotCovered.read().bytes(part.name().toLowerCase(Locale.ROOT));
    IntStream.range(0, 8 * whole.size())
        .parallel()
        .forEach(
            bit -> {
              Verification verdict = verify(part.replacedIn(evidence, flipped(whole, bit)));
              if (verdict instanceof Verification.Verified) {
                assertThat(mapped).as("%s, bit %d", part, bit).contains(bit / 8);
                assertThat(claims(verdict)).isEqualTo(claims);
              }
            });
  }

  /**
   * Text that reads as other evidence differs in a part, all of whose bits are turned above: of
   * those, every eighth goes through the whole verification here.
   */
  @Test
  void everyTurnedBitOfTheJsonIsRefutedOrOnTheMap() throws IOException {
    Set<String> seen = ConcurrentHashMap.newKeySet();
    IntStream.range(0, 8 * json.size())
        .parallel()
        .forEach(
            bit -> {
              Bytes turned = flipped(json, bit);
              boolean letterCase = bit % 8 == 5 && "abcdefABCDEF".indexOf(json.get(bit / 8)) >= 0;
              if (readsAsTheSame(turned)) {
                assertThat(letterCase).as("character %d, bit %d", bit / 8, bit % 8).isTrue();
                assertThat(claims(verify(turned))).isEqualTo(claims);
                seen.add("hex letters");
              } else if (bit / 8 % 8 == bit % 8) {
                assertThat(verify(turned)).isInstanceOf(Verification.Refuted.class);
              }
            });
    assertThat(seen).isEqualTo(NotCovered.read().classes("json"));
  }

  private boolean readsAsTheSame(Bytes text) {
    try {
      return AzureCvmEvidence.parse(text).equals(evidence);
    } catch (MalformedException e) {
      return false;
    }
  }

  @ParameterizedTest
  @EnumSource(Part.class)
  void everyCutIsRefuted(Part part) {
    Bytes whole = part.of(evidence);
    for (int size = 0; size < whole.size(); size++) {
      assertThat(verify(part.replacedIn(evidence, whole.slice(0, size))))
          .as("%s cut to %d bytes", part, size)
          .isInstanceOf(Verification.Refuted.class);
    }
  }

  @Test
  void everyCutOfTheJsonIsRefuted() {
    int end = json.size();
    while (json.get(end - 1) != '}') {
      end--; // white space behind the object
    }
    for (int size = 0; size < end; size++) {
      assertThat(verify(json.slice(0, size)))
          .as("%d characters", size)
          .isInstanceOf(Verification.Refuted.class);
    }
  }

  @ParameterizedTest
  @EnumSource(Part.class)
  void everyExtensionIsRefuted(Part part) {
    Bytes whole = part.of(evidence);
    for (int more = 1; more <= 100; more++) {
      byte[] ones = new byte[more];
      Arrays.fill(ones, (byte) 1);
      for (Bytes tail : List.of(Bytes.zeros(more), Bytes.of(ones), whole.slice(0, more))) {
        assertThat(verify(part.replacedIn(evidence, whole.concat(tail))))
            .as("%s and %d bytes more", part, more)
            .isInstanceOf(Verification.Refuted.class);
      }
    }
  }

  @Test
  void everyExtensionOfTheJsonIsRefuted() {
    for (String tail : List.of("x", "}", "{}", "\0", ",")) {
      for (int times = 1; times * tail.length() <= 100; times++) {
        Bytes more = Bytes.of(tail.repeat(times).getBytes(StandardCharsets.US_ASCII));
        assertThat(verify(json.concat(more))).isInstanceOf(Verification.Refuted.class);
      }
    }
  }

  @Test
  void theSizesOnTheMapAreAcceptedAndChangeNothing() throws IOException {
    Set<Integer> sizes = NotCovered.read().sizes("hcl_report");
    Bytes whole = evidence.hclReport();
    int used = 1236 + 1110; // header, slot, request data and the claims of this evidence
    for (int size = used; size <= 3000; size++) {
      Bytes resized =
          size <= whole.size()
              ? whole.slice(0, size)
              : whole.concat(Bytes.zeros(size - whole.size()));
      Verification verdict = verify(Part.HCL_REPORT.replacedIn(evidence, resized));
      assertThat(verdict instanceof Verification.Verified)
          .as("%d bytes", size)
          .isEqualTo(sizes.contains(size));
      if (verdict instanceof Verification.Verified) {
        assertThat(claims(verdict)).isEqualTo(claims);
      }
    }
  }
}
