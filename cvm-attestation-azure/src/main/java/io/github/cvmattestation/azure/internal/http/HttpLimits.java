package io.github.cvmattestation.azure.internal.http;

import java.time.Duration;

/**
 * What an exchange may cost.
 *
 * @param maxBody the most bytes of an answer
 * @param connect how long a connection may take to come about
 * @param read how long an answer may take to begin, and then each part of it
 * @param deadline how long all tries may take together, with the pauses between them
 */
public record HttpLimits(int maxBody, Duration connect, Duration read, Duration deadline) {}
