using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Semblance.Checkpoints;

/// <summary>
/// Converts the blocks of quantized tensors to float32. Blocks of 32 elements have one scale; those of 256, the K-quants, have scales of
/// parts in few bits; the layouts are those of <see
/// href="https://github.com/ggml-org/llama.cpp/blob/master/ggml/src/ggml-common.h">ggml</see>.
/// </summary>
internal static class GgufBlocks
{
    private const int Small = 32, Large = 256;

    /// <summary>Returns the number of elements of a block and its size in bytes; (0, 0) if the type is not supported.</summary>
    /// <param name="type">The type.</param>
    public static (int Elements, int Bytes) SizeOf(GgufType type) => type switch
    {
        GgufType.F32 => (1, 4),
        GgufType.F64 => (1, 8),
        GgufType.F16 or GgufType.BF16 => (1, 2),
        GgufType.Q4_0 => (Small, 18),
        GgufType.Q4_1 => (Small, 20),
        GgufType.Q5_0 => (Small, 22),
        GgufType.Q5_1 => (Small, 24),
        GgufType.Q8_0 => (Small, 34),
        GgufType.Q2_K => (Large, 84),
        GgufType.Q3_K => (Large, 110),
        GgufType.Q4_K => (Large, 144),
        GgufType.Q5_K => (Large, 176),
        GgufType.Q6_K => (Large, 210),
        _ => (0, 0),
    };

    /// <summary>Converts whole blocks.</summary>
    /// <param name="type">The type, one that <see cref="SizeOf"/> supports.</param>
    /// <param name="bytes">The blocks.</param>
    /// <param name="values">Receives the elements.</param>
    public static void Widen(GgufType type, ReadOnlySpan<byte> bytes, Span<float> values)
    {
        var (elements, size) = SizeOf(type);
        for (; !values.IsEmpty; bytes = bytes[size..], values = values[elements..])
        {
            var block = bytes[..size];
            var y = values[..elements];
            switch (type)
            {
                case GgufType.F32:
                    y[0] = BinaryPrimitives.ReadSingleLittleEndian(block);
                    break;
                case GgufType.F64:
                    y[0] = (float)BinaryPrimitives.ReadDoubleLittleEndian(block);
                    break;
                case GgufType.F16:
                    y[0] = Half(block);
                    break;
                case GgufType.BF16:
                    y[0] = BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(block) << 16);
                    break;
                case GgufType.Q4_0:
                    Nibbles(block[2..], default, Half(block), -8 * Half(block), y);
                    break;
                case GgufType.Q4_1:
                    Nibbles(block[4..], default, Half(block), Half(block[2..]), y);
                    break;
                case GgufType.Q5_0:
                    Nibbles(block[6..], block[2..6], Half(block), -16 * Half(block), y);
                    break;
                case GgufType.Q5_1:
                    Nibbles(block[8..], block[4..8], Half(block), Half(block[2..]), y);
                    break;
                case GgufType.Q8_0:
                    for (var i = 0; i < Small; i++)
                    {
                        y[i] = (sbyte)block[2 + i] * Half(block);
                    }

                    break;
                case GgufType.Q2_K:
                    TwoBits(block, y);
                    break;
                case GgufType.Q3_K:
                    ThreeBits(block, y);
                    break;
                case GgufType.Q4_K:
                    FourBits(block[16..], default, block, y);
                    break;
                case GgufType.Q5_K:
                    FourBits(block[48..], block[16..48], block, y);
                    break;
                case GgufType.Q6_K:
                    SixBits(block, y);
                    break;
            }
        }
    }

    private static float Half(ReadOnlySpan<byte> bytes) => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes);

    // Codes of four bits, the first half of the block in the lower ones, and perhaps a fifth bit each.
    private static void Nibbles(ReadOnlySpan<byte> codes, ReadOnlySpan<byte> fifth, float scale, float offset, Span<float> y)
    {
        var high = fifth.IsEmpty ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(fifth);
        for (var i = 0; i < Small / 2; i++)
        {
            y[i] = (((codes[i] & 15) | (int)((high >> i) & 1) << 4) * scale) + offset;
            y[i + (Small / 2)] = (((codes[i] >> 4) | (int)((high >> (i + (Small / 2))) & 1) << 4) * scale) + offset;
        }
    }

    // Sixteen parts of 16 elements, each with a scale and a minimum of four bits.
    private static void TwoBits(ReadOnlySpan<byte> block, Span<float> y)
    {
        var codes = block[16..80];
        float scale = Half(block[80..]), least = Half(block[82..]);
        for (var part = 0; part < 16; part++)
        {
            float d = scale * (block[part] & 15), m = least * (block[part] >> 4);
            for (var i = 0; i < 16; i++)
            {
                y[(part * 16) + i] = (d * Code(codes, part, i)) - m;
            }
        }
    }

    // As above, with a third bit for each element and scales of six bits.
    private static void ThreeBits(ReadOnlySpan<byte> block, Span<float> y)
    {
        ReadOnlySpan<byte> mask = block[..32], codes = block[32..96], packed = block[96..108];
        var scale = Half(block[108..]);
        for (var part = 0; part < 16; part++)
        {
            var low = part < 8 ? packed[part] & 15 : packed[part - 8] >> 4;
            var d = scale * ((low | ((packed[8 + (part % 4)] >> (part / 4 * 2)) & 3) << 4) - 32);
            for (var i = 0; i < 16; i++)
            {
                var isHigh = (mask[(part % 2 * 16) + i] & (1 << (part / 2))) != 0;
                y[(part * 16) + i] = d * (Code(codes, part, i) - (isHigh ? 0 : 4));
            }
        }
    }

    // Bytes hold four codes of two bits, of parts that are 32 elements apart; the second half of the block has bytes of its own.
    private static int Code(ReadOnlySpan<byte> codes, int part, int i) =>
        (codes[(part / 8 * 32) + (part % 2 * 16) + i] >> (part % 8 / 2 * 2)) & 3;

    // Eight parts of 32 elements, each with a scale and a minimum of six bits, and perhaps a fifth bit for each element.
    private static void FourBits(ReadOnlySpan<byte> codes, ReadOnlySpan<byte> fifth, ReadOnlySpan<byte> block, Span<float> y)
    {
        float scale = Half(block), least = Half(block[2..]);
        var packed = block[4..16];
        for (var part = 0; part < 8; part++)
        {
            var (s, m) = part < 4
                ? (packed[part] & 63, packed[part + 4] & 63)
                : ((packed[part + 4] & 15) | packed[part - 4] >> 6 << 4, (packed[part + 4] >> 4) | packed[part] >> 6 << 4);
            float d = scale * s, minimum = least * m;
            for (var i = 0; i < 32; i++)
            {
                var code = (codes[(part / 2 * 32) + i] >> (part % 2 * 4)) & 15;
                code += !fifth.IsEmpty && (fifth[i] & (1 << part)) != 0 ? 16 : 0;
                y[(part * 32) + i] = (d * code) - minimum;
            }
        }
    }

    // Sixteen parts of 16 elements, each with a scale of eight bits; codes of four bits and two more.
    private static void SixBits(ReadOnlySpan<byte> block, Span<float> y)
    {
        ReadOnlySpan<byte> low = block[..128], high = block[128..192];
        var scales = MemoryMarshal.Cast<byte, sbyte>(block[192..208]);
        var scale = Half(block[208..]);
        for (var i = 0; i < Large; i++)
        {
            int half = i / 128, inside = i % 128, quarter = inside / 32, place = inside % 32;
            var nibble = (low[(half * 64) + (quarter % 2 * 32) + place] >> (quarter / 2 * 4)) & 15;
            var code = (nibble | ((high[(half * 32) + place] >> (quarter * 2)) & 3) << 4) - 32;
            y[i] = scale * scales[i / 16] * code;
        }
    }
}
