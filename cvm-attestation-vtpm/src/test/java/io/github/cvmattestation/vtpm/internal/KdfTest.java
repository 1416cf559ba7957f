package io.github.cvmattestation.vtpm.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import javax.crypto.KeyAgreement;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * C6: numbers of go-tpm's tests (google/go-tpm, tpm2/test/testvectors), which its authors checked
 * on a TPM simulator. Their names are theirs.
 */
class KdfTest {
  /** kdfa.json: 30_SHA256_200, whose key is empty, and 38_SHA256_552, which takes three blocks. */
  @ParameterizedTest
  @CsvSource({
    "'', SECRET, fbf51f160255018bbc8efea4c36ac4fb4cbba34e9eff, 3cea0fdc2600, a26c73dca13a265e09eec4b0abc4ecb2bf8d26db04e8823ee6",
    "e38573d849a5cfc9973f58b4535e42b7c08ef28b1b3e775375b5c66b9644be, STORAGE, 00586dccbebc998087e4, '', 968f349b066ed26be3bd4e78333eb5c5b51c26ea376efe5dfaf061a2cf7f5eb82e4fcc2a30736e30f12b48ab17efd10576a4cf33450324b3f20011628df7a07c411f8c0f6c",
  })
  void c6KdfaGivesThePublishedKeys(
      String key, String label, String contextU, String contextV, String expected) {
    Bytes wanted = Bytes.ofHex(expected);
    byte[] derived =
        Kdf.kdfa(
            HashAlgorithm.SHA256,
            octets(key),
            label,
            octets(contextU),
            octets(contextV),
            8 * wanted.size());
    assertThat(Bytes.of(derived)).isEqualTo(wanted);
  }

  /**
   * kdfe.json: 27_SHA256_250, 25_SHA256_241, 24_SHA256_228 and 22_SHA256_131. Their sizes are no
   * multiple of 8: the leftmost bytes with the surplus bits of the first cleared (TPM 2.0 Part 1,
   * section 11.4.10.3).
   */
  @ParameterizedTest
  @CsvSource({
    "ff739afe0f, STORAGE, a2c096d007a0ba160cb38065cc11205b2b433e53e8320a44c34907b15bff, ff85d3c6e10a7cd01e864680c30b, 250, 0377bc98e95ee8e36d2ff9346c3f1ca9988f8044623845be4c6a0763c6045ab7",
    "abfeed98891b58d2f881537fba2c215653f8b91b8a131b61f0b72de7ccd07a, IDENTITY, 71a10284e793bd38f61e6aef1cbfa131c3ad546e72421fe4a3ff, 64cc0fac59f45b9b2ace75856f409ac830ccc64f2fff, 241, 00f17279fc5b8f842d30fbe5a7afc109468671e6da33fec996d6a7c170e37f",
    "001e629d6c796167055b96b7cc5accbbaf, DUPLICATE, 1d29515f55a1a0bf0d252200, 00, 228, 0450ecb7bdc31f9c59cc87f43a479a25dc6591368e2475f9babf41f6c7",
    "ff8478dcf4469b9679a8e640408ae9bfb8fe02d4ee24aada, ATH, 00928a02c2f93ecaca0c, 69c45f0a7e92b5ceb1cb2f33b35966, 131, 03d034219d95fb3de7b5535d6922af9693",
  })
  void c6KdfeGivesThePublishedKeys(
      String z, String label, String partyU, String partyV, int bits, String expected) {
    Bytes wanted = Bytes.ofHex(expected);
    byte[] whole = Kdf.kdfe(HashAlgorithm.SHA256, octets(z), label, octets(partyU), octets(partyV));
    byte[] derived = Bytes.of(whole).slice(0, wanted.size()).toArray();
    derived[0] &= (byte) (0xFF >> (8 * wanted.size() - bits));
    assertThat(Bytes.of(derived)).isEqualTo(wanted);
  }

  /**
   * ecc_labeled_encaps.json: 03_R_P256_SHA256_128, 05_R_P256_SHA256_128 and 10_R_P256_SHA384_128,
   * which TPM2_Import and TPM2_ActivateCredential took. The TPM's half of the agreement is ours
   * here: its private key d and the ephemeral point give the seed.
   */
  @ParameterizedTest
  @CsvSource({
    "SHA256, DUPLICATE, b93b64cb3b88ab2992073cda3590095d4351d3c7e8c940dbbe83ba71f47e3749, f126562cedff2fa344c6234085de4250112ecf72d0714336970de012ba977da9, efde7cc0e3716d6c32b7bf205c7366510077cdde1d3ae9b74f5d0d40c366c7a9, 450fa9743be1bd40757acb731bbb9b1466c845b895affacc15d107991a75ba5f, a5431a977aec986501072f459370c9262c63c8aca67abbc4f38d630ce87ceac9",
    "SHA256, IDENTITY, b93b64cb3b88ab2992073cda3590095d4351d3c7e8c940dbbe83ba71f47e3749, f126562cedff2fa344c6234085de4250112ecf72d0714336970de012ba977da9, 0173de00ffb1981886c1fd3039b2de4e6dd1eb34634be4d9ce27a46455633606, 83ba87eb7c9a032cc36ab674fc48266c4255aeb312d069893b6ea74fbcb21c3f, 88d8f97b4b8fd8bd1751ca32b5a3aa14c91163ad984b5c732e400572a8525edc",
    "SHA384, IDENTITY, a244908718df4c3695f2be712b4bf08022058cf2db71d8a4b86ab95dd7c7bf8a, 72d51078654c85db5fd8fe42e9eca7dff3f5ca464fbf1117370e47da8670da8d, 2a2747ae88e664fd1266aacf8d1b438c1226ffdba416708367efc171af2937c6, cd8467bda798ee3a2d731c075096ae431ee88a099746450dbc0180254711ac88, 9193a5751446fb0bb3b16104094cb1c2f1c7104af795f44c0d43c481c61936c3fb62f1a776848ec22e7b0218c48ef70e",
  })
  void c6SeedsForEllipticCurvesAreThePublishedOnes(
      HashAlgorithm hash,
      String label,
      String d,
      String x,
      String ephemeralX,
      String y,
      String seed)
      throws GeneralSecurityException {
    byte[] z = agreed(number(d), new ECPoint(number(ephemeralX), number(y)));
    byte[] derived = Kdf.kdfe(hash, z, label, octets(ephemeralX), octets(x));
    assertThat(Bytes.of(derived)).isEqualTo(Bytes.ofHex(seed));
  }

  private static byte[] agreed(BigInteger d, ECPoint point) throws GeneralSecurityException {
    AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
    parameters.init(new ECGenParameterSpec("secp256r1"));
    ECParameterSpec curve = parameters.getParameterSpec(ECParameterSpec.class);
    KeyFactory factory = KeyFactory.getInstance("EC");
    PrivateKey mine = factory.generatePrivate(new ECPrivateKeySpec(d, curve));
    PublicKey theirs = factory.generatePublic(new ECPublicKeySpec(point, curve));
    KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
    agreement.init(mine);
    agreement.doPhase(theirs, true);
    return agreement.generateSecret();
  }

  private static BigInteger number(String hex) {
    return new BigInteger(hex, 16);
  }

  private static byte[] octets(String hex) {
    return Bytes.ofHex(hex).toArray();
  }
}
