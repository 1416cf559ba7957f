package io.github.cvmattestation.vtpm.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import io.github.cvmattestation.vtpm.AttestType;
import io.github.cvmattestation.vtpm.AttestationKey;
import io.github.cvmattestation.vtpm.ObjectAttribute;
import io.github.cvmattestation.vtpm.OwnedNvIndex;
import io.github.cvmattestation.vtpm.PcrBank;
import io.github.cvmattestation.vtpm.TpmAuth;
import io.github.cvmattestation.vtpm.TpmCreated;
import io.github.cvmattestation.vtpm.TpmHandle;
import io.github.cvmattestation.vtpm.TpmObject;
import io.github.cvmattestation.vtpm.TpmPcrs;
import io.github.cvmattestation.vtpm.TpmQuote;
import io.github.cvmattestation.vtpm.TpmQuoteVerifier;
import io.github.cvmattestation.vtpm.TpmSession;
import io.github.cvmattestation.vtpm.TpmSigned;
import io.github.cvmattestation.vtpm.TpmTemplate;
import io.github.cvmattestation.vtpm.TpmlPcrSelection;
import io.github.cvmattestation.vtpm.TpmsAttest;
import io.github.cvmattestation.vtpm.TpmsNvPublic;
import io.github.cvmattestation.vtpm.TpmtPublic;
import io.github.cvmattestation.vtpm.TpmtTicket;
import io.github.cvmattestation.vtpm.UnfitKeyException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.RSAPrivateKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.junit.jupiter.api.Test;

/** What every TPM does for our client, through the client alone. */
abstract class TpmContract extends TpmFixture {
  @Test
  void randomBytesAreFreshAndAsManyAsAsked() {
    assertEquals(100, tpm.getRandom(100).size());
    assertNotEquals(tpm.getRandom(16), tpm.getRandom(16));
  }

  @Test
  void primariesFollowFromTheirTemplate() {
    Bytes first;
    try (TpmObject srk = storageKey()) {
      first = srk.name();
      assertEquals(srk.publicArea().name(), first);
      assertEquals(srk.publicArea(), tpm.keys().readPublic(srk.handle().value()));
    }
    try (TpmObject again = storageKey();
        TpmObject other = ecc(TpmHandle.ENDORSEMENT)) {
      assertEquals(first, again.name());
      assertNotEquals(first, other.name());
    }
  }

  @Test
  void extendingARegisterExtendsEveryBank() {
    Bytes data = Bytes.of(SECRET);
    tpm.pcrs().extend(16, TpmAuth.empty(), data);
    for (HashAlgorithm bank : tpm.pcrs().activeBanks()) {
      byte[] digest = RawSession.hash(bank.jcaName(), SECRET);
      byte[] value = RawSession.hash(bank.jcaName(), Wire.concat(new byte[digest.length], digest));
      assertEquals(Bytes.of(value), pcr16(bank));
    }
    tpm.pcrs().reset(16, TpmAuth.empty());
    assertTrue(pcr16(HashAlgorithm.SHA256).isZero());
  }

  @Test
  void eitherBranchOfAnOrOpens() {
    TpmlPcrSelection pcrs = TpmPcrs.select(HashAlgorithm.SHA256, PCR_16);
    Bytes now = policyDigest(s -> s.policyPcr(pcrs));
    List<Bytes> branches = List.of(Bytes.of(new byte[32]), now);
    Bytes policy = policyDigest(s -> s.policyPcr(pcrs).policyOr(branches));
    // Part 3, 23.6: H(0, CC_PolicyOR, digests).
    byte[] expected =
        RawSession.sha256(Wire.concat(new byte[32], Wire.be(0x171), new byte[32], now.toArray()));
    assertEquals(Bytes.of(expected), policy);
    try (TpmObject srk = storageKey();
        TpmObject sealed = seal(srk, policy, new byte[0]);
        TpmSession session = tpm.session().policy()) {
      session.policyPcr(pcrs).policyOr(branches);
      assertArrayEquals(SECRET, tpm.keys().unseal(sealed, TpmAuth.session(session)));
    }
  }

  @Test
  void aSignedPolicyOpensAndAnotherSignatureDoesNot()
      throws MalformedException, GeneralSecurityException {
    TpmtPublic signer = softwareKey(Set.of(ObjectAttribute.SIGN, ObjectAttribute.USER_WITH_AUTH));
    Bytes reference = Bytes.of((byte) 7);
    TpmlPcrSelection pcrs = TpmPcrs.select(HashAlgorithm.SHA256, PCR_16);
    Bytes approved = policyDigest(s -> s.policyPcr(pcrs));
    byte[] authorized =
        RawSession.sha256(Wire.concat(new byte[32], Wire.be(0x16A), signer.name().toArray()));
    Bytes policy = Bytes.of(RawSession.sha256(Wire.concat(authorized, reference.toArray())));
    byte[] digest = RawSession.sha256(Wire.concat(approved.toArray(), reference.toArray()));
    try (TpmObject srk = storageKey();
        TpmObject sealed = seal(srk, policy, new byte[0])) {
      TpmtTicket ticket;
      try (TpmObject key = tpm.keys().loadExternal(signer, TpmHandle.OWNER)) {
        byte[] signature = rsaSignature(Wire.concat(approved.toArray(), reference.toArray()));
        ticket = tpm.keys().verifySignature(key, Bytes.of(digest), tpmtSignature(signature));
        signature[9] ^= 1;
        // TPM_RC_SIGNATURE of parameter 2
        refused(
            0x2DB,
            () -> tpm.keys().verifySignature(key, Bytes.of(digest), tpmtSignature(signature)));
      }
      try (TpmSession session = tpm.session().policy()) {
        session.policyPcr(pcrs).policyAuthorize(approved, reference, signer.name(), ticket);
        assertEquals(policy, session.policyGetDigest());
        assertArrayEquals(SECRET, tpm.keys().unseal(sealed, TpmAuth.session(session)));
      }
      try (TpmSession session = tpm.session().policy()) {
        session.policyPcr(pcrs);
        // Another reference than was signed: TPM_RC_VALUE of the ticket, parameter 4.
        refused(
            0x4C4, () -> session.policyAuthorize(approved, Bytes.empty(), signer.name(), ticket));
      }
    }
  }

  @Test
  void aQuoteIsVerifiedAndNotForAnotherNonce() throws MalformedException, UnfitKeyException {
    Nonce nonce = new Nonce(NONCE);
    Set<Integer> indices = Set.of(0, 7, 16);
    tpm.pcrs().extend(16, TpmAuth.empty(), NONCE);
    try (TpmObject ak = attestationKey()) {
      PcrBank values = tpm.pcrs().read(HashAlgorithm.SHA256, indices);
      TpmSigned signed =
          tpm.attestation()
              .quote(ak, TpmAuth.empty(), NONCE, TpmPcrs.select(HashAlgorithm.SHA256, indices));
      TpmQuote quote =
          TpmQuote.withTpmtSignature(signed.attest(), signed.signature(), List.of(values));
      AttestationKey key = AttestationKey.of(ak.publicArea(), backend());
      TpmQuoteVerifier verifier = new TpmQuoteVerifier();
      assertInstanceOf(Verification.Verified.class, verifier.verify(quote, key, nonce));
      assertInstanceOf(
          Verification.Refuted.class,
          verifier.verify(quote, key, new Nonce(Bytes.of(new byte[16]))));
    }
  }

  @Test
  void aKeyIsCertifiedWithItsNameAndItsCreation() throws MalformedException, UnfitKeyException {
    try (TpmObject ak = attestationKey();
        TpmObject srk = storageKey()) {
      TpmSigned signed =
          tpm.attestation().certify(srk, TpmAuth.empty(), ak, TpmAuth.empty(), NONCE);
      TpmsAttest attest = TpmsAttest.parse(signed.attest());
      assertEquals(AttestType.CERTIFY, attest.type());
      assertEquals(NONCE, attest.extraData());
      assertTrue(contains(signed.attest(), srk.name()), "the key's name is attested");
      assertTrue(isSigned(ak, signed), "signature");
      var creation = srk.creation().orElseThrow();
      TpmSigned made =
          tpm.attestation()
              .certifyCreation(
                  ak,
                  TpmAuth.empty(),
                  srk,
                  NONCE,
                  creation.creationHash(),
                  creation.creationTicket());
      assertEquals(AttestType.CREATION, TpmsAttest.parse(made.attest()).type());
      assertTrue(contains(made.attest(), creation.creationHash()), "the creation's hash");
      // TPM_RC_TICKET of parameter 4
      refused(
          0x4E0,
          () ->
              tpm.attestation()
                  .certifyCreation(
                      ak,
                      TpmAuth.empty(),
                      srk,
                      NONCE,
                      Bytes.of(new byte[32]),
                      creation.creationTicket()));
    }
  }

  @Test
  void sessionsOfEveryKindAuthorise() {
    byte[] pin = {1, 2, 3};
    try (TpmObject srk = storageKey()) {
      // The owner's authValue is empty; the session proves itself by its own key, or by none.
      List<TpmSession> sessions =
          List.of(tpm.session().hmac(), tpm.session().salted(srk).encrypting().hmac());
      for (TpmSession session : sessions) {
        try (session;
            TpmObject key =
                tpm.keys()
                    .createPrimary(
                        TpmHandle.OWNER, TpmAuth.session(session), TpmTemplate.storageRootEcc())) {
          assertEquals(srk.name(), key.name());
        }
      }
      try (TpmSession session = tpm.session().bound(TpmHandle.OWNER, new byte[0]).hmac()) {
        TpmsNvPublic area = index(16);
        OwnedNvIndex index = tpm.nv().define(area, TpmAuth.session(session), pin);
        index.write(index.area().handle(), TpmAuth.session(session, pin), 0, Bytes.of(SECRET));
        assertEquals(Bytes.of(SECRET), tpm.nv().read(area.nvIndex()));
        index.undefine(TpmAuth.session(session));
      }
    }
  }

  @Test
  void whatOaepEncryptsTheTpmDecryptsUnderThePolicy() throws GeneralSecurityException {
    TpmlPcrSelection pcrs = TpmPcrs.select(HashAlgorithm.SHA256, PCR_16);
    Bytes policy = policyDigest(s -> s.policyPcr(pcrs));
    try (TpmObject srk = storageKey()) {
      TpmCreated made =
          tpm.keys()
              .create(
                  srk, TpmAuth.empty(), TpmTemplate.ephemeralRsa(policy), new byte[0], new byte[0]);
      try (TpmObject key =
              tpm.keys().load(srk, TpmAuth.empty(), made.outPrivate(), made.outPublic());
          TpmSession session = tpm.session().policy()) {
        TpmtPublic.Rsa rsa = assertInstanceOf(TpmtPublic.Rsa.class, key.publicArea().parameters());
        Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
        cipher.init(
            Cipher.ENCRYPT_MODE,
            publicKey(rsa.modulus()),
            new OAEPParameterSpec(
                "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
        session.policyPcr(pcrs);
        byte[] clear =
            tpm.keys()
                .rsaDecrypt(
                    key,
                    TpmAuth.session(session),
                    Bytes.of(cipher.doFinal(SECRET)),
                    Optional.of(
                        new TpmtPublic.Scheme(Templates.OAEP, Optional.of(HashAlgorithm.SHA256))),
                    Bytes.empty());
        assertArrayEquals(SECRET, clear);
      }
    }
  }

  @Test
  void aCredentialIsActivatedByTheKeyItNames() {
    try (TpmObject ek =
            tpm.keys()
                .createPrimary(
                    TpmHandle.ENDORSEMENT, TpmAuth.empty(), TpmTemplate.endorsementKey());
        TpmObject ak = attestationKey()) {
      Wire command =
          new Wire().u32((int) ek.handle().value()).sized(SECRET).sized(ak.name().toArray());
      Reply made =
          Reply.of(
              subject.transmit(
                  new Wire()
                      .u16(0x8001)
                      .u32(10 + command.bytes().length)
                      .u32(0x168)
                      .all(command)
                      .bytes()),
              false);
      Bytes blob = Bytes.of(made.sized());
      Bytes seed = Bytes.of(made.sized());
      try (TpmSession session = tpm.session().policy()) {
        session.policySecret(TpmHandle.ENDORSEMENT, TpmAuth.empty(), Bytes.empty());
        byte[] secret =
            tpm.keys()
                .activateCredential(ak, TpmAuth.empty(), ek, TpmAuth.session(session), blob, seed);
        assertArrayEquals(SECRET, secret);
      }
    }
  }

  @Test
  void whatAnUnrestrictedKeySignsAnyoneVerifies() {
    Set<ObjectAttribute> attributes =
        EnumSet.of(
            ObjectAttribute.FIXED_TPM,
            ObjectAttribute.FIXED_PARENT,
            ObjectAttribute.SENSITIVE_DATA_ORIGIN,
            ObjectAttribute.USER_WITH_AUTH,
            ObjectAttribute.SIGN);
    Optional<TpmtPublic.Scheme> scheme =
        Optional.of(new TpmtPublic.Scheme(Templates.RSASSA, Optional.of(HashAlgorithm.SHA256)));
    TpmTemplate template =
        TpmTemplate.rsa(attributes, Bytes.empty(), Optional.empty(), scheme, 0, Bytes.empty());
    Bytes digest = Bytes.of(RawSession.sha256(SECRET));
    try (TpmObject key = tpm.keys().createPrimary(TpmHandle.OWNER, TpmAuth.empty(), template);
        TpmObject ak = attestationKey()) {
      Bytes signature = tpm.keys().sign(key, TpmAuth.empty(), digest, Optional.empty());
      assertEquals(0x8022, tpm.keys().verifySignature(key, digest, signature).tag());
      // A restricted key signs nothing that the TPM did not hash: TPM_RC_TICKET of parameter 3.
      refused(0x3E0, () -> tpm.keys().sign(ak, TpmAuth.empty(), digest, Optional.empty()));
    }
  }

  @Test
  void localityDecidesWhichRegistersMayBeExtended() {
    // TPM_RC_LOCALITY: PCR 17 is extended from localities 2, 3 and 4 (PC Client PTP, PCR
    // attributes).
    refused(0x907, () -> tpm.pcrs().extend(17, TpmAuth.empty(), NONCE));
    subject.locality(4);
    tpm.pcrs().extend(17, TpmAuth.empty(), NONCE);
    subject.locality(0);
  }

  private TpmObject attestationKey() {
    return tpm.keys()
        .createPrimary(TpmHandle.ENDORSEMENT, TpmAuth.empty(), TpmTemplate.attestationKey());
  }

  private static TpmtPublic softwareKey(Set<ObjectAttribute> attributes) throws MalformedException {
    return TpmTemplate.rsa(
            attributes,
            Bytes.empty(),
            Optional.empty(),
            Optional.empty(),
            65537,
            Bytes.of(Templates.MODULUS))
        .toPublic();
  }

  private static byte[] rsaSignature(byte[] message) throws GeneralSecurityException {
    var e = java.math.BigInteger.valueOf(65537);
    var one = java.math.BigInteger.ONE;
    var d = e.modInverse(Templates.P.subtract(one).multiply(Templates.Q.subtract(one)));
    PrivateKey key =
        KeyFactory.getInstance("RSA")
            .generatePrivate(new RSAPrivateKeySpec(Templates.P.multiply(Templates.Q), d));
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initSign(key);
    signature.update(message);
    return signature.sign();
  }

  private static Bytes tpmtSignature(byte[] rsassa) {
    return Bytes.of(new Wire().u16(Templates.RSASSA).u16(Templates.SHA256).sized(rsassa).bytes());
  }

  private static boolean isSigned(TpmObject ak, TpmSigned signed) throws UnfitKeyException {
    Reply signature = Reply.inside(signed.signature().toArray());
    signature.u32();
    return AttestationKey.of(ak.publicArea(), backend())
        .signed(signed.attest(), Bytes.of(signature.sized()));
  }

  private static PublicKey publicKey(Bytes modulus) throws GeneralSecurityException {
    return KeyFactory.getInstance("RSA")
        .generatePublic(
            new RSAPublicKeySpec(
                new java.math.BigInteger(1, modulus.toArray()),
                java.math.BigInteger.valueOf(65537)));
  }

  private static SignatureBackend backend() {
    return SignatureBackends.jdk();
  }

  private static boolean contains(Bytes whole, Bytes part) {
    return whole.hex().contains(part.hex());
  }
}
