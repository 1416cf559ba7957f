package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.testkit.tpm.TpmWriter;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPublicKeySpec;
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

  private static final int PASSWORD = 0x40000009;
  private static final Bytes NO_SESSION = Bytes.empty();
  private static final Bytes NO_PASSWORD = password(Bytes.empty());
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
    ByteBuffer reply = send(command(NO_PASSWORD, 0x131, parameters, ENDORSEMENT));
    int handle = reply.getInt();
    reply.getInt(); // parameterSize
    return new Created(handle, sized(reply));
  }

  /** An object that was made. */
  record Created(int handle, Bytes publicArea) {
    private static final int MODULUS_SIZE = 256;
    private static final BigInteger F4 = BigInteger.valueOf(65537);

    /** The public half of a key of RSA-2048: the modulus is what a public area ends with. */
    RSAPublicKey rsaKey() {
      Bytes modulus = publicArea.slice(publicArea.size() - MODULUS_SIZE, publicArea.size());
      try {
        return (RSAPublicKey)
            KeyFactory.getInstance("RSA")
                .generatePublic(new RSAPublicKeySpec(new BigInteger(1, modulus.toArray()), F4));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** A response code that is not zero. */
  static final class Refusal extends IllegalStateException {
    private static final long serialVersionUID = 1;

    private Refusal(int code) {
      super("the simulated TPM answers 0x%x".formatted(code));
    }
  }

  /** A property of the TPM (TPM2_GetCapability of TPM_CAP_TPM_PROPERTIES). */
  int property(int tag) {
    TpmWriter parameters = new TpmWriter().u32(6).u32(tag).u32(1);
    ByteBuffer reply = send(command(NO_SESSION, 0x17A, parameters));
    reply.position(reply.position() + 1 + 4 + 4 + 4); // moreData, capability, count, property
    return reply.getInt();
  }

  /** TPM2_EvictControl: makes an object persistent. */
  void persist(int object, int handle) {
    authorized(0x120, new TpmWriter().u32(handle), OWNER, object);
  }

  /** TPM2_FlushContext. */
  void flush(int handle) {
    send(command(NO_SESSION, 0x165, new TpmWriter().u32(handle)));
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
    Bytes area = sized(send(command(NO_SESSION, 0x169, new TpmWriter(), index)));
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

  /** TPM2_NV_Write of data of any size from offset 0 on, by who knows the index's own password. */
  void write(int index, Bytes auth, Bytes data) {
    int offset = 0;
    while (offset < data.size()) {
      Bytes chunk = data.slice(offset, Math.min(offset + MAX_NV_BUFFER, data.size()));
      TpmWriter parameters = new TpmWriter().sized(chunk).u16(offset);
      send(command(password(auth), 0x137, parameters, index, index));
      offset += chunk.size();
    }
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
      ByteBuffer reply = send(command(NO_SESSION, 0x17E, selection));
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
    ByteBuffer reply = send(command(NO_PASSWORD, code, parameters, handles));
    reply.getInt(); // parameterSize
    return reply;
  }

  private static Bytes password(Bytes auth) {
    Bytes session = new TpmWriter().u32(PASSWORD).u16(0).u8(0).sized(auth).bytes();
    return new TpmWriter().u32(session.size()).raw(session).bytes();
  }

  /** A command with an authorisation area, or without if that is empty. */
  private static byte[] command(
      Bytes authorization, int code, TpmWriter parameters, int... handles) {
    TpmWriter out = new TpmWriter();
    for (int handle : handles) {
      out.u32(handle);
    }
    Bytes body = out.raw(authorization).raw(parameters.array()).bytes();
    int tag = authorization.isEmpty() ? 0x8001 : 0x8002;
    return new TpmWriter().u16(tag).u32(HEADER + body.size()).u32(code).raw(body).array();
  }

  private ByteBuffer send(byte[] command) {
    ByteBuffer reply = ByteBuffer.wrap(tpm.apply(command));
    int code = reply.getInt(6);
    if (code != 0) {
      throw new Refusal(code);
    }
    return reply.position(HEADER);
  }

  private static Bytes sized(ByteBuffer reply) {
    byte[] value = new byte[reply.getShort() & 0xFFFF];
    reply.get(value);
    return Bytes.of(value);
  }
}
