package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.vtpm.internal.Authorization;
import io.github.cvmattestation.vtpm.internal.Call;
import io.github.cvmattestation.vtpm.internal.CommandChannel;
import io.github.cvmattestation.vtpm.internal.CommandCode;
import io.github.cvmattestation.vtpm.internal.SessionState;
import io.github.cvmattestation.vtpm.internal.TpmWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A TPM 2.0, by the commands of Part 3 that attestation and sealing need, under their own names and
 * in groups.
 *
 * <p>There is no command here that changes a hierarchy's authorisation, clears or disables
 * anything, and {@link TpmNv} writes only to what this SDK defined. Every command throws {@link
 * TpmException} if the TPM says no, and {@link AttestationException.Device} if it could not be
 * asked or answers what no TPM does; then nothing of the answer was used.
 *
 * <p>Safe for use by several threads; commands are sent one after the other. What is opened is
 * closed by its owner, and no operation of this SDK holds more than three objects and sessions.
 */
public final class Tpm implements AutoCloseable {
  private final CommandChannel channel;
  private final @Nullable SessionState extra;

  private Tpm(CommandChannel channel, @Nullable SessionState extra) {
    this.channel = channel;
    this.extra = extra;
  }

  /** The TPM behind {@code transport}, which closes with it. */
  public static Tpm over(TpmTransport transport) {
    return over(transport, pause -> LockSupport.parkNanos(pause.toNanos()));
  }

  /**
   * The TPM behind {@code transport}, with another way to wait.
   *
   * @param pause waits that long, between tries of a command that the TPM was too busy for
   */
  public static Tpm over(TpmTransport transport, Consumer<Duration> pause) {
    return new Tpm(new CommandChannel(transport, pause), null);
  }

  /**
   * The same TPM, with parameters encrypted by {@code session} in both directions wherever a
   * command allows it. Closing either closes the transport; the session stays its owner's.
   *
   * @param session an HMAC session that was started {@link TpmSessionBuilder#encrypting()}
   */
  public Tpm protectedBy(TpmSession session) {
    return new Tpm(channel, session.state());
  }

  /** Keys and sealed data. */
  public TpmKeys keys() {
    return new TpmKeys(this);
  }

  /** Non-volatile memory. */
  public TpmNv nv() {
    return new TpmNv(this);
  }

  /** Platform configuration registers. */
  public TpmPcrs pcrs() {
    return new TpmPcrs(this);
  }

  /** What a key of the TPM says about the TPM and its objects. */
  public TpmAttestation attestation() {
    return new TpmAttestation(this);
  }

  /** What the TPM has and can. */
  public TpmCapabilities capabilities() {
    return new TpmCapabilities(this);
  }

  /** A session to be started. */
  public TpmSessionBuilder session() {
    return new TpmSessionBuilder(this);
  }

  /** TPM2_Startup(CLEAR): for emulators; a machine's firmware has done it (Part 3, section 9.3). */
  public void startup() {
    run(CommandCode.STARTUP, List.of(), List.of(), new TpmWriter().u16(0), (none, in) -> "started");
  }

  /**
   * TPM2_GetRandom (Part 3, section 16.1), repeated until there are {@code size} bytes.
   *
   * @param size 1 to 4096
   */
  public Bytes getRandom(int size) {
    if (size < 1 || size > TpmTransport.MAX_SIZE) {
      throw new IllegalArgumentException("1 to 4096 bytes, not " + size);
    }
    Bytes random = Bytes.empty();
    while (random.size() < size) {
      int missing = size - random.size();
      Bytes more =
          run(
              CommandCode.GET_RANDOM,
              List.of(),
              List.of(),
              new TpmWriter().u16(missing),
              (none, in) -> {
                Bytes got = in.sized16("randomBytes", missing);
                // A TPM may give fewer at once, but none would never end.
                if (got.isEmpty()) {
                  throw in.malformed("randomBytes", "at least one byte", "none");
                }
                return got;
              });
      random = random.concat(more);
    }
    return random;
  }

  /** TPM2_ReadClock (Part 3, section 29.1). */
  public TpmsTimeInfo readClock() {
    return run(
        CommandCode.READ_CLOCK,
        List.of(),
        List.of(),
        new TpmWriter(),
        (none, in) -> new TpmsTimeInfo(in.u64("time"), TpmsClockInfo.read(in)));
  }

  <T> T run(
      CommandCode command,
      List<TpmHandle> handles,
      List<TpmAuth> auths,
      TpmWriter parameters,
      CommandChannel.Parser<T> parser) {
    List<Authorization> authorizations = auths.stream().map(TpmAuth::authorization).toList();
    return channel.execute(
        new Call(command, handles, authorizations, extra, parameters.take()), parser);
  }

  CommandChannel channel() {
    return channel;
  }

  /** Closes the transport. Whatever is still open in the TPM stays until it is flushed. */
  @Override
  public void close() {
    channel.close();
  }
}
