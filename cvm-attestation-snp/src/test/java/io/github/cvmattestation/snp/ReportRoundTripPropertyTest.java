package io.github.cvmattestation.snp;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.testkit.Line;
import io.github.cvmattestation.testkit.SnpReportWriter;
import io.github.cvmattestation.testkit.Tcb;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** What the testkit's encoder writes, the parser reads: two readings of one table. */
class ReportRoundTripPropertyTest {
  @Provide
  static Arbitrary<Line> lines() {
    return Arbitraries.of(Line.values());
  }

  @Property(tries = 300)
  void everyFieldOfEveryVersionComesBack(
      @ForAll("lines") Line line,
      @ForAll @IntRange(min = 2, max = 5) int version,
      @ForAll long seed)
      throws MalformedException {
    Random random = new Random(seed);
    long policy = random.nextLong() & 0x3FFFFFFL | 1 << 17;
    long platform = random.nextLong();
    long guestSvn = random.nextInt() & 0xFFFFFFFFL;
    long vmpl = random.nextInt(5) == 4 ? SnpReport.VMPL_HOST : random.nextInt(4);
    int key = new int[] {0, 1, 7}[random.nextInt(3)];
    int flags = random.nextInt(4);
    Tcb current = tcb(random);
    Tcb reported = tcb(random);
    Tcb committed = tcb(random);
    Tcb launch = tcb(random);
    Bytes cpuid = version < 3 ? Bytes.zeros(3) : bytes(random, 3);
    long launchVector = version < 4 ? 0 : random.nextLong();
    long currentVector = version < 4 ? 0 : random.nextLong();
    Bytes[] blobs = new Bytes[9];
    int[] sizes = {16, 16, 64, 48, 32, 48, 48, 32, 32};
    for (int i = 0; i < blobs.length; i++) {
      blobs[i] = bytes(random, sizes[i]);
    }
    Bytes chipId = bytes(random, 64);
    Bytes numbers = bytes(random, 6);
    Bytes r = bytes(random, 48).concat(Bytes.zeros(24));
    Bytes s = bytes(random, 48).concat(Bytes.zeros(24));

    Bytes raw =
        SnpReportWriter.of(line)
            .version(version)
            .guestSvn(guestSvn)
            .policy(policy)
            .familyId(blobs[0])
            .imageId(blobs[1])
            .vmpl(vmpl)
            .currentTcb(current)
            .platformInfo(platform)
            .signerInfo(key << 2 | flags)
            .reportData(new ReportData(blobs[2]))
            .measurement(blobs[3])
            .hostData(blobs[4])
            .idKeyDigest(blobs[5])
            .authorKeyDigest(blobs[6])
            .reportId(blobs[7])
            .reportIdMa(blobs[8])
            .reportedTcb(reported)
            .cpuid(cpuid)
            .chipId(chipId)
            .committedTcb(committed)
            .currentVersion(numbers.get(0), numbers.get(1), numbers.get(2))
            .committedVersion(numbers.get(3), numbers.get(4), numbers.get(5))
            .launchTcb(launch)
            .launchMitigationVector(launchVector)
            .currentMitigationVector(currentVector)
            .withSignature(r, s);

    SnpReport expected =
        new SnpReport(
            raw,
            version,
            guestSvn,
            new GuestPolicy(policy),
            blobs[0],
            blobs[1],
            vmpl,
            current.encode(line),
            new PlatformInfo(platform),
            new SignerInfo((flags & 1) == 1, (flags & 2) == 2, kind(key)),
            blobs[2],
            blobs[3],
            blobs[4],
            blobs[5],
            blobs[6],
            blobs[7],
            blobs[8],
            reported.encode(line),
            version < 3
                ? Optional.empty()
                : Optional.of(new SnpReport.Cpuid(cpuid.get(0), cpuid.get(1), cpuid.get(2))),
            chipId,
            committed.encode(line),
            new FirmwareVersion(numbers.get(0), numbers.get(1), numbers.get(2)),
            new FirmwareVersion(numbers.get(3), numbers.get(4), numbers.get(5)),
            launch.encode(line),
            launchVector,
            currentVector);
    SnpReport read = SnpReport.parse(raw);
    assertThat(read).isEqualTo(expected);
    SnpTcb tcb = SnpTcb.of(ProductLine.valueOf(line.name()), read);
    assertThat(tcb)
        .isEqualTo(
            new SnpTcb(
                level(line, reported),
                level(line, committed),
                level(line, current),
                level(line, launch)));
    assertThat(read.policy().abiMinor()).isEqualTo((int) (policy & 0xFF));
    assertThat(read.policy().abiMajor()).isEqualTo((int) (policy >> 8 & 0xFF));
  }

  private static TcbVersion level(Line line, Tcb tcb) {
    return line == Line.TURIN
        ? new TcbVersion.Turin(tcb.fmc(), tcb.bootLoader(), tcb.tee(), tcb.snp(), tcb.microcode())
        : new TcbVersion.PreTurin(tcb.bootLoader(), tcb.tee(), tcb.snp(), tcb.microcode());
  }

  private static SignerInfo.SigningKey kind(int key) {
    return switch (key) {
      case 0 -> SignerInfo.SigningKey.VCEK;
      case 1 -> SignerInfo.SigningKey.VLEK;
      default -> SignerInfo.SigningKey.UNSIGNED;
    };
  }

  private static Tcb tcb(Random random) {
    return new Tcb(
        random.nextInt(256),
        random.nextInt(256),
        random.nextInt(256),
        random.nextInt(256),
        random.nextInt(256));
  }

  private static Bytes bytes(Random random, int size) {
    byte[] drawn = new byte[size];
    random.nextBytes(drawn);
    return Bytes.of(drawn);
  }
}
