package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** {@link WindowsBoot} in neutral form; constants in camel case, such as {@code codeIntegrity}. */
final class WindowsClaims {
  private WindowsClaims() {}

  /** Modules and drivers are there only if the list of them is complete. */
  static ClaimValue.Group of(WindowsBoot boot) {
    ClaimValue.Builder settings = ClaimValue.Group.builder();
    boot.states().forEach((setting, state) -> settings.put(name(setting), name(state)));
    ClaimValue.Builder group =
        ClaimValue.Group.builder()
            .put("complete", boot.complete())
            .put("settings", settings.build())
            .put("nxPolicy", name(boot.nxPolicy()))
            .put(
                "bitLockerUnlocks",
                many(boot.bitLockerUnlocks(), unlock -> new ClaimValue.Text(name(unlock))));
    if (boot.complete()) {
      group.put("modules", many(boot.modules(), WindowsClaims::module));
      group.put("elam", many(boot.elam(), WindowsClaims::elam));
    }
    boot.authorities()
        .ifPresent(keys -> group.put("authorities", many(keys, ClaimValue.Binary::new)));
    return group.build();
  }

  private static ClaimValue module(WindowsModule module) {
    ClaimValue.Builder group = ClaimValue.Group.builder().put("register", module.register());
    module.path().ifPresent(path -> group.put("path", path));
    module.algorithm().map(HashAlgorithm::bankName).ifPresent(bank -> group.put("algorithm", bank));
    module.authenticodeDigest().ifPresent(digest -> group.put("authenticodeDigest", digest));
    module.issuer().ifPresent(issuer -> group.put("issuer", issuer));
    module.publisher().ifPresent(publisher -> group.put("publisher", publisher));
    module.serial().ifPresent(serial -> group.put("serial", serial));
    module.thumbprint().ifPresent(thumbprint -> group.put("thumbprint", thumbprint));
    group.put("validated", name(module.validated()));
    module.securityVersion().ifPresent(version -> group.put("securityVersion", version));
    return group.build();
  }

  private static ClaimValue elam(WindowsElam elam) {
    ClaimValue.Builder group = ClaimValue.Group.builder();
    elam.keyName().ifPresent(name -> group.put("keyName", name));
    elam.measured().ifPresent(measured -> group.put("measured", measured));
    elam.policy().ifPresent(policy -> group.put("policy", policy));
    elam.configuration().ifPresent(configuration -> group.put("configuration", configuration));
    return group.build();
  }

  private static <T> ClaimValue many(Collection<T> all, Function<T, ClaimValue> one) {
    return new ClaimValue.Many(all.stream().map(one).toList());
  }

  /** {@code codeIntegrity} for CODE_INTEGRITY. */
  static String name(Enum<?> constant) {
    StringBuilder camel = new StringBuilder();
    for (String word : List.of(constant.name().split("_", -1))) {
      String lower = word.toLowerCase(Locale.ROOT);
      camel.append(
          camel.isEmpty() ? lower : Character.toUpperCase(lower.charAt(0)) + lower.substring(1));
    }
    return camel.toString();
  }
}
