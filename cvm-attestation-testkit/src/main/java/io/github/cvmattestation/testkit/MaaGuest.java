package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.testkit.TpmStructures.Attest;
import io.github.cvmattestation.testkit.TpmStructures.RsaPublic;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How a fake attestation service appraises AttestationInfo, member by member (azure.md of this
 * project's specifications, section 3.3): hardware, the paravisor's claims, the attestation key in
 * them, the quote by that key, and the encryption key that it certifies. It does not replay the
 * boot log.
 */
final class MaaGuest {
  /** fixedTPM, fixedParent, sensitiveDataOrigin, noDA, decrypt: and nothing else. */
  private static final long KEY_ATTRIBUTES = 0x00020432;

  private static final Bytes POLICY_PCR = Bytes.ofHex("0000017f");

  private final Map<String, Object> info;

  /** The key that answers are sealed to. */
  private final RsaPublic key;

  private final JsonMembers tee;
  private final Map<String, Object> claims;
  private final List<Integer> pcrs;

  private MaaGuest(
      Map<String, Object> info,
      RsaPublic key,
      JsonMembers tee,
      Map<String, Object> claims,
      List<Integer> pcrs) {
    this.info = info;
    this.key = key;
    this.tee = tee;
    this.claims = claims;
    this.pcrs = pcrs;
  }

  RsaPublic key() {
    return key;
  }

  static MaaGuest appraise(Bytes statement, MaaHardware hardware) throws MaaRefusal {
    Map<String, Object> info = JsonText.object(new String(statement.toArray(), UTF_8));
    MaaRefusal.unless(
        JsonText.text(info, "AttestationProtocolVersion").equals("2.0"), "ProtocolVersion");
    Bytes raw = decoded(info, "IsolationInfo", "Evidence", "RunTimeData");
    JsonMembers tee = hardware(info, raw, hardware);
    Map<String, Object> claims = JsonText.object(new String(raw.toArray(), UTF_8));
    RsaPublic ak = TpmStructures.sizedPublic(decoded(info, "TpmInfo", "AikPub"));
    MaaRefusal.unless(modulus(claims, "HCLAkPub").equals(ak.modulus()), "AttestationKey");
    PublicKey akKey = MaaSignatures.rsa(ak.modulus(), ak.e());
    MaaRefusal.unless(
        MaaSignatures.certificates(decoded(info, "TpmInfo", "AikCert"))
            .get(0)
            .getPublicKey()
            .equals(akKey),
        "AttestationKey");
    Attest quote = signed(info, akKey, "PcrQuote", "PcrSignature", "Quote");
    MaaRefusal.unless(quote.type() == Attest.QUOTE, "Quote");
    MaaRefusal.unless(quote.digest().equals(pcrDigest(info, quote)), "PcrDigest");
    RsaPublic key = TpmStructures.sizedPublic(decoded(info, "TpmInfo", "EncKeyPub"));
    Attest certify =
        signed(info, akKey, "EncKeyCertifyInfo", "EncKeyCertifyInfoSignature", "Certification");
    MaaRefusal.unless(
        certify.type() == Attest.CERTIFY && certify.digest().equals(key.name()), "Certification");
    Bytes policy =
        Hashes.digest(
            "SHA-256", Bytes.zeros(32).concat(POLICY_PCR, quote.selection(), quote.digest()));
    MaaRefusal.unless(
        key.attributes() == KEY_ATTRIBUTES && key.policy().equals(policy), "EncryptionKey");
    return new MaaGuest(info, key, tee, claims, quote.pcrs());
  }

  private static JsonMembers hardware(Map<String, Object> info, Bytes claims, MaaHardware hardware)
      throws MaaRefusal {
    Bytes proof = decoded(info, "IsolationInfo", "Evidence", "Proof");
    return switch (JsonText.text(info, "IsolationInfo", "Type")) {
      case "SevSnp" -> {
        Map<String, Object> snp = JsonText.object(new String(proof.toArray(), UTF_8));
        yield hardware.snp(decoded(snp, "SnpReport"), decoded(snp, "VcekCertChain"), claims);
      }
      case "Tdx" -> hardware.tdx(proof, claims);
      default -> throw new MaaRefusal("IsolationType");
    };
  }

  private static Attest signed(
      Map<String, Object> info, PublicKey ak, String message, String signature, String code)
      throws MaaRefusal {
    Bytes attest = decoded(info, "TpmInfo", message);
    MaaRefusal.unless(
        MaaSignatures.verifies("SHA256withRSA", ak, attest, decoded(info, "TpmInfo", signature)),
        code);
    return TpmStructures.attest(attest);
  }

  /** Of the stated registers, which must be those of the quote, ascending. */
  private static Bytes pcrDigest(Map<String, Object> info, Attest quote) throws MaaRefusal {
    List<Integer> stated = new ArrayList<>();
    Bytes all = Bytes.empty();
    for (Object item : list(info, "TpmInfo", "PCRs")) {
      Map<?, ?> pcr = (Map<?, ?>) item;
      stated.add(index(pcr.get("Index")));
      all = all.concat(decoded(pcr, "Digest"));
    }
    List<Integer> set = list(info, "TpmInfo", "PcrSet").stream().map(MaaGuest::index).toList();
    MaaRefusal.unless(stated.equals(quote.pcrs()) && set.equals(quote.pcrs()), "PcrSet");
    return Hashes.digest("SHA-256", all);
  }

  private static int index(@Nullable Object number) {
    return number instanceof BigDecimal decimal ? decimal.intValueExact() : -1;
  }

  private static List<?> list(Map<?, ?> object, String... path) {
    return JsonText.find(object, path) instanceof List<?> found ? found : List.of();
  }

  private static BigInteger modulus(Map<String, Object> claims, String kid) throws MaaRefusal {
    List<? extends Map<?, ?>> keys =
        list(claims, "keys").stream()
            .map(key -> (Map<?, ?>) key)
            .filter(key -> kid.equals(key.get("kid")))
            .toList();
    MaaRefusal.unless(keys.size() == 1, "AttestationKey");
    return new BigInteger(1, decoded(keys.get(0), "n").toArray());
  }

  /** Base64 of either alphabet. */
  static Bytes decoded(Map<?, ?> object, String... path) {
    String text = JsonText.text(object, path).replace('+', '-').replace('/', '_');
    return Bytes.of(Base64.getUrlDecoder().decode(text));
  }

  /** Writes what was found into a token. */
  void tell(TokenWriter token) {
    token.claimText("x-ms-attestation-type", "azurevm");
    token.claim(
        "secureboot",
        Boolean.toString(
            Boolean.TRUE.equals(JsonText.find(claims, "vm-configuration", "secure-boot"))));
    token.claimText("x-ms-azurevm-attestation-protocol-ver", "2.0");
    token.claim(
        "x-ms-azurevm-attested-pcrs", JsonMembers.array(pcrs.stream().map(String::valueOf)));
    Stream.of("bootdebug", "flightsigning", "hypervisordebug", "kerneldebug", "testsigning")
        .forEach(flag -> token.claim("x-ms-azurevm-" + flag + "-enabled", "false"));
    token.claim("x-ms-azurevm-is-windows", Boolean.toString(text("OSType").equals("Windows")));
    token.claimText("x-ms-azurevm-ostype", text("OSType"));
    token.claimText("x-ms-azurevm-osdistro", text("OSDistro"));
    token.claimText("x-ms-azurevm-osbuild", text("OSBuild"));
    token.claim("x-ms-azurevm-osversion-major", JsonText.write(info.get("OSVersionMajor")));
    token.claim("x-ms-azurevm-osversion-minor", JsonText.write(info.get("OSVersionMinor")));
    token.claimText("x-ms-azurevm-vmid", JsonText.text(claims, "vm-configuration", "vmUniqueId"));
    token.claim("x-ms-isolation-tee", tee.json());
    String jwk =
        new JsonMembers()
            .set("e", JsonMembers.quoted("AQAB"))
            .set("key_ops", "[\"encrypt\"]")
            .set("kid", JsonMembers.quoted("TpmEphemeralEncryptionKey"))
            .set("kty", JsonMembers.quoted("RSA"))
            .set(
                "n",
                JsonMembers.quoted(
                    TokenWriter.base64Url(Bytes.of(Der.unsigned(key.modulus(), 256)))))
            .json();
    token.claim(
        "x-ms-runtime",
        new JsonMembers()
            .set("client-payload", JsonText.write(JsonText.find(info, "ClientPayload")))
            .set("keys", "[" + jwk + "]")
            .json());
  }

  private String text(String member) {
    return new String(decoded(info, member).toArray(), UTF_8);
  }
}
