package io.github.cvmattestation.azure.internal.maa;

import com.azure.core.http.HttpClient;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import io.github.cvmattestation.attestation.crypto.VerificationKey;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.azure.internal.http.HttpTime;
import java.text.ParseException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a key that an issuer publishes has signed a JWS, and nothing about what it says: for
 * answers whose claims somebody else reads. Keys in the JWS itself are not looked at.
 */
public final class PublishedSignature {
  private static final MaaKeys.Ages AGES = new MaaKeys.Ages(Duration.ofHours(1), Duration.ZERO);

  private final String issuer;
  private final MaaKeys keys;

  /**
   * @param issuer an origin; its {@code /certs} are asked for
   * @param client who asks
   */
  public PublishedSignature(String issuer, HttpClient client) {
    this.issuer = issuer;
    keys =
        new MaaKeys(
            Set.of(issuer),
            HttpJwksSource.over(client, HttpTime.system()),
            SignatureBackends.fastest(),
            InstantSource.system(),
            AGES);
  }

  /**
   * Whether it holds.
   *
   * @throws io.github.cvmattestation.attestation.AttestationException.Service if the issuer could
   *     not be asked for its keys
   */
  public boolean holds(String compact) {
    try {
      JWSObject jws = JWSObject.parse(compact);
      JWSHeader header = jws.getHeader();
      Optional<JwsAlgorithm> algorithm = JwsAlgorithm.of(header.getAlgorithm());
      if (algorithm.isEmpty() || header.getKeyID() == null) {
        return false;
      }
      VerificationKey key = keys.find(issuer, header.getKeyID(), algorithm.get());
      return key.verifies(
          algorithm.get().scheme(),
          Bytes.of(jws.getSigningInput()),
          Bytes.of(jws.getSignature().decode()));
    } catch (ParseException | RefutedException e) {
      return false;
    }
  }
}
