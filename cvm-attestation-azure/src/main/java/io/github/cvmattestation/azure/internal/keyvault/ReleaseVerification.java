package io.github.cvmattestation.azure.internal.keyvault;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import io.github.cvmattestation.attestation.release.KeyReleaser.Release;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.azure.ReleaseFinding;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The steps that turn a vault's answer into a wrapped key: signed by the vault's own host, to this
 * very request. The wrapping key is public, so whoever can forge an answer could hand us any key.
 * Pure: no network, no clock.
 */
public final class ReleaseVerification {
  /** RSA alone (RFC 7518, section 3.1): the service signs with its TLS key, RS256. */
  private static final Map<String, SignatureScheme> ALGORITHMS =
      Map.of(
          "RS256", SignatureScheme.RSASSA_SHA256,
          "RS384", SignatureScheme.RSASSA_SHA384,
          "RS512", SignatureScheme.RSASSA_SHA512,
          "PS256", SignatureScheme.RSAPSS_SHA256,
          "PS384", SignatureScheme.RSAPSS_SHA384,
          "PS512", SignatureScheme.RSAPSS_SHA512);

  private final SignatureBackend signatures;
  private final Set<TrustAnchor> anchors;

  /**
   * @param anchors the authorities whose word on a host's name is taken
   */
  public ReleaseVerification(SignatureBackend signatures, Set<TrustAnchor> anchors) {
    this.signatures = signatures;
    this.anchors = Set.copyOf(anchors);
  }

  /**
   * Verifies an answer as of {@code at}.
   *
   * @param answer a JWS in compact serialisation
   */
  public Release verify(String answer, ReleaseRequest asked, Instant at) {
    try {
      CompactJws jws = CompactJws.parse(answer);
      final SignatureScheme scheme = scheme(jws.header());
      X509Certificate signer = signer(jws.header(), asked.key().host(), at);
      requireSignature(jws, scheme, signer);
      Json.Obj payload =
          StrictJson.parse("release answer", jws.payload(), CompactJws.MAX_SIZE).asObject();
      return new Release.Released(new ReleaseAnswer(asked, at).read(payload));
    } catch (RefutedException e) {
      return new Release.Refused(List.of(e.finding()));
    } catch (MalformedException e) {
      return new Release.Refused(List.of(e.toFinding(ReleaseFinding.SKR_FORM)));
    }
  }

  private static SignatureScheme scheme(Json.Obj header)
      throws MalformedException, RefutedException {
    if (header.get("crit").isPresent()) {
      throw new MalformedException("release answer.header", "nothing critical", "something");
    }
    SignatureScheme scheme = ALGORITHMS.get(header.require("alg").asString());
    if (scheme == null) {
      throw refuted(ReleaseFinding.SKR_SIGNATURE, "alg RS… or PS…", "another");
    }
    return scheme;
  }

  /** The leaf, once authorities that are trusted say that it is the vault's. */
  private X509Certificate signer(Json.Obj header, String host, Instant at)
      throws MalformedException, RefutedException {
    List<X509Certificate> chain = SignerChain.read(header.require("x5c"));
    SignerChain.requireTrusted(chain, anchors, at);
    X509Certificate leaf = chain.get(0);
    if (!ServerNames.match(leaf, host)) {
      throw refuted(ReleaseFinding.SKR_HOST, "signed by " + host, "another host");
    }
    Optional<Json> thumbprint = header.get("x5t#S256");
    if (thumbprint.isPresent() && !isThumbprint(thumbprint.get(), header)) {
      throw refuted(ReleaseFinding.SKR_CHAIN, "x5t#S256 of the signer", "another certificate's");
    }
    return leaf;
  }

  /** RFC 7515, section 4.1.8: over the very octets that x5c has. */
  private static boolean isThumbprint(Json thumbprint, Json.Obj header) throws MalformedException {
    Json leaf = header.require("x5c").asArray(SignerChain.MAX_CERTIFICATES).get(0);
    return CompactJws.decoded(thumbprint.where(), thumbprint.asString())
        .equals(Digests.sha256(SignerChain.der(leaf)));
  }

  private void requireSignature(CompactJws jws, SignatureScheme scheme, X509Certificate signer)
      throws RefutedException {
    boolean holds;
    try {
      PublicKeyInfo key = PublicKeyInfo.parse(Bytes.of(signer.getPublicKey().getEncoded()));
      holds = signatures.prepare(key).verifies(scheme, jws.signingInput(), jws.signature());
    } catch (MalformedException e) {
      holds = false; // a kind or size of key that the algorithms do not go with
    }
    if (!holds) {
      throw refuted(ReleaseFinding.SKR_SIGNATURE, "signed by the vault", "not");
    }
  }

  private static RefutedException refuted(ReleaseFinding code, String expected, String actual) {
    return new RefutedException(Finding.of(code, expected, actual));
  }
}
