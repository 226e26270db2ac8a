using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Semblance.Checkpoints;

/// <summary>Represents the scales of an int8 tensor, one for each index of one dimension: weight = code · scale.</summary>
/// <param name="values">The scales.</param>
/// <param name="stride">The number of elements of one index: the product of the dimensions after the one of the scales.</param>
internal sealed class ChannelScales(float[] values, int stride)
{
    /// <summary>Converts codes to float32.</summary>
    /// <param name="codes">The codes.</param>
    /// <param name="first">The index of the first code in the tensor.</param>
    /// <param name="weights">Receives a weight for each code.</param>
    public void Widen(ReadOnlySpan<sbyte> codes, int first, Span<float> weights)
    {
        for (var done = 0; done < codes.Length;)
        {
            var (run, rest) = Math.DivRem(first + done, stride);
            var channel = run % values.Length;
            var count = Math.Min(codes.Length - done, stride == 1 ? values.Length - channel : stride - rest);
            if (stride == 1)
            {
                Multiply(codes.Slice(done, count), values.AsSpan(channel, count), weights[done..]);
            }
            else
            {
                Multiply(codes.Slice(done, count), values[channel], weights[done..]);
            }

            done += count;
        }
    }

    // One scale for all codes. Compiled once, fully optimized, as this is the first work of loading a model.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply(ReadOnlySpan<sbyte> codes, float scale, Span<float> weights)
    {
        ref var from = ref MemoryMarshal.GetReference(codes);
        ref var to = ref MemoryMarshal.GetReference(weights[..codes.Length]);
        var i = 0;
        for (; i <= codes.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            var words = Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<long>(ref Unsafe.As<sbyte, byte>(
                ref Unsafe.Add(ref from, i)))).AsSByte()); // eight codes as int16
            (Vector256.ConvertToSingle(Vector256.Create(Vector128.WidenLower(words), Vector128.WidenUpper(words))) * scale)
                .StoreUnsafe(ref to, (nuint)i);
        }

        for (; i < codes.Length; i++)
        {
            weights[i] = codes[i] * scale;
        }
    }

    // A scale for each code: the scales are those of the last dimension, as in a transposed weight.
    private static void Multiply(ReadOnlySpan<sbyte> codes, ReadOnlySpan<float> scales, Span<float> weights)
    {
        Multiply(codes, 1, weights);
        System.Numerics.Tensors.TensorPrimitives.Multiply(weights[..codes.Length], scales, weights);
    }
}
