package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The {@code boot} section of a policy: each member is one call on {@link BootPolicy}. */
final class BootPolicyJson {
  private static final int MAX_SIZE = 1 << 20;
  private static final int MAX_ITEMS = 10_000;
  private static final int HASH_SIZE = 32;
  private static final int MAX_GENERATION = 999_999_999;

  private BootPolicyJson() {}

  static BootPolicy parse(Bytes json) {
    try {
      Json.Obj root = StrictJson.parse("policy.boot", json, MAX_SIZE).asObject();
      root.onlyMembers("secureBoot", "authorities", "loaderTexts", "revoked", "sbat");
      return read(root);
    } catch (MalformedException e) {
      throw new AttestationException.Configuration(
          e.problem(), "see docs/policy.md for its members");
    }
  }

  private static BootPolicy read(Json.Obj root) throws MalformedException {
    Json secureBoot = root.require("secureBoot");
    BootPolicy policy =
        switch (secureBoot.asString()) {
          case "required" -> BootPolicy.requireSecureBoot();
          case "ignore" -> BootPolicy.ignoreSecureBoot();
          default -> throw secureBoot.wrong("\"required\" or \"ignore\"");
        };
    Optional<Json> authorities = root.get("authorities");
    if (authorities.isPresent()) {
      requireOn(secureBoot, "authorities");
      policy = policy.requireAuthorities(hashes(authorities.get()));
    }
    Optional<Json> sbat = root.get("sbat");
    if (sbat.isPresent()) {
      requireOn(secureBoot, "sbat");
      Json.Obj generations = sbat.get().asObject();
      if (generations.names().isEmpty()) {
        throw generations.wrong("at least one component");
      }
      for (String component : generations.names()) {
        policy =
            policy.requireSbat(
                component, generations.require(component).asUnsigned(MAX_GENERATION));
      }
    }
    Optional<Json> texts = root.get("loaderTexts");
    if (texts.isPresent()) {
      List<String> ordered = new ArrayList<>();
      for (Json text : some(texts.get())) {
        ordered.add(text.asString());
      }
      policy = policy.requireLoaderTexts(ordered);
    }
    Optional<Json> revoked = root.get("revoked");
    return revoked.isPresent() ? policy.refuseRevoked(revocations(revoked.get())) : policy;
  }

  /** Where it is off, whoever let what run is nobody's demand. */
  private static void requireOn(Json secureBoot, String member) throws MalformedException {
    if (!secureBoot.asString().equals("required")) {
      throw secureBoot.wrong("\"required\" beside " + member);
    }
  }

  private static Revocations revocations(Json value) throws MalformedException {
    Json.Obj revoked = value.asObject();
    revoked.onlyMembers("imageHashes", "certificateHashes", "certificates");
    Set<Bytes> images = hashes(revoked.get("imageHashes"));
    Set<Bytes> hashes = hashes(revoked.get("certificateHashes"));
    Set<Bytes> certificates = new LinkedHashSet<>();
    Optional<Json> listed = revoked.get("certificates");
    if (listed.isPresent()) {
      for (Json item : some(listed.get())) {
        Bytes der = item.asHex();
        if (BootAuthority.certificate(der).isEmpty()) {
          throw item.wrong("a certificate, DER in hexadecimal"); // it would match nothing
        }
        certificates.add(der);
      }
    }
    if (revoked.names().isEmpty()) {
      throw revoked.wrong("something that is revoked");
    }
    return new Revocations(images, hashes, certificates);
  }

  private static Set<Bytes> hashes(Optional<Json> value) throws MalformedException {
    return value.isPresent() ? hashes(value.get()) : Set.of();
  }

  private static Set<Bytes> hashes(Json value) throws MalformedException {
    Set<Bytes> hashes = new LinkedHashSet<>();
    for (Json item : some(value)) {
      Bytes hash = item.asHex();
      if (hash.size() != HASH_SIZE) {
        throw item.wrong(HASH_SIZE + " bytes in hexadecimal");
      }
      hashes.add(hash);
    }
    return hashes;
  }

  /** An empty list would accept nothing, or, taken for silence, everything. */
  private static List<Json> some(Json value) throws MalformedException {
    List<Json> items = value.asArray(MAX_ITEMS);
    if (items.isEmpty()) {
      throw value.wrong("at least one value");
    }
    return items;
  }
}
