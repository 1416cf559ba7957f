/**
 * The steps of quote verification, each of which consumes what the one before has proven. Not API:
 * shared with the module that composes quotes and hardware reports.
 */
@NullMarked
package io.github.cvmattestation.vtpm.internal;

import org.jspecify.annotations.NullMarked;
