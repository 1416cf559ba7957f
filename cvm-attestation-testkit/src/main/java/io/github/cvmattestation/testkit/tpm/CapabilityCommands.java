package io.github.cvmattestation.testkit.tpm;

import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;

/** TPM2_GetCapability and TPM2_TestParms (Part 3, section 30). */
final class CapabilityCommands {
  private static final int ALGORITHMS = 0;
  private static final int HANDLES = 1;
  private static final int COMMANDS = 2;
  private static final int PP_COMMANDS = 3;
  private static final int AUDIT_COMMANDS = 4;
  private static final int PCRS = 5;
  private static final int PROPERTIES = 6;
  private static final int PCR_PROPERTIES = 7;
  private static final int CURVES = 8;
  private static final int AUTH_POLICIES = 9;

  /** TPM_CAP_ACT: known, but there are none. */
  private static final int AUTHENTICATED_COUNTERS = 10;

  private static final int VENDOR = 0x100;

  /** MAX_CAP_BUFFER less the capability's selector and the count. */
  private static final int LIST_BYTES = 1024 - 8;

  private CapabilityCommands() {}

  static void testParms(Call call) {
    PublicArea.readParameters(call.parameter());
    call.in().end();
  }

  static void getCapability(Call call, CommandTable table) {
    int capability = readCapability(call.parameter());
    int property = call.parameter().u32();
    int count = call.parameter().u32();
    call.in().end();
    TpmState tpm = call.tpm();
    Listing listing = new Listing(call.out(), capability, property, count);
    switch (capability) {
      case ALGORITHMS ->
          listing.write(
              Properties.algorithms(), 6, (out, entry) -> out.u16(entry.id()).u32(entry.value()));
      case HANDLES -> {
        // The type of handles that is asked for must exist.
        // Sessions are found by their place, whatever their type.
        int first = property & 0xFF_FFFF;
        List<Integer> handles = handles(tpm, property >>> 24);
        listing.write(
            handles.stream()
                .filter(h -> (h & 0xFF_FFFF) >= first)
                .map(h -> new Entry(h, 0))
                .toList(),
            4,
            (out, entry) -> out.u32(entry.id()));
      }
      case COMMANDS ->
          listing.write(
              table.all().stream().map(c -> new Entry(c.code(), c.attributes())).toList(),
              4,
              (out, entry) -> out.u32(entry.value()));
      case PP_COMMANDS, AUDIT_COMMANDS ->
          listing.write(List.of(), 4, (out, entry) -> out.u32(entry.id()));
      case PCRS -> {
        if (property != 0) {
          throw TpmError.parameter(Rc.VALUE, 2);
        }
        writeBanks(call);
      }
      case PROPERTIES ->
          listing.write(
              Properties.group(property, tpm, table),
              8,
              (out, entry) -> out.u32(entry.id()).u32(entry.value()));
      case PCR_PROPERTIES ->
          listing.write(
              Properties.registers(),
              5,
              (out, entry) -> {
                out.u32(entry.id()).u8(3);
                out.u8(entry.value()).u8(entry.value() >>> 8).u8(entry.value() >>> 16);
              });
      case CURVES ->
          listing.write(
              Arrays.stream(EccCurve.values()).map(c -> new Entry(c.id(), 0)).toList(),
              2,
              (out, entry) -> out.u16(entry.id()));
      case AUTH_POLICIES -> {
        if (property >>> 24 != Handles.TYPE_PERMANENT) {
          throw TpmError.parameter(Rc.VALUE, 2);
        }
        // TPM2_SetPrimaryPolicy is not there: no hierarchy has a policy.
        listing.write(Properties.policies(), 6, (out, entry) -> out.u32(entry.id()).u16(Alg.NULL));
      }
      case AUTHENTICATED_COUNTERS -> throw TpmError.parameter(Rc.VALUE, 2);
      default -> throw TpmError.parameter(Rc.VALUE, 1);
    }
  }

  private static int readCapability(TpmReader in) {
    int capability = in.u32();
    if ((capability < 0 || capability > AUTHENTICATED_COUNTERS) && capability != VENDOR) {
      throw in.error(Rc.VALUE);
    }
    return capability;
  }

  /** A property and its value. */
  record Entry(int id, int value) {}

  private record Listing(TpmWriter out, int capability, int property, int count) {
    /** The entries from {@code property} on, as many as were asked for and as fit. */
    void write(List<Entry> all, int size, BiConsumer<TpmWriter, Entry> writer) {
      // Every list is in order; handles were chosen by their place, whatever their type.
      List<Entry> asked =
          all.stream()
              .filter(
                  entry ->
                      capability == HANDLES || Integer.compareUnsigned(entry.id(), property) >= 0)
              .toList();
      int fitting = LIST_BYTES / size;
      int max = Integer.compareUnsigned(count, fitting) > 0 ? fitting : count;
      List<Entry> taken = asked.subList(0, Math.min(max, asked.size()));
      out.u8(taken.size() < asked.size() ? 1 : 0).u32(capability).u32(taken.size());
      taken.forEach(entry -> writer.accept(out, entry));
    }
  }

  /** Always all of them, however few were asked for (Part 3, section 30.2.1). */
  private static void writeBanks(Call call) {
    List<PcrSelect> banks = new ArrayList<>();
    for (HashAlgorithm hash : call.tpm().pcrs().algorithms()) {
      banks.add(new PcrSelect(hash, new byte[] {-1, -1, -1}));
    }
    call.out().u8(0).u32(PCRS);
    PcrSelect.writeList(call.out(), banks);
  }

  private static List<Integer> handles(TpmState tpm, int type) {
    return switch (type) {
      case Handles.TYPE_PCR -> IntStream.range(0, PcrBanks.COUNT).boxed().toList();
      case Handles.TYPE_NV -> tpm.nv().handles();
      case Handles.TYPE_HMAC_SESSION -> tpm.sessions().loadedHandles();
      case Handles.TYPE_POLICY_SESSION -> tpm.sessions().savedHandles();
      case Handles.TYPE_PERMANENT ->
          List.of(
              Handles.OWNER,
              Handles.NULL,
              Handles.PASSWORD,
              Handles.LOCKOUT,
              Handles.ENDORSEMENT,
              Handles.PLATFORM,
              Handles.PLATFORM_NV);
      case Handles.TYPE_TRANSIENT, Handles.TYPE_PERSISTENT -> tpm.objects().handles(type);
      default -> throw TpmError.parameter(Rc.HANDLE, 2);
    };
  }
}
