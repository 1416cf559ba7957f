package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.ByteReader;

/**
 * Enclave Report Body: the report of the quoting enclave that signed a quote (Intel TDX DCAP
 * Quoting Library API, §A.3.10; Intel SDM volume 3D, REPORT): 384 bytes, little-endian, signed with
 * the PCK. Intel's quoting enclaves use none of the fields of key separation and sharing, which the
 * layout of a quote reserves: they must be zero.
 *
 * @param cpuSvn CPUSVN, 16 bytes
 * @param miscSelect MISCSELECT, 4 bytes as they stand here
 * @param attributes ATTRIBUTES, 16 bytes as they stand here: flags, then XFRM
 * @param mrEnclave MRENCLAVE, 32 bytes: SHA-256 of the enclave
 * @param mrSigner MRSIGNER, 32 bytes: SHA-256 of its signer's key
 * @param isvProdId ISVPRODID, 16 bits
 * @param isvSvn ISVSVN, 16 bits
 * @param reportData REPORTDATA, 64 bytes: SHA-256 over attestation key and authentication data,
 *     then 32 zeros
 */
public record SgxReport(
    Bytes cpuSvn,
    Bytes miscSelect,
    Bytes attributes,
    Bytes mrEnclave,
    Bytes mrSigner,
    int isvProdId,
    int isvSvn,
    Bytes reportData) {
  /** The size in bytes. */
  public static final int SIZE = 384;

  private static final String NAME = "Enclave Report Body";
  private static final int DEBUG = 1 << 1;

  /** Reads exactly 384 bytes; every reserved byte must be zero. */
  public static SgxReport parse(Bytes raw) throws MalformedException {
    ByteReader in = ByteReader.littleEndian(NAME, raw);
    Bytes cpuSvn = in.bytes("CPUSVN", 16);
    Bytes miscSelect = in.bytes("MISCSELECT", 4);
    in.reserved(28);
    Bytes attributes = in.bytes("ATTRIBUTES", 16);
    Bytes mrEnclave = in.bytes("MRENCLAVE", 32);
    in.reserved(32);
    Bytes mrSigner = in.bytes("MRSIGNER", 32);
    in.reserved(96);
    int isvProdId = in.u16("ISVPRODID");
    int isvSvn = in.u16("ISVSVN");
    in.reserved(60);
    Bytes reportData = in.bytes("REPORTDATA", 64);
    in.end();
    return new SgxReport(
        cpuSvn, miscSelect, attributes, mrEnclave, mrSigner, isvProdId, isvSvn, reportData);
  }

  /** ATTRIBUTES.DEBUG, bit 1 of its first byte: whoever runs the enclave may look into it. */
  public boolean isDebug() {
    return (attributes.get(0) & DEBUG) != 0;
  }
}
