package io.github.cvmattestation.attestation.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.BufferRecycler;
import com.fasterxml.jackson.core.util.RecyclerPool;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The member names that documents of one kind have in common, so that reading the next one need not
 * make them anew: that is half of the work. Whoever writes a document fills this, so only documents
 * whose signature was checked may be read with names that are kept; Jackson forgets them all once
 * there are some thousands. Safe for many threads.
 */
public final class JsonNames {
  static final int MAX_DEPTH = 32;
  static final int MAX_DIGITS = 20;
  static final int MAX_NAME = 1024;
  private static final long UNLIMITED = -1;
  private static final int TEXT = 512;

  private final int maxSize;
  private final JsonFactory factory;

  private JsonNames(int maxSize, long maxTokens) {
    this.maxSize = maxSize;
    // Without a table of names Jackson would read characters instead of octets. Duplicate names are
    // refused by whoever gathers the members.
    factory =
        JsonFactory.builder()
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .recyclerPool(new FreshBuffers())
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(MAX_DIGITS)
                    .maxTokenCount(maxTokens)
                    .maxStringLength(maxSize)
                    .maxNameLength(Math.min(maxSize, MAX_NAME))
                    .build())
            .build();
  }

  /** No names yet, for one document of at most {@code maxSize} bytes that becomes a tree. */
  static JsonNames forTree(int maxSize) {
    return new JsonNames(maxSize, StrictJson.MAX_TOKENS);
  }

  /** No names yet, for documents of at most {@code maxSize} bytes each that become no tree. */
  public static JsonNames forCursor(int maxSize) {
    return new JsonNames(maxSize, UNLIMITED);
  }

  /** The most bytes that a document may have. */
  int maxSize() {
    return maxSize;
  }

  JsonParser parser(ByteBuffer text) throws IOException {
    int from = text.arrayOffset() + text.position();
    return factory.createParser(text.array(), from, text.remaining());
  }

  /** Buffers are not kept for the thread's next document: they hold this one. */
  private static final class FreshBuffers
      extends RecyclerPool.NonRecyclingPoolBase<BufferRecycler> {
    private static final long serialVersionUID = 1L;

    @Override
    public BufferRecycler acquirePooled() {
      return new BufferRecycler() {
        /** Room for a modulus in base64: a text that needs two buffers is copied twice. */
        @Override
        protected int charBufferLength(int index) {
          return index == CHAR_TEXT_BUFFER ? TEXT : super.charBufferLength(index);
        }
      };
    }
  }
}
