package io.github.cvmattestation.azure.internal.keyvault;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.Curve;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.internal.Base64s;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import io.github.cvmattestation.attestation.release.WrapAlgorithm;
import io.github.cvmattestation.attestation.release.WrappedKey;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.azure.ReleaseFinding;
import io.github.cvmattestation.azure.ReleasePolicy;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;

/**
 * The signed part of a release answer (Key Vault REST 2025-07-01, Release; {@code key_hsm} as the
 * service sends it): it must be to this request, and the key must be in use.
 */
final class ReleaseAnswer {
  /** Year 9999: beyond it there are no dates to compare. */
  private static final long MAX_TIME = 253_402_300_799L;

  private static final String NO_WRAPPING = "dir";
  private static final String SCHEMA = "1.0";
  private static final Bytes F4 = Bytes.ofHex("010001");

  private final ReleaseRequest asked;
  private final Instant at;

  ReleaseAnswer(ReleaseRequest asked, Instant at) {
    this.asked = asked;
    this.at = at;
  }

  WrappedKey read(Json.Obj payload) throws MalformedException, RefutedException {
    Json.Obj request = payload.require("request").asObject();
    Json.Obj bundle =
        payload.require("response").asObject().require("key").asObject(); // a KeyBundle
    Json.Obj key = bundle.require("key").asObject();
    if (!request.require("nonce").asString().equals(asked.nonce())) {
      throw refuted(ReleaseFinding.SKR_NONCE, "the nonce that was sent", "another");
    }
    String keyId = key.require("kid").asString();
    requireKeyId(request.require("kid").asString(), keyId);
    requireAlgorithm(request.require("enc").asString());
    requireUsable(bundle.require("attributes").asObject());
    requirePolicy(bundle);
    Json.Obj wrapping = wrapping(key.require("key_hsm"));
    Json.Obj header = wrapping.require("header").asObject();
    requireAlgorithm(header.require("enc").asString());
    if (!header.require("alg").asString().equals(NO_WRAPPING)
        || !wrapping.require("schema_version").asString().equals(SCHEMA)) {
      throw wrapping.wrong("schema " + SCHEMA + " and alg " + NO_WRAPPING);
    }
    WrappedKey.Kind kind = kind(key.require("kty"));
    return new WrappedKey(
        keyId, kind, publicKey(kind, key), asked.algorithm(), octets(wrapping, "ciphertext"));
  }

  private void requireKeyId(String requested, String released) throws RefutedException {
    Optional<KeyId> echo = KeyId.parse(requested);
    Optional<KeyId> key = KeyId.parse(released);
    boolean same =
        echo.isPresent()
            && key.isPresent()
            && key.get().version().isPresent()
            && isAsked(echo.get())
            && isAsked(key.get())
            && (echo.get().version().isEmpty() || echo.get().version().equals(key.get().version()));
    if (!same) {
      throw refuted(ReleaseFinding.SKR_KEY_ID, "the key that was asked for", "another");
    }
  }

  /** One version was asked for, or the newest, and which that is only the vault knows. */
  private boolean isAsked(KeyId key) {
    return key.isSameKey(asked.key())
        && (asked.key().version().isEmpty() || asked.key().version().equals(key.version()));
  }

  private void requireAlgorithm(String name) throws RefutedException {
    if (!WrapAlgorithm.ofName(name).equals(Optional.of(asked.algorithm()))) {
      throw refuted(ReleaseFinding.SKR_ENC, asked.algorithm().name(), "another");
    }
  }

  /** KeyAttributes. What is not said is not so: a key that nobody calls enabled is not. */
  private void requireUsable(Json.Obj attributes) throws MalformedException, RefutedException {
    Optional<Instant> notBefore = time(attributes, "nbf");
    Optional<Instant> expires = time(attributes, "exp");
    String actual = "";
    if (!isTrue(attributes, "enabled")) {
      actual = "disabled";
    } else if (!isTrue(attributes, "exportable")) {
      actual = "not exportable";
    } else if (notBefore.isPresent() && at.isBefore(notBefore.get())) {
      actual = "valid from " + notBefore.get();
    } else if (expires.isPresent() && !at.isBefore(expires.get())) {
      actual = "valid until " + expires.get();
    }
    if (!actual.isEmpty()) {
      throw refuted(ReleaseFinding.SKR_KEY_STATE, "a key in use at " + at, actual);
    }
  }

  private static boolean isTrue(Json.Obj object, String name) throws MalformedException {
    Optional<Json> member = object.get(name);
    return member.isPresent() && member.get().asBoolean();
  }

  private static Optional<Instant> time(Json.Obj attributes, String name)
      throws MalformedException {
    Optional<Json> member = attributes.get(name);
    return member.isEmpty()
        ? Optional.empty()
        : Optional.of(Instant.ofEpochSecond(member.get().asUnsigned(MAX_TIME)));
  }

  private void requirePolicy(Json.Obj bundle) throws MalformedException, RefutedException {
    if (asked.policyHash().isEmpty()) {
      return;
    }
    Bytes wanted = asked.policyHash().get();
    Optional<Json> policy = bundle.get("release_policy");
    Bytes text = policy.isEmpty() ? Bytes.empty() : octets(policy.get().asObject(), "data");
    Bytes actual = Digests.sha256(text);
    if (!actual.equals(wanted) && !Digests.sha256(canonical(text)).equals(wanted)) {
      throw new RefutedException(Finding.of(ReleaseFinding.SKR_POLICY, wanted, actual));
    }
  }

  /** The same policy in one writing, since the vault may write it anew; of no policy, nothing. */
  private static Bytes canonical(Bytes text) {
    try {
      return ReleasePolicy.parse(text).canonicalJson();
    } catch (MalformedException e) {
      return Bytes.empty();
    }
  }

  private static Json.Obj wrapping(Json keyHsm) throws MalformedException {
    Bytes json = CompactJws.decoded(keyHsm.where(), keyHsm.asString());
    return StrictJson.parse("key_hsm", json, CompactJws.MAX_SIZE).asObject();
  }

  private static WrappedKey.Kind kind(Json kty) throws MalformedException {
    return switch (kty.asString()) {
      case "RSA", "RSA-HSM" -> WrappedKey.Kind.RSA;
      case "EC", "EC-HSM" -> WrappedKey.Kind.EC;
      case "oct", "oct-HSM" -> WrappedKey.Kind.OCT;
      default -> throw kty.wrong("RSA, EC or oct");
    };
  }

  private static Optional<PublicKeyInfo> publicKey(WrappedKey.Kind kind, Json.Obj key)
      throws MalformedException {
    return switch (kind) {
      case OCT -> Optional.empty();
      case RSA -> {
        if (!octets(key, "e").equals(F4)) {
          throw key.require("e").wrong("exponent 65537");
        }
        yield Optional.of(PublicKeyInfo.rsa(new BigInteger(1, octets(key, "n").toArray())));
      }
      case EC -> Optional.of(PublicKeyInfo.ec(curve(key), octets(key, "x"), octets(key, "y")));
    };
  }

  private static Curve curve(Json.Obj key) throws MalformedException {
    Json crv = key.require("crv");
    return switch (crv.asString()) {
      case "P-256" -> Curve.P256;
      case "P-384" -> Curve.P384;
      default -> throw crv.wrong("P-256 or P-384");
    };
  }

  /** Both alphabets, padded or not: the service's own samples differ, and the bytes do not. */
  private static Bytes octets(Json.Obj object, String name) throws MalformedException {
    Json member = object.require(name);
    return Base64s.decode(member.where(), member.asString());
  }

  private static RefutedException refuted(ReleaseFinding code, String expected, String actual) {
    return new RefutedException(Finding.of(code, expected, actual));
  }
}
