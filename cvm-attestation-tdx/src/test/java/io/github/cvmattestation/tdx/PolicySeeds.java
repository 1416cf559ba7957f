package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.testkit.Tampering;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

/** Where the fuzzer of policies begins, and what it replays with the other tests. */
final class PolicySeeds {
  private PolicySeeds() {}

  /** Each seed whole, cut in the middle, and with a bit turned over. */
  static Stream<byte[]> policies() {
    String digest = "'" + "ab".repeat(48) + "'";
    String ids = "['" + "17".repeat(16) + "']";
    String whole =
        ("{'mrtd':" + digest + ",'rtmrs':{'0':[" + digest + "],'3':" + digest + "}")
            + (",'reportData':'" + "5e".repeat(64) + "','mrConfigId':[" + digest + "]")
            + (",'mrOwner':" + digest + ",'mrOwnerConfig':'ignore'")
            + (",'platform':{'ppids':" + ids + ",'instances':" + ids + "}")
            + (",'mrSeam':[" + digest + "]")
            + ",'attributes':{'value':'0000001000000000','mask':'0000001000000000'}"
            + ",'xfam':{'value':'0300000000000000','mask':'0300000000000000'}"
            + ",'configuration':['staticPlatform','noCachedKeys','noSmt']"
            + ",'platformStatuses':['UpToDate','SWHardeningNeeded']"
            + ",'moduleStatuses':['UpToDate'],'qeStatuses':['UpToDate','OutOfDate']"
            + ",'tcbDate':'2024-03-13T00:00:00Z','evaluationDataNumber':17"
            + ",'refuseAdvisories':['INTEL-SA-00837'],'allowTcbStatuses':['SWHardeningNeeded']"
            + ",'allowOutOfDateDays':30,'allowAdvisories':['INTEL-SA-01036']"
            + (",'allowServiceTd':[" + digest + "]")
            + ",'allow':['debugGuest','worseSinceLaunch']}";
    String open =
        "{'mrtd':'ignore','rtmrs':'ignore','reportData':'ignore','mrConfigId':'ignore',"
            + "'mrOwner':'ignore','mrOwnerConfig':'ignore','platform':'ignore'}";
    return Stream.of(whole, open, "{}")
        .map(text -> Bytes.of(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8)))
        .flatMap(
            seed ->
                Stream.of(
                    seed, seed.slice(0, seed.size() / 2), Tampering.flipBit(seed, seed.size() * 4)))
        .map(Bytes::toArray);
  }
}
