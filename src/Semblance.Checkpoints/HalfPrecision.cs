using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Semblance.Checkpoints;

/// <summary>
/// Converts float16 to float32, exactly. This is the first work of loading a model, so it is one method that the runtime compiles once,
/// fully optimized.
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Widen(Vector256<uint> half)
    {
        var magnitude = half & Vector256.Create(Magnitude);
        var finite = ((magnitude << ExtraBits).AsSingle() * Rebias).AsUInt32();
        var infinite = Vector256.GreaterThan(magnitude, Vector256.Create(LargestFinite)) & Vector256.Create(InfiniteExponent);
        return (finite | infinite | ((half ^ magnitude) << 16)).AsSingle();
    }
}
