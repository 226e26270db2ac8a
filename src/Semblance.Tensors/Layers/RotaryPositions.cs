namespace Semblance.Tensors;

/// <summary>
/// The angles of rotary positions (Su et al. 2021, arXiv:2104.09864): at position p, the pair i of a head's columns turns by p · frequency i.
/// Immutable but for a table that grows to the longest sequence seen; safe for all threads.
/// </summary>
public sealed class RotaryPositions
{
    private readonly float[] _frequencies;
    private volatile Tensor? _table;

    /// <summary>Makes positions of their frequencies.</summary>
    /// <param name="frequencies">How far each pair of columns turns from one position to the next, in radians.</param>
    /// <param name="scale">What the turned columns are multiplied by, 1 by default (YaRN's attention factor, arXiv:2309.00071).</param>
    public RotaryPositions(ReadOnlySpan<float> frequencies, float scale = 1)
    {
        ArgumentOutOfRangeException.ThrowIfZero(frequencies.Length, nameof(frequencies));
        _frequencies = frequencies.ToArray();
        Scale = scale;
    }

    /// <summary>The frequencies of the paper: θ to the power of −2i / columns.</summary>
    /// <param name="columns">How many columns of a head are turned, an even number.</param>
    /// <param name="theta">The base, such as 10,000.</param>
    public static float[] Frequencies(int columns, double theta)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 2);
        ArgumentOutOfRangeException.ThrowIfNotEqual(columns % 2, 0, nameof(columns));
        // Rounded where the originals round: a long text multiplies the difference.
        return [.. Enumerable.Range(0, columns / 2).Select(i => 1f / (float)Math.Pow(theta, (float)(2 * i) / columns))];
    }

    /// <summary>How many columns of a head are turned; the others stay.</summary>
    public int Columns => 2 * _frequencies.Length;

    /// <summary>What the turned columns are multiplied by.</summary>
    public float Scale { get; }

    /// <summary>For each position the cosines of all pairs, then their sines.</summary>
    /// <param name="positions">How many positions are needed; there may be more.</param>
    internal Tensor Table(int positions)
    {
        if (_table is { } table && table.Rows >= positions)
        {
            return table;
        }

        // Two threads may build it at the same time; the values are equal, and one of them stays.
        table = Tensor.Zeros((int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(positions, 64)), Columns);
        var values = table.Writable;
        for (var position = 0; position < table.Rows; position++)
        {
            for (var i = 0; i < _frequencies.Length; i++)
            {
                var (sine, cosine) = Math.SinCos(position * _frequencies[i]);
                values[(position * Columns) + i] = (float)cosine * Scale;
                values[(position * Columns) + _frequencies.Length + i] = (float)sine * Scale;
            }
        }

        return _table = table;
    }
}
