namespace Semblance.Tensors.Kernels;

/// <summary>
/// Which elements of one tensor are dropped: a function of seed, place and index alone, so that any thread finds the same
/// answer at any time and nothing need be stored for the way back.
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

    /// <summary>Whether anything is dropped at all.</summary>
    public bool IsActive => _bar > 0;

    /// <summary>What is kept is multiplied by this, so that sums stay what they were on average.</summary>
    public float Scale { get; }

    /// <summary>Zero for a dropped element, <see cref="Scale"/> for a kept one.</summary>
    public float Factor(ulong index) => Mix(_key + (index * 0x9E3779B97F4A7C15)) >> 32 < _bar ? 0f : Scale;

    /// <summary>Multiplies a run of elements by their factors.</summary>
    public void Apply(Span<float> elements, ulong firstIndex)
    {
        for (var i = 0; i < elements.Length; i++)
        {
            elements[i] *= Factor(firstIndex + (ulong)i);
        }
    }

    /// <summary>The finaliser of SplitMix64 (Steele et al. 2014, doi:10.1145/2660193.2660195).</summary>
    public static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
