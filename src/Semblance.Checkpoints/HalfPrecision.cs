using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Semblance.Checkpoints;

/// <summary>
/// Converts float16 and bfloat16 to float32, exactly, and float32 to bfloat16. This is the first work of loading a model, so the runtime
/// compiles these methods once, fully optimized.
/// </summary>
internal static class HalfPrecision
{
    private const uint Magnitude = 0x7FFF;
    private const uint LargestFinite = 0x7BFF;
    private const uint InfiniteExponent = 0x7F80_0000;
    private const float Rebias = 5.192296858534828e33f; // 2¹¹², from the exponents of float16 to those of float32
    private const int ExtraBits = 13;

    /// <summary>Converts the bits of float16 numbers; infinities and NaN are kept.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Widen(ReadOnlySpan<ushort> halves, Span<float> singles)
    {
        ref var from = ref MemoryMarshal.GetReference(halves);
        ref var to = ref MemoryMarshal.GetReference(singles[..halves.Length]);
        var i = 0;
        for (; i <= halves.Length - Vector256<ushort>.Count; i += Vector256<ushort>.Count)
        {
            var (lower, upper) = Vector256.Widen(Vector256.LoadUnsafe(ref from, (nuint)i));
            Widen(lower).StoreUnsafe(ref to, (nuint)i);
            Widen(upper).StoreUnsafe(ref to, (nuint)(i + Vector256<float>.Count));
        }

        for (; i < halves.Length; i++)
        {
            singles[i] = (float)BitConverter.UInt16BitsToHalf(halves[i]);
        }
    }

    /// <summary>Converts the bits of bfloat16 numbers, which are the upper halves of float32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WidenUpper(ReadOnlySpan<ushort> upper, Span<float> singles)
    {
        ref var from = ref MemoryMarshal.GetReference(upper);
        ref var to = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<float, uint>(singles[..upper.Length]));
        var i = 0;
        for (; i <= upper.Length - Vector256<ushort>.Count; i += Vector256<ushort>.Count)
        {
            var (first, second) = Vector256.Widen(Vector256.LoadUnsafe(ref from, (nuint)i));
            (first << 16).StoreUnsafe(ref to, (nuint)i);
            (second << 16).StoreUnsafe(ref to, (nuint)(i + Vector256<uint>.Count));
        }

        for (; i < upper.Length; i++)
        {
            singles[i] = BitConverter.UInt32BitsToSingle((uint)upper[i] << 16);
        }
    }

    /// <summary>
    /// Converts float32 to the bits of bfloat16, rounded to the nearest, ties to even; a NaN stays one, and a value beyond the range becomes
    /// infinite.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void NarrowUpper(ReadOnlySpan<float> singles, Span<ushort> upper)
    {
        const uint HalfBit = 0x7FFF;
        for (var i = 0; i < singles.Length; i++)
        {
            var bits = BitConverter.SingleToUInt32Bits(singles[i]);
            upper[i] = (ushort)((float.IsNaN(singles[i]) ? bits | 0x40_0000 : bits + HalfBit + ((bits >> 16) & 1)) >> 16);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Widen(Vector256<uint> half)
    {
        var magnitude = half & Vector256.Create(Magnitude);
        var finite = ((magnitude << ExtraBits).AsSingle() * Rebias).AsUInt32();
        var infinite = Vector256.GreaterThan(magnitude, Vector256.Create(LargestFinite)) & Vector256.Create(InfiniteExponent);
        return (finite | infinite | ((half ^ magnitude) << 16)).AsSingle();
    }
}
