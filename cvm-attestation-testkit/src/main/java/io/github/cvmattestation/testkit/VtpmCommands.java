package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.testkit.tpm.TpmWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * The commands by which firmware, paravisor and guest use a simulated vTPM, with empty passwords
 * (TPM 2.0 Library, Part 3). A refusal is a mistake of the simulation.
 */
final class VtpmCommands {
  static final int OWNER = 0x40000001;
  static final int ENDORSEMENT = 0x4000000B;
  static final int PLATFORM = 0x4000000C;

  private static final int NO_SESSIONS = 0x8001;
  private static final int SESSIONS = 0x8002;
  private static final int PASSWORD = 0x40000009;
  private static final int HEADER = 10;
  private static final int MAX_NV_BUFFER = 1024;
  private static final int PCRS = 24;

  private final UnaryOperator<byte[]> tpm;

  VtpmCommands(UnaryOperator<byte[]> tpm) {
    this.tpm = tpm;
  }

  /** TPM2_PCR_Extend, in every bank that is named. */
  void extend(BootLogWriter.Extend extend, List<HashAlgorithm> banks) {
    TpmWriter values = new TpmWriter().u32(banks.size());
    for (HashAlgorithm bank : banks) {
      values.u16(bank.id()).raw(extend.digest(bank));
    }
    authorized(0x182, values, extend.pcr());
  }

  /** TPM2_CreatePrimary in the endorsement hierarchy; the handle and the public area. */
  Created createPrimary(Bytes template) {
    TpmWriter parameters = new TpmWriter().u16(4).u16(0).u16(0).sized(template).u16(0).u32(0);
    ByteBuffer reply = send(command(SESSIONS, 0x131, parameters, ENDORSEMENT));
    int handle = reply.getInt();
    reply.getInt(); // parameterSize
    return new Created(handle, sized(reply));
  }

  /** An object that was made. */
  record Created(int handle, Bytes publicArea) {}

  /** TPM2_EvictControl: makes an object persistent. */
  void persist(int object, int handle) {
    authorized(0x120, new TpmWriter().u32(handle), OWNER, object);
  }

  /** TPM2_FlushContext. */
  void flush(int handle) {
    send(command(NO_SESSIONS, 0x165, new TpmWriter().u32(handle)));
  }

  /** TPM2_NV_DefineSpace. */
  void define(int authority, Bytes auth, int index, long attributes, int size) {
    TpmWriter area = new TpmWriter().u32(index).u16(HashAlgorithm.SHA256.id()).u32(attributes);
    Bytes nvPublic = area.u16(0).u16(size).bytes();
    authorized(0x12A, new TpmWriter().sized(auth).sized(nvPublic), authority);
  }

  /** TPM2_HierarchyControl: switches the platform hierarchy off until the next start. */
  void closePlatform() {
    authorized(0x121, new TpmWriter().u32(PLATFORM).u8(0), PLATFORM);
  }

  /** The dataSize of an NV index (TPM2_NV_ReadPublic). */
  int nvSize(int index) {
    Bytes area = sized(send(command(NO_SESSIONS, 0x169, new TpmWriter(), index)));
    return area.get(area.size() - 2) << 8 | area.get(area.size() - 1);
  }

  /** A whole NV index by the owner, from offset 0 on (TPM2_NV_Read). */
  Bytes read(int index) {
    int size = nvSize(index);
    Bytes whole = Bytes.empty();
    while (whole.size() < size) {
      int chunk = Math.min(MAX_NV_BUFFER, size - whole.size());
      whole = whole.concat(read(OWNER, index, whole.size(), chunk));
    }
    return whole;
  }

  /** TPM2_NV_Write by the owner, at offset 0. */
  void write(int index, Bytes data) {
    authorized(0x137, new TpmWriter().sized(data).u16(0), OWNER, index);
  }

  /** A part of an NV index, under the authority of any handle (TPM2_NV_Read). */
  Bytes read(int authority, int index, int offset, int size) {
    return sized(authorized(0x14E, new TpmWriter().u16(size).u16(offset), authority, index));
  }

  /** All PCRs of a bank (TPM2_PCR_Read). */
  SortedMap<Integer, Bytes> pcrs(HashAlgorithm bank) {
    SortedMap<Integer, Bytes> values = new TreeMap<>();
    for (int pcr = 0; pcr < PCRS; pcr++) {
      TpmWriter selection = new TpmWriter().raw(selection(bank, List.of(pcr)));
      ByteBuffer reply = send(command(NO_SESSIONS, 0x17E, selection));
      reply.position(reply.position() + 4 + 4 + 6 + 4); // counter, one selection, count
      values.put(pcr, sized(reply));
    }
    return values;
  }

  /** TPM2_Quote of all PCRs of a bank, with the key's own scheme, RSASSA. */
  SignedQuote quote(int key, Bytes qualifyingData, HashAlgorithm bank) {
    List<Integer> all = new ArrayList<>();
    for (int pcr = 0; pcr < PCRS; pcr++) {
      all.add(pcr);
    }
    TpmWriter parameters =
        new TpmWriter().sized(qualifyingData).u16(0x0010).raw(selection(bank, all));
    ByteBuffer reply = authorized(0x158, parameters, key);
    Bytes attest = sized(reply);
    int start = reply.position();
    reply.getInt(); // sigAlg and hash
    Bytes signature = sized(reply);
    Bytes structure = Bytes.of(reply.slice(start, reply.position() - start));
    return new SignedQuote(attest, signature, structure);
  }

  private static Bytes selection(HashAlgorithm bank, List<Integer> pcrs) {
    int bits = 0;
    for (int pcr : pcrs) {
      bits |= 1 << pcr;
    }
    return new TpmWriter()
        .u32(1)
        .u16(bank.id())
        .u8(3)
        .u8(bits)
        .u8(bits >>> 8)
        .u8(bits >>> 16)
        .bytes();
  }

  /** The first handle is authorised by its empty password; the parameters of the response. */
  private ByteBuffer authorized(int code, TpmWriter parameters, int... handles) {
    ByteBuffer reply = send(command(SESSIONS, code, parameters, handles));
    reply.getInt(); // parameterSize
    return reply;
  }

  private static byte[] command(int tag, int code, TpmWriter parameters, int... handles) {
    TpmWriter out = new TpmWriter();
    for (int handle : handles) {
      out.u32(handle);
    }
    if (tag == SESSIONS) {
      out.u32(9).u32(PASSWORD).u16(0).u8(0).u16(0);
    }
    Bytes body = out.raw(parameters.array()).bytes();
    return new TpmWriter().u16(tag).u32(HEADER + body.size()).u32(code).raw(body).array();
  }

  private ByteBuffer send(byte[] command) {
    ByteBuffer reply = ByteBuffer.wrap(tpm.apply(command));
    int code = reply.getInt(6);
    if (code != 0) {
      throw new IllegalStateException("the simulated TPM answers 0x%x".formatted(code));
    }
    return reply.position(HEADER);
  }

  private static Bytes sized(ByteBuffer reply) {
    byte[] value = new byte[reply.getShort() & 0xFFFF];
    reply.get(value);
    return Bytes.of(value);
  }
}
