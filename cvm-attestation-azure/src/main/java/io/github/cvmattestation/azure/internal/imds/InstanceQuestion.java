package io.github.cvmattestation.azure.internal.imds;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import io.github.cvmattestation.azure.AzureInstance;
import java.util.Optional;
import java.util.regex.Pattern;

/** Asks what Azure says about this virtual machine. */
public final class InstanceQuestion {
  private static final String PATH = "/metadata/instance?api-version=2025-01-01";

  /** Tags, user data and a long list of disks are in it as well. */
  private static final int MAX_BODY = 1 << 20;

  /** Names become parts of host names and of messages. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  private final ImdsHttp imds;

  /** A question to {@code imds}. */
  public InstanceQuestion(ImdsHttp imds) {
    this.imds = imds;
  }

  /** The answer. */
  public AzureInstance ask() {
    return imds.get(PATH, MAX_BODY, InstanceQuestion::read);
  }

  private static AzureInstance read(Bytes body) throws MalformedException {
    Json.Obj compute =
        StrictJson.parse("instance", body, MAX_BODY).asObject().require("compute").asObject();
    return new AzureInstance(
        name(compute.require("vmId")),
        name(compute.require("location")),
        name(compute.require("azEnvironment")),
        name(compute.require("osType")),
        securityType(compute));
  }

  private static Optional<String> securityType(Json.Obj compute) throws MalformedException {
    Optional<Json> profile = compute.get("securityProfile");
    if (profile.isEmpty()) {
      return Optional.empty();
    }
    Optional<Json> type = profile.get().asObject().get("securityType");
    // Machines without a security type have it as an empty string.
    return type.isEmpty() || type.get().asString().isEmpty()
        ? Optional.empty()
        : Optional.of(name(type.get()));
  }

  private static String name(Json value) throws MalformedException {
    String text = value.asString();
    if (!NAME.matcher(text).matches()) {
      throw value.wrong("a name of letters, digits, dashes and underscores");
    }
    return text;
  }
}
