package io.github.cvmattestation.tdx.internal;

import io.github.cvmattestation.attestation.crypto.RevocationList;
import io.github.cvmattestation.tdx.CollateralFacts.Item;
import io.github.cvmattestation.tdx.QeIdentity;
import io.github.cvmattestation.tdx.TcbInfo;
import java.math.BigInteger;
import java.util.List;

/**
 * Collateral whose signatures all hold, whatever the time. Dates, revocation, scope and age are not
 * part of it: they are looked at anew for every quote.
 *
 * @param tcbInfo what Intel says of the platforms
 * @param tcbInfoSigner who signed it
 * @param qeIdentity what Intel says of the quoting enclave
 * @param qeIdentitySigner who signed it; mostly the same
 * @param pckCrl the PCK authority's list
 * @param pckCrlNumber its cRLNumber
 * @param rootCrl the root's list
 * @param rootCrlNumber its cRLNumber
 * @param items what was used, for the facts
 */
record VerifiedCollateral(
    TcbInfo tcbInfo,
    Authority tcbInfoSigner,
    QeIdentity qeIdentity,
    Authority qeIdentitySigner,
    RevocationList pckCrl,
    BigInteger pckCrlNumber,
    RevocationList rootCrl,
    BigInteger rootCrlNumber,
    List<Item> items) {}
