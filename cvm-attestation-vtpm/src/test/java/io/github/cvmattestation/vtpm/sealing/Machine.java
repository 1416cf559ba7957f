package io.github.cvmattestation.vtpm.sealing;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.testkit.SoftwareTpm;
import io.github.cvmattestation.testkit.Swtpm;
import io.github.cvmattestation.vtpm.Tpm;
import io.github.cvmattestation.vtpm.TpmTransport;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A machine with a TPM, driven by raw bytes where the test is not about our own commands. It writes
 * down what crosses the transport, and can be told to falsify a response.
 */
final class Machine implements TpmTransport {
  /** TPM_ALG_SHA256. */
  private static final String SHA256 = "000b";

  /** The TPMs that tests run on. */
  enum Kind {
    SWTPM,
    SOFTWARE_TPM;

    Machine start(String seed) {
      if (this == SWTPM) {
        Swtpm swtpm = Swtpm.start();
        return new Machine(swtpm::transmit, swtpm::powerCycle, swtpm::close);
      }
      SoftwareTpm tpm = SoftwareTpm.create(seed);
      return new Machine(tpm::transmit, tpm::powerCycle, () -> {});
    }
  }

  private final UnaryOperator<byte[]> tpm;
  private final Runnable cycle;
  private final Runnable end;
  private final ByteArrayOutputStream traffic = new ByteArrayOutputStream();
  private final List<Integer> commands = new ArrayList<>();
  private UnaryOperator<byte[]> falsify = UnaryOperator.identity();
  private int falsified;

  private Machine(UnaryOperator<byte[]> tpm, Runnable cycle, Runnable end) {
    this.tpm = tpm;
    this.cycle = cycle;
    this.end = end;
  }

  @Override
  public byte[] transmit(byte[] command) {
    int code = ByteBuffer.wrap(command).getInt(6);
    commands.add(code);
    traffic.writeBytes(command);
    byte[] response = tpm.apply(command);
    traffic.writeBytes(response);
    return code == falsified ? falsify.apply(response) : response;
  }

  /** Our client on this machine's TPM. */
  Tpm client() {
    return Tpm.over(this);
  }

  /** From now on responses to {@code command} are others. */
  void falsify(int command, UnaryOperator<byte[]> how) {
    falsified = command;
    falsify = how;
  }

  /** Everything that crossed the transport, in both directions. */
  Bytes traffic() {
    return Bytes.of(traffic.toByteArray());
  }

  /** The codes of the commands that were sent. */
  List<Integer> commands() {
    return List.copyOf(commands);
  }

  /** TPM2_PCR_Extend of a SHA-256 register. */
  void extend(int register, String event) {
    raw(
        "8002 00000041 00000182 %08x 00000009 40000009 0000 00 0000 00000001 %s %s"
            .formatted(register, SHA256, HexFormat.of().formatHex(sha256(event))));
  }

  /** What extending {@code before} with {@code event} gives. */
  static Bytes extended(Bytes before, String event) {
    return Bytes.of(digest().digest(before.concat(Bytes.of(sha256(event))).toArray()));
  }

  /** Power off, power on, TPM2_Startup(CLEAR). */
  void restart() {
    cycle.run();
    raw("8001 0000000c 00000144 0000");
  }

  /** How many transient objects and sessions are loaded. */
  int loaded() {
    return count("80000000") + count("02000000") + count("03000000");
  }

  private int count(String first) {
    byte[] response = raw("8001 00000016 0000017a 00000001 " + first + " 00000020");
    return ByteBuffer.wrap(response).getInt(15);
  }

  /** A command in hexadecimal that must succeed. */
  byte[] raw(String hex) {
    byte[] response = tpm.apply(HexFormat.of().parseHex(hex.replace(" ", "")));
    assertThat(ByteBuffer.wrap(response).getInt(6)).as("response code of " + hex).isZero();
    return response;
  }

  @Override
  public void close() {
    end.run();
  }

  static byte[] sha256(String text) {
    return digest().digest(text.getBytes(StandardCharsets.UTF_8));
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
