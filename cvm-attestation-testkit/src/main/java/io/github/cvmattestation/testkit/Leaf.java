package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;

/**
 * A VCEK or VLEK.
 *
 * @param certificate DER
 * @param key what signs reports
 */
public record Leaf(Bytes certificate, EcSigningKey key) {}
