/** Code that the README quotes, compiled and tested so that it stays true. */
@NullMarked
package io.github.cvmattestation.examples;

import org.jspecify.annotations.NullMarked;
