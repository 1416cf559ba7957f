package io.github.cvmattestation.azure.internal;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import io.github.cvmattestation.azure.AzurePolicy;
import java.util.ArrayList;
import java.util.List;

/** The JSON form of {@link AzurePolicy}: each member is one call of its builder. */
public final class AzurePolicyJson {
  private static final int MAX_SIZE = 1 << 20;
  private static final int MAX_VALUES = 4096;
  private static final String IGNORE = "ignore";
  private static final String REMEDY =
      "write {\"vmUniqueIds\": [\"…\"] or \"ignore\","
          + " \"pcrs\": {\"sha256\": {\"0\": [\"hex\"]}} or \"ignore\","
          + " \"secureBoot\": \"required\" or \"allowOff\"}";

  private AzurePolicyJson() {}

  /** The policy that {@code json} describes. */
  public static AzurePolicy read(Bytes json) {
    AzurePolicy.Builder policy = AzurePolicy.builder();
    try {
      Json.Obj root = StrictJson.parse("azure", json, MAX_SIZE).asObject();
      root.onlyMembers("vmUniqueIds", "pcrs", "secureBoot");
      readVmUniqueIds(root.require("vmUniqueIds"), policy);
      readPcrs(root.require("pcrs"), policy);
      if (root.get("secureBoot").isPresent()) {
        readSecureBoot(root.require("secureBoot"), policy);
      }
    } catch (MalformedException e) {
      throw new AttestationException.Configuration(e.problem(), REMEDY);
    }
    return policy.build();
  }

  private static void readVmUniqueIds(Json value, AzurePolicy.Builder policy)
      throws MalformedException {
    if (isIgnore(value)) {
      policy.ignoreVmUniqueId();
      return;
    }
    for (Json guid : nonEmpty(value)) {
      policy.requireVmUniqueId(guid.asString());
    }
  }

  private static void readPcrs(Json value, AzurePolicy.Builder policy) throws MalformedException {
    if (isIgnore(value)) {
      policy.ignorePcrs();
      return;
    }
    Json.Obj banks = value.asObject();
    for (String name : banks.names()) {
      HashAlgorithm bank = bank(banks, name);
      Json.Obj registers = banks.require(name).asObject();
      for (String index : registers.names()) {
        List<Bytes> allowed = new ArrayList<>();
        for (Json item : nonEmpty(registers.require(index))) {
          allowed.add(item.asHex());
        }
        policy.requirePcr(bank, index(registers, index), allowed.toArray(Bytes[]::new));
      }
    }
  }

  private static void readSecureBoot(Json value, AzurePolicy.Builder policy)
      throws MalformedException {
    switch (value.asString()) {
      case "required" -> {}
      case "allowOff" -> policy.allowSecureBootOff();
      default -> throw value.wrong("\"required\" or \"allowOff\"");
    }
  }

  private static boolean isIgnore(Json value) throws MalformedException {
    if (value instanceof Json.Str text) {
      if (!text.value().equals(IGNORE)) {
        throw value.wrong("a list, or \"ignore\"");
      }
      return true;
    }
    return false;
  }

  /** An empty list would accept nothing, or, taken for silence, everything. */
  private static List<Json> nonEmpty(Json value) throws MalformedException {
    List<Json> items = value.asArray(MAX_VALUES);
    if (items.isEmpty()) {
      throw value.wrong("at least one value");
    }
    return items;
  }

  private static HashAlgorithm bank(Json.Obj banks, String name) throws MalformedException {
    for (HashAlgorithm algorithm : HashAlgorithm.values()) {
      if (algorithm.bankName().equals(name)) {
        return algorithm;
      }
    }
    throw banks.wrong("the banks sha256, sha384 or sha512");
  }

  /** A plain decimal number, written in one way only. */
  private static int index(Json.Obj registers, String name) throws MalformedException {
    if (name.length() > 2 || !name.matches("0|[1-9][0-9]*")) {
      throw registers.wrong("registers \"0\" to \"23\"");
    }
    return Integer.parseInt(name);
  }
}
