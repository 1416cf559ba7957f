package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import java.util.Optional;

/** Writes parsed structures again, from the specification's tables and not from the parsers. */
final class TpmEncoder {
  private TpmEncoder() {}

  static Bytes encode(TpmlPcrSelection list) {
    Octets out = new Octets().u32(list.pcrSelections().size());
    for (PcrSelection selection : list.pcrSelections()) {
      out.u16(id(selection.hash())).u8(selection.pcrSelect().size()).raw(selection.pcrSelect());
    }
    return out.toBytes();
  }

  static Bytes encode(TpmsAttest attest) {
    Octets out =
        new Octets()
            .u32(0xFF544347L)
            .u16(attest.type().id())
            .sized(attest.qualifiedSigner())
            .sized(attest.extraData())
            .u64(attest.clockInfo().clock())
            .u32(attest.clockInfo().resetCount())
            .u32(attest.clockInfo().restartCount())
            .u8(attest.clockInfo().safe() ? 1 : 0)
            .u64(attest.firmwareVersion());
    if (attest.attested() instanceof TpmsAttest.QuoteInfo quote) {
      return out.raw(encode(quote.pcrSelect())).sized(quote.pcrDigest()).toBytes();
    }
    if (attest.attested() instanceof TpmsAttest.CertifyInfo certify) {
      return out.sized(certify.name()).sized(certify.qualifiedName()).toBytes();
    }
    if (attest.attested() instanceof TpmsAttest.CreationInfo creation) {
      return out.sized(creation.objectName()).sized(creation.creationHash()).toBytes();
    }
    return out.raw(((TpmsAttest.Unread) attest.attested()).body()).toBytes();
  }

  static Bytes encode(TpmtSignature signature) {
    int hash = id(signature.hash());
    if (signature instanceof TpmtSignature.Ecdsa ecdsa) {
      return new Octets().u16(0x18).u16(hash).sized(ecdsa.r()).sized(ecdsa.s()).toBytes();
    }
    TpmtSignature.Rsa rsa = (TpmtSignature.Rsa) signature;
    int algorithm = rsa.kind() == SignatureScheme.Kind.RSASSA ? 0x14 : 0x16;
    return new Octets().u16(algorithm).u16(hash).sized(rsa.sig()).toBytes();
  }

  /** From the fields; {@code raw} is not used. */
  static Bytes encode(TpmtPublic area) {
    int type =
        area.parameters() instanceof TpmtPublic.Rsa
            ? 0x01
            : area.parameters() instanceof TpmtPublic.Ecc ? 0x23 : 0x08;
    long attributes = 0;
    for (ObjectAttribute attribute : area.objectAttributes()) {
      attributes |= 1L << attribute.bit();
    }
    Octets out =
        new Octets().u16(type).u16(id(area.nameAlg())).u32(attributes).sized(area.authPolicy());
    if (area.parameters() instanceof TpmtPublic.Rsa rsa) {
      symmetric(out, rsa.symmetric());
      scheme(out, rsa.scheme());
      return out.u16(rsa.keyBits()).u32(rsa.exponent()).sized(rsa.modulus()).toBytes();
    }
    if (area.parameters() instanceof TpmtPublic.Ecc ecc) {
      symmetric(out, ecc.symmetric());
      scheme(out, ecc.scheme());
      out.u16(ecc.curve().id());
      scheme(out, ecc.kdf());
      return out.sized(ecc.x()).sized(ecc.y()).toBytes();
    }
    return out.u16(0x10).sized(((TpmtPublic.KeyedHash) area.parameters()).unique()).toBytes();
  }

  private static void symmetric(Octets out, Optional<TpmtPublic.Symmetric> symmetric) {
    if (symmetric.isEmpty()) {
      out.u16(0x10);
    } else {
      out.u16(0x06).u16(symmetric.get().keyBits()).u16(0x43);
    }
  }

  private static void scheme(Octets out, Optional<TpmtPublic.Scheme> scheme) {
    if (scheme.isEmpty()) {
      out.u16(0x10);
    } else {
      out.u16(scheme.get().algorithm());
      scheme.get().hash().ifPresent(hash -> out.u16(id(hash)));
    }
  }

  /** TPM 2.0 Part 2, section 6.3. */
  static int id(HashAlgorithm hash) {
    return switch (hash) {
      case SHA1 -> 0x0004;
      case SHA256 -> 0x000B;
      case SHA384 -> 0x000C;
      case SHA512 -> 0x000D;
    };
  }
}
