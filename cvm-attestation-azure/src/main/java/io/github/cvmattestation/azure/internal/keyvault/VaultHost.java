package io.github.cvmattestation.azure.internal.keyvault;

import io.github.cvmattestation.attestation.AttestationException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Which hosts are vaults: those of Microsoft's clouds, and nothing that merely looks like one. */
public final class VaultHost {
  /** Key Vault and Managed HSM, in the public cloud, in China's and in the US government's. */
  private static final List<String> SUFFIXES =
      List.of(
          ".vault.azure.net",
          ".managedhsm.azure.net",
          ".vault.azure.cn",
          ".managedhsm.azure.cn",
          ".vault.usgovcloudapi.net",
          ".managedhsm.usgovcloudapi.net");

  private static final Pattern LABEL = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?");
  private static final String MANAGED_HSM = "managedhsm.";
  private static final int HTTPS = 443;

  private VaultHost() {}

  /**
   * The host name of a vault's URL, lower case.
   *
   * @throws AttestationException.Configuration if the URL is anything but {@code https://}, one
   *     label and a known suffix
   */
  public static String of(String vaultUrl) {
    try {
      URI url = new URI(vaultUrl);
      String host = url.getHost() == null ? "" : url.getHost().toLowerCase(Locale.ROOT);
      boolean plain =
          "https".equalsIgnoreCase(url.getScheme())
              && url.getRawUserInfo() == null
              && (url.getPort() == -1 || url.getPort() == HTTPS)
              && ("".equals(url.getRawPath()) || "/".equals(url.getRawPath()))
              && url.getRawQuery() == null
              && url.getRawFragment() == null;
      if (plain && isVault(host)) {
        return host;
      }
    } catch (URISyntaxException e) {
      // falls through: the remedy is the same
    }
    throw new AttestationException.Configuration(
        "not the URL of a Key Vault or Managed HSM",
        "take the vault's URI from its overview page, such as https://contoso.vault.azure.net");
  }

  /**
   * The same for a Managed HSM alone: a Key Vault knows none of what is asked there.
   *
   * @throws AttestationException.Configuration if the URL is anything else, a Key Vault's too
   */
  public static String ofManagedHsm(String hsmUrl) {
    String host = of(hsmUrl);
    if (!audience(host).startsWith(MANAGED_HSM)) {
      throw new AttestationException.Configuration(
          "a Key Vault, and no Managed HSM",
          "name a Managed HSM, such as https://contoso.managedhsm.azure.net");
    }
    return host;
  }

  /** The domain of the service, for which access tokens are: the host without its first label. */
  static String audience(String host) {
    return host.substring(host.indexOf('.') + 1);
  }

  /** Whether a vault can have this name; lower case. */
  static boolean isVault(String host) {
    return SUFFIXES.stream().anyMatch(suffix -> isVault(host, suffix));
  }

  private static boolean isVault(String host, String suffix) {
    return host.endsWith(suffix)
        && LABEL.matcher(host.substring(0, host.length() - suffix.length())).matches();
  }
}
