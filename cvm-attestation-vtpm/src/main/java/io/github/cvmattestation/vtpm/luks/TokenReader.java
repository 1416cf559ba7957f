package io.github.cvmattestation.vtpm.luks;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.internal.Base64s;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.Pem;
import io.github.cvmattestation.vtpm.ObjectAttribute;
import io.github.cvmattestation.vtpm.PcrBank;
import io.github.cvmattestation.vtpm.PcrSelection;
import io.github.cvmattestation.vtpm.PolicyKey;
import io.github.cvmattestation.vtpm.StorageParent;
import io.github.cvmattestation.vtpm.TpmtPublic;
import io.github.cvmattestation.vtpm.luks.SystemdTpm2Token.SignedPcrs;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Reads a {@code systemd-tpm2} token as systemd 250 to 257 writes it ({@code tpm2_make_luks2_json}
 * in src/shared/tpm2-util.c). What a member means is never guessed: an unknown one is refused.
 */
final class TokenReader {
  private static final Set<String> KNOWN =
      Set.of(
          "type",
          "keyslots",
          "tpm2-blob",
          "tpm2-pcrs",
          "tpm2-pcr-bank",
          "tpm2-primary-alg",
          "tpm2-policy-hash",
          "tpm2-pin",
          "tpm2_pcrlock",
          "tpm2_pubkey",
          "tpm2_pubkey_pcrs",
          "tpm2_srk");

  private static final String UNLOCK = "unlock it with systemd-cryptsetup, ";
  private static final String ENROL = "enrol again with systemd-cryptenroll";
  private static final int MAX_PEM = 4096;

  private final int id;
  private final Json.Obj token;

  private TokenReader(int id, Json.Obj token) {
    this.id = id;
    this.token = token;
  }

  /** Reads {@code token}, which is never trusted to be well formed. */
  static Tpm2Token read(int id, Json.Obj token, Set<Integer> keyslots) {
    TokenReader reader = new TokenReader(id, token);
    try {
      Optional<RefusedToken> refused = reader.unsupported();
      return refused.isPresent() ? refused.get() : reader.supported(keyslots);
    } catch (MalformedException e) {
      return reader.refused(e.problem(), "use another key slot, then " + ENROL);
    }
  }

  private Optional<RefusedToken> unsupported() throws MalformedException {
    if (isSet("tpm2-pin") || token.get("tpm2_salt").isPresent()) {
      return Optional.of(
          refused("it needs a PIN (tpm2-pin)", UNLOCK + "or enrol without --tpm2-with-pin"));
    }
    if (isSet("tpm2_pcrlock") || token.get("tpm2_pcrlock_nv").isPresent()) {
      return Optional.of(
          refused(
              "its policy is systemd-pcrlock's (tpm2_pcrlock)",
              UNLOCK + "or enrol with --tpm2-pcrs or --tpm2-public-key"));
    }
    if (token.require("tpm2-blob") instanceof Json.Arr) {
      return Optional.of(
          refused("its secret is in several parts (tpm2-blob)", UNLOCK + "or " + ENROL));
    }
    for (String name : token.names()) {
      if (!KNOWN.contains(name)) {
        // The name is whoever wrote the header's: only a plain one is repeated.
        String shown = name.matches("[A-Za-z0-9_-]{1,40}") ? name : "?";
        return Optional.of(refused("it has an unknown member, " + shown, UNLOCK + "or " + ENROL));
      }
    }
    String bank = bankName();
    if (bank.equals(HashAlgorithm.SHA1.bankName())) {
      return Optional.of(
          refused("its registers are SHA-1's (tpm2-pcr-bank)", ENROL + ", with a SHA-256 bank"));
    }
    return Optional.empty();
  }

  private SystemdTpm2Token supported(Set<Integer> keyslots) throws MalformedException {
    Bytes blob = base64("tpm2-blob");
    SealedBlob sealed = SealedBlob.read(blob);
    TpmtPublic publicArea = sealed.publicArea();
    Bytes policy = token.require("tpm2-policy-hash").asHex();
    if (!publicArea.authPolicy().equals(policy)) {
      throw token.wrong("tpm2-policy-hash equal to the sealed object's authPolicy");
    }
    requireSealedUnderPolicy(publicArea);
    HashAlgorithm bank =
        HashAlgorithm.ofBankName(bankName())
            .orElseThrow(() -> token.wrong("a known tpm2-pcr-bank"));
    Optional<SerializedKey> srk =
        token.get("tpm2_srk").isPresent()
            ? Optional.of(SerializedKey.read(base64("tpm2_srk")))
            : Optional.empty();
    return new SystemdTpm2Token(
        id,
        slots(keyslots),
        sealed.privateArea(),
        publicArea,
        selection("tpm2-pcrs", bank),
        signed(bank),
        srk.isPresent() ? new StorageParent.Persistent(srk.get().handle()) : primary(),
        srk.map(SerializedKey::name));
  }

  /** With userWithAuth the empty password would do, and no policy would ever be asked for. */
  private void requireSealedUnderPolicy(TpmtPublic area) throws MalformedException {
    boolean sealed =
        area.parameters() instanceof TpmtPublic.KeyedHash
            && area.nameAlg() == HashAlgorithm.SHA256
            && area.has(ObjectAttribute.FIXED_TPM, ObjectAttribute.FIXED_PARENT)
            && !area.has(ObjectAttribute.USER_WITH_AUTH)
            && area.authPolicy().size() == HashAlgorithm.SHA256.digestSize();
    if (!sealed) {
      throw token.wrong("data sealed to one TPM that only a policy releases");
    }
  }

  private SortedSet<Integer> slots(Set<Integer> known) throws MalformedException {
    SortedSet<Integer> slots = new TreeSet<>();
    for (Json slot : token.require("keyslots").asArray(Luks2Header.MAX_KEYSLOTS)) {
      int number = Luks2Header.number(token, "keyslots", slot.asString(), Luks2Header.MAX_KEYSLOTS);
      if (!known.contains(number) || !slots.add(number)) {
        throw token.wrong("keyslots that exist, each once");
      }
    }
    return slots;
  }

  private Optional<PcrSelection> selection(String member, HashAlgorithm bank)
      throws MalformedException {
    SortedSet<Integer> indices = new TreeSet<>();
    for (Json index : token.require(member).asArray(PcrBank.REGISTERS)) {
      if (!indices.add((int) index.asUnsigned(PcrBank.REGISTERS - 1))) {
        throw token.wrong(member + " with each register once");
      }
    }
    return indices.isEmpty() ? Optional.empty() : Optional.of(PcrSelection.of(bank, indices));
  }

  private Optional<SignedPcrs> signed(HashAlgorithm bank) throws MalformedException {
    Optional<Json> key = token.get("tpm2_pubkey");
    if (key.isEmpty() && token.get("tpm2_pubkey_pcrs").isEmpty()) {
      return Optional.empty();
    }
    Optional<PcrSelection> pcrs = selection("tpm2_pubkey_pcrs", bank);
    if (key.isEmpty() && pcrs.isEmpty()) {
      return Optional.empty();
    }
    Bytes pem = base64("tpm2_pubkey");
    if (pem.size() > MAX_PEM || pcrs.isEmpty()) {
      throw token.wrong("tpm2_pubkey with the registers that it signs for");
    }
    List<Bytes> keys = Pem.decode(pem, "PUBLIC KEY");
    if (keys.size() != 1 || !(PublicKeyInfo.parse(keys.get(0)) instanceof PublicKeyInfo.Rsa rsa)) {
      throw token.wrong("one RSA key in tpm2_pubkey");
    }
    return Optional.of(new SignedPcrs(PolicyKey.of(rsa), pcrs.get()));
  }

  private StorageParent primary() throws MalformedException {
    String algorithm = token.require("tpm2-primary-alg").asString();
    return switch (algorithm) {
      case "ecc" -> new StorageParent.LegacyEccPrimary();
      case "rsa" -> new StorageParent.LegacyRsaPrimary();
      default -> throw token.wrong("tpm2-primary-alg ecc or rsa");
    };
  }

  private String bankName() throws MalformedException {
    return token.require("tpm2-pcr-bank").asString();
  }

  private boolean isSet(String member) throws MalformedException {
    Optional<Json> value = token.get(member);
    return value.isPresent() && value.get().asBoolean();
  }

  private Bytes base64(String member) throws MalformedException {
    return Base64s.decode(member, token.require(member).asString());
  }

  private RefusedToken refused(String problem, String remedy) {
    return new RefusedToken(id, problem, remedy);
  }
}
