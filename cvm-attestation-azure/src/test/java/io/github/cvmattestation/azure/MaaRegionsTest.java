package io.github.cvmattestation.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.AttestationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Regions and their shared providers: azure.md, section 3.1. */
class MaaRegionsTest {
  @ParameterizedTest
  @CsvSource({
    "westeurope, https://sharedweu.weu.attest.azure.net",
    "West Europe, https://sharedweu.weu.attest.azure.net",
    "eastus2, https://sharedeus2.eus2.attest.azure.net",
    "westus2, https://sharedwus2.wus2.attest.azure.net",
    "westus3, https://sharedwus3.wus3.attest.azure.net",
    "germanywestcentral, https://shareddewc.dewc.attest.azure.net",
    "eastasia, https://sharedeasia.easia.attest.azure.net",
    "southafricanorth, https://sharedsan.san.attest.azure.net",
    "usgovvirginia, https://sharedugv.ugv.attest.azure.us",
    "usgovarizona, https://shareduga.uga.attest.azure.us",
    "usgovtexas, https://shareduga.uga.attest.azure.us",
  })
  void aRegionHasItsProvider(String region, String url) {
    assertThat(MaaRegions.endpoint(region)).isEqualTo(url);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "atlantis", "westeurope.evil.example", "weu", "west europe/"})
  void anUnknownRegionIsAnErrorAndNotAGuess(String region) {
    assertThatThrownBy(() -> MaaRegions.endpoint(region))
        .isInstanceOf(AttestationException.Configuration.class);
  }

  @Test
  void everyEndpointIsOneThatAnIssuerTakes() {
    assertThat(MaaRegions.known()).hasSize(46);
    for (String region : MaaRegions.known()) {
      assertThat(MaaTokenIssuer.at(MaaRegions.endpoint(region)).verifier()).isNotNull();
    }
  }
}
