package io.github.cvmattestation.azure;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ReportData;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * Lays out an HCL report by hand (OpenHCL igvm_attest), every field open to change. The hardware
 * report in it is bound to the claims but not signed.
 */
public final class HclBuilder {
  public static final String GUID = "0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9";

  private static final String MODULUS = "w".repeat(341) + "Q";
  public static final String KEYS =
      """
      [{"kid":"HCLAkPub","key_ops":["sign"],"kty":"RSA","e":"AQAB","n":"%s"}]"""
          .formatted(MODULUS);
  public static final String VM =
      """
      {"console-enabled":true,"secure-boot":true,"tpm-enabled":true,"vmUniqueId":"%s"}"""
          .formatted(GUID);

  private byte[] signature = {'H', 'C', 'L', 'A'};
  private int version = 2;
  private int requestType = 2;
  private int status;
  private int reserved;
  private byte[] slot = new byte[1184];
  private int requestVersion = 1;
  private int reportType = 2;
  private int hashType = 1;
  private byte[] claims = claims(KEYS, VM, null).getBytes(StandardCharsets.UTF_8);
  private int reportSizeOff;
  private int dataSizeOff;
  private int claimsSizeOff;
  private int indexSize = 2600;
  private int lastByte;
  private String digest = "SHA-256";

  public HclBuilder() {
    slot[0] = 3;
  }

  public static String claims(String keys, String vm, String userData) {
    String user = userData == null ? "" : ",\"user-data\":\"" + userData + "\"";
    return "{\"keys\":" + keys + ",\"vm-configuration\":" + vm + user + "}";
  }

  HclBuilder signature(String text) {
    signature = text.getBytes(StandardCharsets.US_ASCII);
    return this;
  }

  public HclBuilder version(int value) {
    version = value;
    return this;
  }

  HclBuilder requestType(int value) {
    requestType = value;
    return this;
  }

  HclBuilder status(int value) {
    status = value;
    return this;
  }

  HclBuilder reserved(int value) {
    reserved = value;
    return this;
  }

  public HclBuilder slot(byte[] report) {
    slot = Arrays.copyOf(report, 1184);
    return this;
  }

  HclBuilder requestVersion(int value) {
    requestVersion = value;
    return this;
  }

  HclBuilder reportType(int value) {
    reportType = value;
    return this;
  }

  public HclBuilder hashType(int value) {
    hashType = value;
    return this;
  }

  public HclBuilder digest(String algorithm) {
    digest = algorithm;
    return this;
  }

  public HclBuilder claims(String json) {
    claims = json.getBytes(StandardCharsets.UTF_8);
    return this;
  }

  HclBuilder reportSizeOff(int by) {
    reportSizeOff = by;
    return this;
  }

  HclBuilder dataSizeOff(int by) {
    dataSizeOff = by;
    return this;
  }

  HclBuilder claimsSizeOff(int by) {
    claimsSizeOff = by;
    return this;
  }

  public HclBuilder indexSize(int value) {
    indexSize = value;
    return this;
  }

  HclBuilder lastByte(int value) {
    lastByte = value;
    return this;
  }

  /** REPORT_DATA as a paravisor has it signed. */
  public ReportData reportData() {
    try {
      byte[] hash = MessageDigest.getInstance(digest).digest(claims);
      return new ReportData(Bytes.of(Arrays.copyOf(hash, 64)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  public Bytes build() {
    ByteBuffer out = ByteBuffer.allocate(indexSize).order(ByteOrder.LITTLE_ENDIAN);
    out.put(signature).putInt(version).putInt(1236 + claims.length + reportSizeOff);
    out.putInt(requestType).putInt(status).putInt(0).putInt(0).putInt(reserved);
    out.put(slot);
    out.putInt(20 + claims.length + dataSizeOff).putInt(requestVersion).putInt(reportType);
    out.putInt(hashType).putInt(claims.length + claimsSizeOff).put(claims);
    if (lastByte != 0) {
      out.put(indexSize - 1, (byte) lastByte);
    }
    return Bytes.of(out.array());
  }
}
