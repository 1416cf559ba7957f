package io.github.cvmattestation.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Bytes;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Expected bytes written by hand from the TPM 2.0 Library, Part 2; signatures judged by the JDK.
 */
class TpmQuoteWriterTest {
  private static final Bytes ONES = Bytes.ofHex("11".repeat(32));
  private static final Bytes TWOS = Bytes.ofHex("22".repeat(32));

  private final RsaSigningKey ak = RsaSigningKey.of(2048, "quote test");

  @Test
  void everyFieldStandsInItsPlace() throws Exception {
    Bytes attest =
        TpmQuoteWriter.of(Map.of(17, TWOS, 0, ONES))
            .qualifiedSigner(Bytes.ofHex("000b" + "aa".repeat(32)))
            .extraData(Bytes.ofHex("c0ffee"))
            .clock(0x0102030405060708L, 9, 10, 1)
            .firmwareVersion(0x1112131415161718L)
            .attest();

    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(ONES.concat(TWOS).toArray()); // ascending
    assertThat(attest.hex())
        .isEqualTo(
            "ff544347" // magic
                + "8018" // type
                + "0022" // qualifiedSigner
                + "000b"
                + "aa".repeat(32)
                + "0003" // extraData
                + "c0ffee"
                + "0102030405060708" // clock
                + "00000009" // resetCount
                + "0000000a" // restartCount
                + "01" // safe
                + "1112131415161718" // firmwareVersion
                + "00000001" // PCR selections
                + "000b" // SHA-256
                + "03" // sizeofSelect
                + "010002" // PCR 0 and 17
                + "0020" // pcrDigest
                + Bytes.of(digest).hex());
  }

  @Test
  void everyFieldCanLie() {
    Bytes attest =
        TpmQuoteWriter.of(Map.of())
            .magic(0x01020304L)
            .type(TpmQuoteWriter.CERTIFY)
            .qualifiedSigner(Bytes.empty())
            .clock(0, 0, 0, 7)
            .firmwareVersion(0)
            .selections(
                PcrSelection.of(PcrSelection.SHA1, 23),
                new PcrSelection(PcrSelection.SHA384, Bytes.ofHex("ff")))
            .pcrDigest(Bytes.ofHex("dd"))
            .trailer(Bytes.ofHex("ee"))
            .attest();

    assertThat(attest.hex())
        .isEqualTo(
            "01020304"
                + "8017"
                + "0000"
                + "0000"
                + "00".repeat(16)
                + "07"
                + "00".repeat(8)
                + "00000002"
                + "000403000080"
                + "000c01ff"
                + "0001dd"
                + "ee");
    assertThat(TpmQuoteWriter.of(Map.of()).attested(Bytes.ofHex("abcd")).attest().hex())
        .endsWith("2020031200120003abcd");
  }

  @ParameterizedTest
  @CsvSource({"SHA-1, 0004", "SHA-256, 000b", "SHA-384, 000c", "SHA-512, 000d"})
  void rsassaSignatureHolds(String digest, String algorithm) throws Exception {
    SignedQuote quote = TpmQuoteWriter.of(Map.of(7, ONES)).signRsassa(ak, digest);

    Signature judge = Signature.getInstance(digest.replace("-", "") + "withRSA");
    assertThat(holds(judge, "RSA", ak.subjectPublicKeyInfo(), quote)).isTrue();
    assertThat(quote.tpmtSignature().hex())
        .isEqualTo("0014" + algorithm + "0100" + quote.signature().hex());
  }

  @ParameterizedTest
  @CsvSource({"SHA-256, 32", "SHA-256, 222", "SHA-384, 48", "SHA-512, 64"})
  void rsapssSignatureHolds(String digest, int salt) throws Exception {
    SignedQuote quote = TpmQuoteWriter.of(Map.of(7, ONES)).signRsapss(ak, digest, salt);

    Signature judge = Signature.getInstance("RSASSA-PSS");
    judge.setParameter(
        new PSSParameterSpec(digest, "MGF1", new MGF1ParameterSpec(digest), salt, 1));
    assertThat(holds(judge, "RSA", ak.subjectPublicKeyInfo(), quote)).isTrue();
    assertThat(quote.tpmtSignature().hex()).startsWith("0016");
    assertThat(ak.maxSaltLength("SHA-256")).isEqualTo(222);
  }

  @ParameterizedTest
  @CsvSource({"256, SHA-256", "256, SHA-512", "384, SHA-384"})
  void ecdsaSignatureHolds(int curve, String digest) throws Exception {
    EcSigningKey key = curve == 256 ? EcSigningKey.p256("quote") : EcSigningKey.p384("quote");
    SignedQuote quote = TpmQuoteWriter.of(Map.of(7, ONES)).signEcdsa(key, digest);

    Signature judge = Signature.getInstance(digest.replace("-", "") + "withECDSAinP1363Format");
    assertThat(holds(judge, "EC", key.subjectPublicKeyInfo(), quote)).isTrue();
    String size = curve == 256 ? "0020" : "0030";
    String rs = quote.signature().hex();
    assertThat(quote.tpmtSignature().hex())
        .startsWith("0018")
        .endsWith(size + rs.substring(0, rs.length() / 2) + size + rs.substring(rs.length() / 2));
  }

  @Test
  void digestOfThePcrsFollowsTheSignature() {
    Bytes sha384 = TpmQuoteWriter.of(Map.of(0, ONES)).attest("SHA-384");

    assertThat(sha384.get(sha384.size() - 50)).isZero();
    assertThat(sha384.get(sha384.size() - 49)).isEqualTo(48);
  }

  @Test
  void rsaPublicAreaIsThatOfAnAzureAttestationKey() {
    assertThat(TpmPublicWriter.rsa(ak).write().hex())
        .isEqualTo(
            "0001" // RSA
                + "000b" // nameAlg
                + "00050472" // objectAttributes
                + "0000" // authPolicy
                + "0010" // symmetric: NULL
                + "0014000b" // RSASSA, SHA-256
                + "0800" // keyBits
                + "00000000" // exponent: 65537
                + "0100" // modulus
                + ak.modulus().hex());
    assertThat(TpmPublicWriter.rsa(RsaSigningKey.of(1024, 3, "e")).scheme(0x10, 0).write().hex())
        .startsWith("0001000b00050472000000100010" + "0400" + "00000003" + "0080");
  }

  @Test
  void eccPublicAreaHasCurveAndPoint() {
    EcSigningKey key = EcSigningKey.p384("public");

    assertThat(TpmPublicWriter.ecc(key).authPolicy(Bytes.ofHex("ab")).write().hex())
        .isEqualTo(
            "0023000b00050472"
                + "0001ab"
                + "0010"
                + "0018000c"
                + "0004"
                + "0010"
                + "0030"
                + key.x().hex()
                + "0030"
                + key.y().hex());
  }

  @Test
  void unknownDigestsAreRefused() {
    assertThatThrownBy(() -> TpmQuoteWriter.of(Map.of()).signRsassa(ak, "MD5"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static boolean holds(Signature judge, String kind, Bytes key, SignedQuote quote)
      throws Exception {
    PublicKey parsed =
        KeyFactory.getInstance(kind).generatePublic(new X509EncodedKeySpec(key.toArray()));
    judge.initVerify(parsed);
    judge.update(quote.message().toArray());
    return judge.verify(quote.signature().toArray());
  }
}
