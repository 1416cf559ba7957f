package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.ByteReader;
import io.github.cvmattestation.vtpm.internal.CommandCode;
import io.github.cvmattestation.vtpm.internal.TpmWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Objects: made, loaded and used (TPM 2.0 Part 3, sections 12 to 14, 20, 24 and 28). Every Name
 * that the TPM gives is compared with the public area that it gives.
 */
public final class TpmKeys {
  private static final int MAX = TpmTransport.MAX_SIZE;

  private final Tpm tpm;

  TpmKeys(Tpm tpm) {
    this.tpm = tpm;
  }

  /** The object at a handle, by TPM2_ReadPublic (Part 3, section 12.4). Not flushed on close. */
  public TpmObject persistent(long handle) {
    if ((handle & 0xFF000000L) != 0x81000000L) {
      throw new IllegalArgumentException("not a persistent handle: 0x%08x".formatted(handle));
    }
    return new TpmObject(tpm.channel(), handle, readPublic(handle), Optional.empty());
  }

  /** TPM2_ReadPublic (Part 3, section 12.4). */
  public TpmtPublic readPublic(long handle) {
    return tpm.run(
        CommandCode.READ_PUBLIC,
        // The Name is not known yet, and no HMAC covers this command unless it is protected.
        List.of(TpmHandle.permanent(handle)),
        List.of(),
        new TpmWriter(),
        (none, in) -> {
          TpmtPublic area = Wire.readPublic(in, "outPublic");
          Wire.expectName(in, area);
          Wire.readName(in, "qualifiedName");
          return area;
        });
  }

  /** TPM2_CreatePrimary without an authorisation value (Part 3, section 24.1). */
  public TpmObject createPrimary(TpmHandle hierarchy, TpmAuth auth, TpmTemplate template) {
    return tpm.run(
        CommandCode.CREATE_PRIMARY,
        List.of(hierarchy),
        List.of(auth),
        creation(new byte[0], new byte[0], template),
        (handle, in) -> {
          TpmtPublic area = Wire.readPublic(in, "outPublic");
          TpmCreation creation = TpmCreation.read(in);
          Wire.expectName(in, area);
          return new TpmObject(tpm.channel(), handle, area, Optional.of(creation));
        });
  }

  /**
   * TPM2_Create (Part 3, section 12.1).
   *
   * @param userAuth the object's authorisation value; stays the caller's
   * @param data what to seal, or empty for a key; stays the caller's
   */
  public TpmCreated create(
      TpmObject parent, TpmAuth parentAuth, TpmTemplate template, byte[] userAuth, byte[] data) {
    return tpm.run(
        CommandCode.CREATE,
        List.of(parent.handle()),
        List.of(parentAuth),
        creation(userAuth, data, template),
        (none, in) -> {
          Bytes outPrivate = in.sized16("outPrivate", MAX);
          return new TpmCreated(outPrivate, Wire.readPublic(in, "outPublic"), TpmCreation.read(in));
        });
  }

  /** TPM2_Load (Part 3, section 12.2). */
  public TpmObject load(TpmObject parent, TpmAuth auth, Bytes inPrivate, TpmtPublic inPublic) {
    TpmWriter out = new TpmWriter().sized(inPrivate).sized(inPublic.raw());
    return tpm.run(
        CommandCode.LOAD,
        List.of(parent.handle()),
        List.of(auth),
        out,
        (handle, in) -> loaded(handle, inPublic, in));
  }

  /** TPM2_LoadExternal of a public key (Part 3, section 12.3). */
  public TpmObject loadExternal(TpmtPublic inPublic, TpmHandle hierarchy) {
    TpmWriter out = new TpmWriter().u16(0).sized(inPublic.raw()).u32(hierarchy.value());
    return tpm.run(
        CommandCode.LOAD_EXTERNAL,
        List.of(),
        List.of(),
        out,
        (handle, in) -> loaded(handle, inPublic, in));
  }

  /**
   * TPM2_Import without an inner wrapper (Part 3, section 13.3).
   *
   * @param duplicate the contents of TPM2B_PRIVATE
   * @param inSymSeed the seed, encrypted to {@code parent}
   * @return the private part, for {@link #load}
   */
  public Bytes importObject(
      TpmObject parent, TpmAuth auth, TpmtPublic objectPublic, Bytes duplicate, Bytes inSymSeed) {
    TpmWriter out =
        new TpmWriter()
            .u16(0)
            .sized(objectPublic.raw())
            .sized(duplicate)
            .sized(inSymSeed)
            .u16(AlgorithmIds.NULL);
    return tpm.run(
        CommandCode.IMPORT,
        List.of(parent.handle()),
        List.of(auth),
        out,
        (none, in) -> in.sized16("outPrivate", MAX));
  }

  /**
   * TPM2_EvictControl (Part 3, section 28.5): makes a transient object persistent, or evicts the
   * persistent object at that very handle.
   */
  public void evictControl(
      TpmHandle hierarchy, TpmAuth auth, TpmObject object, long persistentHandle) {
    tpm.run(
        CommandCode.EVICT_CONTROL,
        List.of(hierarchy, object.handle()),
        List.of(auth),
        new TpmWriter().u32(persistentHandle),
        (none, in) -> "done");
  }

  /** TPM2_Unseal (Part 3, section 12.7). The caller clears what comes out. */
  public byte[] unseal(TpmObject sealed, TpmAuth auth) {
    return tpm.run(
        CommandCode.UNSEAL,
        List.of(sealed.handle()),
        List.of(auth),
        new TpmWriter(),
        (none, in) -> in.sized16("outData", MAX).toArray());
  }

  /**
   * TPM2_RSA_Decrypt (Part 3, section 14.3). The caller clears what comes out.
   *
   * @param scheme empty for the key's own
   * @param label of OAEP, with its terminating zero, or empty
   */
  public byte[] rsaDecrypt(
      TpmObject key,
      TpmAuth auth,
      Bytes cipherText,
      Optional<TpmtPublic.Scheme> scheme,
      Bytes label) {
    TpmWriter out = new TpmWriter().sized(cipherText);
    Wire.write(out, scheme);
    return tpm.run(
        CommandCode.RSA_DECRYPT,
        List.of(key.handle()),
        List.of(auth),
        out.sized(label),
        (none, in) -> in.sized16("message", AlgorithmIds.MAX_RSA_BYTES).toArray());
  }

  /**
   * TPM2_Sign with an unrestricted key (Part 3, section 20.2).
   *
   * @param scheme empty for the key's own
   * @return the TPMT_SIGNATURE, as received
   */
  public Bytes sign(TpmObject key, TpmAuth auth, Bytes digest, Optional<TpmtPublic.Scheme> scheme) {
    TpmWriter out = new TpmWriter().sized(digest);
    Wire.write(out, scheme);
    // No ticket: only a restricted key wants proof that the TPM hashed.
    new TpmtTicket(TpmtTicket.HASHCHECK, TpmHandle.NULL.value(), Bytes.empty()).write(out);
    return tpm.run(
        CommandCode.SIGN,
        List.of(key.handle()),
        List.of(auth),
        out,
        (none, in) -> Wire.readSignature(in));
  }

  /**
   * TPM2_VerifySignature (Part 3, section 20.1).
   *
   * @param signature a TPMT_SIGNATURE
   * @return for {@link TpmSession#policyAuthorize}
   */
  public TpmtTicket verifySignature(TpmObject key, Bytes digest, Bytes signature) {
    return tpm.run(
        CommandCode.VERIFY_SIGNATURE,
        List.of(key.handle()),
        List.of(),
        new TpmWriter().sized(digest).raw(signature),
        (none, in) -> TpmtTicket.read(in, TpmtTicket.VERIFIED));
  }

  /** TPM2_ActivateCredential (Part 3, section 12.5). The caller clears what comes out. */
  public byte[] activateCredential(
      TpmObject activated,
      TpmAuth activatedAuth,
      TpmObject key,
      TpmAuth keyAuth,
      Bytes credentialBlob,
      Bytes secret) {
    return tpm.run(
        CommandCode.ACTIVATE_CREDENTIAL,
        List.of(activated.handle(), key.handle()),
        List.of(activatedAuth, keyAuth),
        new TpmWriter().sized(credentialBlob).sized(secret),
        (none, in) -> in.sized16("certInfo", 64).toArray());
  }

  private TpmObject loaded(long handle, TpmtPublic area, ByteReader in) throws MalformedException {
    Wire.expectName(in, area);
    return new TpmObject(tpm.channel(), handle, area, Optional.empty());
  }

  /** TPM2B_SENSITIVE_CREATE, the template, no outsideInfo and no creationPCR. */
  private static TpmWriter creation(byte[] userAuth, byte[] data, TpmTemplate template) {
    byte[] sensitive = new TpmWriter().sized(userAuth).sized(data).take();
    TpmWriter out = new TpmWriter().sized(sensitive);
    Arrays.fill(sensitive, (byte) 0);
    return out.sized(template.encoded()).u16(0).u32(0);
  }
}
