/**
 * A service that has nothing to serve with until its VM is attested and its key is released to it.
 */
@NullMarked
package io.github.cvmattestation.service;

import org.jspecify.annotations.NullMarked;
