package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Reads what a vTPM signed, as an attestation service does (TPM 2.0 Part 2). */
final class TpmStructures {
  private static final int RSA = 0x0001;
  private static final int NULL = 0x0010;
  private static final int SHA256 = 0x000B;
  private static final int MAGIC = 0xFF544347;
  private static final int CLOCK_AND_FIRMWARE = 17 + 8;
  private static final BigInteger F4 = BigInteger.valueOf(65537);

  private TpmStructures() {}

  /**
   * An RSA key.
   *
   * @param attributes TPMA_OBJECT
   * @param policy authPolicy
   * @param name nameAlg and the digest of the public area (Part 1, section 16)
   */
  record RsaPublic(long attributes, Bytes policy, BigInteger modulus, BigInteger e, Bytes name) {}

  /**
   * TPMS_ATTEST.
   *
   * @param type TPM_ST_ATTEST_QUOTE (8018) or TPM_ST_ATTEST_CERTIFY (8017)
   * @param selection of a quote, TPML_PCR_SELECTION with one bank
   * @param pcrs the selected registers
   * @param digest of a quote's registers, or the name of a certified object
   */
  record Attest(int type, Bytes selection, List<Integer> pcrs, Bytes digest) {
    static final int QUOTE = 0x8018;
    static final int CERTIFY = 0x8017;
  }

  /** TPM2B_PUBLIC of an RSA key: the size, and then exactly so much. */
  static RsaPublic sizedPublic(Bytes tpm2b) throws MaaRefusal {
    try {
      ByteBuffer in = ByteBuffer.wrap(tpm2b.toArray());
      MaaRefusal.unless(u16(in) == in.remaining(), "TpmStructure");
      MaaRefusal.unless(u16(in) == RSA && u16(in) == SHA256, "TpmStructure");
      long attributes = Integer.toUnsignedLong(in.getInt());
      Bytes policy = sized(in);
      if (u16(in) != NULL) {
        in.getInt(); // key bits and mode
      }
      if (u16(in) != NULL) {
        in.getShort(); // the scheme's hash
      }
      in.getShort(); // key bits
      int exponent = in.getInt();
      BigInteger modulus = new BigInteger(1, sized(in).toArray());
      MaaRefusal.unless(!in.hasRemaining(), "TpmStructure");
      Bytes area = tpm2b.slice(2, tpm2b.size());
      Bytes name = Bytes.of((byte) 0, (byte) SHA256).concat(Hashes.digest("SHA-256", area));
      return new RsaPublic(
          attributes, policy, modulus, exponent == 0 ? F4 : BigInteger.valueOf(exponent), name);
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw new MaaRefusal("TpmStructure");
    }
  }

  /** TPMS_ATTEST without a size in front. */
  static Attest attest(Bytes message) throws MaaRefusal {
    try {
      ByteBuffer in = ByteBuffer.wrap(message.toArray());
      MaaRefusal.unless(in.getInt() == MAGIC, "TpmStructure");
      int type = u16(in);
      sized(in); // qualifiedSigner
      sized(in); // extraData
      in.position(in.position() + CLOCK_AND_FIRMWARE);
      if (type == Attest.CERTIFY) {
        Bytes name = sized(in);
        sized(in); // qualifiedName
        MaaRefusal.unless(!in.hasRemaining(), "TpmStructure");
        return new Attest(type, Bytes.empty(), List.of(), name);
      }
      MaaRefusal.unless(type == Attest.QUOTE, "TpmStructure");
      int start = in.position();
      List<Integer> pcrs = selection(in);
      Bytes selection = message.slice(start, in.position());
      Bytes digest = sized(in);
      MaaRefusal.unless(!in.hasRemaining(), "TpmStructure");
      return new Attest(type, selection, pcrs, digest);
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw new MaaRefusal("TpmStructure");
    }
  }

  private static List<Integer> selection(ByteBuffer in) throws MaaRefusal {
    MaaRefusal.unless(in.getInt() == 1 && u16(in) == SHA256, "TpmStructure");
    int octets = in.get();
    List<Integer> pcrs = new ArrayList<>();
    for (int i = 0; i < octets; i++) {
      int bits = in.get();
      for (int bit = 0; bit < Byte.SIZE; bit++) {
        if ((bits >> bit & 1) == 1) {
          pcrs.add(i * Byte.SIZE + bit);
        }
      }
    }
    return pcrs;
  }

  private static int u16(ByteBuffer in) {
    return Short.toUnsignedInt(in.getShort());
  }

  private static Bytes sized(ByteBuffer in) {
    byte[] octets = new byte[u16(in)];
    in.get(octets);
    return Bytes.of(octets);
  }
}
