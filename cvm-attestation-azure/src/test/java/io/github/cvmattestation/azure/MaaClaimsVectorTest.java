package io.github.cvmattestation.azure;

import static io.github.cvmattestation.azure.MaaScene.KID;
import static io.github.cvmattestation.azure.MaaScene.SIGNER;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.internal.Base64s;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import io.github.cvmattestation.testkit.TokenWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The claims of a real token, which came without its signature: signed again, and read. */
class MaaClaimsVectorTest {
  private static final Nonce NONCE = new Nonce(Bytes.zeros(32));

  @Test
  void everyClaimOfARealTokenIsRead() throws MalformedException {
    List<Json.Obj> cases = Vectors.cases("maa-claims");
    assertThat(cases).isNotEmpty();
    for (Json.Obj one : cases) {
      Bytes raw = Vectors.file(one, "claims");
      Json.Obj claims = StrictJson.parse("claims", raw, raw.size()).asObject();
      MaaToken token = signedAgain(claims);
      Json.Obj expect = one.require("expect").asObject();
      assertThat(token.attestationType().claim())
          .isEqualTo(expect.require("attestationType").asString());
      assertThat(token.tee().orElseThrow().claim()).isEqualTo(expect.require("tee").asString());
      assertThat(token.complianceStatus()).contains(expect.require("compliance").asString());
      assertThat(token.secureBoot()).contains(expect.require("secureBoot").asBoolean());
      assertThat(token.isCompliantCvm()).isTrue();
      assertThat(token.debugFlags().allOff()).isTrue();
      assertThat(token.vmId()).contains("2dedc52a-6832-46ce-9910-e8c9980bf5a7");
      assertThat(token.policyHash().orElseThrow())
          .isEqualTo(Base64s.decode("policy", claims.require("x-ms-policy-hash").asString()));
      assertThat(token.issuedAt()).isEqualTo(Instant.ofEpochSecond(1652993094));
      assertThat(token.notBefore()).isEqualTo(Instant.ofEpochSecond(1652993094));
      assertThat(token.expiresAt()).isEqualTo(Instant.ofEpochSecond(1653021894));
      requireSame(claims, token.toGroup(), "");
      assertThat(token.claim("x-ms-isolation-tee", "x-ms-sevsnpvm-vmpl"))
          .contains(new ClaimValue.Unsigned(0));
    }
  }

  /** The text as it is but for the client's payload, which this token was asked for without. */
  private static MaaToken signedAgain(Json.Obj claims) throws MalformedException {
    String issuer = claims.require("iss").asString();
    Instant at = Instant.ofEpochSecond(claims.require("iat").asUnsigned(Long.MAX_VALUE));
    Json.Obj runtime = claims.require("x-ms-runtime").asObject();
    Json.Obj key = runtime.require("keys").asArray(1).get(0).asObject();
    PublicKeyInfo.Rsa guest =
        PublicKeyInfo.rsa(
            new BigInteger(1, Base64s.decode("n", key.require("n").asString()).toArray()));
    String nonce =
        Base64.getEncoder().encodeToString(NONCE.value().hex().getBytes(StandardCharsets.US_ASCII));
    String old = utf8(runtime.text());
    String more = "{\"client-payload\":{\"nonce\":\"" + nonce + "\"}," + old.substring(1);
    String payload = utf8(claims.text()).replace(old.stripTrailing(), more);
    // The one below x-ms-isolation-tee has other keys, so that only one place was changed.
    assertThat(payload.length())
        .isEqualTo(utf8(claims.text()).length() + more.length() - old.length());
    String signed = TokenWriter.of(issuer, KID, at).signRaw(payload, SIGNER);
    Verification verdict =
        MaaTokenVerifier.builder(issuer)
            .keySource(asked -> MaaScene.JWKS)
            .clock(() -> at)
            .build()
            .verify(signed, NONCE, guest, at);
    return MaaScene.verified(verdict);
  }

  private static void requireSame(Json json, ClaimValue value, String name) {
    if (json instanceof Json.Obj object) {
      ClaimValue.Group group = (ClaimValue.Group) value;
      for (String member : object.names()) {
        if (!member.equals("client-payload") && group.members().containsKey(member)) {
          requireSame(
              object.get(member).orElseThrow(), group.members().get(member), name + "." + member);
        } else {
          throw new AssertionError("not read: " + name + "." + member);
        }
      }
    } else if (json instanceof Json.Arr array) {
      List<ClaimValue> values = ((ClaimValue.Many) value).values();
      assertThat(values).as(name).hasSameSizeAs(array.items());
      for (int i = 0; i < values.size(); i++) {
        requireSame(array.items().get(i), values.get(i), name + "[]");
      }
    } else if (json instanceof Json.Str text) {
      assertThat(value).as(name).isEqualTo(new ClaimValue.Text(text.value()));
    } else if (json instanceof Json.Num number) {
      assertThat(value).as(name).isEqualTo(new ClaimValue.Unsigned(number.value().longValue()));
    } else {
      assertThat(value).as(name).isEqualTo(new ClaimValue.Flag(((Json.Bool) json).value()));
    }
  }

  private static String utf8(Bytes text) {
    return new String(text.toArray(), StandardCharsets.UTF_8);
  }
}
