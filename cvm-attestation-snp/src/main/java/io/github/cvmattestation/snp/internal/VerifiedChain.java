package io.github.cvmattestation.snp.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.Validity;
import io.github.cvmattestation.attestation.crypto.VerificationKey;
import io.github.cvmattestation.snp.LeafCertificate;
import io.github.cvmattestation.snp.SignerInfo.SigningKey;
import java.math.BigInteger;
import java.util.List;

/**
 * A chain whose signatures, names and authorities hold, whatever the time. Dates and revocation are
 * not part of it, because they change while a chain is cached.
 *
 * @param leaf what the leaf says
 * @param leafKey its key; kept with the chain, because it holds a precomputation
 * @param validities of leaf, root and intermediate
 * @param intermediateSerial what a CRL would list
 * @param rootName the ARK's common name
 * @param rootKeys the anchors that may speak for it
 * @param bundledLists revocation lists that came in the same bundle as the certificates
 */
record VerifiedChain(
    LeafCertificate leaf,
    VerificationKey leafKey,
    List<Validity> validities,
    BigInteger intermediateSerial,
    String rootName,
    List<VerificationKey> rootKeys,
    List<Bytes> bundledLists) {

  /** What a chain is looked up by: everything that it was made from. */
  record Key(SigningKey kind, List<Bytes> bundles) {}
}
