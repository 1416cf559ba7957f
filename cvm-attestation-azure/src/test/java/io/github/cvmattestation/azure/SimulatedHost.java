package io.github.cvmattestation.azure;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.azure.internal.guest.HostServices;
import io.github.cvmattestation.testkit.FakeAmdPki;
import io.github.cvmattestation.testkit.SimulatedCvm;

/** What the host of a simulated VM answers, without a wire between. */
record SimulatedHost(SimulatedCvm cvm) implements HostServices {
  @Override
  public VcekChain vcek(Bytes snpReport) {
    return new VcekChain(
        FakeAmdPki.pem(cvm.leaf().certificate()), cvm.endorsements().certificates().get(0));
  }

  @Override
  public Bytes tdQuote(Bytes tdReport) {
    return cvm.tdQuoteOf(tdReport);
  }

  @Override
  public Endorsements snpRevocation(Bytes snpReport) {
    return new Endorsements(
        java.util.List.of(), cvm.endorsements().revocationLists(), java.util.List.of());
  }

  @Override
  public Endorsements tdxCollateral(Bytes quote) {
    return cvm.endorsements();
  }
}
