package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.RevocationList;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.tdx.internal.CollateralFormat;
import io.github.cvmattestation.tdx.internal.CollateralParts;
import io.github.cvmattestation.tdx.internal.CollateralWriter;
import java.nio.charset.StandardCharsets;

/**
 * Everything beside a quote that a verifier needs: what Intel's provisioning certification service
 * publishes (Intel PCS API v4). Held as received; nothing here is believed before {@link
 * TdxVerifier} has verified it.
 *
 * @param tcbInfo TCB Info of the platform's family
 * @param tcbInfoChain TCB Signing certificate and root, PEM or DER
 * @param qeIdentity identity of the TD quoting enclave
 * @param qeIdentityChain TCB Signing certificate and root, PEM or DER
 * @param pckCrl list of the PCK authority that issued the platform's certificate, PEM or DER
 * @param rootCrl list of the root, PEM or DER
 */
public record TdxCollateral(
    SignedText tcbInfo,
    Bytes tcbInfoChain,
    SignedText qeIdentity,
    Bytes qeIdentityChain,
    Bytes pckCrl,
    Bytes rootCrl) {
  /** The most bytes that a revocation list may have: 4 MiB. */
  public static final int MAX_CRL_SIZE = RevocationList.MAX_SIZE;

  /**
   * The most bytes that a bundle may have: 24 MiB. That is room for two revocation lists and two
   * documents of their greatest sizes, written as text, or for the platforms of a data centre.
   */
  public static final int MAX_BUNDLE_SIZE = 24 << 20;

  /**
   * Reads a bundle for one platform: JSON whose members are named after the fields of Intel's
   * {@code sgx_ql_qve_collateral_t}, with the signatures of the documents beside them, as {@link
   * #toJson()} and Phala's tools write it, or inside them, as Intel's quote provider library has
   * it. Revocation lists are hexadecimal DER or PEM.
   *
   * @throws MalformedException if it is something else, or not all of it is there
   */
  public static TdxCollateral parse(Bytes bundle) throws MalformedException {
    try {
      return CollateralFormat.read(bundle);
    } catch (RefutedException e) {
      throw malformed(e);
    }
  }

  /**
   * Reads a bundle of either kind: for one platform, or a file of the PCS Client Tool, out of which
   * the standard collateral is taken.
   *
   * @param fmspc FMSPC of the PCK certificate, 6 bytes
   * @param authority who issued the PCK certificate
   * @throws MalformedException if it is something else, or not all of it is there
   * @see PcsClientToolCollateral
   */
  public static TdxCollateral parse(Bytes bundle, Bytes fmspc, PckAuthority authority)
      throws MalformedException {
    try {
      return CollateralFormat.read(bundle, fmspc, authority);
    } catch (RefutedException e) {
      throw malformed(e);
    }
  }

  /**
   * Collateral out of files.
   *
   * @param tcbInfo body of the PCS, {@code {"tcbInfo":…,"signature":"…"}}, unchanged
   * @param tcbInfoChain PEM, percent-encoded PEM or DER
   * @param qeIdentity body of the PCS, {@code {"enclaveIdentity":…,"signature":"…"}}, unchanged
   * @param qeIdentityChain PEM, percent-encoded PEM or DER
   * @param pckCrl PEM, DER or hexadecimal DER
   * @param rootCrl PEM, DER or hexadecimal DER, which is what a PCCS answers
   * @throws MalformedException if one of them is something else
   */
  public static TdxCollateral ofFiles(
      Bytes tcbInfo,
      Bytes tcbInfoChain,
      Bytes qeIdentity,
      Bytes qeIdentityChain,
      Bytes pckCrl,
      Bytes rootCrl)
      throws MalformedException {
    try {
      return new TdxCollateral(
          CollateralParts.tcbInfo(tcbInfo),
          CollateralParts.certificates("TCB Info chain", tcbInfoChain),
          CollateralParts.qeIdentity(qeIdentity),
          CollateralParts.certificates("QE Identity chain", qeIdentityChain),
          CollateralParts.crl("PCK CRL", pckCrl),
          CollateralParts.crl("root CRL", rootCrl));
    } catch (RefutedException e) {
      throw malformed(e);
    }
  }

  /**
   * Collateral out of answers of the PCS, of a PCCS or of Azure's mirror.
   *
   * @param tcbInfo answer to {@code /tdx/certification/v4/tcb}, with {@code TCB-Info-Issuer-Chain}
   * @param qeIdentity answer to {@code /tdx/certification/v4/qe/identity}, with {@code
   *     SGX-Enclave-Identity-Issuer-Chain}
   * @param pckCrl body of the answer to {@code /sgx/certification/v4/pckcrl}: PEM, DER or
   *     hexadecimal DER
   * @param rootCrl body of the answer to {@code rootcacrl}, or Intel's {@code IntelSGXRootCA.der}
   * @throws MalformedException if one of them is something else
   */
  public static TdxCollateral ofPcs(
      PcsResponse tcbInfo, PcsResponse qeIdentity, Bytes pckCrl, Bytes rootCrl)
      throws MalformedException {
    return ofPcs(
        tcbInfo.body(),
        tcbInfo.header("TCB-Info-Issuer-Chain", "SGX-TCB-Info-Issuer-Chain"),
        qeIdentity.body(),
        qeIdentity.header("SGX-Enclave-Identity-Issuer-Chain"),
        pckCrl,
        rootCrl);
  }

  /**
   * The same with the two headers in hand: percent-encoded PEM, as received.
   *
   * @throws MalformedException if one of them is something else
   */
  public static TdxCollateral ofPcs(
      Bytes tcbInfoBody,
      String tcbInfoChainHeader,
      Bytes qeIdentityBody,
      String qeIdentityChainHeader,
      Bytes pckCrl,
      Bytes rootCrl)
      throws MalformedException {
    return ofFiles(
        tcbInfoBody,
        octets(tcbInfoChainHeader),
        qeIdentityBody,
        octets(qeIdentityChainHeader),
        pckCrl,
        rootCrl);
  }

  /**
   * One file that {@link #parse(Bytes)} reads back to an equal value: what was used can be kept and
   * looked at again. Equal values give the same bytes.
   *
   * @throws IllegalStateException if a document is not UTF-8, which no reader here gives
   */
  public Bytes toJson() {
    return CollateralWriter.write(this);
  }

  private static Bytes octets(String header) {
    return Bytes.of(header.getBytes(StandardCharsets.UTF_8));
  }

  private static MalformedException malformed(RefutedException refusal) {
    return new MalformedException("TDX collateral", refusal.finding());
  }
}
