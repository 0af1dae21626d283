package dev.sluice.json;

/** Bytes in base64 with padding (RFC 4648). Stateless. */
final class Base64Text {
  private static final byte[] DIGITS =
      Utf8Buffer.ascii("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

  /** Of whole groups: only the last piece may have a rest behind them. */
  private static final int PIECE = Utf8Buffer.PIECE / 3 * 3;

  private Base64Text() {}

  static void append(byte[] source, int offset, int length, Utf8Buffer out) {
    int at = offset;
    int end = offset + length;
    for (; end - at > PIECE; at += PIECE) {
      appendPiece(source, at, PIECE, out);
    }
    appendPiece(source, at, end - at, out);
  }

  private static void appendPiece(byte[] source, int offset, int length, Utf8Buffer out) {
    out.reserve(length / 3 * 4L + 4);
    byte[] target = out.array();
    int position = out.size();
    int end = offset + length / 3 * 3;
    for (int i = offset; i < end; i += 3) {
      int group = (source[i] & 0xff) << 16 | (source[i + 1] & 0xff) << 8 | source[i + 2] & 0xff;
      target[position++] = DIGITS[group >> 18];
      target[position++] = DIGITS[(group >> 12) & 0x3f];
      target[position++] = DIGITS[(group >> 6) & 0x3f];
      target[position++] = DIGITS[group & 0x3f];
    }
    int left = length % 3;
    if (left > 0) {
      int group = (source[end] & 0xff) << 16 | (left == 2 ? (source[end + 1] & 0xff) << 8 : 0);
      target[position++] = DIGITS[group >> 18];
      target[position++] = DIGITS[(group >> 12) & 0x3f];
      target[position++] = left == 2 ? DIGITS[(group >> 6) & 0x3f] : (byte) '=';
      target[position++] = '=';
    }
    out.advanceTo(position);
  }
}
