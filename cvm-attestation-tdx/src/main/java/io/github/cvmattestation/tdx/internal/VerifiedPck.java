package io.github.cvmattestation.tdx.internal;

import io.github.cvmattestation.attestation.crypto.VerificationKey;
import io.github.cvmattestation.tdx.CollateralFacts.Item;
import io.github.cvmattestation.tdx.PckCertificate;

/**
 * A platform's PCK certificate whose chain holds, whatever the time. Dates and revocation are not
 * part of it, because they change while it is remembered.
 *
 * @param certificate what it says
 * @param key its key, ready
 * @param authority who issued it
 * @param chain what the chain was, for the facts
 */
record VerifiedPck(
    PckCertificate certificate, VerificationKey key, Authority authority, Item chain) {}
