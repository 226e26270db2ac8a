using System.Buffers;
using Semblance.Tokenizers.PreTokenizers;

namespace Semblance.Tokenizers.Decoders;

/// <summary>Converts the characters of a byte-level vocabulary to bytes, and the bytes to text; other tokens stay unchanged.</summary>
internal sealed class ByteLevelDecoder : Decoder
{
    /// <inheritdoc/>
    public override List<string> DecodeChain(List<string> tokens)
    {
        var bytes = new ArrayBufferWriter<byte>();
        foreach (var token in tokens)
        {
            if (token.Any(character => ByteAlphabet.ByteOf(character) < 0))
            {
                bytes.Write(System.Text.Encoding.UTF8.GetBytes(token));
                continue;
            }

            var room = bytes.GetSpan(Math.Max(token.Length, 1));
            for (var i = 0; i < token.Length; i++)
            {
                room[i] = (byte)ByteAlphabet.ByteOf(token[i]);
            }

            bytes.Advance(token.Length);
        }

        return [System.Text.Encoding.UTF8.GetString(bytes.WrittenSpan)];
    }
}
