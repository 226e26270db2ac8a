using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Semblance.Tensors.Kernels;

/// <summary>
/// Determines which elements of one tensor are dropped: a function of seed, place and index alone, so that every thread gets the same
/// result at any time and nothing is stored for the backward pass.
/// </summary>
internal readonly struct DropoutMask
{
    private readonly ulong _key;
    private readonly ulong _bar;

    public DropoutMask(ulong seed, uint place, float rate)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rate);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rate, 1f);
        _key = Mix(seed + (0x9E3779B97F4A7C15 * (place + 1ul)));
        _bar = (ulong)(rate * (double)(1ul << 32));
        Scale = 1f / (1f - rate);
    }

    /// <summary>Gets a value that indicates whether any element is dropped.</summary>
    public bool IsActive => _bar > 0;

    /// <summary>Gets the factor of the elements that are not dropped, which keeps the expected sum.</summary>
    public float Scale { get; }

    /// <summary>Returns zero for a dropped element, <see cref="Scale"/> for any other.</summary>
    public float Factor(ulong index) => Mix(_key + (index * 0x9E3779B97F4A7C15)) >> 32 < _bar ? 0f : Scale;

    /// <summary>Multiplies a run of elements by their factors.</summary>
    public void Apply(Span<float> elements, ulong firstIndex)
    {
        var i = Vector512.IsHardwareAccelerated ? ApplyInVectors(elements, firstIndex) : 0;
        for (; i < elements.Length; i++)
        {
            elements[i] *= Factor(firstIndex + (ulong)i);
        }
    }

    // The same, eight elements at a time, for all whole vectors.
    private int ApplyInVectors(Span<float> elements, ulong firstIndex)
    {
        var steps = Vector512<ulong>.Indices * 0x9E3779B97F4A7C15 + Vector512.Create(_key);
        var (bar, scale) = (Vector512.Create(_bar), Vector256.Create(Scale));
        ref var first = ref MemoryMarshal.GetReference(elements);
        var i = 0;
        for (; i <= elements.Length - Vector512<ulong>.Count; i += Vector512<ulong>.Count)
        {
            var x = steps + Vector512.Create((firstIndex + (ulong)i) * 0x9E3779B97F4A7C15);
            x = (x ^ (x >>> 30)) * 0xBF58476D1CE4E5B9;
            x = (x ^ (x >>> 27)) * 0x94D049BB133111EB;
            x ^= x >>> 31;
            var kept = Vector512.GreaterThanOrEqual(x >>> 32, bar);
            var factors = Vector512.Narrow(kept, kept).GetLower().AsSingle() & scale;
            (Vector256.LoadUnsafe(ref first, (nuint)i) * factors).StoreUnsafe(ref first, (nuint)i);
        }

        return i;
    }

    /// <summary>Mixes the bits of a number (the finalizer of SplitMix64, Steele et al. 2014, doi:10.1145/2660193.2660195).</summary>
    public static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
