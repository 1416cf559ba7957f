package io.github.cvmattestation.benchmarks;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.eventlog.EventLog;
import io.github.cvmattestation.attestation.eventlog.MeasuredEvent;
import io.github.cvmattestation.attestation.eventlog.RegisterBank;
import io.github.cvmattestation.attestation.eventlog.RegisterKind;
import io.github.cvmattestation.attestation.eventlog.Replay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Logs per second on one thread, beside the bare hashing of the same log in the same run: {@code
 * rawExtends} is one hash of register and digest for each event, {@code rawExtendsAndData} also one
 * of the data that is shown. The quotient says what our own work costs.
 *
 * <p>The log is a real one of 38 KB and 105 events, read from where the real evidence is.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Threads(1)
@Fork(1)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
public class EventLogBenchmark {
  private static final String ID = "eventlog/ubuntu-2104-no-secure-boot";

  /** The bank that is replayed. */
  @Param({"sha1", "sha256"})
  public String bank;

  private Bytes log;
  private RegisterBank pcrs;
  private HashAlgorithm algorithm;
  private MessageDigest digest;
  private byte[][] digests;
  private byte[][] data;

  /** Reads the log and its registers, and keeps apart what the bare hashing needs. */
  @Setup
  public void prepare() throws IOException, MalformedException, NoSuchAlgorithmException {
    Path folder = Path.of(System.getProperty("cvm.vectors", "../shared/vectors"), ID);
    log = Bytes.of(Files.readAllBytes(folder.resolve("log.bin")));
    algorithm = HashAlgorithm.ofBankName(bank).orElseThrow();
    digest = MessageDigest.getInstance(algorithm.jcaName());
    Bytes json = Bytes.of(Files.readAllBytes(folder.resolve("pcrs.json")));
    pcrs =
        RegisterBank.parse(RegisterKind.PCR, json).stream()
            .filter(candidate -> candidate.algorithm() == algorithm)
            .findFirst()
            .orElseThrow();
    Replay.Equal equal = (Replay.Equal) replayed();
    List<MeasuredEvent> events = new ArrayList<>(equal.events());
    events.addAll(equal.lateEvents());
    digests = events.stream().map(event -> event.digest().toArray()).toArray(byte[][]::new);
    data =
        events.stream()
            .flatMap(event -> event.data().stream())
            .map(Bytes::toArray)
            .toArray(byte[][]::new);
  }

  /** The hashes of all extends and nothing else. */
  @Benchmark
  public byte[] rawExtends() throws DigestException {
    byte[] register = new byte[algorithm.digestSize()];
    for (byte[] extended : digests) {
      digest.update(register);
      digest.update(extended);
      digest.digest(register, 0, register.length);
    }
    return register;
  }

  /** The hashes of all extends and of the data that is shown. */
  @Benchmark
  public byte[] rawExtendsAndData() throws DigestException {
    byte[] register = rawExtends();
    for (byte[] shown : data) {
      digest.update(shown);
      digest.digest(register, 0, register.length);
    }
    return register;
  }

  /** What the log adds up to, its data left alone. */
  @Benchmark
  public Replay addedUp() {
    Replay replay = EventLog.addUp(log, RegisterKind.PCR, algorithm);
    must(replay instanceof Replay.Computed);
    return replay;
  }

  /** Compared with registers, every event's data checked, every rule kept. */
  @Benchmark
  public Replay replayed() {
    Replay replay = EventLog.replay(log, pcrs);
    must(replay instanceof Replay.Equal);
    return replay;
  }

  private static void must(boolean holds) {
    if (!holds) {
      throw new IllegalStateException("not replayed");
    }
  }
}
