package io.github.cvmattestation.tdx;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.CertificateBundle;
import io.github.cvmattestation.attestation.crypto.DerCertificate;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.internal.Base64s;
import io.github.cvmattestation.attestation.internal.StrictJson;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Genuine quotes: what is cut out of them is what the platform signed. */
class RealQuotesTest {
  private record Real(String id, Bytes bytes) {
    @Override
    public String toString() {
      return id;
    }
  }

  static Stream<Real> quotes() throws MalformedException {
    Stream<Real> captured =
        Stream.concat(Vectors.cases("tdx-quote"), Vectors.cases("tdx-ccel"))
            .filter(found -> !found.id().equals("tdx/sgx-quote"))
            .map(found -> new Real(found.id(), found.file("quote")));
    return Stream.concat(captured, Stream.of(new Real("azure/tdx-v1", azure("td_quote"))));
  }

  /** Offsets as the specification lists them, from the beginning of a quote. */
  @ParameterizedTest
  @MethodSource("quotes")
  void everyFieldIsWhereTheSpecificationHasIt(Real real) throws MalformedException {
    Bytes raw = real.bytes();
    TdQuote quote = TdQuote.parse(raw);
    int version = (int) Le.read(raw.slice(0, 2));
    int at = version == 4 ? 48 : 54;
    int size = version == 4 ? 584 : (int) Le.read(raw.slice(50, 54));
    assertThat(quote.version()).isEqualTo(version);
    assertThat(quote.qeVendorId()).isEqualTo(raw.slice(12, 28));
    assertThat(quote.userData()).isEqualTo(raw.slice(28, 48));
    assertThat(quote.signedBytes()).isEqualTo(raw.slice(0, at + size));
    TdQuoteBody body = quote.body();
    assertThat(body.teeTcbSvn()).isEqualTo(raw.slice(at, at + 16));
    assertThat(body.mrSeam()).isEqualTo(raw.slice(at + 16, at + 64));
    assertThat(body.mrSignerSeam()).isEqualTo(raw.slice(at + 64, at + 112));
    assertThat(body.seamAttributes()).isEqualTo(raw.slice(at + 112, at + 120));
    assertThat(body.attributes().raw()).isEqualTo(Le.read(raw.slice(at + 120, at + 128)));
    assertThat(body.xfam().raw()).isEqualTo(Le.read(raw.slice(at + 128, at + 136)));
    assertThat(body.mrTd()).isEqualTo(raw.slice(at + 136, at + 184));
    assertThat(body.mrConfigId()).isEqualTo(raw.slice(at + 184, at + 232));
    assertThat(body.mrOwner()).isEqualTo(raw.slice(at + 232, at + 280));
    assertThat(body.mrOwnerConfig()).isEqualTo(raw.slice(at + 280, at + 328));
    assertThat(body.rtmrs())
        .isEqualTo(
            IntStream.range(0, 4)
                .mapToObj(i -> raw.slice(at + 328 + 48 * i, at + 376 + 48 * i))
                .toList());
    assertThat(body.reportData()).isEqualTo(raw.slice(at + 520, at + 584));
    assertThat(body.td15().isPresent()).isEqualTo(size >= 648);
    body.td15()
        .ifPresent(
            td15 -> {
              assertThat(td15.teeTcbSvn2()).isEqualTo(raw.slice(at + 584, at + 600));
              assertThat(td15.mrServiceTd()).isEqualTo(raw.slice(at + 600, at + 648));
            });
    assertThat(body.td15Ex()).isEmpty();
    int signed = at + size;
    int signatureSize = (int) Le.read(raw.slice(signed, signed + 4));
    assertThat(quote.signature()).isEqualTo(raw.slice(signed + 4, signed + 68));
    assertThat(quote.attestationKey()).isEqualTo(raw.slice(signed + 68, signed + 132));
    assertThat(quote.qe().rawReport()).isEqualTo(raw.slice(signed + 138, signed + 522));
    assertThat(quote.qe().reportSignature()).isEqualTo(raw.slice(signed + 522, signed + 586));
    assertThat(quote.qe().authData()).isEqualTo(raw.slice(signed + 588, signed + 620));
    assertThat(quote.trailingBytes()).isEqualTo(raw.slice(signed + 4 + signatureSize, raw.size()));
    assertThat(body.xfam().fixedBitsHold()).isTrue();
    assertThat(body.attributes().unknownBits()).isZero();
  }

  @Test
  void whatFollowsARealQuoteIsToldApart() throws MalformedException {
    assertThat(trailing("tdx-quote", "tdx/v4-b0c06f")).isEqualTo(70);
    assertThat(trailing("tdx-quote", "tdx/v4-50806f-debug")).isZero();
    assertThat(trailing("tdx-quote", "tdx/v5-90c06f")).isZero();
    assertThat(trailing("tdx-ccel", "tdx/cos-113")).isEqualTo(3065);
  }

  @ParameterizedTest
  @MethodSource("quotes")
  void theAttestationKeySignedWhatIsCutOut(Real real) throws Exception {
    TdQuote quote = TdQuote.parse(real.bytes());
    PublicKeyInfo.Ec key = quote.attestationPublicKey();
    assertThat(verifies(key, quote.signedBytes(), quote.signature())).isTrue();
    QeCertification qe = quote.qe();
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    quote.attestationKey().update(sha256);
    qe.authData().update(sha256);
    Bytes digest = Bytes.of(sha256.digest());
    assertThat(qe.report().reportData()).isEqualTo(digest.concat(Bytes.zeros(32)));
    List<DerCertificate> chain = CertificateBundle.parse(qe.pckChain());
    assertThat(chain).hasSize(3);
    PckCertificate pck = PckCertificate.of(chain.get(0));
    assertThat(verifies(pck.key(), qe.rawReport(), qe.reportSignature())).isTrue();
  }

  /** Intel's TD quoting enclave, as the QE Identity of the same captures names it. */
  @ParameterizedTest
  @MethodSource("quotes")
  void theQuotingEnclaveIsIntels(Real real) throws MalformedException {
    SgxReport report = TdQuote.parse(real.bytes()).qe().report();
    assertThat(report.mrSigner().hex())
        .isEqualTo("dc9e2a7c6f948f17474e34a7fc43ed030f7c1563f1babddf6340c82e0e54a8c5");
    assertThat(report.isvProdId()).isEqualTo(2);
    assertThat(report.isvSvn()).isBetween(4, 7);
    assertThat(report.miscSelect().isZero()).isTrue();
    assertThat(report.isDebug()).isFalse();
  }

  @Test
  void theDebuggedTdSaysSo() throws MalformedException {
    TdQuote quote = quote("tdx-quote", "tdx/v4-50806f-debug");
    assertThat(quote.body().attributes().debug()).isTrue();
    assertThat(quote.body().attributes().untrusted()).isTrue();
    assertThat(quote.body().attributes().septVeDisable()).isTrue();
  }

  @Test
  void launchAndPresentModuleAreToldApart() throws MalformedException {
    TdQuoteBody body = quote("tdx-quote", "tdx/v5-90c06f").body();
    assertThat(body.teeTcbSvn().hex()).startsWith("0b0104");
    assertThat(body.td15().orElseThrow().teeTcbSvn2().hex()).startsWith("0d0104");
    assertThat(body.td15().orElseThrow().mrServiceTd().isZero()).isTrue();
    assertThat(body.attributes().septVeDisable()).isTrue();
    assertThat(body.attributes().untrusted()).isFalse();
  }

  @Test
  void anSgxQuoteIsOfAnotherTee() {
    Bytes quote = Vectors.named("tdx-quote", "tdx/sgx-quote").file("quote");
    assertThat(Refusals.code(quote)).contains(TdxFinding.TDX_TYPE);
  }

  @ParameterizedTest
  @MethodSource("quotes")
  void everyTruncationOfARealQuoteIsRefused(Real real) throws MalformedException {
    int whole = real.bytes().size() - TdQuote.parse(real.bytes()).trailingBytes().size();
    for (int size = 0; size < whole; size += 7) {
      assertThat(Refusals.code(real.bytes().slice(0, size))).contains(TdxFinding.TDX_LENGTH);
    }
    assertThat(Refusals.code(real.bytes().slice(0, whole - 1))).contains(TdxFinding.TDX_LENGTH);
  }

  /** A member of the Azure evidence that holds base64url. */
  static Bytes azure(String member) throws MalformedException {
    Bytes json = Vectors.named("azure-evidence", "azure/tdx-v1").file("evidence");
    String text = StrictJson.parse("evidence", json, 1 << 20).asObject().require(member).asString();
    return Base64s.decode(member, text);
  }

  static TdQuote quote(String kind, String id) throws MalformedException {
    return TdQuote.parse(Vectors.named(kind, id).file("quote"));
  }

  private static int trailing(String kind, String id) throws MalformedException {
    return quote(kind, id).trailingBytes().size();
  }

  private static boolean verifies(PublicKeyInfo key, Bytes message, Bytes signature)
      throws GeneralSecurityException {
    PublicKey publicKey =
        KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(key.der().toArray()));
    Signature verifier = Signature.getInstance("SHA256withECDSAinP1363Format");
    verifier.initVerify(publicKey);
    verifier.update(message.toArray());
    return verifier.verify(signature.toArray());
  }
}
