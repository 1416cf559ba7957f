package io.github.cvmattestation.azure;

import io.github.cvmattestation.attestation.AttestationException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The shared provider of Azure Attestation in each region, which anybody may ask and whose policy
 * nobody but Microsoft sets (cvm-attestation-tools, its table of endpoints). A region that is not
 * listed is an error: a provider elsewhere would appraise by a policy that nobody chose.
 */
public final class MaaRegions {
  private static final String PUBLIC_CODES =
      "eastus eus, eastus2 eus2, westus wus, westus2 wus2, westus3 wus3, centralus cus, "
          + "northcentralus ncus, southcentralus scus, westcentralus wcus, canadacentral cac, "
          + "canadaeast cae, brazilsouth sbr, mexicocentral mxc, chilecentral clc, "
          + "northeurope neu, westeurope weu, uksouth uks, ukwest ukw, francecentral frc, "
          + "germanywestcentral dewc, germanynorth den, switzerlandnorth swn, "
          + "switzerlandwest sww, norwayeast noe, swedencentral sec, italynorth itn, "
          + "polandcentral plc, spaincentral esc, austriaeast ate, eastasia easia, "
          + "southeastasia sasia, japaneast jpe, japanwest jpw, koreacentral krc, "
          + "australiaeast eau, australiasoutheast sau, newzealandnorth nzn, centralindia cin, "
          + "southindia sin, uaenorth uaen, uaecentral uaec, israelcentral ilc, "
          + "southafricanorth san";

  /** Arizona serves Texas as well. */
  private static final String US_GOVERNMENT_CODES =
      "usgovvirginia ugv, usgovarizona uga, usgovtexas uga";

  private static final Map<String, String> ENDPOINTS = endpoints();

  private MaaRegions() {}

  /**
   * The endpoint of a region's shared provider.
   *
   * @param region as the instance metadata names it, such as {@code westeurope}; capitals and
   *     spaces make no difference
   * @throws AttestationException.Configuration if none is known
   */
  public static String endpoint(String region) {
    String name = region.toLowerCase(Locale.ROOT).replace(" ", "");
    return Optional.ofNullable(ENDPOINTS.get(name))
        .orElseThrow(
            () ->
                new AttestationException.Configuration(
                    "no shared attestation provider is known for this region",
                    "name the URL of the provider to be trusted"));
  }

  /** The regions that are known. */
  public static Set<String> known() {
    return ENDPOINTS.keySet();
  }

  private static Map<String, String> endpoints() {
    Map<String, String> all = new LinkedHashMap<>();
    add(all, PUBLIC_CODES, "attest.azure.net");
    add(all, US_GOVERNMENT_CODES, "attest.azure.us");
    return Map.copyOf(all);
  }

  private static void add(Map<String, String> all, String codes, String domain) {
    for (String entry : codes.split(", ", -1)) {
      String[] words = entry.split(" ", -1);
      all.put(words[0], "https://shared" + words[1] + "." + words[1] + "." + domain);
    }
  }
}
