package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.attestation.spi.RefutedException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Follows an IMA log entry by entry, with PCR 10 beside it. */
final class ImaHistory {
  private static final Bytes BOOT_AGGREGATE =
      Bytes.of("boot_aggregate".getBytes(StandardCharsets.US_ASCII));

  private final RegisterBank pcrs;
  private final byte[] register;
  private final Set<ImaRisk> allowed;
  private final MessageDigest hash;
  private final MessageDigest sha1 = Digests.create(HashAlgorithm.SHA1.jcaName());
  private final byte[] violation;

  private int entries;
  private byte[] running;

  /** The same with SHA-1 hashes and zeros; not followed unless that is allowed. */
  private Optional<byte[]> padded;

  private int matched;
  private boolean matchedPadded;

  /** Of the template hashes in the log: the same for all. */
  private Optional<HashAlgorithm> logged = Optional.empty();

  private Optional<MessageDigest> loggedHash = Optional.empty();

  ImaHistory(RegisterBank pcrs, Bytes register, Set<ImaRisk> allowed) {
    HashAlgorithm bank = pcrs.algorithm();
    this.pcrs = pcrs;
    this.register = register.toArray();
    this.allowed = Set.copyOf(allowed);
    this.hash = Digests.create(bank.jcaName());
    this.violation = new byte[bank.digestSize()];
    Arrays.fill(violation, (byte) 0xFF);
    this.running = RegisterKind.PCR.initial(ImaLog.REGISTER, bank).toArray();
    this.padded =
        bank != HashAlgorithm.SHA1 && allowed.contains(ImaRisk.ALLOW_SHA1_IN_OTHER_BANKS)
            ? Optional.of(running)
            : Optional.empty();
  }

  /** Goes over a whole log once, and keeps nothing of it. */
  void follow(ImaRecord.Source log) throws MalformedException, RefutedException {
    for (int number = 1; log.hasNext(); number++) {
      ImaRecord record = log.next();
      if (RegisterKind.PCR.register(record.register()) < 0) {
        throw ImaLog.refuted(
            LogFinding.IMA_FORMAT, "PCR0 to PCR23 in entry " + number, "another register");
      }
      requireTemplateHash(record, loggedHash(record, number), number);
      if (record.register() == ImaLog.REGISTER) {
        extend(record);
      }
    }
    if (entries == 0) {
      throw ImaLog.refuted(LogFinding.IMA_EMPTY, "an entry of PCR10", "none");
    }
    if (matched == 0) {
      throw ImaLog.refuted(
          LogFinding.IMA_REPLAY,
          "PCR10 " + Bytes.of(register).hex(),
          "no such value after any of " + entries + " entries");
    }
  }

  /**
   * What is believed after all has been followed: the proven beginning of the same log, read again.
   * Whoever writes a log that matches nothing so makes nobody remember it.
   */
  ImaReplay.Matched proven(ImaRecord.Source again) throws MalformedException, RefutedException {
    List<ImaEntry> proven = new ArrayList<>(matched);
    while (proven.size() < matched) {
      ImaRecord record = again.next();
      if (record.register() != ImaLog.REGISTER) {
        continue;
      }
      proven.add(new ImaEntry(record.template(), record.fields()));
      if (record.isViolation() && !allowed.contains(ImaRisk.ALLOW_VIOLATIONS)) {
        throw ImaLog.refuted(
            LogFinding.IMA_VIOLATION,
            "no violation",
            "one in entry " + proven.size() + " of PCR10");
      }
    }
    boolean compared = compareBootAggregate(proven.get(0));
    return new ImaReplay.Matched(pcrs, proven, entries - matched, compared, matchedPadded);
  }

  private MessageDigest loggedHash(ImaRecord record, int number) throws RefutedException {
    int size = record.templateHash().size();
    if (logged.isEmpty()) {
      logged =
          Stream.of(HashAlgorithm.values()).filter(known -> known.digestSize() == size).findFirst();
      loggedHash = logged.map(algorithm -> Digests.create(algorithm.jcaName()));
    }
    if (logged.filter(algorithm -> algorithm.digestSize() == size).isEmpty()) {
      throw ImaLog.refuted(
          LogFinding.IMA_FORMAT,
          "template hashes of one size up to entry " + number,
          size + " bytes");
    }
    return loggedHash.orElseThrow();
  }

  /** The logged hash proves nothing; one that is wrong shows that the log is not the kernel's. */
  private static void requireTemplateHash(ImaRecord record, MessageDigest digest, int number)
      throws RefutedException {
    if (record.isViolation()) {
      return;
    }
    Bytes computed = Bytes.of(templateHash(record, digest));
    if (!computed.equals(record.templateHash())) {
      throw ImaLog.refuted(
          LogFinding.IMA_TEMPLATE,
          computed.abbreviated() + " in entry " + number,
          record.templateHash().abbreviated());
    }
  }

  private void extend(ImaRecord record) {
    entries++;
    byte[] extended = record.isViolation() ? violation : hashed(record, pcrs.algorithm(), hash);
    running = extended(running, extended);
    if (Arrays.equals(running, register)) {
      matched = entries;
      matchedPadded = false;
    }
    if (padded.isPresent()) {
      byte[] filled =
          record.isViolation()
              ? violation
              : Arrays.copyOf(hashed(record, HashAlgorithm.SHA1, sha1), violation.length);
      byte[] next = extended(padded.get(), filled);
      padded = Optional.of(next);
      if (Arrays.equals(next, register)) {
        matched = entries;
        matchedPadded = true;
      }
    }
  }

  /** The template hash; that of the log where it is of this algorithm, for it has been compared. */
  private byte[] hashed(ImaRecord record, HashAlgorithm algorithm, MessageDigest digest) {
    return logged.filter(algorithm::equals).isPresent()
        ? record.templateHash().toArray()
        : templateHash(record, digest);
  }

  private byte[] extended(byte[] old, byte[] digest) {
    hash.update(old);
    return hash.digest(digest);
  }

  /**
   * The fields with their sizes, u32 little-endian; of the template {@code ima}, without sizes and
   * with the name filled up to 256 bytes (ima_calc_field_array_hash_tfm).
   */
  private static byte[] templateHash(ImaRecord record, MessageDigest digest) {
    boolean old = record.template() == ImaTemplate.IMA;
    for (Bytes field : record.fields()) {
      if (!old) {
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
          digest.update((byte) (field.size() >>> shift));
        }
      }
      field.update(digest);
    }
    if (old) {
      digest.update(new byte[ImaRecord.MAX_OLD_NAME + 1 - record.fields().get(1).size()]);
    }
    return digest.digest();
  }

  /**
   * The kernel's first entry is the hash of PCR 0 to 9, or of 0 to 7 with SHA-1
   * (ima_calc_boot_aggregate_tfm). After kexec the list goes on with that of the kernel before.
   */
  private boolean compareBootAggregate(ImaEntry first) throws RefutedException {
    if (first.name().filter(BOOT_AGGREGATE::equals).isEmpty()) {
      throw ImaLog.refuted(
          LogFinding.IMA_BOOT_AGGREGATE, "boot_aggregate in the first entry", "something else");
    }
    HashAlgorithm bank = pcrs.algorithm();
    if (first.algorithm().filter(bank::equals).isEmpty()) {
      return false;
    }
    MessageDigest digest = Digests.create(bank.jcaName());
    int last = bank == HashAlgorithm.SHA1 ? 7 : 9;
    for (int i = 0; i <= last; i++) {
      Optional<Bytes> value = pcrs.value(i);
      if (value.isEmpty()) {
        return false;
      }
      value.get().update(digest);
    }
    Bytes expected = Bytes.of(digest.digest());
    if (first.digest().filter(expected::equals).isEmpty()) {
      throw ImaLog.refuted(
          LogFinding.IMA_BOOT_AGGREGATE,
          expected.abbreviated() + ", the hash of PCR0 to PCR" + last,
          first.digest().map(Bytes::abbreviated).orElse("none"));
    }
    return true;
  }
}
