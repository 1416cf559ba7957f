package io.github.cvmattestation.tdx;

import static io.github.cvmattestation.tdx.Scene.PKI;
import static io.github.cvmattestation.tdx.Scene.assertRefuted;
import static io.github.cvmattestation.tdx.Scene.claimsOf;
import static io.github.cvmattestation.tdx.Scene.proven;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.testkit.EcSigningKey;
import io.github.cvmattestation.testkit.TcbLevelWriter;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;

/** What a verifier that has verified the healthy machine may and may not be told afterwards. */
class WarmVerifierTest {
  private static final EcSigningKey KEY = EcSigningKey.p256("attestation key");

  /** Each of them, not a choice: an attack could profit from one remembered signature alone. */
  @Test
  void whatIsRememberedHelpsNoAttack() {
    TdxVerifier verifier = Scene.verifier().signatures(Backends.fastest()).build();
    proven(Scene.v4().verify(verifier));
    proven(Scene.v5().verify(verifier));
    proven(Scene.v4().fromProcessorCa().verify(verifier));
    assertThat(AttackMatrixTest.all())
        .filteredOn(attack -> attack.scene().get().anchors().equals(Scene.ANCHORS))
        .hasSizeGreaterThan(200)
        .allSatisfy(
            attack ->
                assertRefuted(attack.scene().get().verify(verifier), attack.code(), attack.says()));
  }

  /** A serial number is its issuer's: on the other's list it means another certificate. */
  @Test
  void aSerialNumberOnAnothersListRevokesNothing() {
    proven(Scene.v4().rootCrl(spec -> spec.revoking(PKI.pck())).verify());
    proven(Scene.v4().pckCrl(spec -> spec.revoking(PKI.platformCa(), PKI.tcbSigner())).verify());
  }

  /** Revoked is a verdict about a genuine machine, for a policy to refuse, and no forgery. */
  @Test
  void aRevokedTcbIsProvenToBeRevoked() {
    Scene scene = Scene.v4().tcbInfo(w -> w.levels(TcbLevelWriter.platform("Revoked")));
    TdxClaims claims = claimsOf(scene.verify());
    assertThat(claims.tcb().status()).isEqualTo(TcbStatus.REVOKED);
    assertThat(claims.tcb().isRevoked()).isTrue();
  }

  /** Of each ECDSA signature there are two forms; no claim says which one was sent. */
  @Test
  void theOtherFormOfASignatureChangesNoClaim() {
    Scene scene = Scene.v4();
    TdxClaims claims = claimsOf(scene.verify());
    Scene other = Scene.v4().quote(w -> w.signature(mirrored(KEY.sign("SHA-256", w.signedPart()))));
    assertThat(other.quote()).isNotEqualTo(scene.quote());
    assertThat(claimsOf(other.verify()).toGroup()).isEqualTo(claims.toGroup());
    Scene document =
        Scene.v4()
            .collateral(
                c -> c.withTcbInfo(c.tcbInfo().withSignature(mirrored(c.tcbInfo().signature()))));
    assertThat(claimsOf(document.verify()).toGroup()).isEqualTo(claims.toGroup());
  }

  /** r and n - s. */
  private static Bytes mirrored(Bytes signature) {
    BigInteger s = new BigInteger(1, signature.slice(32, 64).toArray());
    String hex = "%064x".formatted(KEY.order().subtract(s));
    return signature.slice(0, 32).concat(Bytes.ofHex(hex));
  }
}
