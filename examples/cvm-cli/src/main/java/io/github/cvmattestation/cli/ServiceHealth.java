package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.azure.MaaRegions;
import java.util.Map;
import java.util.Optional;

/** Whether the services around a VM answer as they must before a key can be released. */
final class ServiceHealth {
  private static final String IMDS = "imds";
  private static final String ISSUER = "issuer";
  private static final String IDENTITY = "identity";
  private static final String VAULT = "vault";

  private static final int OK = 200;
  private static final int BAD_REQUEST = 400;
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final String INSTANCE = "/metadata/instance?api-version=2021-02-01";
  private static final String KEYS = "/keys?api-version=7.4&maxresults=1";

  private final Web web;
  private final Health health;

  ServiceHealth(Web web, Health health) {
    this.web = web;
    this.health = health;
  }

  /**
   * Asks all of them.
   *
   * @param imds scheme and authority
   * @param issuer the provider that was named, instead of the region's
   * @param vault the vault that was named
   */
  void examine(String imds, Optional<String> issuer, Optional<String> vault) {
    Optional<String> region = instance(imds);
    issuer(region, issuer);
    identity(imds, vault.orElse("https://any.vault.azure.net"));
    if (vault.isPresent()) {
      vault(vault.get());
    } else {
      health.notAsked(VAULT, "name one with --vault URL");
    }
  }

  private Optional<String> instance(String imds) {
    Optional<Web.Answer> answer = web.get(imds + INSTANCE, ManagedIdentity.HEADERS);
    if (answer.isEmpty()) {
      health.unreachable(
          IMDS,
          "nobody answers at " + imds,
          "run this inside an Azure VM; there, let its firewall pass 169.254.169.254, without a"
              + " proxy");
      return Optional.empty();
    }
    Optional<String> region =
        answer.filter(a -> a.status() == OK).flatMap(a -> region(JsonTree.of(a.body())));
    if (region.isEmpty()) {
      health.problem(
          IMDS,
          "what answers is not Azure's instance metadata service (HTTP "
              + answer.get().status()
              + ")",
          "try again in a minute; if it stays so, look for a proxy in between");
    } else {
      health.ok(IMDS, "it answers; the region is " + region.get() + " (unverified)");
    }
    return region;
  }

  private static Optional<String> region(JsonTree instance) {
    return instance.text("compute", "location").filter(name -> name.matches("[A-Za-z0-9]{1,64}"));
  }

  private void issuer(Optional<String> region, Optional<String> named) {
    if (named.isPresent()) {
      ask(named.get());
    } else if (region.isEmpty()) {
      health.notAsked(ISSUER, "without the region nobody knows which");
    } else {
      try {
        ask(MaaRegions.endpoint(region.get()));
      } catch (AttestationException.Configuration e) {
        health.failed(ISSUER, Health.Status.PROBLEM, e);
      }
    }
  }

  private void ask(String url) {
    Optional<Web.Answer> answer = web.get(url + "/certs", Map.of());
    if (answer.isEmpty()) {
      health.unreachable(
          ISSUER,
          url + " does not answer",
          "let this VM reach it on port 443, or create a provider with a private endpoint");
    } else if (answer.get().status() == OK
        && !JsonTree.of(answer.get().body()).objects("keys").isEmpty()) {
      health.ok(ISSUER, url + " publishes its keys");
    } else {
      health.problem(
          ISSUER,
          url + " publishes no keys (HTTP " + answer.get().status() + ")",
          "check that this is the URL of a provider of Azure Attestation");
    }
  }

  private void identity(String imds, String vault) {
    Optional<Web.Answer> answer =
        web.get(imds + ManagedIdentity.path(vault), ManagedIdentity.HEADERS);
    if (answer.isEmpty()) {
      health.unreachable(
          IDENTITY, "nobody answers for managed identities", "see what is said of imds");
    } else if (answer.get().status() == OK && ManagedIdentity.hasToken(answer.get().body())) {
      health.ok(IDENTITY, "a managed identity gets a token");
    } else if (answer.get().status() == BAD_REQUEST) {
      health.problem(
          IDENTITY,
          "this VM has no managed identity, or several of which none was chosen (HTTP 400)",
          "az vm identity assign --resource-group GROUP --name VM");
    } else {
      health.problem(
          IDENTITY,
          "no token for the managed identity (HTTP " + answer.get().status() + ")",
          "try again in a minute; a new identity takes some time");
    }
  }

  private void vault(String url) {
    Optional<Web.Answer> answer = web.get(url + KEYS, Map.of());
    if (answer.isEmpty()) {
      health.unreachable(
          VAULT,
          url + " does not answer",
          "check the name, and that DNS and network of this VM lead to it");
    } else if (answer.get().status() == UNAUTHORIZED
        && answer.get().challenge().filter(text -> text.startsWith("Bearer ")).isPresent()) {
      health.ok(VAULT, url + " asks who is there, as it must");
    } else if (answer.get().status() == FORBIDDEN) {
      health.problem(
          VAULT,
          url + " lets nobody in from here (HTTP 403)",
          "add this VM's network to the vault's firewall, or use a private endpoint");
    } else {
      health.problem(
          VAULT,
          url + " does not answer as a vault does (HTTP " + answer.get().status() + ")",
          "check that this is the URL of a Key Vault or Managed HSM");
    }
  }
}
