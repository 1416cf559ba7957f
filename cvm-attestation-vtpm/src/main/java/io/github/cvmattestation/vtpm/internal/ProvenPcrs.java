package io.github.cvmattestation.vtpm.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.vtpm.PcrBank;
import io.github.cvmattestation.vtpm.TpmsClockInfo;
import io.github.cvmattestation.vtpm.VerifiedPcrs;
import java.util.List;
import java.util.Map;

/** The exit of {@link QuoteVerification}; made nowhere else. */
public record ProvenPcrs(
    Bytes nonce,
    List<PcrBank> banks,
    TpmsClockInfo clockInfo,
    long firmwareVersion,
    Bytes qualifiedSigner)
    implements VerifiedPcrs {

  public ProvenPcrs {
    banks = List.copyOf(banks);
  }

  @Override
  public ClaimValue.Group toGroup() {
    ClaimValue.Builder pcrs = ClaimValue.Group.builder();
    for (PcrBank bank : banks) {
      ClaimValue.Builder values = ClaimValue.Group.builder();
      for (Map.Entry<Integer, Bytes> register : bank.values().entrySet()) {
        values.put(register.getKey().toString(), register.getValue());
      }
      pcrs.put(bank.algorithm().bankName(), values.build());
    }
    return ClaimValue.Group.builder()
        .put("nonce", nonce)
        .put("pcrs", pcrs.build())
        .put(
            "clock",
            ClaimValue.Group.builder()
                .put("clock", clockInfo.clock())
                .put("resetCount", clockInfo.resetCount())
                .put("restartCount", clockInfo.restartCount())
                .put("safe", clockInfo.safe())
                .build())
        .put("firmwareVersion", firmwareVersion)
        .put("qualifiedSigner", qualifiedSigner)
        .build();
  }
}
