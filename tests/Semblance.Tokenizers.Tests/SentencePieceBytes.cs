using System.Buffers.Binary;

namespace Semblance.Tokenizers.Tests;

/// <summary>Writes small SentencePiece models.</summary>
internal static class SentencePieceBytes
{
    public const int Normal = 1, Unknown = 2, Control = 3, UserDefined = 4;

    /// <summary>Returns a <c>ModelProto</c> with pieces, a model type (1 for unigram, 2 for BPE) and no character map.</summary>
    public static byte[] Write(int modelType, params ReadOnlySpan<(string Text, float Score, int Kind)> pieces)
    {
        var bytes = new List<byte>();
        foreach (var (text, score, kind) in pieces)
        {
            var number = new byte[4];
            BinaryPrimitives.WriteSingleLittleEndian(number, score);
            Message(bytes, 1, [.. Message([], 1, System.Text.Encoding.UTF8.GetBytes(text)), 0x15, .. number, 0x18, (byte)kind]);
        }

        return [.. Message(bytes, 2, [0x18, (byte)modelType])];
    }

    private static List<byte> Message(List<byte> to, int field, byte[] content)
    {
        to.Add((byte)((field << 3) | 2));
        to.Add((byte)content.Length); // all of them are shorter than 128 bytes
        to.AddRange(content);
        return to;
    }
}
