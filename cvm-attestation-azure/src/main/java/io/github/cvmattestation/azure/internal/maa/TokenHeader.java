package io.github.cvmattestation.azure.internal.maa;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.azure.MaaFinding;
import java.text.ParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What counts of a token's header: how it is signed and by which of the issuer's keys. Where a key
 * could be had (jku, x5u) or which it should be (jwk, x5c) is the sender's word: those members are
 * never read, not even to see whether they make sense.
 */
record TokenHeader(JwsAlgorithm algorithm, String kid) {
  /** The members that are texts, and all that the library gets to see. */
  private static final List<String> TEXTS = List.of("alg", "kid", "typ");

  /** Members that would make the payload something else than claims in JSON. */
  private static final List<String> OTHER_CONTENT = List.of("enc", "zip", "b64", "cty");

  static TokenHeader of(Json.Obj header) throws RefutedException {
    JWSHeader read = parse(header);
    Optional<JwsAlgorithm> algorithm = JwsAlgorithm.of(read.getAlgorithm());
    if (algorithm.isEmpty()) {
      throw refuted(MaaFinding.JWT_ALG, "alg RS256, PS256 or ES256", "another");
    }
    if (header.get("crit").isPresent()) {
      throw refuted(MaaFinding.JWT_CRIT, "nothing that must be understood", "crit");
    }
    boolean isJwt = read.getType() == null || read.getType().equals(JOSEObjectType.JWT);
    if (!isJwt || OTHER_CONTENT.stream().anyMatch(header.names()::contains)) {
      throw refuted(MaaFinding.JWT_FORM, "a JWT whose payload is its claims", "something else");
    }
    String kid = read.getKeyID();
    if (kid == null) {
      throw refuted(MaaFinding.JWT_KEY, "a kid", "none");
    }
    return new TokenHeader(algorithm.get(), kid);
  }

  private static JWSHeader parse(Json.Obj header) throws RefutedException {
    Map<String, Object> texts = new LinkedHashMap<>();
    try {
      for (String name : TEXTS) {
        Optional<Json> value = header.get(name);
        if (value.isPresent()) {
          texts.put(name, value.get().asString());
        }
      }
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(MaaFinding.JWT_FORM));
    }
    // The library takes "none" and a missing alg for programming errors of its caller.
    if (!texts.containsKey("alg") || texts.get("alg").equals(JWSAlgorithm.NONE.getName())) {
      throw refuted(MaaFinding.JWT_ALG, "a signature", "alg none, or no alg");
    }
    try {
      return JWSHeader.parse(texts);
    } catch (ParseException | IllegalArgumentException e) {
      throw refuted(MaaFinding.JWT_FORM, "the header of a JWS", "something else");
    }
  }

  private static RefutedException refuted(MaaFinding code, String expected, String actual) {
    return new RefutedException(Finding.of(code, expected, actual));
  }
}
